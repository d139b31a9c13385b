"""The kinds of SageMaker jobs that a step can be, each as one row: what AWS calls it, and where its request says what.

In: a row, or one of the names by which AWS knows it. Out: names of operations, members and resources; parts of a Create
request or a Describe response. `CONTRIBUTING.md` says how to add a kind.
Source: the API shapes of Create…Job and Describe…Job; "Actions, resources, and condition keys for Amazon SageMaker AI"
(resource types); the Step Functions developer guide, "Create and manage SageMaker AI jobs" (managed rules).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

_CHOSEN = ("InstanceType", "InstanceCount")  # Describe has SelectedInstanceType and SelectedInstanceCount
NAME_LIMIT = 63  # characters in the name of a job, unless the kind has fewer

Path = tuple[str, ...]  # keys from the root of a request: ("ResourceConfig", "InstanceType")

_JOB_NAME = "pushtrain names the jobs"
_ROLE = "every job runs with the platform's job role"
_NETWORK = "use `network:`; the platform may already be stricter"
_TAGS = "use `tags:`"
_DATA = "use `data:`, `outputs:`, `channels:` or `inputs:`"
_OUTPUTS = "pushtrain stores the outputs of a job under its run"
_ENVIRONMENT = "use the step's `environment:`"
_INSTANCES = {
    "InstanceType": "use the step's `instance:`",
    "InstanceCount": "use the step's `instances:`",
    "VolumeSizeInGB": "use the step's `volume:`",
    "VolumeKmsKeyId": "use `kms.volume`",
}


_RULES = "rules start instances of their own, and no cost limit counts them. Check in the script"
_TRAINING_REFUSED = MappingProxyType(
    {
        "DebugRuleConfigurations": _RULES,
        "ProfilerRuleConfigurations": _RULES,
        "ServerlessJobConfig": "serverless jobs have no instances, and no price of them is known",
        "ModelPackageConfig": "a model is registered after the gate, see `register:`",
        "RemoteDebugConfig": "a shell in a job would have the role of jobs",
        "AlgorithmSpecification.TrainingImageConfig": "images come from ECR, so that IAM decides which",
    }
)


@dataclass(frozen=True, kw_only=True, eq=False)
class JobKind:
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


TRAINING = JobKind(
    name="training",
    aws_name="Training",
    resource="training-job",
    managed_rule="StepFunctionsGetEventsForSageMakerTrainingJobsRule",
    log_group="/aws/sagemaker/TrainingJobs",
    instance_shape="TrainingInstanceType",
    price_usage="Train",
    instances=("ResourceConfig",),
    image=("AlgorithmSpecification", "TrainingImage"),
    outputs=("OutputDataConfig",),
    network=(),
    folder="/opt/ml/input/data",
    input_limit=20,  # InputDataConfig
    instance_limit=5,  # ResourceConfig.InstancePreferences
    fixed_outputs=MappingProxyType({"model": "output/model.tar.gz", "output": "output/output.tar.gz"}),
    spot_member="EnableManagedSpotTraining",
    # "To stop a training job, SageMaker sends the algorithm the SIGTERM signal, which delays job termination for 120
    # seconds" (API model, StoppingCondition).
    grace=120,
    refused_fields=_TRAINING_REFUSED,
    reserved_fields=MappingProxyType(
        {
            **_TRAINING_REFUSED,
            "TrainingJobName": _JOB_NAME,
            "RoleArn": _ROLE,
            "AlgorithmSpecification.TrainingImage": "use the step's `framework:` or `image:`",
            "AlgorithmSpecification.AlgorithmName": "use the step's `framework:` or `image:`",
            "AlgorithmSpecification.MetricDefinitions": "use the step's `metrics:`",
            "HyperParameters": "use the step's `hyperparameters:`",
            "InputDataConfig": _DATA,
            "OutputDataConfig.S3OutputPath": _OUTPUTS,
            "OutputDataConfig.KmsKeyId": "use `kms.output`",
            "OutputDataConfig.CompressionType": "later steps need model.tar.gz",
            **{f"ResourceConfig.{name}": remedy for name, remedy in _INSTANCES.items()},
            "ResourceConfig.KeepAlivePeriodInSeconds": "use the step's `keep_alive:`",
            "ResourceConfig.InstanceGroups": "use the step's `instance:` and `instances:`",
            "ResourceConfig.InstancePreferences": "use the step's `instance:` and `instances:`",
            "StoppingCondition.MaxRuntimeInSeconds": "use the step's `max_runtime:`",
            "StoppingCondition.MaxWaitTimeInSeconds": "use the step's `max_wait:`",
            "EnableManagedSpotTraining": "use the step's `spot:`",
            "CheckpointConfig": "use the step's `checkpoint:`",
            "RetryStrategy": "use the step's `retries:`",
            "VpcConfig": _NETWORK,
            "EnableNetworkIsolation": _NETWORK,
            "EnableInterContainerTrafficEncryption": _NETWORK,
            "Environment": _ENVIRONMENT,
            "Tags": _TAGS,
        }
    ),
)
PROCESSING = JobKind(
    name="processing",
    aws_name="Processing",
    resource="processing-job",
    managed_rule="StepFunctionsGetEventsForSageMakerProcessingJobsRule",
    log_group="/aws/sagemaker/ProcessingJobs",
    instance_shape="ProcessingInstanceType",
    price_usage="Processing",
    instances=("ProcessingResources", "ClusterConfig"),
    image=("AppSpecification", "ImageUri"),
    outputs=("ProcessingOutputConfig",),
    network=("NetworkConfig",),
    folder="/opt/ml/processing",
    input_limit=10,  # ProcessingInputs
    output_limit=10,  # ProcessingOutputConfig.Outputs
    instance_limit=5,  # ProcessingResources.ClusterConfig.InstancePreferences
    reserved_fields=MappingProxyType(
        {
            "ProcessingJobName": _JOB_NAME,
            "RoleArn": _ROLE,
            "AppSpecification": "use the step's `framework:` or `image:`, `script:` and `arguments:`",
            "ProcessingInputs": _DATA,
            "ProcessingOutputConfig": _OUTPUTS,
            **{f"ProcessingResources.ClusterConfig.{name}": remedy for name, remedy in _INSTANCES.items()},
            "ProcessingResources.ClusterConfig.InstancePreferences": "use the step's `instance:` and `instances:`",
            "StoppingCondition": "use the step's `max_runtime:`",
            "NetworkConfig": _NETWORK,
            "Environment": _ENVIRONMENT,
            "Tags": _TAGS,
        }
    ),
)
# A transform job lets a model answer the rows of a file. It has no time limit of its own: the TimeoutSeconds of its
# Task end it. The image, the role and the network are those of the model (CreateModel).
TRANSFORM = JobKind(
    name="transform",
    aws_name="Transform",
    resource="transform-job",
    managed_rule="StepFunctionsGetEventsForSageMakerTransformJobsRule",
    log_group="/aws/sagemaker/TransformJobs",
    instance_shape="TransformInstanceType",
    price_usage="Tsform",
    instances=("TransformResources",),
    image=(),
    outputs=("TransformOutput",),
    network=None,
    role=(),
    folder="",
    input_limit=1,
    reserved_fields=MappingProxyType({}),
)

_TRIAL = "TrainingJobDefinition"
# A tuning job starts training jobs, its trials: they have the logs, the instances and the cost.
# Source: CreateHyperParameterTuningJob; "Resource limits of automatic model tuning".
TUNING = JobKind(
    name="tuning",
    aws_name="HyperParameterTuning",
    resource="hyper-parameter-tuning-job",
    managed_rule="StepFunctionsGetEventsForSageMakerTuningJobsRule",
    log_group=TRAINING.log_group,
    instance_shape=TRAINING.instance_shape,
    price_usage="",
    price_kind=TRAINING.name,
    trial=(_TRIAL,),
    role=(_TRIAL, *TRAINING.role),
    instances=(_TRIAL, *TRAINING.instances),
    image=(_TRIAL, *TRAINING.image),
    outputs=(_TRIAL, *TRAINING.outputs),
    network=(_TRIAL,),
    folder=TRAINING.folder,
    name_limit=32,
    input_limit=TRAINING.input_limit,
    instance_limit=TRAINING.instance_limit,
    fixed_outputs=TRAINING.fixed_outputs,
    spot_member=TRAINING.spot_member,
    grace=TRAINING.grace,
    reserved_fields=MappingProxyType({}),  # a raw `sagemaker:` block is that of its trials, which are training jobs
)

KINDS: tuple[JobKind, ...] = (TRAINING, PROCESSING, TUNING, TRANSFORM)
STEP_KINDS = (TRAINING, PROCESSING)  # the `kind` of a step in config.yaml
LOGGED_KINDS = tuple(kind for kind in KINDS if not kind.trial)  # kinds whose jobs write logs of their own
ALL_LOG_GROUPS = "/aws/sagemaker/*Jobs"  # the pattern of their log groups
# FailureReason of a job for which SageMaker found no instance begins so: "CapacityError: Unable to provision requested
# ML compute capacity. Please retry using a different ML instance type."
CAPACITY_ERROR = "CapacityError"
BEST_TRIAL = "BestTrainingJob"  # in the response of DescribeHyperParameterTuningJob; missing if no trial succeeded
PRICED_KINDS = tuple(kind for kind in KINDS if kind.price_usage)
BY_NAME: Mapping[str, JobKind] = MappingProxyType({kind.name: kind for kind in KINDS})
BY_AWS_NAME: Mapping[str, JobKind] = MappingProxyType({kind.aws_name: kind for kind in KINDS})
# The key is the action of a Task's Resource, `createTrainingJob` in arn:aws:states:::sagemaker:createTrainingJob.sync.
BY_ACTION: Mapping[str, JobKind] = MappingProxyType({kind.build_operation("create"): kind for kind in KINDS})
# Jobs without a row for which Step Functions can wait (developer guide, "Create and manage SageMaker AI jobs"): the
# action, and the word for people. A row takes its action out.
OTHER_ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        action: name
        for action, name in (
            ("createHyperParameterTuningJob", "tuning"),
            ("createLabelingJob", "labeling"),
            ("createTransformJob", "transform"),
        )
        if action not in BY_ACTION
    }
)


def find_started_kind(resource: str) -> JobKind | None:
    """Return the kind of job that a Task with this Resource starts and waits for (`.sync`); None for any other Task."""
    action, _, pattern = resource.rpartition(":sagemaker:")[2].partition(".")
    return BY_ACTION.get(action) if pattern == "sync" else None


def read_path(request: Mapping[str, Any], path: Path) -> Any:
    """Return what is at `path`; an empty mapping if there is nothing, the request itself if the path is empty."""
    part: Any = request
    for member in path:
        part = part.get(member) or {}
    return part


def read_instances(job: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the members with InstanceType and InstanceCount of a job of any kind; empty if it has none.

    If SageMaker has chosen from InstancePreferences, they are those that it chose.
    """
    parts = (read_path(job, kind.instances) for kind in KINDS)
    instances: Mapping[str, Any] = next((part for part in parts if part), {})
    chosen = {name: instances[f"Selected{name}"] for name in _CHOSEN if f"Selected{name}" in instances}
    return {**instances, **chosen} if chosen else instances


