"""Requests of jobs follow config.yaml."""

from __future__ import annotations

from typing import Any

from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.workflow import Pipeline

BASE = "model: churn\ndata: {raw: data/raw}\n"
PREPROCESS = "preprocess: {framework: sklearn 1.2-1, outputs: [train], arguments: {fraction: 0.2, name: a b}}\n"


def build(config: str, step: str) -> dict[str, Any]:
    return Pipeline(load_config((BASE + config).encode()).config, Platform.local()).build_request(step)[1]


def test_a_processing_job_reads_code_and_data_and_passes_arguments() -> None:
    request = build(PREPROCESS + "train: {framework: sklearn 1.2-1}\n", "preprocess")
    assert [member["InputName"] for member in request["ProcessingInputs"]] == ["code", "raw"]
    assert [output["OutputName"] for output in request["ProcessingOutputConfig"]["Outputs"]] == ["train"]
    assert request["AppSpecification"]["ContainerArguments"] == ["--fraction", "0.2", "--name", "a b"]


def test_a_list_of_arguments_is_passed_as_it_is() -> None:
    listed = PREPROCESS.replace("{fraction: 0.2, name: a b}", '[--verbose, "--drop=a b", --size, "2"]')
    request = build(listed + "train: {framework: sklearn 1.2-1}\n", "preprocess")
    assert request["AppSpecification"]["ContainerArguments"] == ["--verbose", "--drop=a b", "--size", "2"]


def test_several_values_of_an_argument_follow_its_name() -> None:
    several = PREPROCESS.replace("{fraction: 0.2, name: a b}", "{columns: [age, 2, true], name: a}")
    request = build(several + "train: {framework: sklearn 1.2-1}\n", "preprocess")
    expected = ["--columns", "age", "2", "true", "--name", "a"]
    assert request["AppSpecification"]["ContainerArguments"] == expected


def test_an_argument_without_a_value_is_a_flag() -> None:
    flag = PREPROCESS.replace("{fraction: 0.2, name: a b}", "{drop-duplicates: null, name: a}")
    request = build(flag + "train: {framework: sklearn 1.2-1}\n", "preprocess")
    assert request["AppSpecification"]["ContainerArguments"] == ["--drop-duplicates", "--name", "a"]


def test_a_list_of_instance_types_is_in_the_order_of_preference() -> None:
    types = [{"InstanceType": "ml.g5.xlarge"}, {"InstanceType": "ml.g4dn.2xlarge"}]
    instance = "instance: [ml.g5.xlarge, ml.g4dn.2xlarge]"
    train = build(f"train: {{framework: pytorch 2.6, {instance}, instances: 2}}\n", "train")
    assert train["ResourceConfig"] == {"InstancePreferences": types, "InstanceCount": 2, "VolumeSizeInGB": 30}
    preprocess = build(PREPROCESS.replace("outputs", f"{instance}, outputs") + "train: {image: x}\n", "preprocess")
    cluster = preprocess["ProcessingResources"]["ClusterConfig"]
    assert cluster == {"InstancePreferences": types, "InstanceCount": 1, "VolumeSizeInGB": 30}


def test_spot_training_has_a_limit_for_the_wait() -> None:
    train = "train: {framework: sklearn 1.2-1, spot: true, max_runtime: 1h, max_wait: 2h, checkpoint: /opt/ml/saved}\n"
    request = build(train, "train")
    assert request["EnableManagedSpotTraining"] is True
    assert request["StoppingCondition"] == {"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 7200}
    assert request["CheckpointConfig"]["LocalPath"] == "/opt/ml/saved"


def test_members_of_the_sagemaker_block_are_added() -> None:
    train = "train: {framework: sklearn 1.2-1, sagemaker: {InfraCheckConfig: {EnableInfraCheck: true}}}\n"
    assert build(train, "train")["InfraCheckConfig"] == {"EnableInfraCheck": True}


def test_empty_members_are_left_out() -> None:
    request = build("train: {framework: sklearn 1.2-1}\n", "train")
    assert "CheckpointConfig" not in request
    assert request["Environment"] == {"AWS_DEFAULT_REGION": "us-east-1"}
