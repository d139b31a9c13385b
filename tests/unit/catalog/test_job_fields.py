"""Instances, image and outputs of a job, from its request or its description."""

from __future__ import annotations

from pushtrain.catalog import job_kinds
from pushtrain.catalog.job_fields import (
    count_instances,
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
