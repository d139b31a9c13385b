"""The platform: what CDK provisioned for one environment. Makes no AWS calls.

The deployment publishes it as a JSON document: Lambda functions read it from the environment variable
PUSHTRAIN_PLATFORM, people and Jenkins from an SSM parameter. This module turns that document into a `Platform`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct, field

from pushtrain.errors import TemplateError, UsageError
from pushtrain.teams import NAME_LIMIT, ONLY_TEAM, Team

PLATFORM_VARIABLE = "PUSHTRAIN_PLATFORM"
LOCAL_OPTION = " --local"  # the command-line option that selects this computer
INTERMEDIATE_TAG = ("pushtrain:output", "intermediate")  # of objects that S3 deletes after `intermediate_days`
ENVIRONMENT_TAG = "pushtrain:environment"  # the tag of everything that belongs to a platform
BUNDLE_PREFIX = "pushtrain "  # Lambda function descriptions start with this, then the bundle's version
# The kinds of EventBridge rules. The first three invoke a handler, the others publish to the topic.
DECISIONS, DELETIONS, RUN_ENDS = "decisions", "deletions", "run-ends"
FAILED, NOT_REGISTERED, AWAITS_APPROVAL = "failed", "not-registered", "awaits-approval"
DECIDE = "decide"  # the handler that turns the metrics of a run into its verdict
REPLAY = "replay"  # the handler that hands failed events to their handlers again
GROUP_NAME_LIMIT = 63  # characters of the name of a model package group
SCHEMA = 1  # raise it only if an older pushtrain would do something wrong with a newer platform document
PREFIX_PATTERN = re.compile(r"[a-z0-9]{1,16}")


def parameter_name(environment: str) -> str:
    """Return the name of the SSM parameter that holds an environment's platform document."""
    return f"/pushtrain/{environment}/platform"


