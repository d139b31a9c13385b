"""Write the report of a model version, or of a run, as one HTML document. Pure, except that it reads the templates.

This module decides which texts and numbers appear; the template decides how they look.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pushtrain.catalog.job_kinds import is_spot, read_image, read_instances
from pushtrain.config import find_trainer, select_variant
from pushtrain.platform import LOCAL_OPTION
from pushtrain.record import EMPTY_RECORD, UNKNOWN
from pushtrain.registry import ModelVersion
from pushtrain.report import figures, metrics
from pushtrain.report.candidates import build_candidate_table
from pushtrain.report.facts import Facts
from pushtrain.report.groups import build_group_tables
from pushtrain.report.origin_rows import list_origin_rows
from pushtrain.report.pages import phrase_formatter, render
from pushtrain.report.plots import SHAPES, Split
from pushtrain.report.scale import are_counts, format_alike, format_duration, format_number, format_signed
from pushtrain.report.translations import find_phrases
from pushtrain.report.trials import build_trial_tables
from pushtrain.report.verdict import JudgedCondition, LoweredCondition
from pushtrain.runs import Job, find_advice

Pairs = list[tuple[str, str]]


def write_report(facts: Facts, *, language: str = "en", now: datetime, pushtrain_version: str) -> str:
    """Return the document. `now` is when the registry was read, in UTC."""
    return render(
        "report.html",
        language,
        script="copy.js",
        page=_build_page(facts, find_phrases(language), f"{now:%Y-%m-%d %H:%M} UTC", pushtrain_version),
    )


def _build_page(facts: Facts, t: Mapping[str, str], now: str, pushtrain_version: str) -> dict[str, Any]:
    version, say = facts.version, phrase_formatter(t)
    gate_class, gate_text = _summarize_gate(facts, t)
    table = metrics.build_table(facts)
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
        "commit": _find_commit(facts),
        "failure": _describe_failure(facts),
        "gate_class": gate_class,
        "gate_text": gate_text,
        "verdicts": [_build_verdict_row(verdict, t) for verdict in facts.verdicts],
        "candidates": build_candidate_table(
            facts.run.candidates if facts.run else (),
            facts.verdict,
            None if facts.is_local else facts.candidate_costs,
            t,
        ),
        "trials": build_trial_tables(facts.jobs, t),
        "champion": facts.verdict.champion.text if facts.verdict and facts.verdict.champion else "",
        "serving": _describe_serving(facts, t),
        "groups": build_group_tables(facts.verdicts),
        "choice": _describe_choice(facts, t),
        "lowered": [_describe_lowered(condition, facts, t) for condition in facts.lowered],
        "baseline": _name_baseline(facts, t),
        "this": t["this_version"] if version else t["this_run"],
        "other_data": _describe_other_data(facts, t),
        "metrics": [row.to_cells(t) for row in table.rows],
        "no_metrics": t["no_metrics"] if version else t["no_run_metrics"],
        "section": table.section,
        "deviations": any(row.deviation for row in table.rows),
        "left_out": table.left_out,
        "curves": [figures.draw_curve(curve, n, t) for n, curve in enumerate(facts.curves)],
        "matrix": figures.shade_matrix(facts.plots.matrix) if facts.plots.matrix else None,
        "plots": list(figures.draw_plots(facts.plots, t)),
        "file_notes": [
            *([] if facts.is_judged else [t["not_judged"]]),
            *(say("lost_file", name) for name in facts.lost_files),
            *(say("not_json", name) for name in facts.broken_files),
            *(say("misshapen", key, SHAPES[key]) for key in facts.plots.misshapen),
        ],
        "splits": _build_split_table(facts.plots.splits, t),
        "lineage": list(_list_lineage(facts, t)),
        "jobs": [_build_job_row(job, t) for job in facts.jobs],
        "has_reused_steps": bool(facts.record and facts.record.reused_jobs),
        "billed": not facts.is_local,  # a run on this computer is not billed
        "environment": list(_list_environment(facts, t)),
        "written": say("written", now, pushtrain_version),
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


def _find_commit(facts: Facts) -> str:
    """Return the commit; empty if it is not known."""
    return _blank_if_unknown(facts.version.commit if facts.version else (facts.record or EMPTY_RECORD).git.commit)


def _describe_failure(facts: Facts) -> dict[str, str] | None:
    """Return why the run failed: the step, the reason, advice, and a command for the log; None if it did not."""
    error = facts.run.error if facts.run else None
    if error is None:
        return None
    option = LOCAL_OPTION if facts.is_local else ""
    log = f"pushtrain runs logs {facts.run_id} --step {error.step}{option}" if error.log else ""
    return {"step": error.step, "reason": error.reason, "advice": find_advice(error.reason), "log": log}


def format_time(time: str) -> str:
    """Format ISO 8601 in UTC as `2026-11-21 07:00 UTC`."""
    return f"{time[:16].replace('T', ' ')} UTC" if time else ""


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
            "kind": "good" if serving.holds else "bad",
            "text": t[f"serving_{serving.outcome}"].format(serving.reason),
        }
    text = t["serving_passed"].format(serving.rows)
    if serving.p50 is not None and serving.p90 is not None:
        text += t["serving_times"].format(f"{serving.p50:.0f}", f"{serving.p90:.0f}")
    return {"kind": "good", "text": text}


def _build_verdict_row(verdict: JudgedCondition, t: Mapping[str, str]) -> dict[str, str]:
    texts = {True: ("good", f"✓ {t['met']}"), False: ("bad", f"✗ {t['not_met']}"), None: ("", t["unknown"])}
    kind, comment = texts[verdict.met]
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


def _name_baseline(facts: Facts, t: Mapping[str, str]) -> str:
    if facts.baseline is None:
        return ""
    return t["baseline_previous" if facts.is_serving else "baseline_serving"].format(facts.baseline.version)


def _describe_other_data(facts: Facts, t: Mapping[str, str]) -> str:
    """Return that the baseline was evaluated on other data; empty if that is not known to be so."""
    names = ", ".join(f"data.{name}" for name in facts.different_data)
    return t["other_data"].format(names, _name_baseline(facts, t)) if names and facts.baseline else ""


def _list_lineage(facts: Facts, t: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what the model was built from, without facts that are unknown."""
    version, record = facts.version, facts.record or EMPTY_RECORD
    commit, dirty = _find_commit(facts), f" ({t['dirty']})" if record.git.dirty else ""
    repository = version.repository if version else record.git.repository
    rows: Pairs = [
        (t["run"], facts.run_id),
        (t["revision"], version.revision if version else record.revision),
        (t["experiment"], _describe_experiment(facts, t)),
        (t["reproduces"], _describe_reproduced(facts, t)),
        (t["earlier_version"], _describe_earlier_version(facts, t)),
        (t["commit"], f"{commit}{dirty}" if commit else ""),
        (t["repository"], _blank_if_unknown(repository)),
        (t["author"], _blank_if_unknown(record.git.author)),
        (t["pushed_by"], _blank_if_unknown(record.pushed_by)),
        (t["reused_from"], ", ".join(f"{step}: {reuse.run}" for step, reuse in record.reuse.items() if reuse.job)),
        (t["resumed_from"], ", ".join(f"{step}: {run}" for step, run in record.resumed_from.items())),
        (t["code"], record.code),
        (t["config"], record.config.uri),
        *((t["data"].format(name), entry.address) for name, entry in record.data.items()),
        *list_origin_rows(facts, t),
        (t["data_changed"], ", ".join(facts.data_changed)),
        (t["artifact"], version.artifact if version else _find_artifact(facts)),
        *(_list_version_lineage(version, t) if version else ()),
        *((t["raw_fields"].format(step), json.dumps(raw, ensure_ascii=False)) for step, raw in _list_raw(facts)),
        *(((t["arn"], version.arn), *_list_decisions(facts, version, t)) if version else ()),
    ]
    return ((name, value) for name, value in rows if value)


