"""One kind of SageMaker job: what AWS calls it, and where its request says what. `job_kinds` has a row for each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct, field

NAME_LIMIT = 63  # characters in the name of a job, unless the kind has fewer

Path = tuple[str, ...]  # keys from the root of a request: ("ResourceConfig", "InstanceType")


class JobKind(Struct, frozen=True, kw_only=True, eq=False, dict=True):
    """One kind of job. Each is one object: compare with `is`.

    `name` is the word in config.yaml and price tables, `aws_name` the word in SageMaker's names. `resource` is its type
    in ARNs, `managed_rule` the EventBridge rule by which `.sync` learns of its end, `log_group` where its jobs log.
    The paths say where a Create request has the role, instances, image, outputs and network. An empty network path is
    the root of the request; None if the kind has no network, and empty if it has no role or no image. `spot_member`
    asks for spot instances; empty if the kind has none. `grace` are the seconds that a job may run on, and cost, after
    its time limit. `instance_shape` is the API's enum of its instance types. `price_usage` is its word in the usage
    types of AWS's price list; empty if it has no price of its own: then `price_kind` is the kind whose price it has.
    `folder` is the folder in the container that has the inputs. `trial` is where a request describes the jobs that this
    job starts; empty if it starts none. `input_limit` and `output_limit` are how many inputs and outputs a request may
    have; 0 if the script does not choose its outputs. `instance_limit` is how many instance types it may name.
    `fixed_outputs` are the outputs that SageMaker names itself, each with its path below the prefix of the job; a kind
    without them writes the outputs that its step lists. `reserved_fields` are the fields that a raw `sagemaker:` block
    may not set, because pushtrain or the platform sets them, each with what to use instead. `refused_fields` are those
    that no definition may have, each with the reason.
    """

    name: str
    aws_name: str
    resource: str
    managed_rule: str
    log_group: str
    instance_shape: str
    price_usage: str
    instances: Path
    image: Path
    outputs: Path
    network: Path | None
    folder: str
    role: Path = ("RoleArn",)
    spot_member: str = ""
    grace: int = 0
    name_limit: int = NAME_LIMIT
    trial: Path = ()
    price_kind: str = ""
    input_limit: int
    output_limit: int = 0
    instance_limit: int = 1
    fixed_outputs: Mapping[str, str] = field(default_factory=dict)
    reserved_fields: Mapping[str, str]
    refused_fields: Mapping[str, str] = field(default_factory=dict)

    def build_operation(self, verb: str) -> str:
        """Return `CreateTrainingJob` for `Create`, and the Step Functions action `createTrainingJob` for `create`."""
        return f"{verb}{self.aws_name}Job"

    def build_output_path(self, output: str) -> str:
        """Return where an output lies below the prefix of its job: `output/model.tar.gz`, `rows/`."""
        return self.fixed_outputs.get(output) or f"{output}/"

    def build_method(self, verb: str) -> str:
        """Return boto3's name of an operation: `create_training_job` for `create`."""
        return f"{verb}_{self.resource.replace('-', '_')}"

    @property
    def billed_as(self) -> str:
        """The kind whose prices and quotas count: `training` for the trials of a tuning job."""
        return self.price_kind or self.name

    @cached_property
    def name_member(self) -> str:
        """The member with the job's name: `TrainingJobName`."""
        return f"{self.aws_name}JobName"

    @cached_property
    def arn_member(self) -> str:
        """The member with the job's ARN: `TrainingJobArn`."""
        return f"{self.aws_name}JobArn"

    @cached_property
    def status_member(self) -> str:
        """The member with the job's status: `TrainingJobStatus`."""
        return f"{self.aws_name}JobStatus"

    @cached_property
    def start_member(self) -> str:
        """The member with the time at which the job started: `TrainingStartTime`."""
        return f"{self.aws_name}StartTime"

    @cached_property
    def end_member(self) -> str:
        """The member with the time at which the job ended: `TrainingEndTime`."""
        return f"{self.aws_name}EndTime"

    @cached_property
    def summaries_member(self) -> str:
        """The member of a List response with the jobs: `TrainingJobSummaries`."""
        return f"{self.aws_name}JobSummaries"
