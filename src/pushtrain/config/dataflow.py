"""The steps of a Config as data: what each reads, from where, and what it writes. Pure.

In: a Config. Out: Steps, each after those it reads from. The three standard steps, `preprocess`, `train` and
`evaluate`, become data here; no later module names a step.
"""

from __future__ import annotations

from dataclasses import dataclass

from pushtrain.catalog.job_kinds import PROCESSING, JobKind
from pushtrain.config.model import Config, StepSettings

MODEL = "model"  # the output of a training job that holds model.tar.gz
EVALUATION = "evaluation"  # the output that holds evaluation.json
TEST = "test"  # the preprocess output that train does not read by default


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where an input comes from: an output of a step, or an entry of `data:` if `step` is empty.

    `output` is the name of the output or of the data entry. `path` is where the output lies below the prefix of the
    step's job: `rows/`, `output/model.tar.gz`; empty for data.
    """

    output: str
    step: str = ""
    path: str = ""

    def __str__(self) -> str:
        return f"{self.step or 'data'}.{self.output}"


@dataclass(frozen=True, kw_only=True)
class Input:
    """An input of a step: its name, its source, and the folder in the container where the script finds it."""

    name: str
    source: Source
    path: str


@dataclass(frozen=True, kw_only=True)
class Output:
    """An output of a step: its name, and the folder in the container where the script writes it."""

    name: str
    path: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step: its settings, inputs and outputs. `after` are steps that it waits for without reading from them."""

    name: str
    settings: StepSettings
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    after: tuple[str, ...] = ()

    @property
    def kind(self) -> JobKind:
        """The kind of its job."""
        return self.settings.kind

    @property
    def predecessors(self) -> frozenset[str]:
        """Names of the steps that end before this one starts."""
        return frozenset((*(input_.source.step for input_ in self.inputs if input_.source.step), *self.after))


def list_steps(config: Config) -> tuple[Step, ...]:
    """Return the steps of a config, each after those it reads from."""
    steps = (_build_preprocess(config), _build_train(config), _build_evaluate(config))
    return tuple(step for step in steps if step is not None)


def find_model_source(config: Config) -> Source:
    """Return the model that `register` registers."""
    return build_output_source("train", config.train.kind, MODEL)


def find_evaluation_source(config: Config) -> Source | None:
    """Return the output with the evaluation.json that the gate reads; None if no step writes one."""
    if config.evaluate is None:
        return None
    return build_output_source("evaluate", config.evaluate.kind, EVALUATION)


def build_output_source(step: str, kind: JobKind, output: str) -> Source:
    """Return an output of a step as the source of an input."""
    return Source(step=step, output=output, path=kind.build_output_path(output))


def list_data_names(config: Config) -> tuple[str, ...]:
    """Return the names that train and evaluate can read. A preprocess output wins over data of the same name."""
    outputs = config.preprocess.outputs if config.preprocess else ()
    return tuple(dict.fromkeys((*outputs, *config.data)))


def list_training_channels(config: Config) -> tuple[str, ...]:
    """Return the names of the data that train reads, such as ("train", "validation")."""
    if config.train.channels is not None:
        return config.train.channels
    if config.preprocess:
        return tuple(name for name in config.preprocess.outputs if name != TEST)
    return tuple(config.data)


def list_evaluate_inputs(config: Config) -> tuple[str, ...]:
    """Return the names of the data that evaluate reads, without the model."""
    if config.evaluate is None:
        return ()
    if config.evaluate.inputs is not None:
        return tuple(name for name in config.evaluate.inputs if name != MODEL)
    names = config.preprocess.outputs if config.preprocess else tuple(config.data)
    return (TEST,) if TEST in names else names


def _build_preprocess(config: Config) -> Step | None:
    settings = config.preprocess
    if settings is None:
        return None
    folder = f"{settings.kind.folder}/input"
    inputs = (Input(name=name, source=Source(output=name), path=f"{folder}/{name}") for name in config.data)
    outputs = (Output(name=name, path=f"{settings.kind.folder}/{name}") for name in settings.outputs)
    return Step(name="preprocess", settings=settings, inputs=tuple(inputs), outputs=tuple(outputs))


def _build_train(config: Config) -> Step:
    settings = config.train
    names = list_training_channels(config)
    return Step(name="train", settings=settings, inputs=_build_inputs(config, settings.kind, names))


def _build_evaluate(config: Config) -> Step | None:
    settings = config.evaluate
    if settings is None:
        return None
    folder = settings.kind.folder
    model = Input(name=MODEL, source=find_model_source(config), path=f"{folder}/{MODEL}")
    inputs = (model, *_build_inputs(config, settings.kind, list_evaluate_inputs(config)))
    output = Output(name=EVALUATION, path=f"{folder}/{EVALUATION}")
    return Step(name="evaluate", settings=settings, inputs=inputs, outputs=(output,))


def _build_inputs(config: Config, kind: JobKind, names: tuple[str, ...]) -> tuple[Input, ...]:
    return tuple(Input(name=name, source=_find_source(config, name), path=f"{kind.folder}/{name}") for name in names)


def _find_source(config: Config, name: str) -> Source:
    """Return the source of an input that is given by one word: a preprocess output, else a data entry."""
    if config.preprocess and name in config.preprocess.outputs:
        return build_output_source("preprocess", PROCESSING, name)
    return Source(output=name)