def _describe_experiment(facts: Facts, t: Mapping[str, str]) -> str:
    """Return the values of config.yaml that an experiment changed; empty if the run was none."""
    if facts.experiment is None:
        return ""
    values = [f"{path} = {json.dumps(value, ensure_ascii=False)}" for path, value in facts.experiment.items()]
    return " · ".join((*values, t["experiment_note"]))


def _describe_reproduced(facts: Facts, t: Mapping[str, str]) -> str:
    """Return which version a run reproduces, and how equal its model is; empty if it reproduces none."""
    reproduced = facts.run.reproduces if facts.run else None
    if reproduced is None:
        return ""
    version = t["reproduces_version"].format(reproduced.model_version, reproduced.run)
    return f"{version} · {facts.compared or t['not_compared']}"


def _find_artifact(facts: Facts) -> str:
    """Return the S3 URI of the model of the run's last training job that wrote one; empty if none did."""
    return next((job.model_uri for job in reversed(facts.jobs) if job.model_uri), "")


def _list_version_lineage(version: ModelVersion, t: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what an endpoint of the version runs: its image and environment variables."""
    yield t["image"], version.image
    variables: Mapping[str, str] = version.inference.get("environment", {})
    yield from ((t["endpoint_variable"].format(name), value) for name, value in variables.items())


def _list_raw(facts: Facts) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Return the fields that config.yaml sets with `sagemaker:`, by step."""
    return facts.verdict.raw_fields.items() if facts.verdict else ()


def _list_decisions(facts: Facts, version: ModelVersion, t: Mapping[str, str]) -> Pairs:
    """Return each decision about the version; without a list of them, the last one, as the registry has it."""
    if not facts.decisions:
        decided_by = version.decided_by if version.status != "PendingManualApproval" else ""
        return [(t["decided_by"], decided_by), (t["note"], version.note)]
    return [
        (
            f"{t[decision.status]} {format_time(decision.decided_at)}",
            " · ".join(filter(None, (decision.approver_name or t["unknown"], decision.note))),
        )
        for decision in facts.decisions
    ]


def _describe_lowered(lowered: LoweredCondition, facts: Facts, t: Mapping[str, str]) -> str:
    """Return that a condition asks for less than in the version to compare with."""
    return t["gate_lowered"].format(
        lowered.name, lowered.symbol, lowered.bound or "–", lowered.before, _name_baseline(facts, t)
    )


def _describe_earlier_version(facts: Facts, t: Mapping[str, str]) -> str:
    if facts.earlier_version is None:
        return ""
    return t["same_as_version"].format(facts.earlier_version.version)


def _blank_if_unknown(value: str) -> str:
    return "" if value == UNKNOWN else value


def _build_job_row(job: Job, t: Mapping[str, str]) -> dict[str, str]:
    described = job.described
    resources = read_instances(described)
    count, spot = resources.get("InstanceCount", 1), is_spot(described)
    instances = (
        resources.get("InstanceType", "") + (f" × {count}" if count > 1 else "") + (f" ({t['spot']})" if spot else "")
    )
    billed = described.get("BillableTimeInSeconds")
    return {
        "step": job.step,
        "instances": instances,
        "status": job.status,
        "time": format_duration(job.seconds),
        "billed": "" if billed is None else format_duration(billed),
    }


def _list_environment(facts: Facts, t: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield environment, images, hyperparameters, duration and cost."""
    images: dict[str, list[str]] = {}
    for job in facts.jobs:
        images.setdefault(read_image(job.described), []).append(job.step)
    images.pop("", None)
    winner = facts.verdict.candidate if facts.verdict else ""
    trainer = find_trainer(select_variant(facts.config, winner)) if facts.config else None
    parameters = trainer.hyperparameters if trainer else {}
    rows: Pairs = [
        (t["overlay"], _blank_if_unknown(facts.record.environment if facts.record else "")),
        *((_label_image(t["image_of"], steps, len(images)), image) for image, steps in images.items()),
        (t["hyperparameters"], ", ".join(f"{name} = {value}" for name, value in parameters.items())),
        (t["time_total"], format_duration(facts.run.seconds) if facts.run else ""),
        (t["cost"], _format_cost(facts, t)),
    ]
    return ((name, value) for name, value in rows if value)


def _label_image(label: str, steps: list[str], image_count: int) -> str:
    return label if image_count == 1 else f"{label} · {', '.join(dict.fromkeys(steps))}"


def _format_cost(facts: Facts, t: Mapping[str, str]) -> str:
    if facts.is_local:
        return t["cost_local"]
    return t["cost_known"].format(facts.cost) if facts.cost else t["cost_unknown"]
