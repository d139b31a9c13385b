"""The candidates of a run as lines for people: the best one first, then the others, then those that failed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pushtrain.cli.terminal.progress import format_duration
from pushtrain.cli.terminal.tables import GAP, measure_cell, pad
from pushtrain.config import format_metric_path, parse_metric
from pushtrain.config.values.money import Money
from pushtrain.decide import CandidateResult, Verdict, shorten_metric
from pushtrain.runs import Run

WORDS = {"maximize": "highest", "minimize": "lowest"}
Cells = tuple[str, ...]


def format_candidates(run: Run, costs: Mapping[str, Money | None] | None = None) -> list[str]:
    """Return a line for each candidate of a run, after one that says how they are compared; empty without candidates.

    `costs` are what their jobs cost, by candidate; None if the run was on this computer.
    """
    ranked = sorted(run.candidates, key=lambda candidate: candidate.rank or len(run.candidates) + 1)
    rows = [
        (
            _format_rank(candidate.rank),
            candidate.name,
            _format_value(candidate.value),
            format_duration(candidate.seconds) if candidate.seconds else "",
            *([] if costs is None else [str(costs.get(candidate.name) or "unknown")]),
            _format_note(candidate.rank, candidate.reason),
        )
        for candidate in ranked
    ]
    return [_format_head(run.verdict), *_align(rows)] if rows else []


def format_candidate_results(verdict: Verdict | None) -> list[str]:
    """Return the same of a model version, whose run may be gone: without time and cost."""
    results: Sequence[CandidateResult] = verdict.candidates if verdict else ()
    ranked = sorted(results, key=lambda result: result.rank or len(results) + 1)
    rows = [
        (
            _format_rank(result.rank),
            result.name,
            _format_value(result.value),
            _format_note(result.rank, result.reason),
        )
        for result in ranked
    ]
    return [_format_head(verdict), *_align(rows)] if rows else []


def _format_head(verdict: Verdict | None) -> str:
    for key, metric in verdict.choose.items() if verdict else ():
        return f"candidates by {shorten_metric(format_metric_path(parse_metric(metric)))}, the {WORDS[key]} wins"
    return "candidates"


def _format_rank(rank: int | None) -> str:
    return f"  {rank}." if rank else "  –"


def _format_value(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _format_note(rank: int | None, reason: str) -> str:
    return f"failed: {reason}" if reason else "won" if rank == 1 else ""


def _align(rows: Sequence[Cells]) -> Iterable[str]:
    widths = [max(map(measure_cell, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        *cells, note = (pad(cell, width) for cell, width in zip(row, widths, strict=True))
        yield GAP.join((*cells, note)).rstrip()
