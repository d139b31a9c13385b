"""Rank candidates by a metric: the best one wins, of equal ones the first in config.yaml. Pure.

In: the verdict on each candidate, or why it cannot be judged. Out: the verdict on the winner, with all candidates.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import msgspec

from pushtrain.config.values.metric import format_metric_path, parse_metric
from pushtrain.decide.request import CandidatesRequest
from pushtrain.decide.verdict import CandidateResult, Verdict
from pushtrain.errors import NoCandidateLeft

MAX_METRICS = 1_000  # of each candidate in verdict.json

Judged = Verdict | str  # a text says why a candidate cannot be judged


def rank_candidates(request: CandidatesRequest, judged: Sequence[Judged]) -> Verdict:
    """Return the verdict on the best candidate. `judged` is in the order of the candidates.

    Raises NoCandidateLeft, with the reason of each, if none can be judged.
    """
    metric, direction = format_metric_path(parse_metric(request.choose.metric)), request.choose.direction
    names = [candidate.name for candidate in request.candidates]
    verdicts = {name: verdict for name, verdict in zip(names, judged, strict=True) if isinstance(verdict, Verdict)}
    if not verdicts:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in zip(names, judged, strict=True))
        raise NoCandidateLeft(f"no candidate can be registered. {reasons}")
    ranked = sorted(verdicts, key=lambda name: -direction * verdicts[name].metrics[metric])
    results = [
        _describe(name, verdict, ranked.index(name) + 1 if name in verdicts else None, metric)
        for name, verdict in zip(names, judged, strict=True)
    ]
    return msgspec.structs.replace(
        verdicts[ranked[0]],
        candidate=ranked[0],
        candidates=tuple(results),
        choose=request.choose.model_dump(exclude_none=True),
    )


def _describe(name: str, judged: Judged, rank: int | None, metric: str) -> CandidateResult:
    if isinstance(judged, str):
        return CandidateResult(name=name, reason=judged)
    return CandidateResult(
        name=name,
        rank=rank,
        value=judged.metrics[metric],
        conditions=judged.conditions,
        metrics=dict(islice(judged.metrics.items(), MAX_METRICS)),
    )
