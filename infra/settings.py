"""infra/environments/<environment>.yaml -> Settings. Pure but for the reading of the file.

In: the file's path. Out: a Settings, or ConfigError with every problem and its line, as for config.yaml.
It makes no AWS resource and knows none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError

from pushtrain.config import Section
from pushtrain.config.issue import Issue, is_inside, quote
from pushtrain.config.validation_errors import explain_errors
from pushtrain.config.values import mappings
from pushtrain.config.values.fields import check_s3_uri, check_vpc_id
from pushtrain.config.yaml.reader import read_document
from pushtrain.config.yaml.tree import Document
from pushtrain.errors import ConfigError, Problem
from pushtrain.platform import PREFIX_PATTERN

FOLDER = Path(__file__).with_name("environments")
# PutRetentionPolicy.retentionInDays takes these and no others.
RETENTION = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
JOB_LOGS = ("create", "existing", "none")
GLACIER_MINIMUM = 90  # days that S3 bills in Glacier Instant Retrieval at least


def _account(text: str) -> str:
    if not re.fullmatch(r"\d{12}", text):
        raise ValueError(f"{quote(text)} is not an AWS account id: 12 digits, in quotes")
    return text


def _region(text: str) -> str:
    if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", text):
        raise ValueError(f"{quote(text)} is not an AWS region such as eu-west-1")
    return text


def _prefix(text: str) -> str:
    if not PREFIX_PATTERN.fullmatch(text):
        raise ValueError(f"{quote(text)} is not a prefix: 1 to 16 lower-case letters and digits")
    return text


def _arn(kind: str, service: str, resource: str) -> AfterValidator:
    def check(text: str) -> str:
        if not re.fullmatch(rf"arn:aws[a-z-]*:{service}:[a-z0-9-]*:\d{{12}}:{resource}/[\w+=,.@/-]+", text):
            raise ValueError(f"{quote(text)} is not the ARN of {kind}")
        return text

    return AfterValidator(check)


def _secret(text: str) -> str:
    if not re.fullmatch(r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+", text):
        raise ValueError(f"{quote(text)} is not the ARN of a secret, such as describe-secret tells it")
    return text


def _retention(days: int) -> int:
    if days not in RETENTION:
        near = min(RETENTION, key=lambda known: abs(known - days))
        raise ValueError(f"CloudWatch keeps logs for {', '.join(map(str, RETENTION))} days, not {days}. Try {near}")
    return days


def _job_logs(text: str) -> str:
    if text not in JOB_LOGS:
        raise ValueError(f"expected one of {', '.join(JOB_LOGS)}, found {quote(text)}")
    return text


def _email(text: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text):
        raise ValueError(f"{quote(text)} is not an e-mail address")
    return text


Account = Annotated[str, AfterValidator(_account)]
KeyArn = Annotated[str, _arn("a KMS key", "kms", "key")]
Id = Annotated[str, AfterValidator(check_vpc_id)]


class DataLocation(Section):
    """A place outside the platform's buckets that jobs may read, and nothing else."""

    s3: Annotated[str, AfterValidator(check_s3_uri)] = Field(description="s3://bucket/prefix/")
    kms_key: KeyArn | None = Field(None, description="The key its objects are encrypted with.")

    @property
    def bucket(self) -> str:
        """Name of the bucket."""
        return self.s3.removeprefix("s3://").partition("/")[0]

    @property
    def prefix(self) -> str:
        """Key prefix, empty for the whole bucket."""
        return self.s3.removeprefix("s3://").partition("/")[2]


class JobNetwork(Section):
    """The VPC that jobs run in, and how shut off they are. Without subnets they run in SageMaker's own network."""

    subnets: Annotated[tuple[Id, ...], Field(max_length=16, strict=False)] = ()
    security_groups: Annotated[tuple[Id, ...], Field(max_length=5, strict=False)] = ()
    isolation: bool = False
    encrypt_between_containers: bool = False


