"""The kinds of SageMaker jobs that a step can be, each as one row. `CONTRIBUTING.md` says how to add a kind.

Source: the API shapes of Create…Job and Describe…Job; "Actions, resources, and condition keys for Amazon SageMaker AI"
(resource types); the Step Functions developer guide, "Create and manage SageMaker AI jobs" (managed rules).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pushtrain.catalog.job_kind import JobKind

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
    input_limit=2,  # one is the model: a step of this kind is CreateModel too
    reserved_fields=MappingProxyType(
        {
            "TransformJobName": _JOB_NAME,
            "ModelName": "pushtrain creates a model for the job",
            "TransformInput.DataSource": _DATA,
            "TransformInput.ContentType": "use the step's `content_type:`",
            "TransformInput.SplitType": "use the step's `split:`",
            "TransformOutput.S3OutputPath": _OUTPUTS,
            "TransformOutput.Accept": "use the step's `accept:`",
            "TransformOutput.AssembleWith": "use the step's `split:`",
            "TransformOutput.KmsKeyId": "use `kms.output`",
            "TransformResources.InstanceType": _INSTANCES["InstanceType"],
            "TransformResources.InstanceCount": _INSTANCES["InstanceCount"],
            "TransformResources.VolumeKmsKeyId": _INSTANCES["VolumeKmsKeyId"],
            "BatchStrategy": "use the step's `strategy:`",
            "Environment": "use `register.inference.environment`, which an endpoint has too",
            "Tags": _TAGS,
        }
    ),
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
STEP_KINDS = (TRAINING, PROCESSING, TRANSFORM)  # the `kind` of a step in config.yaml
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
