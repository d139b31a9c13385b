"""Every SageMaker request of ours beside the one that AWS's own SDK makes of the same settings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.judge.verdict import Pair, Verdict

pytestmark = [pytest.mark.judge, pytest.mark.slow]
ENOUGH = 500


def test_no_request_differs_from_the_sdks_but_where_the_table_says_why(verdict: Verdict) -> None:
    differences: dict[str, str] = {}
    for pair, fork in verdict.unknown:
        differences.setdefault(str(fork), f"{pair.step} of {json.dumps(pair.case.document, ensure_ascii=False)[:600]}")
    assert not differences, "\n".join(f"{fork}\n    {where}" for fork, where in list(differences.items())[:20])


def test_every_difference_on_the_table_still_occurs(verdict: Verdict) -> None:
    from tests.judge.differences import ALLOWED

    assert [f"{entry.path} ({entry.side})" for entry in ALLOWED if entry not in verdict.used] == []


def test_enough_is_compared(verdict: Verdict) -> None:
    assert len({repr(pair.case) for pair in verdict.pairs}) >= ENOUGH
    assert len(verdict.pairs) > ENOUGH


def test_no_field_of_ours_can_be_lost_or_altered_unnoticed(verdict: Verdict) -> None:
    """Takes each field of each request away, then alters it. BLIND names what the judge cannot see, and why."""
    blind = {field for pair in verdict.pairs for path in pair.ours for field in _unseen(pair, path)}
    assert sorted(blind) == sorted(BLIND)


def _unseen(pair: Pair, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    from tests.judge.compare import ABSENT, Fork
    from tests.judge.verdict import allowed

    theirs = pair.theirs.get(path, ABSENT)
    field = ".".join((pair.kind, *(part.partition("=")[0] for part in path)))
    if theirs is ABSENT or allowed(pair, Fork(path=path, ours=ABSENT, theirs=theirs)):
        yield "lost", field
    if allowed(pair, Fork(path=path, ours=_altered(pair.ours[path]), theirs=theirs)):
        yield "altered", field


def _altered(value: object) -> object:
    return f"{value}x" if isinstance(value, str) else not value if isinstance(value, bool) else [value, "x"]


# Where a loss leaves what the table allows anyway.
BLIND = {
    ("lost", "Processing.AppSpecification.ContainerEntrypoint.2"): "the SDK starts a file, which needs no text",
    ("lost", "Processing.AppSpecification.ContainerEntrypoint.3"): "nor the script's name",
    ("lost", "Training.Environment.PUSHTRAIN_SCRIPT"): "only our start file, which the SDK does not have, reads it",
    ("lost", "Processing.Environment.AWS_DEFAULT_REGION"): "the SDK does not send it",
    ("lost", "Training.Environment.AWS_DEFAULT_REGION"): "the SDK does not send it",
    ("lost", "Training.AlgorithmSpecification.EnableSageMakerMetricsTimeSeries"): "true is what SageMaker does anyway",
    ("lost", "Training.DebugHookConfig.S3OutputPath"): "where the SDK itself drops the hook",
    ("lost", "Training.DebugHookConfig.CollectionConfigurations"): "as above",
    ("lost", "Training.HyperParameters.sagemaker_pytorch_ddp_enabled"): "the SDK has another name for it",
}
