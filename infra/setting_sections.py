"""The sections of a settings file: data locations, teams, networks. Values only."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from infra.setting_values import build_arn_check, check_model_pattern, check_secret
from pushtrain.config import Section
from pushtrain.config.values.fields import check_s3_uri, check_vpc_id
from pushtrain.layout import split_uri

MODEL_PATTERNS = 10  # of a team: each one is repeated in its policies, and IAM limits their size

KeyArn = Annotated[str, build_arn_check("a KMS key", "kms", "key")]
Id = Annotated[str, AfterValidator(check_vpc_id)]


class DataLocation(Section):
    """An S3 location outside the platform's buckets. Only jobs may read it."""

    s3: Annotated[str, AfterValidator(check_s3_uri)] = Field(description="s3://bucket/prefix/")
    kms_key: KeyArn | None = Field(None, description="The KMS key that encrypts its objects.")

    @property
    def bucket(self) -> str:
        """Name of the bucket."""
        return split_uri(self.s3)[0]

    @property
    def prefix(self) -> str:
        """Key prefix, such as `churn/`. Empty means the complete bucket."""
        return split_uri(self.s3)[1]


Locations = Annotated[tuple[DataLocation, ...], Field(max_length=50, strict=False)]
Secrets = Annotated[tuple[Annotated[str, AfterValidator(check_secret)], ...], Field(max_length=50, strict=False)]


class TeamSettings(Section):
    """One team: its models, and what their jobs may read beside the platform's own buckets."""

    models: Annotated[
        tuple[Annotated[str, AfterValidator(check_model_pattern)], ...],
        Field(min_length=1, max_length=MODEL_PATTERNS, strict=False),
    ] = Field(description="Names of models, or their beginning and `*`: churn, churn-*.")
    data_locations: Locations = Field((), description="Beside the `data_locations` of the platform.")
    secrets: Secrets = Field((), description="Beside the `secrets` of the platform.")


class JobNetwork(Section):
    """The VPC of jobs, and how isolated they are. Without subnets, jobs run in SageMaker's own network."""

    subnets: Annotated[tuple[Id, ...], Field(max_length=16, strict=False)] = ()
    security_groups: Annotated[tuple[Id, ...], Field(max_length=5, strict=False)] = ()
    isolation: bool = False
    encrypt_between_containers: bool = False


class HandlerNetwork(Section):
    """The VPC of the handlers: existing subnets and security groups."""

    subnets: Annotated[tuple[Id, ...], Field(min_length=1, max_length=16, strict=False)]
    security_groups: Annotated[tuple[Id, ...], Field(min_length=1, max_length=5, strict=False)]
