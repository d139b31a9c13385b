"""The schema of config.yaml as frozen pydantic models. Pure; knows nothing of AWS calls.

In: a plain mapping (see `pushtrain.config.load` for text). Out: a Config, defaults filled in.
Rules that need two keys at once live in `rules.py`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from pushtrain.config.units import Duration, Size

Name = Annotated[str, Field(pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$")]
Scalar = str | int | float | bool
Instances = Annotated[int, Field(ge=1, le=100)]


class Section(BaseModel):
    """A mapping in config.yaml: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, strict=True)


class DataSource(Section):
    """Where the data is: an S3 prefix, a path inside the model repo, or both (`local` stands in on this machine)."""

    s3: str | None = None
    local: str | None = None


class Vpc(Section):
    """Subnets (1..16) and security groups (1..5) the jobs run in."""

    subnets: Annotated[tuple[str, ...], Field(min_length=1, max_length=16)]
    security_groups: Annotated[tuple[str, ...], Field(min_length=1, max_length=5)]


class Network(Section):
    """What a model adds to the platform's network settings; it can tighten them, never loosen them."""

    vpc: Vpc | None = None
    isolation: bool = False
    encrypt_between_containers: bool = False


class Kms(Section):
    """KMS keys (id, ARN or alias) for job volumes and outputs."""

    volume: str | None = None
    output: str | None = None


class Step(Section):
    """What every job has: an image, a script, machines, a time limit."""

    framework: str | None = None
    image: str | None = None
    script: str
    instance: str
    instances: Instances = 1
    volume: Size = 30
    max_runtime: Duration
    environment: dict[str, str] = {}
    sagemaker: dict[str, Any] = {}


class Processing(Step):
    """A processing job: `arguments` reach the script as `--name value`."""

    instance: str = "ml.m5.large"
    max_runtime: Duration = 3600
    arguments: dict[str, Scalar] = {}


class Preprocess(Processing):
    """The job that turns `data` into `outputs`, each a folder /opt/ml/processing/NAME."""

    script: str = "preprocessing.py"
    outputs: Annotated[tuple[str, ...], Field(min_length=1, max_length=10)] = ("train", "test")


class Evaluate(Processing):
    """The job that writes /opt/ml/processing/evaluation/evaluation.json; `inputs` default to `test` and `model`."""

    script: str = "evaluation.py"
    inputs: tuple[str, ...] | None = None


class Mpi(Section):
    """Options of the MPI launcher."""

    processes_per_host: Annotated[int, Field(ge=1)] = 1
    options: str = ""


class Distribution(Section):
    """Distributed training; exactly one kind."""

    torch_distributed: bool = False
    pytorchddp: bool = False
    smdistributed: bool = False
    parameter_server: bool = False
    mpi: Mpi | None = None


class Train(Step):
    """The training job. `channels` default to every preprocess output but `test`."""

    script: str = "train.py"
    instance: str = "ml.m5.xlarge"
    max_runtime: Duration = 86400
    hyperparameters: dict[str, Any] = {}
    channels: tuple[str, ...] | None = None
    metrics: dict[str, str] = {}
    spot: bool = False
    max_wait: Duration | None = None
    checkpoint: str | None = None
    keep_alive: Duration | None = None
    distribution: Distribution | None = None
    retries: Annotated[int, Field(ge=1, le=30)] | None = None


class Condition(Section):
    """One gate condition: a path into evaluation.json and exactly one bound."""

    metric: str
    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None

    @property
    def bound(self) -> tuple[Literal["at_least", "at_most", "above", "below"], float]:
        """The one comparison this condition asks for."""
        for name in ("at_least", "at_most", "above", "below"):
            value = getattr(self, name)
            if value is not None:
                return name, value  # type: ignore[return-value]
        raise AssertionError("a condition without a bound passed validation")


class Inference(Section):
    """How the registered model is served: framework as in `train` unless said otherwise."""

    framework: str | None = None
    image: str | None = None
    instances: Annotated[tuple[str, ...], Field(min_length=1)] = ("ml.m5.large",)
    content_types: tuple[str, ...] = ("text/csv", "application/json")
    response_types: tuple[str, ...] = ("text/csv", "application/json")
    environment: dict[str, str] = {}


class Registration(Section):
    """When and how a model version is registered; no condition means always."""

    when: tuple[Condition, ...] = ()
    inference: Inference = Inference()
    description: Annotated[str, Field(max_length=1024)] = ""


class Config(Section):
    """One model, ready to become a workflow."""

    model: Name
    template: str = "train"
    data: dict[str, DataSource] = {}
    preprocess: Preprocess | None = None
    train: Train
    evaluate: Evaluate | None = None
    registration: Registration | None = Field(
        default=None, validation_alias=AliasChoices("register", "registration"), serialization_alias="register"
    )
    tags: dict[str, str] = {}
    network: Network = Network()
    kms: Kms = Kms()

    @property
    def steps(self) -> dict[str, Step]:
        """The jobs of this model by name, in the order they run."""
        named = {"preprocess": self.preprocess, "train": self.train, "evaluate": self.evaluate}
        return {name: step for name, step in named.items() if step is not None}

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The gate: empty when there is none."""
        return self.registration.when if self.registration else ()
