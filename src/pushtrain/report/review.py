"""What an approver should know before deciding on a version: today's gate, and the version that serves. Reads AWS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pushtrain.config import Config
from pushtrain.errors import RegistryError
from pushtrain.platform import Platform
from pushtrain.registry import ModelVersion, find_version
from pushtrain.report.facts import is_dirty, read_config, read_run_input
from pushtrain.report.metrics import is_better
from pushtrain.report.scale import format_number
from pushtrain.report.verdict import Direction, Verdict, judge_conditions, read_directions, shorten_metric
from pushtrain.runs import find_newest_run
from pushtrain.serving import approved_uri, read_serving_arns


@dataclass(frozen=True, kw_only=True)
class Review:
    """`verdicts` are by today's gate: that of the newest run's config.yaml. None where there is none to be read.

    `serving` is the ARN of the version that serves, empty where none does; `beside` is that version, None where there
    is none or it is this one. `dirty`: this version was made of changes that its commit lacks; None where not known.
    """

    version: ModelVersion
    verdicts: tuple[Verdict, ...] | None
    serving: str
    baseline: ModelVersion | None
    dirty: bool | None
    warnings: tuple[str, ...]


def review_version(platform: Platform, version: ModelVersion) -> Review:
    """Today's gate over the version's metrics, and those metrics against the version that serves.

    What AWS refuses to tell this approver becomes a warning: it must not keep them from deciding.
    """
    unread: list[str] = []
    config, own = _gate(platform, version, unread)
    arn, beside = _serving(platform, version, unread)
    verdicts = judge_conditions(config.conditions, version.metrics) if config else None
    known = read_directions(config.conditions) if config else {}
    warnings = [*unread, *_unmet(verdicts), *(_worse(version, beside, known) if beside else ())]
    return Review(
        version=version,
        verdicts=verdicts,
        serving=arn,
        baseline=beside,
        dirty=is_dirty(own),
        warnings=tuple(warnings),
    )


def refuse_useless_approval(review: Review, note: str) -> None:
    """Raise RegistryError if the version is approved already, another version serves, and `note` is not new."""
    version, serving = review.version, review.baseline
    if serving and version.status == "Approved" and " ".join(note.split()) in {"", version.note}:
        raise RegistryError(
            f"{version.model} version {version.version} is approved already, and version {serving.version}, approved "
            f"later, serves. To go back, reject that: the highest version that is approved then serves"
        )


def _gate(platform: Platform, version: ModelVersion, unread: list[str]) -> tuple[Config | None, Mapping[str, Any]]:
    """config.yaml of the newest run, and what this version's own run was told."""
    model, run, config = version.model, version.run, None
    own: Mapping[str, Any] = {}
    with _refused(unread, "the runs could not be listed", "so the gate is that of this version's own run, not today's"):
        run = find_newest_run(platform, model) or run
    with _refused(
        unread, "what this version's run was told could not be read", "so whether its commit lacks changes is not known"
    ):
        own = read_run_input(platform, model, version.run) if version.run else {}
    with _refused(unread, f"config.yaml of run {run} could not be read", "so today's gate is not known"):
        told = own if run == version.run else read_run_input(platform, model, run)
        config = read_config(platform, told)
    return config, own


def _serving(platform: Platform, version: ModelVersion, unread: list[str]) -> tuple[str, ModelVersion | None]:
    """ARN of the version that serves, and that version where it is another one."""
    arn, beside, so = "", None, "so this version was not compared with the one that serves"
    with _refused(unread, f"{approved_uri(platform, version.model)} could not be read", so):
        arn = read_serving_arns(platform, version.model)[0]
    with _refused(unread, f"{arn} could not be described", so):
        beside = find_version(platform, arn) if arn and arn != version.arn else None
    return arn, beside


@contextmanager
def _refused(unread: list[str], what: str, so: str) -> Iterator[None]:
    """What AWS refuses is noted, with its reason, and passed over."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        yield
    except ClientError as error:
        unread.append(f"{what} ({error.response['Error']['Code']}), {so}")


def _unmet(verdicts: tuple[Verdict, ...] | None) -> Iterator[str]:
    if verdicts is None:
        yield "today's gate is not known: no config.yaml of this model's runs can be read any more"
    for verdict in verdicts or ():
        wanted = f"{verdict.symbol} {format_number(verdict.bound)}"
        if verdict.value is None:
            yield f"today's gate asks for {verdict.metric} {wanted}, which this version's evaluation.json does not tell"
        elif not verdict.met:
            name = shorten_metric(verdict.metric)
            yield f"it no longer meets today's gate: {name} is {format_number(verdict.value)}, asked for is {wanted}"


def _worse(version: ModelVersion, beside: ModelVersion, known: Mapping[str, Direction]) -> Iterator[str]:
    """By the gate's metrics alone: the rest nobody has asked for."""
    for name in known:
        value, other = version.metrics.get(name), beside.metrics.get(name)
        if value is not None and other is not None and is_better(name, value, other, known) is False:
            said = f"{shorten_metric(name)} is {format_number(value)}, there {format_number(other)}"
            yield f"it is worse than version {beside.version}, which serves: {said}"
