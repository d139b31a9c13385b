"""Rules about the order of steps: `after:` names other steps, and no step waits for itself. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pushtrain.catalog.suggest import did_you_mean
from pushtrain.config.dataflow import Step, build_inputs_path, build_step_path, list_written_inputs, map_steps
from pushtrain.config.issue import Issue, KeyPath, quote
from pushtrain.config.model import Config

Predecessors = Mapping[str, list[str]]


def check_after(config: Config, step: str) -> Iterator[Issue]:
    """Every entry of `after:` is another step."""
    others = [name for name in config.steps if name != step]
    for index, name in enumerate(config.steps[step].after):
        if name == step:
            message = "a step cannot wait for itself. Remove this entry"
            yield Issue(path=(*build_step_path(step), "after", index), message=message)
        elif name not in others:
            listed = f"there are: {', '.join(others)}" if others else "there are no others"
            message = f"there is no step {quote(name)}{did_you_mean(name, others)} ({listed})"
            yield Issue(path=(*build_step_path(step), "after", index), message=message)


def check_cycles(config: Config) -> Iterator[Issue]:
    """No step waits for itself through other steps. One issue for each cycle, at the step that is first in the file."""
    steps = map_steps(config)
    predecessors = {
        name: [other for other in _list_predecessors(step) if other in steps] for name, step in steps.items()
    }
    reported: set[str] = set()
    for name in config.steps:
        cycle = [] if name in reported else _find_cycle(name, predecessors)
        if cycle and not reported.intersection(cycle):
            reported.update(cycle)
            chain = " → ".join(reversed([*cycle, name]))
            message = f"these steps wait for each other: {chain}. Remove one of these inputs or `after` entries"
            yield Issue(path=_find_edge(config, steps[name], cycle[1]), message=message)


def _list_predecessors(step: Step) -> list[str]:
    names = [entry.source.step for entry in step.inputs if entry.source.step]
    return [name for name in dict.fromkeys((*names, *step.after)) if name != step.name]


def _find_cycle(start: str, predecessors: Predecessors) -> list[str]:
    """Return the shortest chain of steps from `start` back to it, each waiting for the next one; empty if none."""
    chains = {start: [start]}
    waiting = [start]
    for name in waiting:
        for other in predecessors[name]:
            if other == start:
                return chains[name]
            if other not in chains:
                chains[other] = [*chains[name], other]
                waiting.append(other)
    return []


def _find_edge(config: Config, step: Step, predecessor: str) -> KeyPath:
    """Return where the file makes `step` wait for `predecessor`: an entry of `inputs` or of `after`."""
    sources = {entry.name: entry.source.step for entry in step.inputs}
    for entry in list_written_inputs(config, step.name):
        if sources.get(entry.name) == predecessor:
            return (*build_inputs_path(config, step.name), entry.key)
    if predecessor in step.after:
        return (*build_step_path(step.name), "after", step.after.index(predecessor))
    return build_step_path(step.name)
