"""Rules about how many inputs and outputs fit into the request of a job. Pure.

The limits are those of `catalog/job_kinds.py`. The code is an input of every processing job, and of a training job that
cannot reach S3 because the network is isolated.
"""

from __future__ import annotations

from collections.abc import Iterator

from pushtrain.catalog.job_kind import JobKind
from pushtrain.catalog.job_kinds import PROCESSING
from pushtrain.config.dataflow import DATA, MODEL, build_inputs_path, build_step_path, find_step, list_written_inputs
from pushtrain.config.issue import Issue, quote
from pushtrain.config.model import Config


def count_free_inputs(kind: JobKind, *, isolated: bool) -> int:
    """Return how many inputs a job can have beside its code: 9 for processing, 20 for training, 19 if isolated."""
    return kind.input_limit - (kind is PROCESSING or isolated)


def check_input_count(config: Config, step: str) -> Iterator[Issue]:
    """The inputs of a step fit into one request, beside the code."""
    kind = config.steps[step].kind
    isolated = config.network.isolation and config.steps[step].has_script
    inputs, limit = find_step(config, step).inputs, count_free_inputs(kind, isolated=isolated)
    if len(inputs) <= limit:
        return
    written = list_written_inputs(config, step)
    job = f"a {kind.name} job with `network.isolation`" if isolated and kind is not PROCESSING else f"a {kind.name} job"
    beside = " beside its code" if limit < kind.input_limit else ""
    if not written and {entry.source.step for entry in inputs} == {""}:
        message = f"{len(inputs)} entries are too many; {job} reads at most {limit}{beside}"
        yield Issue(path=(DATA,), message=message)
        return
    reads_model = len(inputs) > len(written) and inputs[0].name == MODEL
    beside = " beside code and model" if reads_model else beside
    message = f"{len(inputs) - reads_model} inputs are too many; {job} reads at most {limit - reads_model}{beside}"
    yield Issue(path=build_inputs_path(config, step), message=f"{message}. List only those it needs")


def check_output_count(config: Config, step: str) -> Iterator[Issue]:
    """The outputs of a step fit into one request, beside those that it has although `outputs:` does not list them."""
    settings, limit = config.steps[step], config.steps[step].kind.output_limit
    written = getattr(settings, "outputs", ())
    if not limit or len(settings.output_folders) <= limit:
        return
    unwritten = [name for name in settings.output_folders if name not in written]
    beside = f" beside {' and '.join(map(quote, unwritten))}" if unwritten else ""
    job, limit = f"a {settings.kind.name} job", limit - len(unwritten)
    message = f"{len(written)} outputs are too many; {job} writes at most {limit}{beside}"
    yield Issue(path=(*build_step_path(step), "outputs"), message=f"{message}. Write two into one folder")