class Platform(Struct, frozen=True, kw_only=True):
    """Buckets, roles, keys and subnets of one deployed environment.

    `prefix` (1 to 16 characters) starts every state machine and job name; the IAM policies rely on it.
    `environment` is the name of the platform: `--environment NAME` selects it. `overlay` names the overlay of
    config.yaml that a push uses; empty means the one with the platform's name, if config.yaml has one.
    `four_eyes`: nobody may approve a model that they pushed. `require_notes`: each decision needs a reason.
    `teams` are the teams and their models; without any, one team has all models. `job_role` is the ARN of the role of
    jobs; each of `teams` has one of its own, see `build_job_role`.
    `image_accounts` are the accounts, beside this one and AWS's, whose images jobs and endpoints may run.
    `instance_types` are the types that jobs may use, each with `*` for any characters; without any, all types.
    `max_cost` is what a run of any model may cost at most, such as `100 USD`; empty means no limit.
    `intermediate_days`: days until S3 deletes the intermediate outputs of a run that succeeded; 0 means never.
    `topic` is the ARN of the SNS topic that announces runs and approvals; empty means nothing is announced.
    `local_option` is the command-line option that selects a platform on this computer, such as ` --local`; empty for
    a deployed platform. `runtime` says what runs the jobs of that computer, such as its Python; empty for AWS.
    `experiment`: on this computer, the values of config.yaml that a run changes, by path; the run then registers
    nothing. None is no experiment. `local_price_region` is the region by whose prices this computer computes costs.
    These four are not published.
    """

    account: str
    region: str
    prefix: str
    code_bucket: str
    artifact_bucket: str
    states_role: str
    job_role: str
    environment: str = ""
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    isolation: bool = False
    encrypt_between_containers: bool = False
    kms_key: str = ""
    log_group: str = ""
    serving_bucket: str = ""
    topic: str = ""
    four_eyes: bool = False
    require_notes: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)
    teams: tuple[Team, ...] = ()
    image_accounts: tuple[str, ...] = ()
    instance_types: tuple[str, ...] = ()
    max_cost: str = ""
    overlay: str = ""
    intermediate_days: int = 0
    local_option: str = ""
    experiment: Mapping[str, Any] | None = None
    runtime: str = ""
    local_price_region: str = ""

    def __post_init__(self) -> None:
        if not PREFIX_PATTERN.fullmatch(self.prefix):
            raise UsageError(f"platform prefix {self.prefix!r}: expected 1 to 16 lower-case letters and digits")
        for team in self.teams:
            if len(stem := self.build_job_stem(team)) > NAME_LIMIT:
                raise UsageError(
                    f"names of jobs would start with {stem!r}, which has {len(stem)} characters; {NAME_LIMIT} is the "
                    "limit. Shorten the prefix of the platform or the name of the team"
                )

    @property
    def partition(self) -> str:
        """ARN partition of the region, such as `aws` or `aws-cn`."""
        heads = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
        return next((name for head, name in heads.items() if self.region.startswith(head)), "aws")

    @property
    def price_region(self) -> str:
        """The region by whose prices costs are computed."""
        return self.local_price_region or self.region

    @property
    def failure_queue(self) -> str:
        """Name of the SQS queue for events that a handler failed to process."""
        return f"{self.prefix}-failures"

    @property
    def push_queue(self) -> str:
        """Name of the SQS queue between the code bucket and the handler of pushes."""
        return f"{self.prefix}-pushes"

    @property
    def push_queue_arn(self) -> str:
        """ARN of that queue."""
        return f"arn:{self.partition}:sqs:{self.region}:{self.account}:{self.push_queue}"

    def rule_name(self, kind: str) -> str:
        """Return the EventBridge rule's name for a kind of RULES, such as `run-ends`: `ml-run-ends`."""
        return f"{self.prefix}-{kind}"

    @property
    def alias(self) -> str:
        """Alias of each Lambda function that receives events."""
        return "live"

    def function_name(self, kind: str) -> str:
        """Return the Lambda function's name for a handler kind: push, approval, run-end, decide or replay."""
        return f"{self.prefix}-{kind}"

    def function_arn(self, kind: str) -> str:
        """Return the ARN of that function's live alias."""
        return (
            f"arn:{self.partition}:lambda:{self.region}:{self.account}:function:{self.function_name(kind)}:{self.alias}"
        )

    @property
    def decide_function(self) -> str:
        """ARN of the function that a run invokes to judge its metrics."""
        return self.function_arn(DECIDE)

    def find_team(self, model: str) -> Team:
        """Return the team of a model. Raises TemplateError if none or more than one has it."""
        owners = [team for team in self.teams or (ONLY_TEAM,) if team.owns(model)]
        if len(owners) == 1:
            return owners[0]
        teams = ", ".join(map(str, owners or self.teams))
        if owners:
            raise TemplateError(f"{model!r} is a model of several teams: {teams}. Let only one have it", key="model")
        raise TemplateError(
            f"{model!r} is a model of no team of this platform. Teams and their models: {teams}. Rename the model, or "
            "add it to `teams` in the settings of the platform",
            key="model",
        )

    def build_job_role(self, team: Team) -> str:
        """Return the ARN of the role that the jobs of a team run with: `…:role/ml-jobs-fraud` for team `fraud`."""
        return f"{self.job_role}-{team.name}" if team.name else self.job_role

    @property
    def job_roles(self) -> tuple[str, ...]:
        """ARNs of the roles of jobs, one for each team."""
        return tuple(self.build_job_role(team) for team in self.teams or (ONLY_TEAM,))

    def build_job_stem(self, team: Team) -> str:
        """Return what the names of a team's jobs start with, before a hyphen: `ml-fraud`, or `ml` without teams."""
        return f"{self.prefix}-{team.name}" if team.name else self.prefix

    def build_score_name(self, team: Team) -> str:
        """Return the name of the state machine in which a team's approved models answer files: `ml_score_fraud`.

        No name of a model has an underscore, so no push can change this state machine.
        """
        return f"{self.prefix}_score_{team.name}" if team.name else f"{self.prefix}_score"

    def build_score_arn(self, team: Team) -> str:
        """Return the ARN of that state machine."""
        return f"arn:{self.partition}:states:{self.region}:{self.account}:stateMachine:{self.build_score_name(team)}"

    def build_score_stem(self, team: Team) -> str:
        """Return what the names of its models and jobs start with, before a hyphen and the name of the execution.

        A person chooses the name of an execution. No name of a run's job has two hyphens there, so none can be taken.
        """
        return f"{self.build_job_stem(team)}--score"

    def find_score_team(self, state_machine: str) -> Team | None:
        """Return the team whose models the state machine of this name lets answer files; None if it does not."""
        teams = self.teams or (ONLY_TEAM,)
        return next((team for team in teams if self.build_score_name(team) == state_machine), None)

    def build_group_name(self, model: str) -> str:
        """Return the name of a model's package group in the registry: `ml-churn`.

        The registry belongs to the account; the prefix tells this platform's models from those of other systems.
        Raises TemplateError if the name is too long (CreateModelPackageGroup.ModelPackageGroupName).
        """
        if len(name := f"{self.prefix}-{model}") <= GROUP_NAME_LIMIT:
            return name
        raise TemplateError(
            f"the registry calls this model {name!r}, which has {len(name)} characters; {GROUP_NAME_LIMIT} is the "
            "limit. Shorten the name of the model",
            key="model",
        )

    def parse_group_name(self, group: str) -> str:
        """Return the model of a package group; empty if the group is not of this platform."""
        return group.removeprefix(f"{self.prefix}-") if group.startswith(f"{self.prefix}-") else ""

    @property
    def config_environment(self) -> str:
        """Name of the overlay of config.yaml that a push to this platform uses; empty if it uses none."""
        return self.overlay or self.environment

    @property
    def cli_option(self) -> str:
        """Options that make a command use this platform, such as ` --environment prod`; may be empty."""
        return self.local_option + (f" --environment {self.environment}" if self.environment else "")

    def to_json(self, *, include_local_option: bool = False) -> str:
        """Return the JSON document that `from_json` reads.

        `include_local_option=True` is for processes that this command starts itself, never for publishing.
        """
        document = {"schema": SCHEMA, **msgspec.to_builtins(self)}
        if not include_local_option:
            for name in ("local_option", "runtime", "experiment", "local_price_region"):
                del document[name]
        return json.dumps(document, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str, *, origin: str = PLATFORM_VARIABLE) -> Platform:
        """Parse a platform document. Raises UsageError, naming `origin`, if this pushtrain cannot read it.

        Members that this pushtrain does not know are ignored: a newer version may have deployed the platform.
        """
        try:
            values = json.loads(text)
            if (schema := values.get("schema", SCHEMA)) > SCHEMA:
                raise UsageError(
                    f"{origin} is a platform document with schema {schema}; this pushtrain reads schema {SCHEMA}. "
                    "A newer pushtrain deployed the platform: install that version"
                )
            for name in ("subnets", "security_groups", "image_accounts", "instance_types"):
                values[name] = tuple(values.get(name, ()))
            values["teams"] = tuple(
                Team(name=team["name"], models=tuple(team["models"])) for team in values.get("teams", ())
            )
            members = {member.name for member in msgspec.structs.fields(cls)}
            return cls(**{name: value for name, value in values.items() if name in members})
        except (TypeError, ValueError, AttributeError, KeyError) as error:
            raise UsageError(
                f"{origin} is not a platform document of this pushtrain version: {error}. Deploy the platform with "
                "this version, or install the version that deployed it"
            ) from error

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Platform:
        """Read the platform from PUSHTRAIN_PLATFORM. Raises UsageError if the variable is not set."""
        if PLATFORM_VARIABLE not in environ:
            raise UsageError(f"{PLATFORM_VARIABLE} is not set. Set it to what the deployment of the platform published")
        return cls.from_json(environ[PLATFORM_VARIABLE])

    @classmethod
    def local(cls, environment: str = "") -> Platform:
        """Return the platform of this computer. Its names exist only in embedded AWS."""
        account, region = "123456789012", "us-east-1"
        return cls(
            account=account,
            region=region,
            prefix="pushtrain",
            code_bucket="pushtrain-code",
            artifact_bucket="pushtrain-artifacts",
            serving_bucket="pushtrain-serving",
            states_role=f"arn:aws:iam::{account}:role/pushtrain-states",
            job_role=f"arn:aws:iam::{account}:role/pushtrain-jobs",
            environment=environment,
            local_option=LOCAL_OPTION,
        )
