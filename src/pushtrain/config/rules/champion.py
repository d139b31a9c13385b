"""Rules about a gate that compares with the champion: one job can evaluate it, and its name is free. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from pushtrain.config.candidates import list_steps
from pushtrain.config.champion import find_evaluated_later, list_champion_evaluations
from pushtrain.config.dataflow import find_evaluation_source, find_model_source, map_steps
from pushtrain.config.issue import Issue, KeyPath, quote
from pushtrain.config.model import Config


def check_champion(config: Config) -> Iterator[Issue]:
    """The evaluation step reads the model itself, so that it can read the champion instead."""
    model, source = find_model_source(config), find_evaluation_source(config)
    index = next((number for number, entry in enumerate(config.conditions) if entry.compares_champion), None)
    if index is None or model is None or source is None:
        return
    path: KeyPath = ("register", "when", index)
    reads_model = any(entry.source == model for entry in map_steps(config)[source.step].inputs)
    if not reads_model:
        message = (
            f"compares with the champion, but the step {source.step!r} does not read the model, so it cannot evaluate "
            f"the champion. Add {model} to its `inputs`"
        )
        yield Issue(path=path, message=message)
    elif later := find_evaluated_later(config):
        message = (
            f"compares with the champion, but the step {source.step!r} reads {later}, which comes from the model of "
            "this run and not from the champion. Let its script compute that from the model"
        )
        yield Issue(path=path, message=message)


def check_champion_name(config: Config) -> Iterator[Issue]:
    """No step has the name under which the champion is evaluated."""
    names = {evaluation.name for evaluation in list_champion_evaluations(config)}
    for step in list_steps(config):
        if step.name in names:
            message = f"{quote(step.name)} is the step that evaluates the champion. Rename this one"
            yield Issue(path=step.key_path, message=message)
