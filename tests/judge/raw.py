"""Raw fields of a training job, and the estimator's argument that says the same. One table, read from both ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tests.judge.sdk  # noqa: F401  (the first import of the SDK, which keeps it quiet)

from sagemaker.debugger import DebuggerHookConfig, TensorBoardOutputConfig  # isort: skip  (after tests.judge.sdk)

PLAN = "arn:aws:sagemaker:us-east-1:123456789012:training-plan/p5"
DEBUG, BOARD = "s3://lake/debugger/", "s3://lake/tensorboard/"


def _algorithm(**fields: object) -> dict[str, Any]:
    return {"AlgorithmSpecification": fields}


RAW: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    (_algorithm(TrainingInputMode="FastFile"), {"input_mode": "FastFile"}),
    (_algorithm(EnableSageMakerMetricsTimeSeries=True), {"enable_sagemaker_metrics": True}),
    (_algorithm(ContainerEntrypoint=["python3", "-u"]), {"container_entry_point": ["python3", "-u"]}),
    (_algorithm(ContainerArguments=["-m", "x"]), {"container_arguments": ["-m", "x"]}),
    ({"ProfilerConfig": {"DisableProfiler": True}}, {"disable_profiler": True}),
    ({"SessionChainingConfig": {"EnableSessionTagChaining": True}}, {"enable_session_tag_chaining": True}),
    ({"InfraCheckConfig": {"EnableInfraCheck": True}}, {"enable_infra_check": True}),
    ({"ResourceConfig": {"TrainingPlanArn": PLAN}}, {"training_plan": PLAN}),
    (
        {"DebugHookConfig": {"S3OutputPath": DEBUG, "CollectionConfigurations": []}},
        {"debugger_hook_config": DebuggerHookConfig(s3_output_path=DEBUG)},
    ),
    (
        {"TensorBoardOutputConfig": {"S3OutputPath": BOARD}},
        {"tensorboard_output_config": TensorBoardOutputConfig(s3_output_path=BOARD)},
    ),
)


def block(*numbers: int) -> dict[str, Any]:
    """The raw blocks of those numbers as one."""
    merged: dict[str, Any] = {}
    for number in numbers:
        for name, fields in RAW[number][0].items():
            merged[name] = merged.get(name, {}) | fields
    return merged


def arguments_of(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The estimator's arguments for a raw block made of the table's."""
    collected: dict[str, Any] = {}
    for fields, arguments in RAW:
        if all(fields[name].items() <= raw.get(name, {}).items() for name in fields):
            collected |= arguments
    return collected
