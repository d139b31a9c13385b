"""Each kind of job is one row, and AWS's API model has everything that the row names."""

from __future__ import annotations

from typing import Any

import pytest

from pushtrain.catalog import job_kinds
from pushtrain.catalog.api import find_operation
from pushtrain.catalog.data import load
from pushtrain.catalog.job_kinds import (
    JobKind,
    count_instances,
    find_started_kind,
    is_spot,
    list_instance_types,
    read_image,
    read_instances,
    read_output_job,
)

TRAINING = {
    "ResourceConfig": {"InstanceType": "ml.g5.xlarge"},
    "AlgorithmSpecification": {"TrainingImage": "a:1"},
    "EnableManagedSpotTraining": True,
}
PROCESSING = {
    "ProcessingResources": {"ClusterConfig": {"InstanceType": "ml.m5.large"}},
    "AppSpecification": {"ImageUri": "b:2"},
}
every_kind = pytest.mark.parametrize("kind", job_kinds.KINDS, ids=lambda kind: kind.name)


def find_shape(kind: JobKind, path: job_kinds.Path) -> tuple[str, dict[str, Any]]:
    """Return the name and the shape at a path of the kind's Create request. KeyError if there is none."""
    model = load("sagemaker")
    name = model["operations"][kind.build_operation("Create")]
    for member in path:
        name = model["shapes"][name]["members"][member]
    return name, model["shapes"][name]


def test_jobs_of_every_kind_have_instances_and_an_image() -> None:
    assert (read_instances(TRAINING)["InstanceType"], read_image(TRAINING)) == ("ml.g5.xlarge", "a:1")
    assert (read_instances(PROCESSING)["InstanceType"], read_image(PROCESSING)) == ("ml.m5.large", "b:2")
    assert (is_spot(TRAINING), is_spot(PROCESSING)) == (True, False)
    search = {"TrainingJobDefinition": TRAINING}
    assert (read_instances(search)["InstanceType"], read_image(search), is_spot(search)) == (
        "ml.g5.xlarge",
        "a:1",
        True,
    )


def test_the_outputs_of_a_search_are_those_of_its_best_trial() -> None:
    search = {"HyperParameterTuningJobName": "search"}
    assert read_output_job(job_kinds.TUNING, search) == ""
    best = {"BestTrainingJob": {"TrainingJobName": "search-003"}}
    assert read_output_job(job_kinds.TUNING, search | best) == "search-003"
    assert read_output_job(job_kinds.TRAINING, {"TrainingJobName": "fit"}) == "fit"


def test_people_look_for_logs_where_trials_write_them() -> None:
    groups = [kind.log_group for kind in job_kinds.LOGGED_KINDS]
    assert job_kinds.TUNING.log_group in groups
    assert len(set(groups)) == len(groups)


def test_instances_are_those_that_sagemaker_chose() -> None:
    preferences = [{"InstanceType": "ml.g5.xlarge"}, {"InstanceType": "ml.g4dn.2xlarge"}]
    request = {"InstancePreferences": preferences, "InstanceCount": 2}
    assert list_instance_types(read_instances({"ResourceConfig": request})) == ("ml.g5.xlarge", "ml.g4dn.2xlarge")
    chosen = request | {"SelectedInstanceType": "ml.g4dn.2xlarge", "SelectedInstanceCount": 3}
    instances = read_instances({"ResourceConfig": chosen})
    assert (list_instance_types(instances), count_instances(instances)) == (("ml.g4dn.2xlarge",), 3)
    assert list_instance_types({"InstanceType.$": "$.type"}) == list_instance_types({}) == ()


def test_the_number_of_instances_is_the_largest_of_the_preferences() -> None:
    preferences = [{"InstanceType": "a", "InstanceCount": 1}, {"InstanceType": "b", "InstanceCount": 4}]
    assert count_instances({"InstancePreferences": preferences}) == 4
    assert count_instances({"InstanceCount": 2}) == 2
    assert count_instances({}) == 0


def test_what_is_missing_is_empty() -> None:
    assert (read_instances({}), read_image({"AlgorithmSpecification": None}), is_spot({})) == ({}, "", False)


def test_names_are_those_of_sagemaker() -> None:
    kind = job_kinds.TRAINING
    assert (kind.build_operation("Create"), kind.build_method("stop")) == ("CreateTrainingJob", "stop_training_job")
    assert (kind.name_member, kind.arn_member, kind.status_member) == (
        "TrainingJobName",
        "TrainingJobArn",
        "TrainingJobStatus",
    )
    assert (kind.start_member, kind.end_member) == ("TrainingStartTime", "TrainingEndTime")
    assert kind.summaries_member == "TrainingJobSummaries"


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
    assert inputs or kind.input_limit == 1
    preferences = find_shape(kind, kind.instances)[1]["members"].get("InstancePreferences")
    assert kind.instance_limit == (load("sagemaker")["shapes"][preferences]["max"] if preferences else 1)
    if kind.output_limit:
        assert find_shape(kind, (*kind.outputs, "Outputs"))[1]["max"] == kind.output_limit
    else:
        assert kind.fixed_outputs or kind is job_kinds.TRANSFORM  # no step is one


@every_kind
def test_reserved_fields_are_in_the_request(kind: JobKind) -> None:
    for field in kind.reserved_fields:
        assert find_shape(kind, tuple(field.split(".")))
