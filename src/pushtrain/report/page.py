"""Write the report of a model version, or of a run, as one HTML document. Pure, except that it reads the templates.

This module decides which texts and numbers appear; the template decides how they look.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pushtrain.platform import LOCAL_OPTION
from pushtrain.record import omit_unknown
from pushtrain.report import figures, metrics
from pushtrain.report.facts import Facts
from pushtrain.report.gate_section import build_gate_section, name_baseline
from pushtrain.report.job_rows import build_job_row, list_environment_rows
from pushtrain.report.lineage_rows import list_lineage_rows
from pushtrain.report.pages import phrase_formatter, render
from pushtrain.report.plots import SHAPES, Split
from pushtrain.report.scale import format_number, format_time
from pushtrain.report.translations import find_phrases
from pushtrain.runs import find_advice


def write_report(facts: Facts, *, language: str = "en", now: datetime, pushtrain_version: str) -> str:
    """Return the document. `now` is when the registry was read, in UTC."""
    return render(
        "report.html",
        language,
        script="copy.js",
        page=_build_page(facts, find_phrases(language), f"{now:%Y-%m-%d %H:%M} UTC", pushtrain_version),
    )


def _build_page(facts: Facts, t: Mapping[str, str], now: str, pushtrain_version: str) -> dict[str, Any]:
    return {
        **_build_head(facts, t, now),
        **build_gate_section(facts, t),
        **_build_metrics_section(facts, t),
        **_build_plots_section(facts, t),
        "lineage": list(list_lineage_rows(facts, t)),
        "jobs": [build_job_row(job, t) for job in facts.jobs],
        "has_reused_steps": bool(facts.record and facts.record.reused_jobs),
        "billed": not facts.is_local,  # a run on this computer is not billed
        "environment": list(list_environment_rows(facts, t)),
        "written": phrase_formatter(t)("written", now, pushtrain_version),
    }


def _build_head(facts: Facts, t: Mapping[str, str], now: str) -> dict[str, Any]:
    """Return what the page is about, and what became of it."""
    version, say = facts.version, phrase_formatter(t)
    status_class, status = _describe_status(facts, t)
    return {
        "kicker": t["report"] if version else t["run_report"],
        "model": facts.model,
        "subject": say("of_version", version.version) if version else say("of_run", facts.run_id),
        "status": status,
        "status_class": status_class,
        "now": now,
        "is_serving": facts.is_serving,
        "is_experiment": facts.experiment is not None,
        **_describe_start(facts, t),
        "run": facts.run_id if version else "",
        "commit": omit_unknown(facts.commit),
        "failure": _describe_failure(facts),
        "this": t["this_version"] if version else t["this_run"],
    }


def _build_metrics_section(facts: Facts, t: Mapping[str, str]) -> dict[str, Any]:
    table = metrics.build_table(facts)
    return {
        "other_data": _describe_other_data(facts, t),
        "metrics": [row.to_cells(t) for row in table.rows],
        "no_metrics": t["no_metrics"] if facts.version else t["no_run_metrics"],
        "section": table.section,
        "deviations": any(row.deviation for row in table.rows),
        "left_out": table.left_out,
    }


def _build_plots_section(facts: Facts, t: Mapping[str, str]) -> dict[str, Any]:
    """Return the figures, the table of splits, and what is wrong with the files that they are drawn from."""
    plots, say = facts.plots, phrase_formatter(t)
    return {
        "curves": [figures.draw_curve(curve, n, t) for n, curve in enumerate(facts.curves)],
        "matrix": figures.shade_matrix(plots.matrix) if plots.matrix else None,
        "plots": list(figures.draw_plots(plots, t)),
        "file_notes": [
            *([] if facts.is_judged else [t["not_judged"]]),
            *(say("lost_file", name) for name in facts.lost_files),
            *(say("not_json", name) for name in facts.broken_files),
            *(say("misshapen", key, SHAPES[key]) for key in plots.misshapen),
        ],
        "splits": _build_split_table(plots.splits, t),
    }


def _describe_status(facts: Facts, t: Mapping[str, str]) -> tuple[str, str]:
    """Return the status of the version, or how the run ended: a CSS class and the text."""
    if facts.version:
        return facts.version.status, t[facts.version.status]
    run = facts.run
    assert run is not None  # noqa: S101 - a report without a version is about a run
    if run.status == "ABORTED":
        return "failed", t["run_stopped"]
    return (run.outcome, t[f"run_{run.outcome}"]) if f"run_{run.outcome}" in t else ("running", t["run_running"])


def _describe_start(facts: Facts, t: Mapping[str, str]) -> dict[str, str]:
    """Return when the version was registered, or when the run started."""
    if facts.version:
        return {
            "time_label": t["registered"],
            "time": facts.version.created,
            "time_text": format_time(facts.version.created),
        }
    started = datetime.fromtimestamp(facts.run.started if facts.run else 0, UTC).isoformat(timespec="seconds")
    return {"time_label": t["started"], "time": started, "time_text": format_time(started)}


def _describe_failure(facts: Facts) -> dict[str, str] | None:
    """Return why the run failed: the step, the reason, advice, and a command for the log; None if it did not."""
    error = facts.run.error if facts.run else None
    if error is None:
        return None
    option = LOCAL_OPTION if facts.is_local else ""
    log = f"pushtrain runs logs {facts.run_id} --step {error.step}{option}" if error.log else ""
    return {"step": error.step, "reason": error.reason, "advice": find_advice(error.reason), "log": log}


def _build_split_table(splits: Sequence[Split], t: Mapping[str, str]) -> list[list[str]]:
    """Return the table of splits with its head; columns that no split has are left out. Empty without splits."""
    columns = [
        (t["split"], [split.name for split in splits]),
        (t["rows"], ["" if split.rows is None else f"{split.rows:,}" for split in splits]),
        (t["label_rate"], ["" if split.label_rate is None else format_number(split.label_rate) for split in splits]),
        (t["first_time"], [split.start for split in splits]),
        (t["last_time"], [split.end for split in splits]),
    ]
    present = [[head, *cells] for head, cells in columns if any(cells)]
    return [list(row) for row in zip(*present, strict=True)]


def _describe_other_data(facts: Facts, t: Mapping[str, str]) -> str:
    """Return that the baseline was evaluated on other data; empty if that is not known to be so."""
    names = ", ".join(f"data.{name}" for name in facts.different_data)
    return t["other_data"].format(names, name_baseline(facts, t)) if names and facts.baseline else ""
