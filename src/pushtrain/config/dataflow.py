"""The steps of a Config as data: what each reads, from where, and what it writes. Pure.

In: a Config. Out: Steps, each after those it waits for. The three standard steps, `preprocess`, `train` and
`evaluate`, become data here; no later module names a step. Sources that do not exist and cycles are kept:
`rules/graph.py` reports them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from msgspec import Struct

from pushtrain.catalog.job_kind import JobKind
from pushtrain.catalog.job_kinds import PROCESSING, TRAINING, TRANSFORM
from pushtrain.config.issue import KeyPath
from pushtrain.config.model import (
    EVALUATION,
    Config,
    Inference,
    StepSettings,
    Train,
    WrittenInput,
    compute_once,
    read_inputs,
)
from pushtrain.config.values.fields import STANDARD_STEPS, STEPS

DATA = "data"  # the first word of a source that is a data entry
MODEL = "model"  # the output of a training job that holds model.tar.gz
CHANNELS = "channels"  # the older name of `inputs` of train
PREPROCESS, TRAIN, EVALUATE = STANDARD_STEPS
TEST = "test"  # the preprocess output that train does not read by default


class Source(Struct, frozen=True, kw_only=True):
    """Where an input comes from: an output of a step, or an entry of `data:` if `step` is empty.

    `output` is the name of the output or of the data entry. `path` is where the output lies below the prefix of the
    step's job: `rows/`, `output/model.tar.gz`; empty for data.
    """

    output: str
    step: str = ""
    path: str = ""

    def __str__(self) -> str:
        return f"{self.step or DATA}.{self.output}"


class Input(Struct, frozen=True, kw_only=True):
    """An input of a step: its name, its source, and the folder in the container where the script finds it.

    `content_type` is the MIME type of a channel; empty if the file does not tell it.
    """

    name: str
    source: Source
    path: str
    content_type: str = ""


class Output(Struct, frozen=True, kw_only=True):
    """An output of a step: its name, and the folder in the container where the script writes it."""

    name: str
    path: str


class Step(Struct, frozen=True, kw_only=True, dict=True):
    """One step: its settings, inputs and outputs. `after` are steps that it waits for without reading from them.

    `inference_code` goes into the model that the step trains: entries of the model repo, or one folder.
    `candidate` is the candidate that it belongs to, empty if it runs once for all; then `path` are its keys there.
    `inference` is how the model of a transform step is served; None for other kinds.
    """

    name: str
    settings: StepSettings
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    after: tuple[str, ...] = ()
    inference_code: tuple[str, ...] | str = ()
    candidate: str = ""
    path: KeyPath = ()
    inference: Inference | None = None

    @property
    def key_path(self) -> KeyPath:
        """Its keys in config.yaml: ("train",), ("steps", "clean"), ("candidates", "boost", "train")."""
        return self.path or build_step_path(self.name)

    @property
    def kind(self) -> JobKind:
        """The kind of its job: `tuning` if it searches hyperparameters."""
        return self.settings.job_kind

    @cached_property
    def predecessors(self) -> frozenset[str]:
        """Names of the steps that end before this one starts."""
        return frozenset((*(input_.source.step for input_ in self.inputs if input_.source.step), *self.after))


@compute_once
def map_steps(config: Config) -> Mapping[str, Step]:
    """Return the steps of a config without candidates by name, each after those it waits for.

    Otherwise they have the order of the file: `preprocess` comes before the team's own steps, `train` and `evaluate`
    come after them, if nothing else decides. `list_steps` has the steps of candidates too.
    """
    return _sort({name: _build_step(config, name, settings) for name, settings in config.steps.items()})


def find_step(config: Config, name: str) -> Step:
    """Return one step of a config."""
    return map_steps(config)[name]


def build_step_path(name: str) -> KeyPath:
    """Return the keys of a step in config.yaml: ("train",), ("steps", "clean")."""
    return (name,) if name in STANDARD_STEPS else (STEPS, name)


def build_inputs_path(config: Config, name: str) -> KeyPath:
    """Return the keys of a step's inputs in config.yaml: ("train", "channels"), ("steps", "clean", "inputs")."""
    settings = config.steps[name]
    has_channels = settings.inputs is None and getattr(settings, CHANNELS, None) is not None
    return (*build_step_path(name), CHANNELS if has_channels else "inputs")


def find_model_source(config: Config) -> Source | None:
    """Return the model that `register` registers; None if no step trains it."""
    name = (config.registration.model if config.registration else None) or TRAIN
    return build_output_source(name, TRAINING, MODEL) if name in config.steps else None


def split_transform_inputs(step: Step) -> tuple[Input | None, Input | None]:
    """Return the model and the data that a transform step reads; None for what it does not read."""
    path = TRAINING.build_output_path(MODEL)
    models = [entry for entry in step.inputs if entry.source.step and entry.source.path == path]
    rows = [entry for entry in step.inputs if entry not in models]
    return next(iter(models), None), next(iter(rows), None)


def find_trainer(config: Config) -> Train | None:
    """Return the settings of the step that trains the model to register; None if no step trains it."""
    source = find_model_source(config)
    settings = config.steps[source.step] if source else None
    return settings if isinstance(settings, Train) else None


def list_tuned(config: Config) -> tuple[str, ...]:
    """Return the hyperparameters that the step of the model to register searches; empty if it searches none."""
    trainer = find_trainer(config)
    return tuple(trainer.tune.ranges) if trainer and trainer.tune else ()


def list_compared(config: Config) -> tuple[str, ...]:
    """Return what the serving test compares with files of the evaluation; empty if it compares nothing."""
    test = config.registration.inference.test if config.registration else None
    return test.compare if test else ()


