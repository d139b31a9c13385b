"""Reproduce a model version: what `pushtrain reproduce` does, as functions.

In: a version, and the platform that has its run. Out: its inputs as they are now, the run that trained it again, and
how equal both models are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from pushtrain import aws
from pushtrain.access import open_platform
from pushtrain.config import LoadedConfig
from pushtrain.errors import ConfigError, OperatorError
from pushtrain.launch.refusal import Refused
from pushtrain.local.events import Event
from pushtrain.local.platform import describe_runtime, local_platform
from pushtrain.local.run import reproduce_local_run
from pushtrain.local.values.comparison import build_comparison
from pushtrain.local.values.environment import find_environment
from pushtrain.platform import Platform
from pushtrain.pushes.event import Push
from pushtrain.pushes.reproduction import push_reproduction
from pushtrain.record import RunRecord
from pushtrain.registry import ModelVersion, read_version
from pushtrain.reproduction.compare import compare_models, describe_run, describe_version, find_step
from pushtrain.reproduction.cost import estimate_reproduction, load_recorded_config
from pushtrain.reproduction.current import compare_inputs, require_record
from pushtrain.reproduction.inputs import ComparedInput
from pushtrain.reproduction.ladder import Comparison
from pushtrain.reproduction.outcome import write_outcome
from pushtrain.runs import Run
from pushtrain.runs.follow import WaitLimits, follow


class PreparedReproduction(Struct, frozen=True, kw_only=True):
    """A version, the record of its run, and each input as it is now. `platform` is that of the new run."""

    version: ModelVersion
    record: RunRecord
    platform: Platform
    inputs: Sequence[ComparedInput]
    loaded: LoadedConfig


class Reproduction(Struct, frozen=True, kw_only=True):
    """A version, its inputs, the run that trained it again, and how equal both models are.

    `comparison` is None if the run failed.
    """

    version: ModelVersion
    inputs: Sequence[ComparedInput]
    run: Run
    comparison: Comparison | None


def _ignore(_: object) -> None:
    """Do nothing with an event."""


def reproduce(
    model: str,
    version: int,
    *,
    environment: str = "",
    store: str | Path | None = None,
    within: float = 0.0,
    changed_inputs: bool = False,
    on_event: Callable[[Event], None] = _ignore,
) -> Reproduction:
    """Train a model version again from its record and compare the result with it; return once its run has ended.

    `environment` is that of a platform on AWS, where the run costs money: it is not asked first. With `store`, a
    folder, it is this computer. The run registers nothing. `within` is the largest difference of equal metrics.
    `changed_inputs=True` starts it even if an input has changed since. `on_event` is called with the events of a run on
    this computer. A run that fails is returned too, without a comparison.

    Raises OperatorError if an input is gone or has changed, RegistryError if there is no such version or if the record
    of its run is gone, ConfigError if the push handler refuses.
    """
    with open_platform(environment, store=store) as opened:
        prepared = prepare_reproduction(opened, model, version, store=store)
        refuse_inputs(prepared.inputs, changed_inputs=changed_inputs)
        if not prepared.platform.local_option:
            estimate_reproduction(prepared.platform, prepared.loaded)
    if store is None:
        run = wait_for_run(prepared.platform, push_reproduction(prepared.platform, prepared.record, version))
    else:
        run = reproduce_local_run(prepared.record, version, prepared.platform, Path(store), on_event=on_event)
    comparison = None
    if run.outcome != "failed":
        with open_platform(environment, store=store) as opened:
            comparison = compare_reproduction(opened, prepared, run, within)
    return Reproduction(version=prepared.version, inputs=prepared.inputs, run=run, comparison=comparison)


def prepare_reproduction(
    opened: Platform, model: str, version: int, *, store: str | Path | None
) -> PreparedReproduction:
    """Compare the inputs of a version with its record. `store` is the folder of this computer, None for AWS.

    Raises RegistryError if there is no such version, or if the record of its run is gone.
    """
    read = read_version(opened, model, version)
    record = require_record(opened, read)
    platform = opened if store is None else _choose_local_platform(record, Path(store))
    inputs = compare_inputs(platform, record)
    loaded = load_recorded_config(platform, record)
    return PreparedReproduction(version=read, record=record, platform=platform, inputs=inputs, loaded=loaded)


def _choose_local_platform(record: RunRecord, store: Path) -> Platform:
    """Return this computer, with the overlay and the framework version that the record names."""
    local, match_image = local_platform(record.environment, store), describe_runtime(match_image=True)
    return msgspec.structs.replace(local, runtime=match_image) if record.runtime == match_image else local


def refuse_inputs(inputs: Sequence[ComparedInput], *, changed_inputs: bool) -> None:
    """Raise OperatorError if an input is gone, or has changed without the person's consent."""
    gone = [entry for entry in inputs if entry.hinders and entry.state == "gone"]
    changed = [entry for entry in inputs if entry.hinders and entry.state == "changed"]
    if gone:
        reasons = "; ".join(f"{entry.name} ({entry.detail})" for entry in gone)
        raise OperatorError(f"nothing was started, because inputs are gone: {reasons}")
    if changed and not changed_inputs:
        reasons = "; ".join(f"{entry.name} ({entry.detail})" for entry in changed)
        raise OperatorError(
            f"nothing was started, because inputs have changed: {reasons}. To train with them as they are now, add "
            "--changed-inputs"
        )


def wait_for_run(platform: Platform, push: Push) -> Run:
    """Return the Run of a push to AWS once it has ended. Raises ConfigError if the handler refuses the push."""
    ((_, outcome),) = follow([push], platform, WaitLimits())
    if isinstance(outcome, Refused):
        raise ConfigError(outcome.problems)
    return outcome


def compare_reproduction(
    platform: Platform,
    prepared: PreparedReproduction,
    run: Run,
    within: float,
    *,
    on_line: Callable[[str], None] = _ignore,
) -> Comparison:
    """Return how equal the model of a run is to the version, and store it for `runs show` and the report.

    The values of both models are read on this computer. `on_line` gets what is reported meanwhile. Raises OperatorError
    if a model is gone.
    """
    recorded = describe_version(prepared.version)
    step = find_step(recorded.artifact)
    environment = find_environment(prepared.record, step)
    s3 = aws.client("s3", platform.region)
    comparison = compare_models(
        platform,
        recorded,
        describe_run(run, step),
        within=within,
        compare_values=build_comparison(s3, (environment, environment), on_line),
    )
    if refusal := write_outcome(platform, run, comparison, within):
        on_line(f"pushtrain: `runs show` will not know this comparison, because it cannot be stored: {refusal}")
    return comparison
