"""Facts of a model version -> its report, one HTML document. Pure, but for the templates it reads.

Here is decided what is said and how numbers are written; how it looks is the template's affair.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pushtrain.catalog.job_kinds import read_image, read_instances
from pushtrain.report import figures, metrics
from pushtrain.report.facts import Facts, read_section
from pushtrain.report.pages import phrase_formatter, render
from pushtrain.report.scale import format_duration, format_number, format_signed
from pushtrain.report.translations import find_phrases
from pushtrain.report.verdict import Verdict, shorten_metric
from pushtrain.runs import Job

UNKNOWN = "unknown"
Pairs = list[tuple[str, str]]


def write_report(facts: Facts, *, language: str = "en", now: datetime, pushtrain_version: str) -> str:
    """The document. `pushtrain_version` is the version of pushtrain; `now` is when the registry was read, UTC."""
    return render(
        "report.html",
        language,
        page=_page(facts, find_phrases(language), f"{now:%Y-%m-%d %H:%M} UTC", pushtrain_version),
    )


def _page(facts: Facts, t: Mapping[str, str], now: str, pushtrain_version: str) -> dict[str, Any]:
    version, say = facts.version, phrase_formatter(t)
    kind, says = _gate(facts, t)
    table = metrics.build_table(facts)
    return {
        "model": version.model,
        "version": version.version,
        "status": version.status,
        "now": now,
        "serves": facts.is_serving,
        "created": version.created,
        "registered": format_time(version.created),
        "run": version.run,
        "commit": "" if version.commit == UNKNOWN else version.commit,
        "gate_class": kind,
        "gate_says": says,
        "verdicts": [_verdict(each, t) for each in facts.verdicts],
        "beside": _beside(facts, t),
        "metrics": [row.to_cells(t) for row in table.rows],
        "section": table.section,
        "deviations": any(row.deviation for row in table.rows),
        "left_out": table.left_out,
        "curves": [figures.draw_curve(curve, n, t) for n, curve in enumerate(facts.curves)],
        "matrix": figures.shade_matrix(facts.plots.matrix) if facts.plots.matrix else None,
        "plots": list(figures.draw_plots(facts.plots, t)),
        "lineage": list(_lineage(facts, t)),
        "jobs": [_job(job, t) for job in facts.jobs],
        "billed": not facts.is_local,  # this machine bills nobody
        "made": list(_made(facts, t)),
        "written": say("written", now, pushtrain_version),
    }


def format_time(time: str) -> str:
    """ISO 8601 in UTC as people write it."""
    return f"{time[:16].replace('T', ' ')} UTC" if time else ""


def _gate(facts: Facts, t: Mapping[str, str]) -> tuple[str, str]:
    """How the gate went: a class of the style sheet, and the words."""
    if facts.config is None:
        return "unknown", t["gate_gone"]
    met = [each.met for each in facts.verdicts]
    if not met:
        return "unknown", t["gate_none"]
    if None in met:
        return "unknown", t["gate_unknown"]
    return ("good", f"✓ {t['gate_met']}") if all(met) else ("bad", f"✗ {t['gate_not_met']}")


def _verdict(verdict: Verdict, t: Mapping[str, str]) -> dict[str, str]:
    says = {True: ("good", f"✓ {t['met']}"), False: ("bad", f"✗ {t['not_met']}"), None: ("", t["unknown"])}
    kind, word = says[verdict.met]
    return {
        "name": shorten_metric(verdict.metric),
        "value": "" if verdict.value is None else format_number(verdict.value),
        "bound": f"{verdict.symbol} {format_number(verdict.bound)}",
        "margin": "" if verdict.margin is None else format_signed(verdict.margin),
        "kind": kind,
        "says": word,
    }


def _beside(facts: Facts, t: Mapping[str, str]) -> str:
    if facts.baseline is None:
        return ""
    return t["beside_before" if facts.is_serving else "beside_serving"].format(facts.baseline.version)


def _lineage(facts: Facts, t: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What made the model; a fact that nobody knows is left out."""
    version, told = facts.version, facts.input
    git, config, data = (read_section(told, name) for name in ("git", "config", "data"))
    dirty = f" ({t['dirty']})" if git.get("dirty") else ""
    rows: Pairs = [
        (t["run"], version.run),
        (t["revision"], version.revision),
        (t["again"], _again(facts, t)),
        (t["commit"], f"{version.commit}{dirty}" if version.commit != UNKNOWN else ""),
        (t["repository"], version.repository if version.repository != UNKNOWN else ""),
        (t["author"], _known(str(git.get("author", "")))),
        (t["pushed_by"], _known(str(version.properties.get("pushed_by", "")))),
        (t["code"], str(told.get("code", ""))),
        (t["config"], str(config.get("uri", ""))),
        *((t["data"].format(name), str(uri)) for name, uri in data.items()),
        (t["artifact"], version.artifact),
        (t["image"], version.image),
        (t["arn"], version.arn),
        (t["decided_by"], version.decided_by if version.status != "PendingManualApproval" else ""),
        (t["note"], version.note),
    ]
    return ((name, value) for name, value in rows if value)


def _again(facts: Facts, t: Mapping[str, str]) -> str:
    if facts.earlier_version is None:
        return ""
    return t["again_whole" if facts.earlier_version.same_data else "again_address"].format(
        facts.earlier_version.version
    )


def _known(value: str) -> str:
    return "" if value == UNKNOWN else value


def _job(job: Job, t: Mapping[str, str]) -> dict[str, str]:
    described = job.described
    machines = read_instances(described)
    count, spot = machines.get("InstanceCount", 1), described.get("EnableManagedSpotTraining")
    shown = (
        machines.get("InstanceType", "") + (f" × {count}" if count > 1 else "") + (f" ({t['spot']})" if spot else "")
    )
    billed = described.get("BillableTimeInSeconds")
    return {
        "step": job.step,
        "machines": shown,
        "status": job.status,
        "time": format_duration(job.seconds),
        "billed": "" if billed is None else format_duration(billed),
    }


def _made(facts: Facts, t: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Environment, images and hyperparameters, time and cost."""
    images: dict[str, list[str]] = {}
    for job in facts.jobs:
        images.setdefault(read_image(job.described), []).append(job.step)
    images.pop("", None)
    parameters = facts.config.train.hyperparameters if facts.config else {}
    rows: Pairs = [
        (t["overlay"], _known(str(facts.input.get("environment") or ""))),
        *((_of(t["image_of"], steps, len(images)), image) for image, steps in images.items()),
        (t["hyperparameters"], ", ".join(f"{name} = {value}" for name, value in parameters.items())),
        (t["time_total"], format_duration(facts.run.seconds) if facts.run else ""),
        (t["cost"], _cost(facts, t)),
    ]
    return ((name, value) for name, value in rows if value)


def _of(word: str, steps: list[str], kinds: int) -> str:
    return word if kinds == 1 else f"{word} · {', '.join(dict.fromkeys(steps))}"


def _cost(facts: Facts, t: Mapping[str, str]) -> str:
    if facts.is_local:
        return t["cost_here"]
    return t["cost_known"].format(facts.cost) if facts.cost else t["cost_unknown"]
