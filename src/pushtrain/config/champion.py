"""How a run evaluates the champion, the model version in service: with the evaluation step of config.yaml. Pure.

In: a Config whose gate compares with the champion. Out: one evaluation, or one for each candidate if the candidates are
evaluated in different ways: the champion was one of them once.
"""

from __future__ import annotations

from msgspec import Struct

from pushtrain.config.candidates import find_candidate_evaluation, find_candidate_model, list_steps, list_variants
from pushtrain.config.conditions import CHAMPION
from pushtrain.config.dataflow import Source, Step, find_evaluation_source, find_model_source, map_steps
from pushtrain.config.model import Candidate, Config


class ChampionEvaluation(Struct, frozen=True, kw_only=True):
    """One way to evaluate the champion. `name` is that of its state and of the folder of its jobs: `champion`.

    `step` is the evaluation step that it repeats, `evaluation` the output of it with evaluation.json, and `model` the
    source that the champion replaces. `candidate` is the one that is evaluated so, empty if all are.
    """

    name: str
    step: Step
    evaluation: Source
    model: Source
    candidate: str = ""


def compares_champion(config: Config) -> bool:
    """Return True if a condition of the gate depends on the champion."""
    return any(condition.compares_champion for condition in config.conditions)


def list_champion_evaluations(config: Config) -> tuple[ChampionEvaluation, ...]:
    """Return how the champion may be evaluated; empty if the gate does not compare with it."""
    if not compares_champion(config):
        return ()
    steps = {step.name: step for step in list_steps(config)}
    variants = list_variants(config)
    is_alike = _are_evaluated_alike(variants)
    entries = (_build_evaluation(variant, steps, is_alike=is_alike) for variant in variants[: 1 if is_alike else None])
    return tuple(entry for entry in entries if entry)


def find_evaluated_later(config: Config) -> str:
    """Return a source that the evaluation reads and that comes from the model of this run; empty if there is none.

    The champion cannot be evaluated with it: `predict.rows` has the answers of another model.
    """
    model, evaluation = find_model_source(config), find_evaluation_source(config)
    if model is None or evaluation is None:
        return ""
    later = {model.step}
    for name, step in map_steps(config).items():  # each after those it waits for
        if any(entry.source.step in later for entry in step.inputs):
            later.add(name)
    inputs = map_steps(config)[evaluation.step].inputs
    return next((str(entry.source) for entry in inputs if entry.source != model and entry.source.step in later), "")


def _build_evaluation(variant: Candidate, steps: dict[str, Step], *, is_alike: bool) -> ChampionEvaluation | None:
    model, evaluation = find_candidate_model(variant), find_candidate_evaluation(variant)
    if model is None or evaluation is None:
        return None
    return ChampionEvaluation(
        name=CHAMPION if is_alike else f"{CHAMPION}-{variant.name}",
        step=steps[evaluation.step],
        evaluation=evaluation,
        model=model,
        candidate="" if is_alike else variant.name,
    )


def _are_evaluated_alike(variants: tuple[Candidate, ...]) -> bool:
    """Return True if any candidate's evaluation step evaluates the champion in the same way."""
    first, *others = variants
    if not others:
        return True
    entry = _find_evaluation_step(first)
    is_own = entry is not None and any(
        input_.source.step in first.own_steps
        for input_ in entry.inputs
        if input_.source != find_model_source(first.config)
    )
    return not is_own and all(_find_evaluation_step(other) == entry for other in others)


def _find_evaluation_step(variant: Candidate) -> Step | None:
    source = find_evaluation_source(variant.config)
    return map_steps(variant.config)[source.step] if source else None
