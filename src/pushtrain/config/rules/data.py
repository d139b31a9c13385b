"""Rules about data: which names flow from which step to which, and how many fit. Pure; see rules.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pushtrain.catalog.suggest import did_you_mean
from pushtrain.config.finding import Finding, Path, brief
from pushtrain.config.model import Config

MAX_PROCESSING_INPUTS = 10  # CreateProcessingJob.ProcessingInputs; the code is one, the model another


def sources_of(config: Config) -> tuple[str, ...]:
    """Names that a later step may ask for; where both have one name, the preprocess output is meant."""
    outputs = config.preprocess.outputs if config.preprocess else ()
    return tuple(dict.fromkeys((*outputs, *config.data)))


def channels_of(config: Config) -> tuple[str, ...]:
    """What train gets."""
    if config.train.channels is not None:
        return config.train.channels
    if config.preprocess:
        return tuple(name for name in config.preprocess.outputs if name != "test")
    return tuple(config.data)


def inputs_of(config: Config) -> tuple[str, ...]:
    """What evaluate gets beside the model."""
    if config.evaluate is None:
        return ()
    if config.evaluate.inputs is not None:
        return tuple(name for name in config.evaluate.inputs if name != "model")
    made = config.preprocess.outputs if config.preprocess else tuple(config.data)
    return ("test",) if "test" in made else made


def known_channels(config: Config) -> Iterator[Finding]:
    """Every channel is a preprocess output or a data name."""
    yield from _unknown(config.train.channels or (), sources_of(config), ("train", "channels"))


def known_inputs(config: Config) -> Iterator[Finding]:
    """Every input of evaluate is a preprocess output, a data name, or the model."""
    names = (config.evaluate.inputs if config.evaluate else None) or ()
    yield from _unknown(names, (*sources_of(config), "model"), ("evaluate", "inputs"))


def _unknown(names: Iterable[str], known: tuple[str, ...], path: Path) -> Iterator[Finding]:
    for index, name in enumerate(names):
        if name not in known:
            there = f"there are: {', '.join(known)}" if known else "there are none"
            message = f"{brief(name)} is no preprocess output and no data name{did_you_mean(name, known)} ({there})"
            yield Finding(path=(*path, index), message=message)


def no_repeats(config: Config) -> Iterator[Finding]:
    """No name stands twice in a list."""
    lists: dict[Path, tuple[str, ...]] = {
        ("preprocess", "outputs"): config.preprocess.outputs if config.preprocess else (),
        ("train", "channels"): config.train.channels or (),
        ("evaluate", "inputs"): (config.evaluate.inputs if config.evaluate else None) or (),
        ("register", "inference", "instances"): config.registration.inference.instances if config.registration else (),
    }
    for path, names in lists.items():
        for index, name in enumerate(names):
            if name in names[:index]:
                yield Finding(path=(*path, index), message=f"{brief(name)} is given twice")


def scripts_are_packed(config: Config) -> Iterator[Finding]:
    """Local data is not packed with the code, so neither a script nor requirements.txt may be it or lie in it."""
    for name, source in config.data.items():
        local = (source.local or "").rstrip("/")
        if local == "requirements.txt":
            message = f"{brief(local)} is installed with the code, and data is not packed with it. Name another file"
            yield Finding(path=("data", name), message=message)
        for step, wanted in config.steps.items():
            if local and f"{wanted.script}/".startswith(f"{local}/"):
                place = f"is data.{name}" if wanted.script == local else f"lies under data.{name} ({local}/)"
                message = f"{place}, which is not packed with the code. Move one of the two"
                yield Finding(path=(step, "script"), message=f"{brief(wanted.script)} {message}")


def data_fits(config: Config) -> Iterator[Finding]:
    """What preprocess reads fits into one request."""
    if config.preprocess and len(config.data) > MAX_PROCESSING_INPUTS - 1:
        message = f"{len(config.data)} entries; a processing job takes {MAX_PROCESSING_INPUTS - 1} beside its code"
        yield Finding(path=("data",), message=message)


def inputs_fit(config: Config) -> Iterator[Finding]:
    """What evaluate reads fits into one request."""
    if len(inputs := inputs_of(config)) > MAX_PROCESSING_INPUTS - 2:
        message = f"{len(inputs)} inputs; a processing job takes {MAX_PROCESSING_INPUTS - 2} beside code and model"
        yield Finding(path=("evaluate", "inputs"), message=f"{message}. Name the ones it needs")
