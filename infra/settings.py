"""infra/environments/<environment>.yaml -> Settings. It reads one file and creates no AWS resource.

In: the path of the file. Out: a Settings, or ConfigError with all problems and their lines, as for config.yaml.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError

from infra.setting_sections import DataLocation, HandlerNetwork, JobNetwork, KeyArn, Locations, Secrets, TeamSettings
from infra.setting_values import (
    build_arn_check,
    check_account,
    check_email,
    check_instance_pattern,
    check_job_logs,
    check_overlay,
    check_prefix,
    check_qualifier,
    check_region,
    check_retention,
    check_team_name,
    check_usd,
)
from pushtrain.config import Section
from pushtrain.config.issue import Issue, KeyPath, is_inside, quote
from pushtrain.config.model.config import Limits
from pushtrain.config.validation_errors import explain_errors
from pushtrain.config.values import mappings
from pushtrain.config.values.money import MoneyText, check_above_zero
from pushtrain.config.yaml.reader import read_document
from pushtrain.config.yaml.tree import Document
from pushtrain.errors import ConfigError, Problem
from pushtrain.teams import NAME_LIMIT, overlaps

ENVIRONMENTS = Path(__file__).with_name("environments")
GLACIER_MINIMUM = 90  # days; S3 bills at least these in Glacier Instant Retrieval

Account = Annotated[str, AfterValidator(check_account)]


class Settings(Section):
    """The settings of one platform. `environment` is the file's name, and the name by which people select it."""

    environment: str
    account: Account
    region: Annotated[str, AfterValidator(check_region)]
    prefix: Annotated[str, AfterValidator(check_prefix)] = Field(
        description="The start of every resource name. Each environment of an account and region needs its own."
    )
    overlay: Annotated[str, AfterValidator(check_overlay)] | None = Field(
        None, description="The overlay of config.yaml that pushes use. Without it, the one with the name of this file."
    )
    kms_key: KeyArn | None = Field(None, description="Your own KMS key. Without it, the stack creates one.")
    data_locations: Locations = ()
    secrets: Secrets = Field((), description="ARNs of secrets in Secrets Manager that jobs may read.")
    teams: Annotated[dict[str, TeamSettings], mappings.limit_entries(20, "teams", check_team_name)] = Field(
        {}, description="Team to its models. Without it, one team has all models."
    )
    image_accounts: Annotated[tuple[Account, ...], Field(strict=False)] = Field(
        (), description="Other accounts whose ECR images jobs and endpoints may run."
    )
    instance_types: Annotated[
        tuple[Annotated[str, AfterValidator(check_instance_pattern)], ...], Field(max_length=30, strict=False)
    ] = Field((), description="Types that jobs may use: ml.m5.xlarge, ml.g5.*. Without it, all.")
    registry_readers: Annotated[tuple[Account, ...], Field(strict=False)] = Field(
        (), description="Accounts that may read the registry and approved models."
    )
    four_eyes: bool = Field(False, description="If true, nobody may approve a model that they pushed or committed.")
    require_notes: bool = Field(False, description="If true, nobody may approve or reject a model without a reason.")
    data_scientists_push: bool = Field(
        False, description="If true, data scientists may push, stop and redrive runs. If false, only Jenkins pushes."
    )
    network: JobNetwork = JobNetwork()
    handler_network: HandlerNetwork | None = Field(None, description="The VPC of the handlers. Without it, none.")
    limits: Limits = Field(Limits(), description="Limits of every run of every model.")
    monthly_budget: Annotated[MoneyText, AfterValidator(check_above_zero), AfterValidator(check_usd)] | None = Field(
        None, description="What the platform may cost a month: 500 USD. AWS Budgets tells the topic before and after."
    )
    permission_boundary: Annotated[str, build_arn_check("an IAM policy", "iam", "policy")] | None = None
    bootstrap_qualifier: Annotated[str, AfterValidator(check_qualifier)] = Field(
        "hnb659fds", description="The qualifier of `cdk bootstrap`. Each platform of an account may have its own."
    )
    notify: Annotated[tuple[Annotated[str, AfterValidator(check_email)], ...], Field(strict=False)] = ()
    log_retention_days: Annotated[int, AfterValidator(check_retention)] = 90
    archive_days: Annotated[int, Field(gt=GLACIER_MINIMUM, le=36500)] = Field(
        1825, description="Days until archived logs are deleted."
    )
    old_version_days: Annotated[int, Field(ge=1, le=36500)] = Field(
        90,
        description="Days until overwritten and deleted objects are removed, in all buckets except the serving bucket.",
    )
    intermediate_days: Annotated[int, Field(ge=1, le=36500)] | None = Field(
        None,
        description="Days until S3 deletes what processing jobs of a run that succeeded wrote for its later steps. "
        "Without it, never.",
    )
    serving_lock_days: Annotated[int, Field(ge=1, le=36500)] | None = Field(
        None, description="Days for which nobody can delete or replace an approved model: S3 Object Lock, governance."
    )
    data_events: bool = Field(
        False,
        description="If true, CloudTrail records who reads and writes pushes and approved models. It costs money.",
    )
    job_logs: Annotated[str, AfterValidator(check_job_logs)] = Field(
        "none",
        description="All environments of an account and region share SageMaker's log groups: `create` creates and "
        "archives them, `existing` archives the existing ones, `none` does neither. With a wrong one of the first two "
        "the deployment fails.",
    )
    reserved_concurrency: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        None,
        description="Lambda concurrency reserved for pushes, which also limits them. Lambda must keep 100 unreserved: "
        "the deployment fails in a new account, whose quota is 10.",
    )
    snap_start: bool = True
    sdk_templates: bool = Field(
        False,
        description="If true, templates may use AWS's SDKs. The bundle must contain them.",
    )
    tags: Annotated[dict[str, str], mappings.limit_entries(20, "tags", mappings.check_tag)] = Field(
        {}, description="Tags of all resources and jobs."
    )


