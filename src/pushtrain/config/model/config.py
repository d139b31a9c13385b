"""The whole config.yaml as a `Config`, with `data:` and `limits:`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from pushtrain.config.model.choose import Choose
from pushtrain.config.model.network import Kms, Network
from pushtrain.config.model.own_steps import OwnStep
from pushtrain.config.model.registration import Condition, Registration
from pushtrain.config.model.section import Section
from pushtrain.config.model.steps import Evaluate, Preprocess, Reads, StepSettings, Train
from pushtrain.config.values import mappings
from pushtrain.config.values.fields import (
    ContentType,
    ImageUri,
    MarkerKey,
    ModelName,
    MountPath,
    RepoPath,
    S3Uri,
    StepName,
)
from pushtrain.config.values.instances import Framework
from pushtrain.config.values.money import MoneyText, check_above_zero
from pushtrain.config.values.units import Cache, CapacityWait, Duration, Size

if TYPE_CHECKING:
    from pushtrain.config.model.candidate import Candidate

    Candidates = tuple[Candidate, ...]
else:
    Candidates = Any  # each has a Config: `config.examine` builds and checks it

MAX_STEPS = 50


class DataSource(Section):
    """Where the data is: an S3 prefix, a path inside the model repo, or both (local runs then use `local`)."""

    s3: S3Uri | None = Field(None, description="S3 prefix of the data.")
    local: RepoPath | None = Field(None, description="File or folder inside the model repo, for small data.")
    version: MarkerKey | None = Field(
        None,
        description="Key, below `s3`, of an object whose ETag stands for the version of all the data, such as "
        "`_SUCCESS`. Needed for more than 1,000,000 objects in all data entries together.",
    )
    path: MountPath | None = Field(
        None, description="Folder in which processing jobs find it. Default: /opt/ml/processing/input/NAME."
    )
    content_type: ContentType | None = Field(
        None, description="MIME type of this data as a channel of training jobs: text/csv, for built-in algorithms."
    )

    @model_validator(mode="after")
    def _check_not_empty(self) -> Self:
        if self.s3 is None and self.local is None:
            raise ValueError("needs `s3:`, `local:` (a path in the model repo), or both")
        if self.version and self.s3 is None:
            raise ValueError("`version` names an object below `s3:`; data in the model repo needs none")
        return self


def _expand_address(source: object) -> object:
    """Turn the short form `raw: s3://lake/churn/` into the mapping `{s3: s3://lake/churn/}`."""
    if not isinstance(source, str | dict | DataSource):
        raise ValueError("expected s3://bucket/prefix/, a path in the model repo, or a mapping with s3 and local")  # noqa: TRY004  (pydantic collects ValueErrors)
    if not isinstance(source, str):
        return source
    return {"s3" if "://" in source else "local": source}


DataSourceOrAddress = Annotated[DataSource, BeforeValidator(_expand_address, json_schema_input_type=str | DataSource)]


class Defaults(Section):
    """Keys of every step that does not set them itself."""

    framework: Framework | None = Field(None, description="For steps without framework and image.")
    image: ImageUri | None = Field(None, description="For steps without framework and image.")
    volume: Size | None = Field(None, description="Disk size of each instance: 50GB, 1TB.")
    max_runtime: Duration | None = Field(None, description="Time limit: 90s, 30m, 2h, 1h 30m, 3d.")
    wait_for_capacity: CapacityWait | None = Field(
        None, description="How long a job waits, if the account uses all instances of its quota: 30m, 12h; at most 24h."
    )
    cache: Cache | None = Field(
        None, description="Reuse results of earlier runs if nothing that decides them has changed: true, or 30d."
    )
    reads: Reads | None = Field(None, description="Files that the scripts read, as paths and patterns, for `cache`.")
    environment: Annotated[dict[str, str], mappings.limit_environment(256)] = Field(
        {}, description="Environment variables. Those of a step are added and win."
    )


class Limits(Section):
    """Limits of every run, checked before anything starts."""

    max_cost: Annotated[MoneyText, AfterValidator(check_above_zero)] | None = Field(
        None, description="Maximum cost of one run. A push is refused if it may cost more, or if its cost is unknown."
    )


class Config(Section):
    """One model: its data, its steps, its gate and its settings."""

    model: ModelName = Field(description="Name of the model. It names the package group, state machine and runs.")
    template: Annotated[str, Field(min_length=1, max_length=100)] = Field("train", description="Workflow template.")
    data: Annotated[
        dict[str, DataSourceOrAddress], mappings.limit_entries(20, "data entries", mappings.check_data_name)
    ] = Field(
        {},
        description="Data name to an S3 prefix or a path in the model repo. "
        "The job finds it in /opt/ml/processing/input/NAME.",
    )
    defaults: Defaults | None = Field(None, description="Keys of every step that does not set them itself.")
    preprocess: Preprocess | None = Field(None, description="Turns data into outputs.")
    train: Train | None = Field(None, description="Trains the model. Required unless there are `steps:`.")
    evaluate: Evaluate | None = Field(None, description="Writes evaluation.json.")
    own_steps: Annotated[dict[StepName, OwnStep], mappings.limit_entries(MAX_STEPS, "steps")] = Field(
        {}, alias="steps", description="Steps of your own, by name, beside preprocess, train and evaluate."
    )
    candidates: Candidates = Field((), exclude=True)
    choose: Choose | None = Field(None, description="Which candidate wins. Required with `candidates:`.")
    registration: Registration | None = Field(
        None, alias="register", description="When and how the model is registered."
    )
    tags: Annotated[dict[str, str], mappings.limit_entries(mappings.MAX_TAGS, "tags", mappings.check_tag)] = Field(
        {}, description="AWS tags of everything that a run creates."
    )
    network: Network = Field(Network(), description="Network of the jobs.")
    kms: Kms = Field(Kms(), description="Encryption keys.")
    limits: Limits = Field(Limits(), description="Limits of every run.")

    @cached_property
    def steps(self) -> Mapping[str, StepSettings]:
        """The steps that this model has, by name. `list_steps` has them in the order they run.

        With candidates: the steps that all of them share, then those of each candidate, such as `boost-train`.
        """
        if self.candidates:
            first = self.candidates[0]
            shared = {name: step for name, step in first.config.steps.items() if name not in first.own_steps}
            for candidate in self.candidates:
                shared |= {candidate.name_step(name): candidate.config.steps[name] for name in candidate.own_steps}
            return shared
        steps = {"preprocess": self.preprocess, **self.own_steps, "train": self.train, "evaluate": self.evaluate}
        return {name: step for name, step in steps.items() if step is not None}

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions of the gate. Empty if there is no gate."""
        return self.registration.when if self.registration else ()
