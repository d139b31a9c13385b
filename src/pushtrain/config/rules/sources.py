"""Rules about `inputs:`: each names something that exists. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pushtrain.catalog.suggest import did_you_mean, find_closest
from pushtrain.config.dataflow import (
    CHANNELS,
    DATA,
    build_inputs_path,
    build_step_path,
    list_outputs,
    list_words,
    list_written_inputs,
)
from pushtrain.config.issue import Issue, quote
from pushtrain.config.model import Config
from pushtrain.config.values.fields import STANDARD_STEPS

FORM = "Write data.NAME or STEP.OUTPUT"


def check_one_list(config: Config, step: str) -> Iterator[Issue]:
    """A step has `inputs` or `channels`, not both."""
    settings = config.steps[step]
    if settings.inputs is not None and CHANNELS in settings.model_fields_set:
        message = "is another name of `inputs`, which this step has too. Move its entries to `inputs` and remove it"
        yield Issue(path=(*build_step_path(step), CHANNELS), message=message)


def check_sources(config: Config, step: str) -> Iterator[Issue]:
    """Every input of a step is a data entry or an output of another step."""
    path = build_inputs_path(config, step)
    for entry in list_written_inputs(config, step):
        if message := _explain_source(config, step, entry.source):
            yield Issue(path=(*path, entry.key), message=message)


def _explain_source(config: Config, step: str, text: str) -> str:
    """Return what is wrong with the source of an input; empty if nothing is."""
    words = list_words(config, step)
    if text in words:
        return ""
    if "." in text:
        return _explain_output(config, step, text)
    if step in STANDARD_STEPS:
        return f"{quote(text)} is neither a preprocess output nor a data name{_suggest(text, words)}"
    return _explain_word(config, text)


def _explain_output(config: Config, step: str, text: str) -> str:
    """Return what is wrong with `data.NAME` or `STEP.OUTPUT` as a source of `step`; empty if nothing is."""
    first, _, output = text.partition(".")
    if first == DATA:
        return "" if output in config.data else f"there is no data {quote(output)}{_suggest(output, config.data)}"
    if first not in config.steps:
        return f"there is no step {quote(first)}{_suggest(first, config.steps)}"
    if first == step:
        return "a step cannot read its own output. Name an output of an earlier step"
    outputs = list_outputs(config.steps[first])
    return "" if output in outputs else f"step {first!r} has no output {quote(output)}{_suggest(output, outputs)}"


def _explain_word(config: Config, word: str) -> str:
    """Explain one word as a source of a step in `steps:`: only standard steps read data and outputs by one word."""
    sources = [f"{DATA}.{name}" for name in config.data]
    sources += [f"{name}.{output}" for name, settings in config.steps.items() for output in list_outputs(settings)]
    near = next((source for source in sources if source.partition(".")[2] == word), None) or find_closest(word, sources)
    return f"{quote(word)} is not a source. {f'Did you mean {near!r}?' if near else FORM}"


def _suggest(name: str, candidates: Iterable[str]) -> str:
    candidates = tuple(candidates)
    listed = f"there are: {', '.join(candidates)}" if candidates else "there are none"
    return f"{did_you_mean(name, candidates)} ({listed})"
