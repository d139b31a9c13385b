"""Read the champion's metrics on the data of this run, or say why there are none. Calls S3 and SageMaker.

The champion, the model version in service, was evaluated by a job of this run. A champion that cannot be judged is no
error of the run: it ends without a version, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pushtrain.decide.evaluation import check_names, parse_evaluation, read_metrics
from pushtrain.decide.evaluation_files import pin_evaluation_files
from pushtrain.decide.groups import aggregate_groups, read_groups
from pushtrain.decide.pinned import PinnedObject
from pushtrain.decide.request import ChampionRequest, StepFile
from pushtrain.decide.verdict import COMPARED, FAILED, NO_CHAMPION, OVERRIDDEN, ChampionResult, Comparison
from pushtrain.errors import DecideError
from pushtrain.platform import Platform

if TYPE_CHECKING:
    from pushtrain.config import Condition

REPRODUCTION_REASON = "a run that reproduces a version does not compare"


def compare_champion(
    s3: Any, champion: ChampionRequest, conditions: Sequence[Condition], platform: Platform
) -> Comparison:
    """Return the champion's values for the conditions, or what became of it instead."""
    if champion.is_overridden:
        reason = REPRODUCTION_REASON if champion.in_reproduction else ""
        overridden = ChampionResult(status=OVERRIDDEN, version=champion.version, reason=reason)
        return Comparison(champion=overridden, holds_without=True)
    if champion.version is None:
        return Comparison(champion=ChampionResult(status=NO_CHAMPION), holds_without=champion.passes_without)
    if champion.fault or champion.job is None:
        return _give_up(champion, champion.fault or champion.job_error)
    try:
        evaluation, document = _read_evaluation(s3, champion.job, platform)
        values = _read_values(document, conditions)
    except DecideError as error:
        return _give_up(champion, str(error))
    compared = ChampionResult(status=COMPARED, version=champion.version, metrics=values, evaluation=evaluation)
    return Comparison(champion=compared, values=values)


def _give_up(champion: ChampionRequest, reason: str) -> Comparison:
    return Comparison(champion=ChampionResult(status=FAILED, version=champion.version, reason=reason))


def _read_evaluation(s3: Any, file: StepFile, platform: Platform) -> tuple[PinnedObject | None, object]:
    """Return the evaluation.json of the champion's job. Raises a DecideError if it cannot be judged."""
    files = pin_evaluation_files(s3, platform, file, needs_metrics=True)
    document = parse_evaluation(files.body or b"")
    check_names(document)
    return files.evaluation, document


def _read_values(document: object, conditions: Sequence[Condition]) -> dict[str, float]:
    """Return the champion's value of each condition, by its label.

    Raises a DecideError if one is missing that a bound depends on. Others are shown if they are there.
    """
    values: dict[str, float] = {}
    for condition in sorted(conditions, key=lambda condition: not condition.compares_champion):
        try:
            values[condition.label] = _read_value(document, condition)
        except DecideError:
            if condition.compares_champion:
                raise
    return values


def _read_value(document: object, condition: Condition) -> float:
    if condition.by:
        groups: Mapping[str, float] = read_groups(document, [condition])[condition.label]
        return aggregate_groups(condition, groups)
    return read_metrics(document, [condition.metric])[condition.metric]
