"""The schema of config.yaml as frozen pydantic models. Pure; knows nothing of AWS calls.

In: a plain mapping (see `pushtrain.config.load` for text). Out: a Config, defaults filled in.
Here each value is looked at alone; rules that need two keys at once live in `rules.py`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from pushtrain.config.issue import quote
from pushtrain.config.values import fields, instances, mappings
from pushtrain.config.values.fields import Scalar
from pushtrain.config.values.money import MoneyText, check_above_zero
from pushtrain.config.values.units import HOUR, Duration, KeepAliveTime, ProcessingTime, Size, TrainingTime, WaitingTime

CHECKPOINTS = "/opt/ml/checkpoints"
DISTRIBUTIONS = ("torch_distributed", "pytorchddp", "smdistributed", "parameter_server", "mpi")
BOUNDS = ("at_least", "at_most", "above", "below")

Name = Annotated[
    str,
    AfterValidator(fields.check_model_name),
    WithJsonSchema({"type": "string", "pattern": r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$"}),
]
Script = Annotated[
    str,
    AfterValidator(fields.check_script_path),
    WithJsonSchema({"type": "string", "pattern": r"^[^/~\\-][^\\]*\.py$"}),
]
S3Uri = Annotated[str, AfterValidator(fields.check_s3_uri), WithJsonSchema({"type": "string", "pattern": "^s3://"})]
RepoPath = Annotated[str, AfterValidator(fields.check_repo_path)]
DataName = Annotated[str, AfterValidator(fields.check_channel_name)]
InputName = Annotated[str, AfterValidator(fields.check_evaluate_input)]
ImageUri = Annotated[str, AfterValidator(fields.check_image_uri)]
KmsKey = Annotated[str, AfterValidator(fields.check_kms_key)]
VpcId = Annotated[str, AfterValidator(fields.check_vpc_id)]
ContentType = Annotated[str, AfterValidator(fields.check_content_type)]
Framework = Annotated[str, AfterValidator(instances.check_framework)]
TrainingInstance = Annotated[str, AfterValidator(instances.check_training_instance)]
ProcessingInstance = Annotated[str, AfterValidator(instances.check_processing_instance)]
HostingInstance = Annotated[str, AfterValidator(instances.check_hosting_instance)]
Instances = Annotated[int, Field(ge=1, le=100)]
Number = Annotated[float, Field(allow_inf_nan=False)]


class Section(BaseModel):
    """A mapping in config.yaml: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, strict=True)


class DataSource(Section):
    """Where the data is: an S3 prefix, a path inside the model repo, or both (`local` stands in on this machine)."""

    s3: S3Uri | None = Field(None, description="S3 prefix the data is read from.")
    local: RepoPath | None = Field(None, description="File or folder inside the model repo, for small data.")

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.s3 is None and self.local is None:
            raise ValueError("needs `s3:`, `local:` (a path in the model repo), or both")
        return self


def _data_source(value: object) -> object:
    if not isinstance(value, str | dict | DataSource):
        raise ValueError("expected s3://bucket/prefix/, a path in the model repo, or a mapping with s3 and local")  # noqa: TRY004  (pydantic collects ValueErrors)
    if not isinstance(value, str):
        return value
    return {"s3" if "://" in value else "local": value}


Source = Annotated[DataSource, BeforeValidator(_data_source, json_schema_input_type=str | DataSource)]


class Vpc(Section):
    """Subnets (1..16) and security groups (1..5) the jobs run in."""

    subnets: Annotated[tuple[VpcId, ...], Field(min_length=1, max_length=16, strict=False)]
    security_groups: Annotated[tuple[VpcId, ...], Field(min_length=1, max_length=5, strict=False)]


class Network(Section):
    """What a model adds to the platform's network settings; it can tighten them, never loosen them."""

    vpc: Vpc | None = Field(None, description="Run the jobs in these subnets and security groups.")
    isolation: bool = Field(False, description="No network calls in or out of the containers.")
    encrypt_between_containers: bool = Field(False, description="Encrypt traffic between the machines of one job.")


