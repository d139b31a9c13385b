"""Rules about data: the names that steps pass to each other, and how many fit into one request. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pushtrain.catalog.suggest import did_you_mean
from pushtrain.config.dataflow import list_data_names, list_evaluate_inputs
from pushtrain.config.issue import Issue, KeyPath, quote
from pushtrain.config.model import Config

MAX_PROCESSING_INPUTS = 10  # CreateProcessingJob.ProcessingInputs; the code is one, the model another


def check_channels(config: Config) -> Iterator[Issue]:
    """Every channel is a preprocess output or a data name."""
    yield from _find_unknown(config.train.channels or (), list_data_names(config), ("train", "channels"))


def check_inputs(config: Config) -> Iterator[Issue]:
    """Every input of evaluate is a preprocess output, a data name or `model`."""
    names = (config.evaluate.inputs if config.evaluate else None) or ()
    yield from _find_unknown(names, (*list_data_names(config), "model"), ("evaluate", "inputs"))


def _find_unknown(names: Iterable[str], valid_names: tuple[str, ...], path: KeyPath) -> Iterator[Issue]:
    for index, name in enumerate(names):
        if name not in valid_names:
            listed = f"there are: {', '.join(valid_names)}" if valid_names else "there are none"
            suggestion = did_you_mean(name, valid_names)
            message = f"{quote(name)} is neither a preprocess output nor a data name{suggestion} ({listed})"
            yield Issue(path=(*path, index), message=message)


def check_no_repeats(config: Config) -> Iterator[Issue]:
    """No list has the same name twice."""
    lists: dict[KeyPath, tuple[str, ...]] = {
        ("preprocess", "outputs"): config.preprocess.outputs if config.preprocess else (),
        ("train", "channels"): config.train.channels or (),
        ("evaluate", "inputs"): (config.evaluate.inputs if config.evaluate else None) or (),
        ("register", "inference", "instances"): config.registration.inference.instances if config.registration else (),
    }
    for path, names in lists.items():
        for index, name in enumerate(names):
            if name in names[:index]:
                yield Issue(path=(*path, index), message=f"{quote(name)} is given twice")


def check_scripts_are_packed(config: Config) -> Iterator[Issue]:
    """No script and no requirements.txt lies in local data, because local data is not packed with the code."""
    for name, source in config.data.items():
        local = (source.local or "").rstrip("/")
        if local == "requirements.txt":
            message = f"{quote(local)} belongs to the code, and data is not packed with the code. Name another file"
            yield Issue(path=("data", name), message=message)
        for step_name, step in config.steps.items():
            if local and f"{step.script}/".startswith(f"{local}/"):
                reason = f"is also data.{name}" if step.script == local else f"lies in data.{name} ({local}/)"
                message = f"{quote(step.script)} {reason}, and data is not packed with the code. Move the script"
                yield Issue(path=(step_name, "script"), message=message)


def check_data_count(config: Config) -> Iterator[Issue]:
    """The data that preprocess reads fits into one request, beside the code."""
    limit = MAX_PROCESSING_INPUTS - 1
    if config.preprocess and len(config.data) > limit:
        message = f"{len(config.data)} entries are too many; a processing job reads at most {limit} beside its code"
        yield Issue(path=("data",), message=message)


def check_input_count(config: Config) -> Iterator[Issue]:
    """The data that evaluate reads fits into one request, beside code and model."""
    limit = MAX_PROCESSING_INPUTS - 2
    if (count := len(list_evaluate_inputs(config))) > limit:
        message = f"{count} inputs are too many; a processing job reads at most {limit} beside code and model"
        yield Issue(path=("evaluate", "inputs"), message=f"{message}. List only those it needs")