def find_evaluation_source(config: Config) -> Source | None:
    """Return the output with the evaluation.json that the gate reads; None if no step writes one."""
    name = (config.registration.evaluation if config.registration else None) or EVALUATE
    return build_output_source(name, PROCESSING, EVALUATION) if name in config.steps else None


def build_output_source(step: str, kind: JobKind, output: str) -> Source:
    """Return an output of a step as the source of an input."""
    return Source(step=step, output=output, path=kind.build_output_path(output))


def list_outputs(settings: StepSettings) -> tuple[str, ...]:
    """Return the names of all outputs of a step: ("model", "output") of a training job."""
    return (*settings.kind.fixed_outputs, *settings.output_folders)


def list_words(config: Config, step: str) -> tuple[str, ...]:
    """Return the names that a step can read by one word: preprocess outputs, then data. Own steps have none.

    A preprocess output wins over data of the same name.
    """
    if step not in STANDARD_STEPS:
        return ()
    outputs = config.preprocess.output_folders if config.preprocess and step != PREPROCESS else ()
    return tuple(dict.fromkeys((*outputs, *config.data, *((MODEL,) if step == EVALUATE else ()))))


def list_written_inputs(config: Config, step: str) -> tuple[WrittenInput, ...]:
    """Return the entries of `inputs:` of a step, or of `channels:`; empty if the file leaves them to the default."""
    settings = config.steps[step]
    written = settings.inputs if settings.inputs is not None else getattr(settings, CHANNELS, None)
    return read_inputs(written, list_words(config, step)) if written is not None else ()


def find_source(config: Config, step: str, text: str) -> Source:
    """Return the source that a step reads. `text` is data.NAME or STEP.OUTPUT, or one word in a standard step."""
    if step == EVALUATE and text == MODEL:
        return find_model_source(config) or build_output_source(TRAIN, TRAINING, MODEL)
    words = list_words(config, step)
    first, dot, output = text.partition(".")
    if not dot or text in words:
        is_output = step != PREPROCESS and config.preprocess and text in config.preprocess.output_folders
        return build_output_source(PREPROCESS, PROCESSING, text) if is_output else Source(output=text)
    if first == DATA:
        return Source(output=output)
    settings = config.steps.get(first)
    return build_output_source(first, settings.kind if settings else PROCESSING, output)


def _build_step(config: Config, name: str, settings: StepSettings) -> Step:
    inputs = (_build_input(config, name, settings, entry) for entry in _list_inputs(config, name))
    outputs = (Output(name=output, path=path) for output, path in settings.output_folders.items())
    return Step(
        name=name,
        settings=settings,
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        after=settings.after,
        inference_code=_find_inference_code(config, name),
        inference=config.registration.inference if settings.kind is TRANSFORM and config.registration else None,
    )


def _find_inference_code(config: Config, step: str) -> tuple[str, ...] | str:
    """Return `register.inference.code` if this step trains the model to register, else nothing."""
    source = find_model_source(config)
    if config.registration is None or source is None or source.step != step:
        return ()
    return config.registration.inference.code or ()


def _build_input(config: Config, step: str, settings: StepSettings, entry: WrittenInput) -> Input:
    source = find_source(config, step, entry.source)
    folder = f"{settings.input_folder}/{entry.name}"
    data = None if source.step else config.data.get(source.output)
    if settings.kind is not PROCESSING:  # SageMaker chooses the folder of a channel; rows of a transform job have none
        content_type = entry.content_type or (data.content_type if data else None) or ""
        folder = folder if settings.kind is TRAINING else ""
        return Input(name=entry.name, source=source, path=folder, content_type=content_type)
    return Input(name=entry.name, source=source, path=entry.path or (data.path if data else None) or folder)


def _list_inputs(config: Config, step: str) -> Iterable[WrittenInput]:
    """Return the inputs of a step as written, or its default. evaluate reads the model unless an input replaces it."""
    written = list_written_inputs(config, step)
    if not written and config.steps[step].inputs is None:
        written = read_inputs(_list_default_words(config, step), list_words(config, step))
    if step != EVALUATE or find_model_source(config) is None or _reads_model(config, written):
        return written
    return (WrittenInput(key=MODEL, name=MODEL, source=MODEL), *written)


def _reads_model(config: Config, written: Iterable[WrittenInput]) -> bool:
    model = find_model_source(config)
    return any(entry.name == MODEL or find_source(config, EVALUATE, entry.source) == model for entry in written)


def _list_default_words(config: Config, step: str) -> tuple[str, ...]:
    """Return the words that a step reads if the file does not say: what preprocess prepared for it, or all data."""
    outputs = tuple(config.preprocess.output_folders) if config.preprocess else ()
    if step == PREPROCESS:
        return tuple(config.data)
    if step == TRAIN:
        return tuple(name for name in outputs if name != TEST) if config.preprocess else tuple(config.data)
    if step == EVALUATE:
        names = outputs if config.preprocess else tuple(config.data)
        return (TEST,) if TEST in names else names
    return ()


def _sort(steps: Mapping[str, Step]) -> dict[str, Step]:
    """Return the steps, each after its predecessors. Steps of a cycle come last, in their order."""
    waiting = {name: step.predecessors & steps.keys() for name, step in steps.items()}
    ordered: dict[str, Step] = {}
    while waiting:
        first = next(iter(waiting))
        ready = next((name for name, predecessors in waiting.items() if predecessors <= ordered.keys()), first)
        ordered[ready] = steps[ready]
        del waiting[ready]
    return ordered
