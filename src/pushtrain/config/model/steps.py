"""The steps of config.yaml, each one job: `preprocess:`, `train:`, `evaluate:`, and a team's own in `steps:`."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Discriminator, Field, Tag, field_serializer

from pushtrain.catalog.job_kind import JobKind
from pushtrain.catalog.job_kinds import PROCESSING, TRAINING, TUNING
from pushtrain.config.model.distribution import DistributionOrName
from pushtrain.config.model.mounts import LIST, MAPPING, Inputs, Outputs, PreprocessOutputs, find_shape, read_outputs
from pushtrain.config.model.section import Section
from pushtrain.config.model.tune import Tune
from pushtrain.config.values import mappings
from pushtrain.config.values.fields import (
    NO_SCRIPT,
    ArgumentValue,
    CheckpointPath,
    ImageUri,
    KindName,
    RepoPath,
    ScriptPath,
    TrainingScript,
)
from pushtrain.config.values.instances import Framework, ProcessingInstances, TrainingInstances
from pushtrain.config.values.units import (
    HOUR,
    Cache,
    CapacityWait,
    Duration,
    KeepAliveTime,
    ProcessingTime,
    Size,
    TrainingTime,
    WaitingTime,
)

CHECKPOINTS = "/opt/ml/checkpoints"
MAX_PREDECESSORS = 50
EVALUATION = "evaluation"  # the output that holds evaluation.json
InstanceCount = Annotated[int, Field(ge=1, le=100)]


_ArgumentText = Annotated[str, AfterValidator(mappings.check_argument_text)]
_ArgumentList = Annotated[tuple[_ArgumentText, ...], Field(max_length=mappings.MAX_ITEMS, strict=False)]
_ArgumentMapping = Annotated[
    dict[str, ArgumentValue],
    mappings.limit_entries(mappings.MAX_ARGUMENTS, "arguments", mappings.check_argument),
    AfterValidator(mappings.check_argument_count),
]
Arguments = Annotated[
    Annotated[_ArgumentMapping, Tag(MAPPING)] | Annotated[_ArgumentList, Tag(LIST)], Discriminator(find_shape)
]


Reads = Annotated[tuple[RepoPath, ...], Field(max_length=mappings.MAX_ITEMS, strict=False)]


class StepSettings(Section):
    """The keys that every step has: image, script, instances and time limit.

    `kind` is the kind of its job. `input_folder` has the inputs without a `path`: each is a folder or channel in it.
    """

    kind: ClassVar[JobKind]
    input_folder: ClassVar[str]
    framework: Framework | None = Field(
        None,
        description="Framework and version of an AWS image. Give exactly one of framework and image.",
        examples=["sklearn 1.2-1", "pytorch 2.6", "xgboost 1.7-1", "huggingface 4.49.0"],
    )
    image: ImageUri | None = Field(None, description="URI of your own image, instead of framework.")
    script: ScriptPath
    instance_types: tuple[str, ...] = Field(alias="instance")
    instances: InstanceCount = Field(1, description="Number of instances.")
    volume: Size = Field(
        30, description="Disk size of each instance: 50GB, 1TB.", json_schema_extra={"default": "30GB"}
    )
    max_runtime: Duration
    wait_for_capacity: CapacityWait = Field(
        2 * HOUR,
        description="How long a job waits, if the account uses all instances of its quota: 30m, 12h; at most 24h. "
        "If you write it, the job also waits while AWS has no instance.",
        json_schema_extra={"default": "2h"},
    )
    environment: dict[str, str] = Field({}, description="Environment variables.")
    sagemaker: Annotated[dict[str, Any], AfterValidator(mappings.check_raw_block)] = Field(
        {}, description="Raw fields of the SageMaker request, merged last. Fields that pushtrain sets are refused."
    )
    inputs: Inputs | None = Field(None, description="Sources, each data.NAME or STEP.OUTPUT.")
    after: Annotated[tuple[str, ...], Field(max_length=MAX_PREDECESSORS, strict=False)] = Field(
        (), description="Steps that end before this one starts, although it reads nothing from them."
    )

    cache: Cache = Field(
        False,
        description="Reuse the result of an earlier run if nothing that decides it has changed: true, or at most this "
        "old: 30d.",
    )
    reads: Reads | None = Field(
        None,
        description="Files of the model repo that the script reads, as paths and patterns, for `cache`. "
        "Default: what its imports tell.",
    )

    @property
    def job_kind(self) -> JobKind:
        """The kind of the job that a run starts: that of the step, or a tuning job around it."""
        return self.kind

    @property
    def is_cached(self) -> bool:
        """True if an earlier result may be reused, of any age or of a certain one."""
        return self.cache is not False

    @property
    def instance(self) -> str:
        """The instance type that the job prefers: the only one, or the first of the list."""
        return self.instance_types[0]

    @property
    def has_script(self) -> bool:
        """False if the image of the job brings its own program: `script: none`."""
        return self.script != NO_SCRIPT

    @property
    def output_folders(self) -> dict[str, str]:
        """The folder of each output that the script writes: {"rows": "/opt/ml/processing/rows"}."""
        return {}

    @field_serializer("instance_types")
    def _write_instance(self, types: tuple[str, ...]) -> str | list[str]:
        """Write one type as text, as in config.yaml."""
        return types[0] if len(types) == 1 else list(types)


class Processing(StepSettings):
    """A processing job. A list of `arguments` reaches the script as it is, an entry of a mapping as `--name value`."""

    kind = PROCESSING
    input_folder = f"{PROCESSING.folder}/input"
    instance_types: ProcessingInstances = Field(
        ("ml.m5.large",),
        alias="instance",
        description="Instance type for processing. From a list, SageMaker takes the first with capacity.",
        examples=["ml.m5.large", "ml.g5.xlarge"],
        json_schema_extra={"default": "ml.m5.large"},
    )
    max_runtime: ProcessingTime = Field(
        HOUR, description="Time limit: 90s, 30m, 2h, 1h 30m, 3d; at most 9d.", json_schema_extra={"default": "1h"}
    )
    arguments: Arguments = Field(
        {},
        description="Passed to the script: a mapping as --name value, --name value value for a list of values, "
        "or --name for null; a list as it is.",
    )
    environment: Annotated[dict[str, str], mappings.limit_environment(256)] = Field(
        {}, description="Environment variables."
    )


class Preprocess(Processing):
    """The job that turns `data` into `outputs`."""

    script: ScriptPath = Field("preprocessing.py", description="Script inside the model repo.")
    inputs: Inputs | None = Field(None, description="Sources, each data.NAME or STEP.OUTPUT. Default: all data.")
    outputs: PreprocessOutputs = Field(
        ("train", "test"), description="Folders that the script writes. In a list, each is /opt/ml/processing/NAME."
    )

    @property
    def output_folders(self) -> dict[str, str]:
        """The folder of each output that the script writes: {"train": "/opt/ml/processing/train"}."""
        return read_outputs(self.outputs, PROCESSING.folder)


class Evaluate(Processing):
    """The job that writes evaluation.json, in /opt/ml/processing/evaluation."""

    input_folder = PROCESSING.folder
    script: ScriptPath = Field("evaluation.py", description="Script inside the model repo.")
    inputs: Inputs | None = Field(
        None,
        description="Preprocess outputs, data names, `model`, data.NAME or STEP.OUTPUT. Default: `test` and `model`.",
    )
    outputs: Outputs = Field(
        (), description="Folders that the script writes besides `evaluation`. In a mapping, `evaluation` may move."
    )

    @property
    def output_folders(self) -> dict[str, str]:
        """The folder of each output that the script writes. One is `evaluation`."""
        return read_outputs((EVALUATION,), PROCESSING.folder) | read_outputs(self.outputs, PROCESSING.folder)


class ProcessingStep(Processing):
    """A step of your own that runs a script in a processing job."""

    kind_name: KindName = Field(
        PROCESSING.name,
        alias="kind",
        description="Kind of the job. `training` and `transform` have other keys and outputs.",
        json_schema_extra={"enum": [PROCESSING.name]},
    )
    script: ScriptPath = Field(description="Script inside the model repo.")
    outputs: Outputs = Field(
        (), description="Folders that the script writes. In a list, each is /opt/ml/processing/NAME."
    )

    @property
    def output_folders(self) -> dict[str, str]:
        """The folder of each output that the script writes: {"rows": "/opt/ml/processing/rows"}."""
        return read_outputs(self.outputs, PROCESSING.folder)


def _default_max_wait(train: dict[str, Any]) -> int | None:
    return train["max_runtime"] + HOUR if train.get("spot") and "max_runtime" in train else None


def _default_checkpoint(train: dict[str, Any]) -> str | None:
    """Return no folder for a step that tunes: its trials would write into the same one."""
    return CHECKPOINTS if train.get("spot") and not train.get("tune") else None


class Train(StepSettings):
    """The training job. Its outputs are `model` and `output`.

    With `spot`, both `max_wait` and `checkpoint` have a value after validation. `checkpoint` can also be set without
    `spot`; `max_wait` cannot.
    """

    kind = TRAINING
    input_folder = TRAINING.folder
    script: TrainingScript = Field(
        "train.py",
        description="Script inside the model repo; `none` if the image trains without one: a built-in algorithm.",
    )
    instance_types: TrainingInstances = Field(
        ("ml.m5.xlarge",),
        alias="instance",
        description="Instance type for training. From a list, SageMaker takes the first with capacity.",
        examples=["ml.m5.xlarge", "ml.g5.xlarge"],
        json_schema_extra={"default": "ml.m5.xlarge"},
    )
    max_runtime: TrainingTime = Field(
        24 * HOUR,
        description="Time limit: 90s, 30m, 2h, 1h 30m, 3d; at most 28d.",
        json_schema_extra={"default": "24h"},
    )
    inputs: Inputs | None = Field(
        None,
        description="Preprocess outputs, data names, data.NAME or STEP.OUTPUT, each a channel. "
        "Default: every preprocess output except `test`.",
    )
    hyperparameters: Annotated[
        dict[str, Any],
        mappings.limit_entries(mappings.MAX_HYPERPARAMETERS, "hyperparameters", mappings.check_hyperparameter),
    ] = Field({}, description="Passed to the script as --name value.")
    environment: Annotated[dict[str, str], mappings.limit_environment(512)] = Field(
        {}, description="Environment variables."
    )
    channels: Inputs | None = Field(None, description="Another name of `inputs`.")
    metrics: Annotated[dict[str, str], mappings.limit_entries(40, "metrics", mappings.check_metric_regex)] = Field(
        {}, description="Metric name to a regex. Its one (group) finds the number in the log."
    )
    tune: Tune | None = Field(
        None, description="Search hyperparameters: train several times, and go on with the best model."
    )
    spot: bool = Field(False, description="Managed spot training: cheaper, but AWS may interrupt and resume the job.")
    max_wait: WaitingTime | None = Field(
        default_factory=_default_max_wait,
        description="With spot: time limit of waiting plus running. Default: max_runtime plus 1h.",
    )
    checkpoint: CheckpointPath | None = Field(
        default_factory=_default_checkpoint,
        description="Folder in the container that is copied to S3. Default with spot and without tune: "
        "/opt/ml/checkpoints.",
    )
    keep_alive: KeepAliveTime | None = Field(
        None, description="Keep the instances warm for the next run (warm pool), at most 6h."
    )
    distribution: DistributionOrName | None = Field(None, description="Distributed training, one kind.")
    retries: Annotated[int, Field(ge=1, le=30)] | None = Field(
        None, description="How often SageMaker tries the job again after an internal error."
    )

    @property
    def job_kind(self) -> JobKind:
        """A tuning job if the step searches hyperparameters, else a training job."""
        return TUNING if self.tune else TRAINING


class TrainingStep(Train):
    """A step of your own that trains in a training job. Its outputs are `model` and `output`."""

    kind_name: KindName = Field(
        alias="kind",
        description="Kind of the job. `training` has the outputs `model` and `output`.",
        json_schema_extra={"enum": [TRAINING.name]},
    )
    script: TrainingScript = Field(
        description="Script inside the model repo; `none` if the image trains without one: a built-in algorithm."
    )
    inputs: Inputs | None = Field(None, description="Sources, each data.NAME or STEP.OUTPUT, each a channel.")