class Settings(Section):
    """One environment. `environment` is the file's name and also names the overlay of config.yaml."""

    environment: str
    account: Account
    region: Annotated[str, AfterValidator(_region)]
    prefix: Annotated[str, AfterValidator(_prefix)] = Field(
        description="Begins every name; one per account and region."
    )
    kms_key: KeyArn | None = Field(None, description="A key of yours in place of the one the stack makes.")
    data_locations: Annotated[tuple[DataLocation, ...], Field(max_length=50, strict=False)] = ()
    secrets: Annotated[tuple[Annotated[str, AfterValidator(_secret)], ...], Field(max_length=50, strict=False)] = Field(
        (), description="ARNs of secrets in Secrets Manager that jobs may read."
    )
    image_accounts: Annotated[tuple[Account, ...], Field(strict=False)] = Field(
        (), description="Other accounts whose ECR repositories jobs may pull from."
    )
    registry_readers: Annotated[tuple[Account, ...], Field(strict=False)] = Field(
        (), description="Accounts that may read the registry and what was approved."
    )
    four_eyes: bool = Field(False, description="Whether nobody may approve a model that they pushed or committed.")
    data_scientists_push: bool = Field(
        False, description="Whether people may push, stop and redrive, or Jenkins alone pushes."
    )
    network: JobNetwork = JobNetwork()
    permission_boundary: Annotated[str, _arn("an IAM policy", "iam", "policy")] | None = None
    notify: Annotated[tuple[Annotated[str, AfterValidator(_email)], ...], Field(strict=False)] = ()
    log_retention_days: Annotated[int, AfterValidator(_retention)] = 90
    archive_days: Annotated[int, Field(gt=GLACIER_MINIMUM, le=36500)] = Field(
        1825, description="Life of archived logs."
    )
    old_version_days: Annotated[int, Field(ge=1, le=36500)] = Field(
        90, description="Life of overwritten and deleted objects in all buckets but the serving bucket."
    )
    job_logs: Annotated[str, AfterValidator(_job_logs)] = Field(
        "create",
        description="SageMaker's log groups are one set for an account and region: create them, "
        "archive those that are there (existing), or leave them alone (none).",
    )
    reserved_concurrency: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        None, description="Lambda concurrency kept for pushes, and their limit. Needs 100 unreserved beside it."
    )
    snap_start: bool = True
    sdk_templates: bool = Field(
        False, description="Whether templates written with AWS's SDKs run here: the bundle must hold them."
    )
    tags: Annotated[dict[str, str], mappings.limit_entries(20, "tags", mappings.check_tag)] = Field(
        {}, description="Tags of all resources and jobs."
    )


def load(path: Path) -> Settings:
    """The settings in `path`; its stem is the environment. Raises ConfigError with every problem of the file."""
    if not path.is_file():
        known = ", ".join(sorted(each.stem for each in path.parent.glob("*.yaml"))) or "none"
        raise ConfigError([Problem(message=f"there is no such file. There are: {known}", file=str(path))])
    return parse(path.read_bytes(), environment=path.stem, file=path.name)


def parse(data: bytes, *, environment: str, file: str = "settings") -> Settings:
    """The settings in `data`. Raises ConfigError with every problem."""
    document = read_document(data, file=file, needs="`account:`, `region:` and `prefix:`")
    settings, found = None, []
    try:
        settings = Settings.model_validate(document.tree | {"environment": environment})
    except ValidationError as error:
        found = list(explain_errors(error, document.mark, Settings))
    found = [*document.issues, *_own(document), *_heard_once(document, found)]
    found += _between(settings) if settings else ()
    if settings is None or found:
        listed = (issue.to_problem(document.mark.find(issue.path).line, file) for issue in found)
        raise ConfigError(sorted(listed, key=lambda problem: problem.line or 0))
    return settings


def _own(document: Document) -> Iterator[Issue]:
    if "environment" in document.tree:
        yield Issue(path=("environment",), message="is the name of the file. Remove the line")


def _heard_once(document: Document, found: list[Issue]) -> Iterator[Issue]:
    """Nothing more is said about a value that could not be read."""
    unreadable = [issue.path for issue in document.issues if issue.unreadable]
    return (issue for issue in found if not any(is_inside(issue.path, path) for path in unreadable))


def _between(settings: Settings) -> Iterator[Issue]:
    """Rules that need two keys."""
    network = settings.network
    if bool(network.subnets) != bool(network.security_groups):
        yield Issue(path=("network",), message="needs both subnets and security_groups, or neither")
    if settings.account in settings.registry_readers:
        yield Issue(path=("registry_readers",), message=f"{settings.account} is this account: it may read already")
