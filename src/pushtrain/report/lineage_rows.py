"""The rows of a report about what a version or a run was built from, and who decided about it. Pure.

In: Facts. Out: pairs of a label and a text, without facts that are unknown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pushtrain.record import EMPTY_RECORD, omit_unknown
from pushtrain.registry import ModelVersion
from pushtrain.report.facts import Facts
from pushtrain.report.origin_rows import list_origin_rows
from pushtrain.report.scale import format_time

Pairs = list[tuple[str, str]]


def list_lineage_rows(facts: Facts, t: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what the model was built from, without facts that are unknown."""
    version, record = facts.version, facts.record or EMPTY_RECORD
    commit, dirty = omit_unknown(facts.commit), f" ({t['dirty']})" if record.git.dirty else ""
    repository = version.repository if version else record.git.repository
    rows: Pairs = [
        (t["run"], facts.run_id),
        (t["revision"], version.revision if version else record.revision),
        (t["experiment"], _describe_experiment(facts, t)),
        (t["reproduces"], _describe_reproduced(facts, t)),
        (t["earlier_version"], _describe_earlier_version(facts, t)),
        (t["commit"], f"{commit}{dirty}" if commit else ""),
        (t["repository"], omit_unknown(repository)),
        (t["author"], omit_unknown(record.git.author)),
        (t["pushed_by"], omit_unknown(record.pushed_by)),
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


def _describe_earlier_version(facts: Facts, t: Mapping[str, str]) -> str:
    if facts.earlier_version is None:
        return ""
    return t["same_as_version"].format(facts.earlier_version.version)
