"""What config.yaml and platform say together about the security of a job: role, keys and network. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pushtrain.catalog.instances import find_hardware
from pushtrain.platform import Platform

if TYPE_CHECKING:
    from pushtrain.config import Config

Request = dict[str, Any]


def find_job_role(config: Config, platform: Platform) -> str:
    """Return the ARN of the role of the model's jobs. Raises TemplateError if the model has no team."""
    return platform.build_job_role(platform.find_team(config.model))


def build_volume_key(config: Config, platform: Platform, instance: str) -> Request:
    """Return {"VolumeKmsKeyId": key}, with the KMS key that encrypts an instance's volume; {} if there is none.

    Config or platform may have a key. Instances with NVMe disks take none.
    """
    key = config.kms.volume or platform.kms_key
    return {"VolumeKmsKeyId": key} if key and not find_hardware(instance).has_local_storage else {}


def build_output_key(config: Config | None, platform: Platform) -> Request:
    """Return {"KmsKeyId": key}, with the KMS key that encrypts a job's outputs; {} if config and platform have none.

    `config` is None for a job of the platform itself, which belongs to no model repo.
    """
    key = (config.kms.output if config else "") or platform.kms_key
    return {"KmsKeyId": key} if key else {}


def build_network(config: Config | None, platform: Platform) -> Request:
    """Return the network members of a job's request.

    Isolation and encryption are on if platform or config ask for them. Subnets and security groups are those of the
    config, or else of the platform; `checks.config` refuses any that are not the platform's.
    """
    network: Request = {}
    own = config.network if config else None
    if (own and own.encrypt_between_containers) or platform.encrypt_between_containers:
        network["EnableInterContainerTrafficEncryption"] = True
    if (own and own.isolation) or platform.isolation:
        network["EnableNetworkIsolation"] = True
    vpc = own.vpc if own else None
    subnets = vpc.subnets if vpc else platform.subnets
    groups = vpc.security_groups if vpc else platform.security_groups
    if subnets:
        network["VpcConfig"] = {"SecurityGroupIds": list(groups), "Subnets": list(subnets)}
    return network
