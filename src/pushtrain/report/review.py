"""Review a version before a decision: today's gate, and a comparison with the version in serving. Reads AWS."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from msgspec import Struct

from pushtrain.config import Config
from pushtrain.errors import RegistryError, VerdictChanged
from pushtrain.platform import Platform
from pushtrain.record import RunRecord
from pushtrain.registry import ModelVersion, find_earlier_version, find_version, is_empty_note
from pushtrain.report.evaluated_data import list_differing_data
from pushtrain.report.facts import read_config
from pushtrain.report.model_archive import list_archive_warnings
from pushtrain.report.review_warnings import describe_lowered, list_unmet_conditions, list_worse_metrics
from pushtrain.report.verdict import JudgedCondition, judge_conditions, list_lowered, read_directions
from pushtrain.runs import find_newest_run, read_run_record, read_run_result
from pushtrain.serving import Decision, build_approved_uri, read_decisions, read_serving_arns


class Review(Struct, frozen=True, kw_only=True):
    """What an approver reads about one version before the decision.

    `verdicts` apply today's gate, from the newest run's config.yaml; None if that cannot be read.

    `serving` is the ARN of the version in serving, empty if there is none. `baseline` is that version, None if there is
    none or it is this version. `dirty`: this version's push had uncommitted changes; None if unknown. `environment` is
    that of its run. `objections` say that this version, or one with the same content, was rejected. `took_effect` is
    False if the version is approved, but the approval handler has not recorded that; True if this is not known.
    """

    version: ModelVersion
    verdicts: tuple[JudgedCondition, ...] | None
    serving: str
    baseline: ModelVersion | None
    dirty: bool | None
    warnings: tuple[str, ...]
    environment: str = ""
    objections: tuple[str, ...] = ()
    took_effect: bool = True


def review_version(platform: Platform, version: ModelVersion) -> Review:
    """Apply today's gate to the version's metrics, and compare them with the version in serving.

    If AWS denies access to something, the review has a warning; the approver can still decide.
    """
    access_warnings: list[str] = []
    config, record = _read_gate(platform, version, access_warnings)
    serving_arn, baseline = _find_baseline(platform, version, access_warnings)
    changed_data = _read_changed_data(platform, version, access_warnings)
    decisions = _read_decisions(platform, version, version.version, access_warnings)
    objections = tuple(_list_objections(platform, version, decisions or (), access_warnings))
    different_data = _find_different_data(platform, record, baseline, config, access_warnings)
    _read_archive(platform, version, access_warnings)
    verdicts = judge_conditions(config.conditions, version.metrics, version.verdict) if config else None
    directions = read_directions(config.conditions) if config else {}
    warnings = [
        *objections,
        *access_warnings,
        *(f"{name} changed during its run, so which data it was built from is not known" for name in changed_data),
        *list_unmet_conditions(verdicts),
        *(describe_lowered(lowered, baseline) for lowered in list_lowered(version.verdict, baseline)),
        *list_worse_metrics(version, baseline, directions, different_data),
    ]
    return Review(
        version=version,
        verdicts=verdicts,
        serving=serving_arn,
        baseline=baseline,
        dirty=record.git.dirty if record else None,
        warnings=tuple(warnings),
        environment=record.environment if record else "",
        objections=objections,
        took_effect=version.status != "Approved" or decisions is None or _ends_approved(decisions),
    )


def refuse_approval(review: Review, note: str) -> None:
    """Raise RegistryError if an approval would change nothing, or needs a reason and `note` has none.

    Raises VerdictChanged if nobody knows what was decided about the version.
    """
    version = review.version
    if version.verdict_fault:
        raise VerdictChanged(
            f"{version.model} version {version.version} cannot be approved: {version.verdict_fault}. Reject it and "
            "push the model again"
        )
    _refuse_useless_approval(review, note)
    _refuse_silent_approval(review, note)


def _refuse_silent_approval(review: Review, note: str) -> None:
    """Raise RegistryError if this version, or one with the same content, was rejected, and there is no note.

    Not if the version is approved already: then nothing is decided.
    """
    if review.objections and not note.strip() and review.version.status != "Approved":
        raise RegistryError(
            f"{review.objections[0]}. To approve {review.version.model} version {review.version.version} nevertheless, "
            'say why with --note "…"'
        )


def needs_repetition(review: Review) -> bool:
    """Return True if the version is approved, but its approval had no effect, or nothing serves."""
    return review.version.status == "Approved" and not (review.serving and review.took_effect)


def _refuse_useless_approval(review: Review, note: str) -> None:
    """Raise RegistryError if the version is approved already, a later one serves, and `note` is not new."""
    version, serving = review.version, review.baseline
    if serving and version.status == "Approved" and review.took_effect and " ".join(note.split()) in {"", version.note}:
        raise RegistryError(
            f"{version.model} version {version.version} is approved already, and version {serving.version}, approved "
            f"later, serves. To go back, reject that: the highest version that is approved then serves"
        )


def _read_gate(
    platform: Platform, version: ModelVersion, access_warnings: list[str]
) -> tuple[Config | None, RunRecord | None]:
    """Return config.yaml of the newest run, and the record of this version's own run; None if it cannot be read."""
    model, run, config = version.model, version.run, None
    own_record: RunRecord | None = None
    with _warn_if_denied(
        access_warnings, "the runs could not be listed", "so the gate is that of this version's own run, not today's"
    ):
        run = find_newest_run(platform, model) or run
    with _warn_if_denied(
        access_warnings,
        "what this version's run was told could not be read",
        "so whether its commit lacks changes is not known",
    ):
        own_record = read_run_record(platform, model, version.run) if version.run else None
    with _warn_if_denied(
        access_warnings, f"config.yaml of run {run} could not be read", "so today's gate is not known"
    ):
        record = own_record if run == version.run else read_run_record(platform, model, run)
        config = read_config(platform, record)
    return config, own_record


