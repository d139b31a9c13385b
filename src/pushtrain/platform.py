"""Platform: what CDK provisioned for one environment, as one frozen value. Reads no AWS.

In: the JSON document that the deployment publishes, to the Lambdas as environment variable PUSHTRAIN_PLATFORM and to
people and Jenkins as an SSM parameter. Out: a Platform.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pushtrain.errors import UsageError

VARIABLE = "PUSHTRAIN_PLATFORM"
LOCAL = " --local"  # the option that names this machine
BUNDLE = "pushtrain "  # begins the description of every handler's function; the version of its bundle follows
PREFIX = re.compile(r"[a-z0-9]{1,16}")


def parameter(environment: str) -> str:
    """Name of the SSM parameter that holds the platform of an environment."""
    return f"/pushtrain/{environment}/platform"


@dataclass(frozen=True, kw_only=True)
class Platform:
    """Buckets, roles, keys and subnets of one deployed environment.

    `prefix` (1..16 characters) begins every state machine and job name: IAM pins it.
    `environment` names the overlay of config.yaml that a push to this platform uses; empty means none.
    `four_eyes`: nobody approves a model that they pushed.
    `topic` is the SNS topic (ARN) that tells people of runs and approvals; empty means nobody is told.
    `named` is how options name it where its environment does not, as on this machine; it is nobody else's, so not
    published.
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
    tags: Mapping[str, str] = field(default_factory=dict)
    named: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not PREFIX.fullmatch(self.prefix):
            raise UsageError(f"platform prefix {self.prefix!r}: expected 1 to 16 lower-case letters and digits")

    @property
    def partition(self) -> str:
        """ARN partition of the region, such as `aws` or `aws-cn`."""
        heads = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
        return next((name for head, name in heads.items() if self.region.startswith(head)), "aws")

    @property
    def failures(self) -> str:
        """Name of the queue of events that no handler could take in."""
        return f"{self.prefix}-failures"

    @property
    def alias(self) -> str:
        """The alias of every handler that everything wakes."""
        return "live"

    def function(self, kind: str) -> str:
        """Name of the Lambda function of a kind of handler: push, approval or run-end."""
        return f"{self.prefix}-{kind}"

    def function_arn(self, kind: str) -> str:
        """ARN of its live alias."""
        return f"arn:{self.partition}:lambda:{self.region}:{self.account}:function:{self.function(kind)}:{self.alias}"

    @property
    def option(self) -> str:
        """What a hint must add to a command for it to find this platform, such as ` --environment NAME`, or nothing."""
        return self.named + (f" --environment {self.environment}" if self.environment else "")

    def to_json(self, *, named: bool = False) -> str:
        """The document that `from_environment` reads; `named` too, where its reader is asked by the same person."""
        document = dataclasses.asdict(self)
        told = document if named else {key: value for key, value in document.items() if key != "named"}
        return json.dumps(told, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str, *, origin: str = VARIABLE) -> Platform:
        """Raises UsageError, naming `origin`, when the document is not a platform of this version of pushtrain."""
        try:
            values = json.loads(text)
            for name in ("subnets", "security_groups"):
                values[name] = tuple(values.get(name, ()))
            return cls(**values)
        except (TypeError, ValueError, AttributeError) as error:
            said = str(error).removeprefix(f"{cls.__name__}.__init__() ")
            raise UsageError(
                f"{origin} is no platform document of this pushtrain: {said}. Deploy the platform with this version, "
                "or install the version that deployed it"
            ) from error

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Platform:
        """The platform this process works for. Raises UsageError when PUSHTRAIN_PLATFORM is not set."""
        if VARIABLE not in environ:
            raise UsageError(f"{VARIABLE} is not set: it holds what the deployment of the platform published")
        return cls.from_json(environ[VARIABLE])

    @classmethod
    def local(cls, environment: str = "") -> Platform:
        """The platform of this machine: the same shape, with names that exist only in embedded AWS."""
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
            named=LOCAL,
        )
