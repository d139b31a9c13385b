"""What a definition asks of `decide`: the run, its evaluation.json and the conditions of its gate. Pure.

`build_payload` writes the Payload of the Task, `parse_payload` reads it in the function. No other module knows its
members.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pushtrain.config import Condition


@dataclass(frozen=True, kw_only=True)
class DecideRequest:
    """One question to `decide`.

    `evaluation_key` is the key of evaluation.json in the artifact bucket. `step` wrote it, to `path` in its container.
    """

    model: str
    run: str
    step: str
    path: str
    evaluation_key: str
    conditions: tuple[Condition, ...]


def build_payload(
    *, model: str, run_path: str, step: str, path: str, evaluation_key_path: str, conditions: Iterable[Condition]
) -> dict[str, Any]:
    """Return the Payload of the Task. `run_path` and `evaluation_key_path` are JSONPaths or intrinsics."""
    return {
        "model": model,
        "run.$": run_path,
        "evaluation": {"step": step, "path": path, "key.$": evaluation_key_path},
        "conditions": [{"metric": condition.metric, condition.kind.key: condition.bound} for condition in conditions],
    }


def parse_payload(payload: Mapping[str, Any]) -> DecideRequest:
    """Return the question that a Task asks. Raises KeyError or ValueError if `build_payload` did not write it."""
    evaluation = payload["evaluation"]
    return DecideRequest(
        model=payload["model"],
        run=payload["run"],
        step=evaluation["step"],
        path=evaluation["path"],
        evaluation_key=evaluation["key"],
        conditions=read_conditions(payload),
    )


def read_conditions(payload: Mapping[str, Any]) -> tuple[Condition, ...]:
    """Return the conditions of a gate, from the Payload of the Task."""
    return tuple(Condition(**condition) for condition in payload["conditions"])
