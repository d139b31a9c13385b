"""Role, keys and network of a job, from config.yaml and platform."""

from __future__ import annotations

import msgspec

from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.workflow.security import build_network, build_output_key, build_volume_key, find_job_role

CONFIG = """model: churn
train: {framework: sklearn 1.2-1}
network: {vpc: {subnets: [subnet-0a1b2c3d], security_groups: [sg-0a1b2c3d]}}
kms: {volume: alias/models}
"""
HERE = Platform.local()
STRICT = msgspec.structs.replace(HERE, isolation=True, kms_key="arn:aws:kms:us-east-1:123456789012:key/1")


def test_the_stricter_of_config_and_platform_counts() -> None:
    config = load_config(CONFIG.encode()).config
    vpc = {"SecurityGroupIds": ["sg-0a1b2c3d"], "Subnets": ["subnet-0a1b2c3d"]}
    assert build_network(config, HERE) == {"VpcConfig": vpc}
    assert build_network(config, STRICT) == {"EnableNetworkIsolation": True, "VpcConfig": vpc}
    assert (build_output_key(config, HERE), build_output_key(config, STRICT)) == ({}, {"KmsKeyId": STRICT.kms_key})


def test_a_volume_of_nvme_takes_no_key() -> None:
    config = load_config(CONFIG.encode()).config
    assert build_volume_key(config, HERE, "ml.m5.large") == {"VolumeKmsKeyId": "alias/models"}
    assert build_volume_key(config, HERE, "ml.g5.xlarge") == {}


def test_the_role_is_that_of_the_team() -> None:
    assert find_job_role(load_config(CONFIG.encode()).config, HERE) == HERE.job_role
