"""Names and ARNs of everything the stack makes, known before it is deployed. Pure.

In: Settings. Out: Names. Names are chosen, not generated, so that IAM statements can be read, no two resources need
each other, and the Platform of an environment is known without asking AWS.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from infra.settings import Settings
from pushtrain.platform import Platform, parameter_name

CODE, ARTIFACTS, SERVING, ARCHIVE, ACCESS_LOGS = "code", "artifacts", "serving", "archive", "access"
PUSH, STATES, JOBS, APPROVAL, RUN_END, READERS = "push", "states", "jobs", "approval", "run-end", "readers"
SCIENTIST, APPROVER, OPERATOR, JENKINS = "data-scientist", "approver", "operator", "jenkins"
LIVE = "live"  # the alias that everything wakes
JOB_LOG_GROUPS = {"training": "/aws/sagemaker/TrainingJobs", "processing": "/aws/sagemaker/ProcessingJobs"}


@dataclass(frozen=True)
class Names:
    """What things are called in one environment."""

    settings: Settings

    @property
    def partition(self) -> str:
        """ARN partition, such as `aws` or `aws-cn`."""
        return replace(Platform.local(), region=self.settings.region).partition

    def arn(self, service: str, resource: str, account: str | None = None) -> str:
        """An ARN in this region and account."""
        owner = self.settings.account if account is None else account
        return f"arn:{self.partition}:{service}:{self.settings.region}:{owner}:{resource}"

    def bucket(self, kind: str) -> str:
        """Name of a bucket: at most 54 of the 63 characters S3 takes."""
        return f"{self.settings.prefix}-{kind}-{self.settings.account}-{self.settings.region}"

    def bucket_arn(self, kind: str, keys: str = "") -> str:
        """ARN of a bucket, or of the objects that match `keys`."""
        return f"arn:{self.partition}:s3:::{self.bucket(kind)}" + (f"/{keys}" if keys else "")

    def iam_arn(self, resource: str) -> str:
        """ARN of a role or policy; IAM knows no region."""
        return f"arn:{self.partition}:iam::{self.settings.account}:{resource}"

    def role(self, kind: str) -> str:
        """Name of a role."""
        return f"{self.settings.prefix}-{kind}"

    def role_arn(self, kind: str) -> str:
        """Its ARN."""
        return self.iam_arn(f"role/{self.role(kind)}")

    def function_log(self, kind: str) -> str:
        """Log group of a Lambda function."""
        return f"/aws/lambda/{self.role(kind)}"

    def log_group_arn(self, name: str) -> str:
        """ARN of a log group's streams."""
        return self.arn("logs", f"log-group:{name}:*")

    @property
    def runs_log(self) -> str:
        """Log group of all runs; under /aws/vendedlogs/ it needs no room in the account's log resource policy."""
        return f"/aws/vendedlogs/states/{self.settings.prefix}"

    @property
    def machines(self) -> str:
        """ARN pattern of the platform's state machines, their versions included."""
        return self.arn("states", f"stateMachine:{self.settings.prefix}-*")

    @property
    def executions(self) -> str:
        """ARN pattern of the platform's runs."""
        return self.arn("states", f"execution:{self.settings.prefix}-*")

    @property
    def failures(self) -> str:
        """Name of the queue of events that no handler could take in."""
        return f"{self.settings.prefix}-failures"

    @property
    def topic(self) -> str:
        """Name of the topic that tells people."""
        return f"{self.settings.prefix}-news"

    @property
    def parameter(self) -> str:
        """Name of the parameter that publishes the Platform."""
        return parameter_name(self.settings.environment)

    def platform(self, kms_key: str = "") -> Platform:
        """What is provisioned, as the library and the handlers read it; `kms_key` is the ARN of the platform's key."""
        settings, network = self.settings, self.settings.network
        return Platform(
            account=settings.account,
            region=settings.region,
            prefix=settings.prefix,
            environment=settings.environment,
            code_bucket=self.bucket(CODE),
            artifact_bucket=self.bucket(ARTIFACTS),
            serving_bucket=self.bucket(SERVING),
            states_role=self.role_arn(STATES),
            job_role=self.role_arn(JOBS),
            subnets=network.subnets,
            security_groups=network.security_groups,
            isolation=network.isolation,
            encrypt_between_containers=network.encrypt_between_containers,
            kms_key=kms_key,
            log_group=self.runs_log,
            topic=self.arn("sns", self.topic),
            four_eyes=settings.four_eyes,
            tags=settings.tags,
        )