def list_instance_types(instances: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the instance types of what `read_instances` returns: one, or those of InstancePreferences in their order.

    Empty if only the run knows the type.
    """
    preferences = instances.get("InstancePreferences", ())
    types = [instances] if "InstanceType" in instances else preferences
    return tuple(group["InstanceType"] for group in types if "InstanceType" in group)


def count_instances(instances: Mapping[str, Any]) -> int:
    """Return the number of instances, the largest if each of InstancePreferences has its own; 0 if it is not known."""
    groups = (instances, *instances.get("InstancePreferences", ()))
    return max(int(group.get("InstanceCount", 0)) for group in groups)


def read_image(job: Mapping[str, Any]) -> str:
    """Return the URI of the image of a job of any kind; empty if it has none."""
    images = (read_path(job, kind.image) for kind in KINDS if kind.image)
    return str(next((image for image in images if image), ""))


def read_output_job(kind: JobKind, described: Mapping[str, Any]) -> str:
    """Return the name of the job that wrote the outputs: its own, or that of a tuning job's best trial, if it has one.

    `described` is a response of Describe, or a request.
    """
    name = (
        described.get(BEST_TRIAL, {}).get(TRAINING.name_member) if kind is TUNING else described.get(kind.name_member)
    )
    return str(name or "")


def has_found_no_instance(described: Mapping[str, Any]) -> bool:
    """Return True if a job of any kind failed because AWS had no instance for it, before it started on any."""
    has_started = any(member in described for member in (kind.start_member for kind in KINDS))
    return str(described.get("FailureReason", "")).startswith(CAPACITY_ERROR) and not has_started


def is_spot(job: Mapping[str, Any]) -> bool:
    """Return True if a job of any kind asks for spot instances."""
    return any(bool(read_path(job, kind.trial).get(kind.spot_member)) for kind in KINDS)