def _read_changed_data(platform: Platform, version: ModelVersion, access_warnings: list[str]) -> tuple[str, ...]:
    """Return the data entries that changed during the version's run: ("data.raw",)."""
    result = None
    with _warn_if_denied(
        access_warnings,
        "the result of this version's run could not be read",
        "so whether its data changed during the run is not known",
    ):
        result = read_run_result(platform, version.model, version.run) if version.run else None
    return tuple(f"data.{name}" for name in result.data_changed) if result else ()


def _read_archive(platform: Platform, version: ModelVersion, warnings: list[str]) -> None:
    """Add the warnings about the files of the model's archive."""
    with _warn_if_denied(
        warnings, "model.tar.gz could not be read", "so whether an endpoint can unpack it is not known"
    ):
        warnings += list_archive_warnings(platform, version)


def _find_baseline(
    platform: Platform, version: ModelVersion, access_warnings: list[str]
) -> tuple[str, ModelVersion | None]:
    """Return the ARN of the version in serving, and that version if it is another one."""
    arn, baseline, consequence = "", None, "so this version was not compared with the one that serves"
    with _warn_if_denied(
        access_warnings, f"{build_approved_uri(platform, version.model)} could not be read", consequence
    ):
        arn = read_serving_arns(platform, version.model)[0]
    with _warn_if_denied(access_warnings, f"{arn} could not be described", consequence):
        baseline = find_version(platform, arn) if arn and arn != version.arn else None
    return arn, baseline


def _ends_approved(decisions: Sequence[Decision]) -> bool:
    return bool(decisions) and decisions[-1].status == "Approved"


def _read_decisions(
    platform: Platform, version: ModelVersion, number: int, access_warnings: list[str]
) -> Sequence[Decision] | None:
    """Return the decisions about the version `number` of the same model, oldest first; None if AWS denies it."""
    decisions: Sequence[Decision] | None = None
    with _warn_if_denied(
        access_warnings,
        f"the decisions about version {number} could not be read",
        "so whether it was rejected is not known",
    ):
        decisions = read_decisions(platform, version.model, number)
    return None if decisions is None else tuple(decisions)


def _list_objections(
    platform: Platform, version: ModelVersion, own_decisions: Sequence[Decision], access_warnings: list[str]
) -> Iterator[str]:
    """Yield a text for the last rejection of this version, and of each earlier version with the same content."""
    numbers: tuple[int, ...] = ()
    with _warn_if_denied(
        access_warnings, "the versions could not be compared", "so whether an equal one was rejected is not known"
    ):
        earlier = find_earlier_version(platform, version)
        numbers = earlier.numbers if earlier else ()
    for number in (version.version, *reversed(numbers)):
        is_own = number == version.version
        decisions = own_decisions if is_own else _read_decisions(platform, version, number, access_warnings) or ()
        rejection = next((decision for decision in reversed(decisions) if decision.status == "Rejected"), None)
        if rejection:
            content = "" if is_own else ", which has the same code, data and parameters,"
            yield f"version {number}{content} was rejected {format_decision(rejection)}"


def format_decision(decision: Decision) -> str:
    """Return when, by whom and why: `on 2026-11-21 by jin: recall is too low`."""
    by = f" by {decision.approver_name}" if decision.approver else ""
    note = "" if is_empty_note(decision.note) else f": {decision.note}"
    return f"on {decision.decided_at[:10]}{by}{note}"


@contextmanager
def _warn_if_denied(access_warnings: list[str], failure: str, consequence: str) -> Iterator[None]:
    """Turn a ClientError into a warning that names its code, and continue."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        yield
    except ClientError as error:
        access_warnings.append(f"{failure} ({error.response['Error']['Code']}), {consequence}")


def _find_different_data(
    platform: Platform,
    record: RunRecord | None,
    baseline: ModelVersion | None,
    config: Config | None,
    access_warnings: list[str],
) -> tuple[str, ...]:
    """Return the data entries of the evaluation that differ from those of the version in serving."""
    other: RunRecord | None = None
    with _warn_if_denied(
        access_warnings,
        "what the run of the version in serving was told could not be read",
        "so whether both were evaluated on the same data is not known",
    ):
        other = read_run_record(platform, baseline.model, baseline.run) if baseline and baseline.run else None
    return list_differing_data([record, other], [config])
