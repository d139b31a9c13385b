"""The Payload with which a definition asks `decide`. Pure.

`build_payload` writes it, `parse_payload` reads it in the function. No other module knows its members.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from pushtrain.decide.job_files import remove_job_files
from pushtrain.decide.request import (
    CandidateFiles,
    CandidateRequest,
    CandidatesRequest,
    ChampionRequest,
    DecideRequest,
    ServingRequest,
    StepFile,
)
from pushtrain.layout import build_output_key
from pushtrain.record.champion import IN_REPRODUCTION

if TYPE_CHECKING:
    from pushtrain.config import Choose, Condition

COMPLETED = "Completed"  # the status of a job
MAX_REASON = 500  # characters of the reason why the champion could not be evaluated


def build_serving_payload(
    *, model: str, run_path: str, serving_path: str, within: int | None, compare: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the Payload of the Task that judges a serving test. `serving_path` is the path of what became of it."""
    return {
        "model": model,
        "run.$": run_path,
        "serving.$": serving_path,
        **({"within": within} if within else {}),
        **({"compare": list(compare)} if compare else {}),
    }


def build_candidates_payload(
    *,
    model: str,
    run_path: str,
    results_path: str,
    candidates: Iterable[CandidateFiles],
    conditions: Iterable[Condition],
    choose: Choose,
    champion: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the Payload of the Task for candidates. `results_path` is the path of their results, by name."""
    return {
        "model": model,
        "run.$": run_path,
        "candidates": [_write_candidate(candidate) for candidate in candidates],
        "results.$": results_path,
        "conditions": _write_conditions(conditions),
        "choose": choose.model_dump(exclude_none=True),
        **({"champion": dict(champion)} if champion else {}),
    }


def build_payload(
    *,
    model: str,
    run_path: str,
    artifact: StepFile,
    evaluation: StepFile | None,
    conditions: Iterable[Condition],
    inference: Mapping[str, Any],
    raw_fields: Mapping[str, Mapping[str, Any]],
    champion: Mapping[str, str] | None = None,
    tuned: Iterable[str] = (),
    compare: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the Payload of the Task. `run_path`, and the keys and jobs of the files, are JSONPaths or intrinsics."""
    return {
        "model": model,
        "run.$": run_path,
        "artifact": _build_file(artifact),
        **({"evaluation": _build_file(evaluation)} if evaluation else {}),
        "conditions": _write_conditions(conditions),
        "inference": dict(inference),
        **({"raw_fields": dict(raw_fields)} if raw_fields else {}),
        **({"champion": dict(champion)} if champion else {}),
        **({"tuned": list(tuned)} if tuned else {}),
        **({"compare": list(compare)} if compare else {}),
    }


def build_champion_payload(*, recorded: str, overridden: str, job: str, without: str) -> dict[str, str]:
    """Return the part of the Payload about the champion.

    `recorded`, `overridden` and `job` are paths: what the run record says of it, whether the push overrides the
    comparison, and the result of its job. `without` is `without_champion` of config.yaml.
    """
    return {"recorded.$": recorded, "overridden.$": overridden, "job.$": job, "without": without}


def is_serving_payload(payload: Mapping[str, Any]) -> bool:
    """Return True if a Payload asks about a serving test."""
    return "serving" in payload or "serving.$" in payload


def parse_payload(payload: Mapping[str, Any]) -> DecideRequest | CandidatesRequest | ServingRequest:
    """Return the question that a Task asks. Raises KeyError or ValueError if this module did not write it."""
    if is_serving_payload(payload):
        return _parse_serving(payload)
    return _parse_candidates(payload) if "candidates" in payload else _parse_model(payload)


def _parse_serving(payload: Mapping[str, Any]) -> ServingRequest:
    """Read what became of a test: {name, job}, {name, error}, or the error of the state that creates the model."""
    serving = payload["serving"]
    error = serving.get("error", serving)
    job = serving.get("job", {}).get("name") or serving.get("name", "")
    text = f"{error['Error']}: {error.get('Cause', '')}".removesuffix(": ") if "Error" in error else ""
    return ServingRequest(
        model=payload["model"],
        run=payload["run"],
        job=job,
        error=text,
        within=payload.get("within"),
        compare=tuple(payload.get("compare", ())),
    )


def _parse_model(payload: Mapping[str, Any]) -> DecideRequest:
    return DecideRequest(
        model=payload["model"],
        run=payload["run"],
        artifact=StepFile(**payload["artifact"]),
        evaluation=StepFile(**payload["evaluation"]) if "evaluation" in payload else None,
        conditions=read_conditions(payload),
        inference=payload["inference"],
        raw_fields=payload.get("raw_fields", {}),
        champion=_parse_champion(payload),
        tuned=tuple(payload.get("tuned", ())),
        compare=tuple(payload.get("compare", ())),
    )


def _parse_candidates(payload: Mapping[str, Any]) -> CandidatesRequest:
    from pushtrain.config import Choose  # noqa: PLC0415 - the models of config.yaml are slow to import

    choose = Choose(**payload["choose"])
    return CandidatesRequest(
        model=payload["model"],
        run=payload["run"],
        candidates=tuple(_parse_candidate(payload, candidate, choose) for candidate in payload["candidates"]),
        choose=choose,
        conditions=read_conditions(payload),
        champion=_parse_champion(payload),
    )


def _parse_champion(payload: Mapping[str, Any]) -> ChampionRequest | None:
    """Return what a Payload says of the champion. Its job has a status, or the Error and the Cause of its Task."""
    if "champion" not in payload:
        return None
    champion, recorded = payload["champion"], payload["champion"]["recorded"] or {}
    job: Mapping[str, Any] = champion["job"]
    is_completed = job.get("status") == COMPLETED
    file = StepFile(step=job["step"], path=job["path"], key=job["key"], job=job["name"]) if is_completed else None
    return ChampionRequest(
        version=recorded.get("version"),
        fault=recorded.get("fault", ""),
        is_overridden=bool(champion["overridden"]),
        in_reproduction=champion["overridden"] == IN_REPRODUCTION,
        passes_without=champion["without"] == "pass",
        job=file,
        job_error="" if is_completed else _describe_job_error(job),
    )


def _describe_job_error(job: Mapping[str, Any]) -> str:
    """Return why a job did not complete. The Cause of a Task is the description of its job, or a text."""
    if "status" in job:
        return f"its job ended as {job['status']}: it was stopped or ran out of time"
    try:
        described = json.loads(job.get("Cause", ""))
    except ValueError:
        return str(job.get("Cause") or job.get("Error", ""))[:MAX_REASON]
    reasons = (remove_job_files(str(described.get(member) or "")) for member in ("FailureReason", "ExitMessage"))
    return next(filter(None, map(str.strip, reasons)), str(job.get("Error", "")))[:MAX_REASON]


def _parse_candidate(payload: Mapping[str, Any], candidate: Mapping[str, Any], choose: Choose) -> CandidateRequest:
    result = payload["results"][candidate["key"]]
    if "jobs" not in result:
        return CandidateRequest(name=candidate["name"], request=None, error=result["error"])
    request = DecideRequest(
        model=payload["model"],
        run=payload["run"],
        artifact=_locate(candidate["artifact"], result["jobs"]),
        evaluation=_locate(candidate["evaluation"], result["jobs"]),
        conditions=read_conditions(payload),
        inference=candidate["inference"],
        raw_fields=candidate["raw_fields"],
        choose_metric=choose.metric,
        tuned=tuple(candidate.get("tuned", ())),
        compare=tuple(candidate.get("compare", ())),
    )
    return CandidateRequest(name=candidate["name"], request=request)


def _write_candidate(candidate: CandidateFiles) -> dict[str, Any]:
    lists = {"tuned": list(candidate.tuned), "compare": list(candidate.compare)}
    members = {key: value for key, value in msgspec.to_builtins(candidate).items() if key not in lists}
    return members | {key: names for key, names in lists.items() if names}


def _locate(file: Mapping[str, str], jobs: Mapping[str, Mapping[str, str]]) -> StepFile:
    """Return a file of a candidate with its key in the artifact bucket and the name of its job."""
    job = jobs[file["job"]]
    return StepFile(**{**file, "key": build_output_key(job["prefix"], file["key"]), "job": job["name"]})


def _write_conditions(conditions: Iterable[Condition]) -> list[dict[str, Any]]:
    return [_write_condition(condition) for condition in conditions]


def _write_condition(condition: Condition) -> dict[str, Any]:
    bound = {condition.kind.key: condition.bound if isinstance(condition.bound, float) else str(condition.bound)}
    groups = {"by": condition.by, condition.aggregate: bound} if condition.by else bound
    return {"metric": condition.metric, **groups}


def _build_file(file: StepFile) -> dict[str, str]:
    return {"step": file.step, "path": file.path, "key.$": file.key, "job.$": file.job}


def read_conditions(payload: Mapping[str, Any]) -> tuple[Condition, ...]:
    """Return the conditions of a gate, from the Payload of the Task."""
    from pushtrain.config import Condition  # noqa: PLC0415 - the models of config.yaml are slow to import

    return tuple(Condition(**condition) for condition in payload["conditions"])
