"""Names and ARNs of all resources of the stack, known before the deployment. Pure.

In: Settings. Out: Names. CloudFormation does not generate names here. So people can read the IAM statements, resources
do not depend on each other, and the Platform of an environment is known without a request to AWS.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from infra.settings import Settings
from pushtrain.catalog.job_kind import JobKind
from pushtrain.catalog.job_kinds import LOGGED_KINDS
from pushtrain.platform import Platform, parameter_name
from pushtrain.teams import Team

CODE, ARTIFACTS, SERVING, ARCHIVE, ACCESS_LOGS = "code", "artifacts", "serving", "archive", "access"
PUSH, DECIDE, APPROVAL, RUN_END, REPLAY = "push", "decide", "approval", "run-end", "replay"
DATA_EVENTS = "data-events"
STATES, JOBS, READERS = "states", "jobs", "readers"
SCORE, SCORE_JOBS = "score", "score-jobs"  # the state machine in which approved models answer files; its containers
SCIENTIST, APPROVER, OPERATOR = "data-scientist", "approver", "operator"
JENKINS, DEPLOYER, BOUNDARY = "jenkins", "deployer", "boundary"
SCORER = "scorer"
LIVE = "live"  # the alias that all events and runs invoke
HANDLERS = (PUSH, DECIDE, APPROVAL, RUN_END, REPLAY)
JOB_LOG_GROUPS = {kind.name: kind.log_group for kind in LOGGED_KINDS}


class Names(Struct, frozen=True):
    """The names of one environment. `kind` is one of the constants above, such as `push` or `artifacts`."""

    settings: Settings

    @property
    def partition(self) -> str:
        """ARN partition, such as `aws` or `aws-cn`."""
        return replace(Platform.local(), region=self.settings.region).partition

    def arn(self, service: str, resource: str, account: str | None = None) -> str:
        """Return an ARN in this region and account, unless `account` is given."""
        owner = self.settings.account if account is None else account
        return f"arn:{self.partition}:{service}:{self.settings.region}:{owner}:{resource}"

    def bucket_name(self, kind: str) -> str:
        """Return the name of a bucket: at most 54 characters. S3 allows 63."""
        return f"{self.settings.prefix}-{kind}-{self.settings.account}-{self.settings.region}"

    def bucket_arn(self, kind: str, keys: str = "") -> str:
        """Return the ARN of a bucket, or of its objects that match the pattern `keys`."""
        return f"arn:{self.partition}:s3:::{self.bucket_name(kind)}" + (f"/{keys}" if keys else "")

    def iam_arn(self, resource: str) -> str:
        """Return the ARN of a role or policy. IAM ARNs have no region."""
        return f"arn:{self.partition}:iam::{self.settings.account}:{resource}"

    def resource_name(self, kind: str) -> str:
        """Return the name of a role, policy, function or stream, such as `pushtrain-push`."""
        return f"{self.settings.prefix}-{kind}"

    @property
    def boundary_arn(self) -> str:
        """ARN of the permissions boundary: that of the settings, or of the policy that `make boundary` describes."""
        return self.settings.permission_boundary or self.iam_arn(f"policy/{self.resource_name(BOUNDARY)}")

    def bootstrap_role_arn(self, kind: str) -> str:
        """Return the ARN of a role that `cdk bootstrap` created, such as `deploy`.

        Source: the bootstrap template of the CDK, `cdk-<qualifier>-<kind>-role-<account>-<region>`.
        """
        settings = self.settings
        name = f"cdk-{settings.bootstrap_qualifier}-{kind}-role-{settings.account}-{settings.region}"
        return self.iam_arn(f"role/{name}")

    def role_arn(self, kind: str) -> str:
        """Return the ARN of a role."""
        return self.iam_arn(f"role/{self.resource_name(kind)}")

    def function_arn(self, kind: str) -> str:
        """Return the ARN of the live alias of a Lambda function, which all events and runs invoke."""
        return self.arn("lambda", f"function:{self.resource_name(kind)}:{LIVE}")

    def function_log_group(self, kind: str) -> str:
        """Return the name of a Lambda function's log group."""
        return f"/aws/lambda/{self.resource_name(kind)}"

    def log_group_arn(self, name: str) -> str:
        """Return the ARN pattern of a log group's streams."""
        return self.arn("logs", f"log-group:{name}:*")

    def job_pattern(self, kind: JobKind) -> str:
        """Return the ARN pattern of the platform's jobs of one kind."""
        return self.arn("sagemaker", f"{kind.resource}/{self.settings.prefix}-*")

    @property
    def model_pattern(self) -> str:
        """The ARN pattern of the models of serving tests."""
        return self.arn("sagemaker", f"model/{self.settings.prefix}-*")

    @property
    def runs_log_group(self) -> str:
        """Name of the log group of all runs.

        CloudWatch Logs has a size limit for its resource policies. Names under /aws/vendedlogs/ do not count.
        """
        return f"/aws/vendedlogs/states/{self.settings.prefix}"

    @property
    def state_machine_pattern(self) -> str:
        """ARN pattern of the platform's state machines and their versions."""
        return self.arn("states", f"stateMachine:{self.settings.prefix}-*")

    @property
    def score_machine_pattern(self) -> str:
        """ARN pattern of the state machines in which approved models answer files."""
        return self.arn("states", f"stateMachine:{self.settings.prefix}_score*")

    @property
    def score_execution_pattern(self) -> str:
        """ARN pattern of their executions."""
        return self.arn("states", f"execution:{self.settings.prefix}_score*")

    @property
    def execution_pattern(self) -> str:
        """ARN pattern of the platform's runs."""
        return self.arn("states", f"execution:{self.settings.prefix}-*")

    @property
    def failure_queue(self) -> str:
        """Name of the queue of events that a handler failed to process."""
        return f"{self.settings.prefix}-failures"

    @property
    def push_queue(self) -> str:
        """Name of the queue between the code bucket and the handler of pushes."""
        return f"{self.settings.prefix}-pushes"

    @property
    def trail_arn(self) -> str:
        """ARN of the CloudTrail trail of `data_events`."""
        return self.arn("cloudtrail", f"trail/{self.resource_name(DATA_EVENTS)}")

    @property
    def topic_name(self) -> str:
        """Name of the SNS topic that informs people."""
        return f"{self.settings.prefix}-news"

    @property
    def parameter_name(self) -> str:
        """Name of the SSM parameter that holds the platform document."""
        return parameter_name(self.settings.environment)

    def build_platform(self, kms_key: str = "") -> Platform:
        """Return the Platform that the library and the handlers read. `kms_key` is the ARN of the platform's key."""
        settings, network = self.settings, self.settings.network
        return Platform(
            account=settings.account,
            region=settings.region,
            prefix=settings.prefix,
            environment=settings.environment,
            overlay=settings.overlay or "",
            code_bucket=self.bucket_name(CODE),
            artifact_bucket=self.bucket_name(ARTIFACTS),
            serving_bucket=self.bucket_name(SERVING),
            states_role=self.role_arn(STATES),
            job_role=self.role_arn(JOBS),
            subnets=network.subnets,
            security_groups=network.security_groups,
            isolation=network.isolation,
            encrypt_between_containers=network.encrypt_between_containers,
            kms_key=kms_key,
            log_group=self.runs_log_group,
            topic=self.arn("sns", self.topic_name),
            four_eyes=settings.four_eyes,
            require_notes=settings.require_notes,
            tags=settings.tags,
            image_accounts=settings.image_accounts,
            instance_types=settings.instance_types,
            intermediate_days=settings.intermediate_days or 0,
            max_cost=str(settings.limits.max_cost or ""),
            teams=tuple(Team(name=name, models=team.models) for name, team in settings.teams.items()),
        )