class Kms(Section):
    """KMS keys (id, ARN or alias) for job volumes and outputs."""

    volume: KmsKey | None = Field(None, description="Key for the volumes of the machines.")
    output: KmsKey | None = Field(None, description="Key for what the jobs write to S3.")


class Step(Section):
    """What every job has: an image, a script, machines, a time limit."""

    framework: Framework | None = Field(
        None,
        description="Framework and version of an AWS image. Exactly one of framework and image.",
        examples=["sklearn 1.2-1", "pytorch 2.6", "xgboost 1.7-1", "huggingface 4.49.0"],
    )
    image: ImageUri | None = Field(None, description="URI of an image of your own, in place of framework.")
    script: Script
    instance: str
    instances: Instances = Field(1, description="Number of machines.")
    volume: Size = Field(30, description="Disk of each machine: 50GB, 1TB.", json_schema_extra={"default": "30GB"})
    max_runtime: Duration
    environment: dict[str, str] = Field({}, description="Environment variables.")
    sagemaker: Annotated[dict[str, Any], AfterValidator(mappings.check_raw_block)] = Field(
        {}, description="Raw fields of the SageMaker request, merged last. pushtrain's own fields are refused."
    )


class Processing(Step):
    """A processing job: `arguments` reach the script as `--name value`."""

    instance: ProcessingInstance = Field(
        "ml.m5.large", description="Processing instance type.", examples=["ml.m5.large", "ml.g5.xlarge"]
    )
    max_runtime: ProcessingTime = Field(
        HOUR, description="Time limit: 90s, 30m, 2h, 1h 30m, 3d; at most 9d.", json_schema_extra={"default": "1h"}
    )
    arguments: Annotated[
        dict[str, Annotated[Scalar, BeforeValidator(fields.check_scalar)]],
        mappings.limit_entries(mappings.MAX_ARGUMENTS, "arguments", mappings.check_argument),
    ] = Field({}, description="Passed to the script as --name value.")
    environment: Annotated[dict[str, str], mappings.limit_environment(256)] = Field(
        {}, description="Environment variables."
    )


class Preprocess(Processing):
    """The job that turns `data` into `outputs`, each a folder /opt/ml/processing/NAME."""

    script: Script = Field("preprocessing.py", description="Script inside the model repo.")
    outputs: Annotated[tuple[DataName, ...], Field(min_length=1, max_length=10, strict=False)] = Field(
        ("train", "test"), description="Folders the script writes, each /opt/ml/processing/NAME."
    )


class Evaluate(Processing):
    """The job that writes /opt/ml/processing/evaluation/evaluation.json; `inputs` default to `test` and `model`."""

    script: Script = Field("evaluation.py", description="Script inside the model repo.")
    inputs: Annotated[tuple[InputName, ...], Field(min_length=1, strict=False)] | None = Field(
        None, description="Preprocess outputs, data names, and `model`; `test` and `model` unless given."
    )


class Mpi(Section):
    """Options of the MPI launcher."""

    processes_per_host: Annotated[int, Field(ge=1)] = Field(1, description="Processes on each machine.")
    options: str = Field("", description="Options passed to mpirun as they are.")


class Distribution(Section):
    """Distributed training; exactly one kind."""

    torch_distributed: bool = Field(False, description="torchrun on every machine.")
    pytorchddp: bool = Field(False, description="PyTorch DDP launched by SageMaker.")
    smdistributed: bool = Field(False, description="SageMaker's data-parallel library.")
    parameter_server: bool = Field(False, description="TensorFlow parameter servers.")
    mpi: Mpi | None = Field(None, description="MPI (Horovod).")

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [kind for kind in DISTRIBUTIONS if getattr(self, kind) not in (False, None)]
        if len(kinds) != 1:
            found = " and ".join(kinds) or "none"
            raise ValueError(f"expected exactly one of {', '.join(DISTRIBUTIONS)}, found {found}")
        return self


