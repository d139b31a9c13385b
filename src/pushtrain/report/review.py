"""What an approver should know before deciding on a version: today's gate, and the version that serves. Reads AWS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pushtrain.platform import Platform
from pushtrain.registry import ModelVersion, read_version
from pushtrain.report.facts import dirty, read_config, read_input
from pushtrain.report.metrics import is_better
from pushtrain.report.scale import text
from pushtrain.report.verdict import Direction, Verdict, directions, judge, short_name
from pushtrain.runs import newest_run
from pushtrain.serving import serving_now

DENIED = frozenset({"AccessDenied", "AccessDeniedException"})


@dataclass(frozen=True, kw_only=True)
class Review:
    """`verdicts` are by today's gate: that of the newest run's config.yaml. None where there is none to be read.

    `serving` is the ARN of the version that serves, empty where none does; `beside` is that version, None where there
    is none or it is this one. `dirty`: this version was made of changes that its commit lacks; None where not known.
    """

    version: ModelVersion
    verdicts: tuple[Verdict, ...] | None
    serving: str
    beside: ModelVersion | None
    dirty: bool | None
    warnings: tuple[str, ...]


def review(platform: Platform, version: ModelVersion) -> Review:
    """Today's gate over the version's metrics, and those metrics against the version that serves."""
    run, unasked = _newest(platform, version)
    told = read_input(platform, version.model, run) if run else {}
    own = told if run == version.run else read_input(platform, version.model, version.run) if version.run else {}
    config = read_config(platform, told)
    verdicts = judge(config.conditions, version.metrics) if config else None
    arn = serving_now(platform, version.model)[0]
    beside = read_version(platform, arn) if arn and arn != version.arn else None
    known = directions(config.conditions) if config else {}
    warnings = [*unasked, *_unmet(verdicts), *(_worse(version, beside, known) if beside else ())]
    return Review(
        version=version,
        verdicts=verdicts,
        serving=arn,
        beside=beside,
        dirty=dirty(own),
        warnings=tuple(warnings),
    )


def _newest(platform: Platform, version: ModelVersion) -> tuple[str, list[str]]:
    """The newest run, and a warning where this approver may not ask for it: that must not keep them from deciding."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        return newest_run(platform, version.model) or version.run, []
    except ClientError as error:
        if error.response["Error"]["Code"] not in DENIED:
            raise
        return version.run, ["you may not list runs, so the gate is that of this version's own run, not today's"]


def _unmet(verdicts: tuple[Verdict, ...] | None) -> Iterator[str]:
    if verdicts is None:
        yield "today's gate is not known: no config.yaml of this model's runs can be read any more"
    for verdict in verdicts or ():
        wanted = f"{verdict.symbol} {text(verdict.bound)}"
        if verdict.value is None:
            yield f"today's gate asks for {verdict.metric} {wanted}, which this version's evaluation.json does not tell"
        elif not verdict.met:
            name = short_name(verdict.metric)
            yield f"it no longer meets today's gate: {name} is {text(verdict.value)}, asked for is {wanted}"


def _worse(version: ModelVersion, beside: ModelVersion, known: Mapping[str, Direction]) -> Iterator[str]:
    """By the gate's metrics alone: the rest nobody has asked for."""
    for name in known:
        value, other = version.metrics.get(name), beside.metrics.get(name)
        if value is not None and other is not None and is_better(name, value, other, known) is False:
            said = f"{short_name(name)} is {text(value)}, there {text(other)}"
            yield f"it is worse than version {beside.version}, which serves: {said}"
