"""`network:` and `kms:` of config.yaml: the network and the encryption of the jobs."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from pushtrain.config.model.section import Section
from pushtrain.config.values.fields import KmsKey, VpcId


class Vpc(Section):
    """The subnets (1 to 16) and security groups (1 to 5) that the jobs run in."""

    subnets: Annotated[tuple[VpcId, ...], Field(min_length=1, max_length=16, strict=False)] = Field(
        description="Subnet ids."
    )
    security_groups: Annotated[tuple[VpcId, ...], Field(min_length=1, max_length=5, strict=False)] = Field(
        description="Security group ids."
    )


class Network(Section):
    """Network settings of this model. They can make the platform's settings stricter, never looser."""

    vpc: Vpc | None = Field(None, description="Run the jobs in these subnets and security groups.")
    isolation: bool = Field(False, description="Forbid network calls into and out of the containers.")
    encrypt_between_containers: bool = Field(False, description="Encrypt traffic between the instances of one job.")


class Kms(Section):
    """KMS keys (id, ARN or alias) for the volumes and the outputs of the jobs."""

    volume: KmsKey | None = Field(None, description="Key for the volumes of the instances.")
    output: KmsKey | None = Field(None, description="Key for the files that the jobs write to S3.")
