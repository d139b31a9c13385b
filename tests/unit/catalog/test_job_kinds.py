"""Each kind of job is one row, and AWS's API model has everything that the row names."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.catalog import job_kinds
from pushtrain.catalog.api import find_operation
from pushtrain.catalog.data import load
from pushtrain.catalog.job_kind import JobKind, Path
from pushtrain.catalog.job_kinds import find_started_kind

every_kind = pytest.mark.parametrize("kind", job_kinds.KINDS, ids=lambda kind: kind.name)


def find_shape(kind: JobKind, path: Path) -> tuple[str, dict[str, Any]]:
    """Return the name and the shape at a path of the kind's Create request. KeyError if there is none."""
    model = load("sagemaker")
    name = model["operations"][kind.build_operation("Create")]
    for member in path:
        name = model["shapes"][name]["members"][member]
    return name, model["shapes"][name]


def test_people_look_for_logs_where_trials_write_them() -> None:
    groups = [kind.log_group for kind in job_kinds.LOGGED_KINDS]
    assert job_kinds.TUNING.log_group in groups
    assert len(set(groups)) == len(groups)


@every_kind
def test_step_functions_waits_for_jobs_of_each_kind(kind: JobKind) -> None:
    resource = f"arn:aws:states:::sagemaker:{kind.build_operation('create')}.sync"
    assert find_operation(resource) == ("sagemaker", kind.build_operation("Create"))
    assert find_started_kind(resource) is kind


@pytest.mark.parametrize("action", ["createTrainingJob", "createLabelingJob.sync", "describeTrainingJob.sync"])
def test_other_tasks_start_no_job_of_a_kind(action: str) -> None:
    assert find_started_kind(f"arn:aws:states:::sagemaker:{action}") is None
    assert find_started_kind("arn:aws:states:::aws-sdk:s3:getObject") is None


@every_kind
def test_each_path_is_in_the_request(kind: JobKind) -> None:
    assert {"InstanceType", "InstanceCount", "VolumeKmsKeyId"} <= find_shape(kind, kind.instances)[1]["members"].keys()
    assert "KmsKeyId" in find_shape(kind, kind.outputs)[1]["members"]
    assert kind.network is None or "VpcConfig" in find_shape(kind, kind.network)[1]["members"]
    assert not kind.role or find_shape(kind, kind.role)[0] == "RoleArn"
    assert not kind.image or find_shape(kind, kind.image)[1]["type"] == "string"
    assert not kind.spot_member or find_shape(kind, (*kind.trial, kind.spot_member))[1]["type"] == "boolean"
    assert not kind.trial or find_shape(kind, kind.trial)[0] == "HyperParameterTrainingJobDefinition"


@every_kind
def test_limits_and_instance_types_are_those_of_the_api(kind: JobKind) -> None:
    assert find_shape(kind, (kind.name_member,))[1]["max"] == kind.name_limit
    assert find_shape(kind, (*kind.instances, "InstanceType"))[0] == kind.instance_shape
    members = find_shape(kind, kind.trial)[1]["members"]
    inputs = [member for member in ("InputDataConfig", "ProcessingInputs") if member in members]
    assert [find_shape(kind, (*kind.trial, member))[1]["max"] for member in inputs] == [kind.input_limit] * len(inputs)
    assert inputs or kind is job_kinds.TRANSFORM  # a model, and the one source of TransformInput
    preferences = find_shape(kind, kind.instances)[1]["members"].get("InstancePreferences")
    assert kind.instance_limit == (load("sagemaker")["shapes"][preferences]["max"] if preferences else 1)
    if kind.output_limit:
        assert find_shape(kind, (*kind.outputs, "Outputs"))[1]["max"] == kind.output_limit
    else:
        assert kind.fixed_outputs or kind is job_kinds.TRANSFORM  # TransformOutput is one S3OutputPath


@every_kind
def test_reserved_fields_are_in_the_request(kind: JobKind) -> None:
    for field in kind.reserved_fields:
        assert find_shape(kind, tuple(field.split(".")))
