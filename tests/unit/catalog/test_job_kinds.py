"""Instances and image of training and processing jobs."""

from __future__ import annotations

from pushtrain.catalog.job_kinds import read_image, read_instances

TRAINING = {"ResourceConfig": {"InstanceType": "ml.g5.xlarge"}, "AlgorithmSpecification": {"TrainingImage": "a:1"}}
PROCESSING = {
    "ProcessingResources": {"ClusterConfig": {"InstanceType": "ml.m5.large"}},
    "AppSpecification": {"ImageUri": "b:2"},
}


def test_both_kinds_of_jobs_have_instances_and_an_image() -> None:
    assert (read_instances(TRAINING)["InstanceType"], read_image(TRAINING)) == ("ml.g5.xlarge", "a:1")
    assert (read_instances(PROCESSING)["InstanceType"], read_image(PROCESSING)) == ("ml.m5.large", "b:2")


def test_what_is_missing_is_empty() -> None:
    assert (read_instances({}), read_image({"AlgorithmSpecification": None})) == ({}, "")
