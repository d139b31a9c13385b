"""What the page says of the gate: conditions, champion, candidates, groups and serving test. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pushtrain.decide import RowComparison
from pushtrain.report.candidates import build_candidate_table
from pushtrain.report.facts import Facts
from pushtrain.report.groups import build_group_tables
from pushtrain.report.scale import are_counts, format_alike, format_signed
from pushtrain.report.trials import build_trial_tables
from pushtrain.report.verdict import JudgedCondition, LoweredCondition


def build_gate_section(facts: Facts, t: Mapping[str, str]) -> dict[str, Any]:
    """Return the variables of the template that are about the gate."""
    gate_class, gate_text = _summarize_gate(facts, t)
    costs = None if facts.is_local else facts.candidate_costs
    return {
        "gate_class": gate_class,
        "gate_text": gate_text,
        "verdicts": [_build_verdict_row(verdict, t) for verdict in facts.verdicts],
        "candidates": build_candidate_table(facts.run.candidates if facts.run else (), facts.verdict, costs, t),
        "trials": build_trial_tables(facts.jobs, facts.reused_searches, t),
        "champion": facts.verdict.champion.text if facts.verdict and facts.verdict.champion else "",
        "serving": _describe_serving(facts, t),
        "compared": _describe_comparisons(facts, t),
        "groups": build_group_tables(facts.verdicts),
        "choice": _describe_choice(facts, t),
        "lowered": [_describe_lowered(condition, facts, t) for condition in facts.lowered],
        "baseline": name_baseline(facts, t),
    }


def name_baseline(facts: Facts, t: Mapping[str, str]) -> str:
    """Return the version to compare with, as people know it; empty without one."""
    if facts.baseline is None:
        return ""
    return t["baseline_previous" if facts.is_serving else "baseline_serving"].format(facts.baseline.version)


def _summarize_gate(facts: Facts, t: Mapping[str, str]) -> tuple[str, str]:
    """Return whether the gate is met: a CSS class and the text."""
    if facts.config is None:
        return "unknown", t["gate_gone"]
    if facts.version is None and facts.verdict is None and facts.config.conditions:
        return "unknown", t["gate_not_reached"]
    met = [verdict.met for verdict in facts.verdicts]
    if not met:
        return "unknown", t["gate_none"]
    if None in met:
        return "unknown", t["gate_unknown"]
    return ("good", f"✓ {t['gate_met']}") if all(met) else ("bad", f"✗ {t['gate_not_met']}")


def _describe_choice(facts: Facts, t: Mapping[str, str]) -> str:
    """Return by which metric the candidates are compared; empty without a verdict on candidates."""
    choices = facts.verdict.choose.items() if facts.verdict else ()
    return next((t[f"choose_{direction}"].format(metric) for direction, metric in choices), "")


def _describe_serving(facts: Facts, t: Mapping[str, str]) -> dict[str, str] | None:
    """Return the result of the serving test, and if it is good or bad; None without a test."""
    serving = facts.verdict.serving if facts.verdict else None
    if serving is None:
        return None
    if serving.outcome != "passed":
        return {
            "kind": "good" if serving.serves else "bad",
            "text": t[f"serving_{serving.outcome}"].format(serving.reason),
        }
    text = t["serving_passed"].format(serving.rows)
    if serving.p50 is not None and serving.p90 is not None:
        text += t["serving_times"].format(f"{serving.p50:.0f}", f"{serving.p90:.0f}")
    return {"kind": "good", "text": text}


def _describe_comparisons(facts: Facts, t: Mapping[str, str]) -> list[dict[str, str]]:
    """Return how the rows of the serving test compare with those of the evaluation, and if that is good or bad."""
    serving = facts.verdict.serving if facts.verdict else None
    return [
        {
            "kind": "good" if comparison.holds else "bad",
            "text": f"{t[f'compared_{comparison.subject}']}: {_describe_comparison(comparison, t)}",
        }
        for comparison in (serving.comparisons if serving else ())
    ]


def _describe_comparison(comparison: RowComparison, t: Mapping[str, str]) -> str:
    first = comparison.first
    if first is None:
        return t[f"compared_{comparison.outcome}"].format(comparison.reason or comparison.rows)
    field = (
        t["compared_column"].format(first.row, first.column) if first.column else t["compared_row"].format(first.row)
    )
    text = t["compared_different"].format(comparison.different, comparison.rows, field, first.evaluation, first.serving)
    return text + (t["compared_columns"].format(", ".join(comparison.columns)) if comparison.columns else "")


def _build_verdict_row(verdict: JudgedCondition, t: Mapping[str, str]) -> dict[str, str]:
    texts = {True: ("good", f"✓ {t['met']}"), False: ("bad", f"✗ {t['not_met']}"), None: ("", t["unknown"])}
    kind, comment = ("", f"– {t['passed_without']}") if verdict.passes_without else texts[verdict.met]
    numbers = {"bound": verdict.bound, "value": verdict.value, "champion": verdict.champion}
    present = {name: number for name, number in numbers.items() if number is not None}
    texts_alike = dict(zip(present, format_alike(list(present.values())), strict=True))
    is_count = are_counts(list(present.values()))
    margin = "" if verdict.margin is None else format_signed(verdict.margin, is_count=is_count)
    bound = (
        verdict.bound_text
        if verdict.bound is None
        else " = ".join(filter(None, (verdict.relative, texts_alike["bound"])))
    )
    difference = verdict.difference
    return {
        "name": verdict.name,
        "value": texts_alike.get("value", ""),
        "bound": f"{verdict.symbol} {bound}",
        "margin": margin,
        "champion": texts_alike.get("champion", ""),
        "difference": "" if difference is None else format_signed(difference, is_count=is_count),
        "kind": kind,
        "comment": comment,
    }


def _describe_lowered(lowered: LoweredCondition, facts: Facts, t: Mapping[str, str]) -> str:
    """Return that a condition asks for less than in the version to compare with."""
    return t["gate_lowered"].format(
        lowered.name, lowered.symbol, lowered.bound or "–", lowered.before, name_baseline(facts, t)
    )