def load_settings(path: Path) -> Settings:
    """Read the settings of the environment `path.stem`. Raises ConfigError with all problems of the file."""
    if not path.is_file():
        environments = ", ".join(sorted(file.stem for file in path.parent.glob("*.yaml"))) or "none"
        message = f"there is no such file. Environments in this folder: {environments}"
        raise ConfigError([Problem(message=message, file=str(path))])
    return parse_settings(path.read_bytes(), environment=path.stem, file=path.name)


def parse_settings(data: bytes, *, environment: str, file: str = "settings") -> Settings:
    """Parse the YAML text of a settings file. `file` is its name in messages. Raises ConfigError with all problems."""
    document = read_document(data, file=file, needs="`account:`, `region:` and `prefix:`")
    settings: Settings | None = None
    issues: list[Issue] = []
    try:
        settings = Settings.model_validate(document.tree | {"environment": environment})
    except ValidationError as error:
        issues = list(explain_errors(error, document.mark, Settings))
    issues = [*document.issues, *_check_environment(document), *_skip_unreadable(document, issues)]
    issues += _check_combinations(settings) if settings else ()
    if settings is None or issues:
        problems = (issue.to_problem(document.mark.find(issue.path).line, file) for issue in issues)
        raise ConfigError(sorted(problems, key=lambda problem: problem.line or 0))
    return settings


def _check_environment(document: Document) -> Iterator[Issue]:
    if "environment" in document.tree:
        yield Issue(path=("environment",), message="the name of the file is the environment. Remove this line")


def _skip_unreadable(document: Document, issues: list[Issue]) -> Iterator[Issue]:
    """Leave out issues about values that could not be read: `document.issues` already reports those."""
    unreadable = [issue.path for issue in document.issues if issue.unreadable]
    return (issue for issue in issues if not any(is_inside(issue.path, path) for path in unreadable))


def _check_combinations(settings: Settings) -> Iterator[Issue]:
    """Check rules that involve two keys."""
    network = settings.network
    if bool(network.subnets) != bool(network.security_groups):
        yield Issue(path=("network",), message="needs both subnets and security_groups, or neither")
    if settings.account in settings.registry_readers:
        yield Issue(
            path=("registry_readers",), message=f"{settings.account} is this account, which may read already. Remove it"
        )
    yield from _check_teams(settings)
    yield from _check_own_buckets(settings)


def _check_teams(settings: Settings) -> Iterator[Issue]:
    """Check that each model can belong to one team only, and that names of jobs have room for the teams."""
    for name in settings.teams:
        if len(stem := f"{settings.prefix}-{name}") > NAME_LIMIT:
            yield Issue(
                path=("teams", name),
                message=f"names of jobs start with {quote(stem)}, which has {len(stem)} characters; {NAME_LIMIT} is "
                "the limit. Shorten the name of the team or the prefix",
            )
    for (name, team), (other_name, other) in itertools.combinations(settings.teams.items(), 2):
        for (index, pattern), other_pattern in itertools.product(enumerate(other.models), team.models):
            if overlaps(pattern, other_pattern):
                yield Issue(
                    path=("teams", other_name, "models", index),
                    message=f"{quote(pattern)} and {quote(other_pattern)} of team {name} can match the same model. "
                    "Each model has one team",
                )


def _check_own_buckets(settings: Settings) -> Iterator[Issue]:
    """Check that no data location is a bucket of the platform: jobs would read what other teams' jobs wrote."""
    locations: dict[KeyPath, tuple[DataLocation, ...]] = {("data_locations",): settings.data_locations}
    locations |= {("teams", name, "data_locations"): team.data_locations for name, team in settings.teams.items()}
    own_bucket = re.compile(rf"{settings.prefix}-(code|artifacts|serving|archive|access)-\d{{12}}-[a-z0-9-]+")
    for path, entries in locations.items():
        for index, location in enumerate(entries):
            if own_bucket.fullmatch(location.bucket):
                yield Issue(
                    path=(*path, index, "s3"),
                    message=f"{location.bucket} is a bucket of the platform. Jobs read there what is of their team",
                )
