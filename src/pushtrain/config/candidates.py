"""Candidates as steps: each candidate has its own training and evaluation; what is equal in all runs once. Pure.

In: a Config with candidates. Out: Steps such as `boost-train`, which differ from other steps only by their names. So
jobs, costs, logs, keys and reuse of candidates need no code of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import msgspec

from pushtrain.config.dataflow import (
    CHANNELS,
    Source,
    Step,
    build_step_path,
    find_evaluation_source,
    find_model_source,
    map_steps,
)
from pushtrain.config.issue import Issue, KeyPath, quote
from pushtrain.config.model import Candidate, Config, compute_once

CANDIDATES = "candidates"


def list_steps(config: Config) -> tuple[Step, ...]:
    """Return the steps of a config, each after those it waits for.

    Candidates start after all steps that they share.
    """
    return tuple(_map_run_steps(config).values())


def find_candidate(config: Config, name: str) -> Candidate | None:
    """Return the candidate of this name; None if there is none."""
    return next((candidate for candidate in config.candidates if candidate.name == name), None)


def list_variants(config: Config) -> tuple[Candidate, ...]:
    """Return the candidates of a config; without any, the config itself as one without a name."""
    return config.candidates or (Candidate(name="", config=config, own_steps=()),)


def select_variant(config: Config, name: str) -> Config:
    """Return config.yaml with the overlay of a candidate; without overlay if there is no such candidate."""
    candidate = find_candidate(config, name)
    return candidate.config if candidate else config


def find_candidate_model(candidate: Candidate) -> Source | None:
    """Return the model that a candidate trains, with the step's name in the run; None if it trains none."""
    return _rename_source(candidate, find_model_source(candidate.config))


def find_candidate_evaluation(candidate: Candidate) -> Source | None:
    """Return the output with a candidate's evaluation.json, with the step's name in the run; None if it has none."""
    return _rename_source(candidate, find_evaluation_source(candidate.config))


def list_evaluation_sources(config: Config) -> tuple[Source, ...]:
    """Return the outputs with evaluation.json: one for each candidate, or the only one."""
    sources = (find_candidate_evaluation(candidate) for candidate in list_variants(config))
    return tuple(source for source in sources if source)


def find_step_path(config: Config, name: str) -> KeyPath:
    """Return the keys of a step in config.yaml: ("train",), ("candidates", "boost", "train")."""
    return _map_run_steps(config)[name].key_path


def find_inputs_path(step: Step) -> KeyPath:
    """Return the keys of a step's inputs in config.yaml: ("candidates", "boost", "train", "inputs")."""
    has_channels = step.settings.inputs is None and getattr(step.settings, CHANNELS, None) is not None
    return (*step.key_path, CHANNELS if has_channels else "inputs")


def build_candidates(configs: Mapping[str, Config]) -> tuple[Candidate, ...]:
    """Return the candidates in the order of the file. `configs` are config.yaml with each overlay, without issues."""
    own = _find_own_steps([map_steps(config) for config in configs.values()], configs)
    return tuple(
        Candidate(name=name, config=config, own_steps=tuple(step for step in map_steps(config) if step in own))
        for name, config in configs.items()
    )


def find_candidate_issues(candidates: tuple[Candidate, ...]) -> Iterator[Issue]:
    """Yield what prevents that candidates are compared: no model, no evaluation.json, two steps of one name."""
    for candidate in candidates:
        path = (CANDIDATES, candidate.name)
        if find_model_source(candidate.config) is None:
            yield Issue(path=path, message="has no training step. Every candidate trains a model")
        elif find_evaluation_source(candidate.config) is None:
            yield Issue(path=path, message="has no `evaluate:` step to write evaluation.json, which `choose` compares")
    first = candidates[0]
    names = Counter(name for candidate in candidates for name in candidate.run_steps)
    names.update(name for name in first.config.steps if name not in first.own_steps)
    for candidate in candidates:
        for name in candidate.run_steps:
            if names[name] > 1:
                message = f"another step of the run has the name {quote(name)} of a step of this candidate. Rename it"
                yield Issue(path=(CANDIDATES, candidate.name), message=message)


@compute_once
def _map_run_steps(config: Config) -> Mapping[str, Step]:
    if not config.candidates:
        return map_steps(config)
    first = config.candidates[0]
    shared = {name: step for name, step in map_steps(first.config).items() if name not in first.own_steps}
    own = [
        _rename_step(candidate, name, tuple(shared)) for candidate in config.candidates for name in candidate.own_steps
    ]
    return shared | {step.name: step for step in own}


def _find_own_steps(graphs: list[Mapping[str, Step]], configs: Mapping[str, Config]) -> set[str]:
    """Return the steps of each candidate: those that differ, train or evaluate, and all that read from them."""
    sources = [find(config) for config in configs.values() for find in (find_model_source, find_evaluation_source)]
    own = {source.step for source in sources if source}
    own |= {name for graph in graphs for name in graph if any(graph[name] != other.get(name) for other in graphs)}
    for graph in graphs:
        for name, step in graph.items():  # each after those it waits for
            if step.predecessors & own:
                own.add(name)
    return own


def _rename_step(candidate: Candidate, name: str, shared: tuple[str, ...]) -> Step:
    step = map_steps(candidate.config)[name]
    inputs = (msgspec.structs.replace(entry, source=_rename(candidate, entry.source)) for entry in step.inputs)
    after = dict.fromkeys((*map(candidate.name_step, step.after), *shared))
    return msgspec.structs.replace(
        step,
        name=candidate.name_step(name),
        inputs=tuple(inputs),
        after=tuple(after),
        candidate=candidate.name,
        path=(CANDIDATES, candidate.name, *build_step_path(name)),
    )


def _rename_source(candidate: Candidate, source: Source | None) -> Source | None:
    return _rename(candidate, source) if source else None


def _rename(candidate: Candidate, source: Source) -> Source:
    return msgspec.structs.replace(source, step=candidate.name_step(source.step)) if source.step else source
