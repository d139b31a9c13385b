"""The table of candidates in a report: rank, metrics, time, cost, and why a candidate failed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from pushtrain.config import format_metric_path, parse_metric
from pushtrain.config.values.money import Money
from pushtrain.decide import Verdict, shorten_metrics
from pushtrain.report.scale import format_duration, format_number
from pushtrain.runs import RunCandidate

MAX_METRICS = 6  # columns: the metric that decides, then those of the gate


class CandidateTable(Struct, frozen=True, kw_only=True):
    """Heads and rows of the table, all cells as texts. `winner` is the index of the row of the winner, None if none."""

    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    winner: int | None = None


def build_candidate_table(
    candidates: tuple[RunCandidate, ...],
    verdict: Verdict | None,
    costs: Mapping[str, Money | None] | None,
    t: Mapping[str, str],
) -> CandidateTable:
    """Return the table, the best candidate first; empty without candidates.

    `costs` are what the jobs of each cost, by name; None if the run was on this computer. `t` has the page's texts.
    """
    if not candidates:
        return CandidateTable()
    metrics = list(dict.fromkeys(_list_metrics(verdict)))[:MAX_METRICS]
    names = shorten_metrics(metrics)
    ranked = sorted(candidates, key=lambda candidate: candidate.rank or len(candidates) + 1)
    head = (
        t["candidate"],
        *(names[metric] for metric in metrics),
        t["time"],
        *([] if costs is None else [t["cost"]]),
        t["remark"],
    )
    rows = tuple(_build_row(candidate, metrics, costs, t) for candidate in ranked)
    return CandidateTable(head=head, rows=rows, winner=0 if ranked[0].rank == 1 else None)


def _list_metrics(verdict: Verdict | None) -> Iterator[str]:
    if verdict:
        yield from (format_metric_path(parse_metric(metric)) for metric in verdict.choose.values())
        yield from (format_metric_path(parse_metric(result.metric)) for result in verdict.conditions if not result.by)


def _build_row(
    candidate: RunCandidate, metrics: list[str], costs: Mapping[str, Money | None] | None, t: Mapping[str, str]
) -> tuple[str, ...]:
    values = (candidate.metrics.get(metric) for metric in metrics)
    remark = t["candidate_won"] if candidate.rank == 1 else candidate.reason
    return (
        candidate.name,
        *("" if value is None else format_number(value) for value in values),
        format_duration(candidate.seconds) if candidate.seconds else "",
        *([] if costs is None else [str(costs.get(candidate.name) or t["unknown"])]),
        remark,
    )