def _distribution(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value not in DISTRIBUTIONS:
        raise ValueError(f"{quote(value)} is no kind of distribution; there are {', '.join(DISTRIBUTIONS)}")
    return {value: {} if value == "mpi" else True}


Distributed = Annotated[
    Distribution,
    BeforeValidator(
        _distribution,
        json_schema_input_type=Literal["torch_distributed", "pytorchddp", "smdistributed", "parameter_server", "mpi"]
        | Distribution,
    ),
]


def _max_wait(train: dict[str, Any]) -> int | None:
    return train["max_runtime"] + HOUR if train.get("spot") and "max_runtime" in train else None


def _checkpoint(train: dict[str, Any]) -> str | None:
    return CHECKPOINTS if train.get("spot") else None


class Train(Step):
    """The training job. `channels` default to every preprocess output but `test`.

    After validation `max_wait` and `checkpoint` are set exactly when `spot` is: workflow reads them as they stand.
    (`checkpoint` may also be asked for without spot.)
    """

    script: Script = Field("train.py", description="Script inside the model repo.")
    instance: TrainingInstance = Field(
        "ml.m5.xlarge", description="Training instance type.", examples=["ml.m5.xlarge", "ml.g5.xlarge"]
    )
    max_runtime: TrainingTime = Field(
        24 * HOUR,
        description="Time limit: 90s, 30m, 2h, 1h 30m, 3d; at most 28d.",
        json_schema_extra={"default": "24h"},
    )
    hyperparameters: Annotated[
        dict[str, Any],
        mappings.limit_entries(mappings.MAX_HYPERPARAMETERS, "hyperparameters", mappings.check_hyperparameter),
    ] = Field({}, description="Passed to the script as --name value.")
    environment: Annotated[dict[str, str], mappings.limit_environment(512)] = Field(
        {}, description="Environment variables."
    )
    channels: Annotated[tuple[DataName, ...], Field(min_length=1, max_length=20, strict=False)] | None = Field(
        None, description="Preprocess outputs or data names; every output but `test` unless given."
    )
    metrics: Annotated[dict[str, str], mappings.limit_entries(40, "metrics", mappings.check_metric_regex)] = Field(
        {}, description="Name to a regex with one (group) that finds the number in the log."
    )
    spot: bool = Field(False, description="Managed spot training: cheaper, may be interrupted and resumed.")
    max_wait: WaitingTime | None = Field(
        default_factory=_max_wait,
        description="With spot: limit of waiting plus running. max_runtime plus 1h unless given.",
    )
    checkpoint: Annotated[str, AfterValidator(fields.check_checkpoint_path)] | None = Field(
        default_factory=_checkpoint,
        description="Folder in the container that is kept in S3. With spot: /opt/ml/checkpoints unless given.",
    )
    keep_alive: KeepAliveTime | None = Field(None, description="Keep the machines warm for the next run, at most 6h.")
    distribution: Distributed | None = Field(None, description="Distributed training; one kind.")
    retries: Annotated[int, Field(ge=1, le=30)] | None = Field(
        None, description="Attempts SageMaker itself makes after an internal error."
    )


class Condition(Section):
    """One gate condition: a path into evaluation.json and exactly one bound."""

    metric: Annotated[str, AfterValidator(fields.check_metric_path)] = Field(
        description="Path into evaluation.json; a key that holds a dot is quoted: 'a.b'.value", examples=["accuracy"]
    )
    at_least: Number | None = Field(None, description="The metric must be this or more.")
    at_most: Number | None = Field(None, description="The metric must be this or less.")
    above: Number | None = Field(None, description="The metric must be more than this.")
    below: Number | None = Field(None, description="The metric must be less than this.")

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if len(self.bounds) != 1:
            found = " and ".join(self.bounds) or "none"
            raise ValueError(f"expected exactly one of {', '.join(BOUNDS)}, found {found}. Write a condition for each")
        return self

    @property
    def bounds(self) -> dict[str, float]:
        """The comparisons that are given; one, once validated."""
        values = {kind: getattr(self, kind) for kind in BOUNDS}
        return {kind: value for kind, value in values.items() if value is not None}

    @property
    def bound(self) -> tuple[Literal["at_least", "at_most", "above", "below"], float]:
        """The one comparison this condition asks for."""
        ((kind, value),) = self.bounds.items()
        return kind, value  # type: ignore[return-value]


class Inference(Section):
    """How the registered model is served: framework as in `train` unless said otherwise."""

    framework: Framework | None = Field(None, description="As in train unless given.", examples=["pytorch 2.6"])
    image: ImageUri | None = Field(None, description="URI of an image of your own, in place of framework.")
    instances: Annotated[tuple[HostingInstance, ...], Field(min_length=1, max_length=20, strict=False)] = Field(
        ("ml.m5.large",), description="Instance types that may serve the model: all GPU or all CPU."
    )
    content_types: Annotated[tuple[ContentType, ...], Field(min_length=1, max_length=20, strict=False)] = Field(
        ("text/csv", "application/json"), description="MIME types of requests."
    )
    response_types: Annotated[tuple[ContentType, ...], Field(min_length=1, max_length=20, strict=False)] = Field(
        ("text/csv", "application/json"), description="MIME types of responses."
    )
    environment: Annotated[dict[str, str], mappings.limit_environment(1024)] = Field(
        {}, description="Environment variables."
    )


class Registration(Section):
    """When and how a model version is registered; no condition means always."""

    when: Annotated[tuple[Condition, ...], Field(max_length=40, strict=False)] = Field(
        (), description="The gate: every condition must hold. None means that every model is registered."
    )
    inference: Inference = Field(Inference(), description="How the model is served.")
    description: Annotated[str, AfterValidator(fields.check_description)] = Field(
        "", description="Shown in the registry."
    )


class Limits(Section):
    """What no run may exceed; checked before anything starts."""

    max_cost: Annotated[MoneyText, AfterValidator(check_above_zero)] | None = Field(
        None, description="The most that a run can cost; a push that can cost more, or an unknown sum, is refused."
    )


class Config(Section):
    """One model, ready to become a workflow."""

    model: Name = Field(description="Name of the model: of its package group, state machine and runs.")
    template: Annotated[str, Field(min_length=1, max_length=100)] = Field("train", description="Workflow template.")
    data: Annotated[dict[str, Source], mappings.limit_entries(20, "data entries", mappings.check_data_name)] = Field(
        {}, description="Name to an S3 prefix or a path in the model repo; mounted at /opt/ml/processing/input/NAME."
    )
    preprocess: Preprocess | None = Field(None, description="Turns data into outputs.")
    train: Train = Field(description="Trains the model.")
    evaluate: Evaluate | None = Field(None, description="Writes evaluation.json.")
    registration: Registration | None = Field(
        None, alias="register", description="When and how the model is registered."
    )
    tags: Annotated[dict[str, str], mappings.limit_entries(mappings.MAX_TAGS, "tags", mappings.check_tag)] = Field(
        {}, description="AWS tags of everything the run makes."
    )
    network: Network = Field(Network(), description="Network of the jobs.")
    kms: Kms = Field(Kms(), description="Encryption keys.")
    limits: Limits = Field(Limits(), description="What no run may exceed.")

    @property
    def steps(self) -> dict[str, Step]:
        """The jobs of this model by name, in the order they run."""
        named = {"preprocess": self.preprocess, "train": self.train, "evaluate": self.evaluate}
        return {name: step for name, step in named.items() if step is not None}

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The gate: empty when there is none."""
        return self.registration.when if self.registration else ()
