"""What a definition asks of `decide`: the run, its model, its evaluation.json and the conditions of its gate. Pure.

`build_payload` writes the Payload of the Task, `parse_payload` reads it in the function. No other module knows its
members.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pushtrain.config import Condition


@dataclass(frozen=True, kw_only=True)
class StepFile:
    """A file that a job wrote: its step, its path in the container, its key in the artifact bucket, the job's name."""

    step: str
    path: str
    key: str
    job: str


@dataclass(frozen=True, kw_only=True)
class DecideRequest:
    """One question to `decide`.

    `artifact` is model.tar.gz, `evaluation` evaluation.json, None without an evaluation step. `inference` is what the
    registry will say about serving: image and environment variables. `raw_fields` are those of `sagemaker:`, by step.
    """

    model: str
    run: str
    artifact: StepFile
    evaluation: StepFile | None
    conditions: tuple[Condition, ...]
    inference: Mapping[str, Any]
    raw_fields: Mapping[str, Mapping[str, Any]]


def build_payload(
    *,
    model: str,
    run_path: str,
    artifact: StepFile,
    evaluation: StepFile | None,
    conditions: Iterable[Condition],
    inference: Mapping[str, Any],
    raw_fields: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """Return the Payload of the Task. `run_path`, and the keys and jobs of the files, are JSONPaths or intrinsics."""
    return {
        "model": model,
        "run.$": run_path,
        "artifact": _build_file(artifact),
        **({"evaluation": _build_file(evaluation)} if evaluation else {}),
        "conditions": [{"metric": condition.metric, condition.kind.key: condition.bound} for condition in conditions],
        "inference": dict(inference),
        **({"raw_fields": dict(raw_fields)} if raw_fields else {}),
    }


def parse_payload(payload: Mapping[str, Any]) -> DecideRequest:
    """Return the question that a Task asks. Raises KeyError or ValueError if `build_payload` did not write it."""
    return DecideRequest(
        model=payload["model"],
        run=payload["run"],
        artifact=StepFile(**payload["artifact"]),
        evaluation=StepFile(**payload["evaluation"]) if "evaluation" in payload else None,
        conditions=read_conditions(payload),
        inference=payload["inference"],
        raw_fields=payload.get("raw_fields", {}),
    )


def _build_file(file: StepFile) -> dict[str, str]:
    return {"step": file.step, "path": file.path, "key.$": file.key, "job.$": file.job}


def read_conditions(payload: Mapping[str, Any]) -> tuple[Condition, ...]:
    """Return the conditions of a gate, from the Payload of the Task."""
    from pushtrain.config import Condition  # noqa: PLC0415 - the models of config.yaml are slow to import

    return tuple(Condition(**condition) for condition in payload["conditions"])
