"""Rules about data: which names flow from which step to which, and how many fit. Pure; see rules.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pushtrain.catalog.suggest import did_you_mean
from pushtrain.config.issue import Issue, KeyPath, quote
from pushtrain.config.model import Config

MAX_PROCESSING_INPUTS = 10  # CreateProcessingJob.ProcessingInputs; the code is one, the model another


def list_data_names(config: Config) -> tuple[str, ...]:
    """Names that a later step may ask for; where both have one name, the preprocess output is meant."""
    outputs = config.preprocess.outputs if config.preprocess else ()
    return tuple(dict.fromkeys((*outputs, *config.data)))


def list_training_channels(config: Config) -> tuple[str, ...]:
    """What train gets."""
    if config.train.channels is not None:
        return config.train.channels
    if config.preprocess:
        return tuple(name for name in config.preprocess.outputs if name != "test")
    return tuple(config.data)


def list_evaluate_inputs(config: Config) -> tuple[str, ...]:
    """What evaluate gets beside the model."""
    if config.evaluate is None:
        return ()
    if config.evaluate.inputs is not None:
        return tuple(name for name in config.evaluate.inputs if name != "model")
    made = config.preprocess.outputs if config.preprocess else tuple(config.data)
    return ("test",) if "test" in made else made


def known_channels(config: Config) -> Iterator[Issue]:
    """Every channel is a preprocess output or a data name."""
    yield from _unknown(config.train.channels or (), list_data_names(config), ("train", "channels"))


def known_inputs(config: Config) -> Iterator[Issue]:
    """Every input of evaluate is a preprocess output, a data name, or the model."""
    names = (config.evaluate.inputs if config.evaluate else None) or ()
    yield from _unknown(names, (*list_data_names(config), "model"), ("evaluate", "inputs"))


def _unknown(names: Iterable[str], known: tuple[str, ...], path: KeyPath) -> Iterator[Issue]:
    for index, name in enumerate(names):
        if name not in known:
            there = f"there are: {', '.join(known)}" if known else "there are none"
            message = f"{quote(name)} is no preprocess output and no data name{did_you_mean(name, known)} ({there})"
            yield Issue(path=(*path, index), message=message)


def no_repeats(config: Config) -> Iterator[Issue]:
    """No name stands twice in a list."""
    lists: dict[KeyPath, tuple[str, ...]] = {
        ("preprocess", "outputs"): config.preprocess.outputs if config.preprocess else (),
        ("train", "channels"): config.train.channels or (),
        ("evaluate", "inputs"): (config.evaluate.inputs if config.evaluate else None) or (),
        ("register", "inference", "instances"): config.registration.inference.instances if config.registration else (),
    }
    for path, names in lists.items():
        for index, name in enumerate(names):
            if name in names[:index]:
                yield Issue(path=(*path, index), message=f"{quote(name)} is given twice")


def scripts_are_packed(config: Config) -> Iterator[Issue]:
    """Local data is not packed with the code, so neither a script nor requirements.txt may be it or lie in it."""
    for name, source in config.data.items():
        local = (source.local or "").rstrip("/")
        if local == "requirements.txt":
            message = f"{quote(local)} is installed with the code, and data is not packed with it. Name another file"
            yield Issue(path=("data", name), message=message)
        for step, wanted in config.steps.items():
            if local and f"{wanted.script}/".startswith(f"{local}/"):
                place = f"is data.{name}" if wanted.script == local else f"lies under data.{name} ({local}/)"
                message = f"{place}, which is not packed with the code. Move one of the two"
                yield Issue(path=(step, "script"), message=f"{quote(wanted.script)} {message}")


def data_fits(config: Config) -> Iterator[Issue]:
    """What preprocess reads fits into one request."""
    if config.preprocess and len(config.data) > MAX_PROCESSING_INPUTS - 1:
        message = f"{len(config.data)} entries; a processing job takes {MAX_PROCESSING_INPUTS - 1} beside its code"
        yield Issue(path=("data",), message=message)


def inputs_fit(config: Config) -> Iterator[Issue]:
    """What evaluate reads fits into one request."""
    if len(inputs := list_evaluate_inputs(config)) > MAX_PROCESSING_INPUTS - 2:
        message = f"{len(inputs)} inputs; a processing job takes {MAX_PROCESSING_INPUTS - 2} beside code and model"
        yield Issue(path=("evaluate", "inputs"), message=f"{message}. Name the ones it needs")
