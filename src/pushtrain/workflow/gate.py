"""The gate: the function `on_decide` pins the model and turns the metrics into a verdict; a Choice follows it. Pure.

If a metric is missing or no finite number, the function raises and the run fails with the name of that error: this must
not look like a gate that was not met.
"""

from __future__ import annotations

from collections.abc import Sequence

from pushtrain.config import (
    Candidate,
    Condition,
    Source,
    compares_champion,
    find_candidate_evaluation,
    find_candidate_model,
    find_evaluation_source,
    find_model_source,
    list_compared,
    list_tuned,
    list_variants,
    names_verdict,
)
from pushtrain.decide import (
    CandidateFiles,
    StepFile,
    build_candidates_payload,
    build_champion_payload,
    build_payload,
)
from pushtrain.layout import EVALUATION_FILE
from pushtrain.record import build_path_name
from pushtrain.workflow.candidates import CANDIDATE_RESULTS
from pushtrain.workflow.champion import CHAMPION_RESULT, evaluate_champion
from pushtrain.workflow.context import Pipeline
from pushtrain.workflow.inference import describe_inference, list_raw_fields
from pushtrain.workflow.runtime_values import CHAMPION, RUN, WITHOUT_CHAMPION, build_result_path, build_source_key
from pushtrain.workflow.states import EMPTY, LAMBDA_RETRY, Fragment, State, build_choice, build_path, build_task, chain

VERDICT = "$.verdict"
MEMBERS = ("passed", "reason", "metrics", "artifact")  # of what the function returns
MODEL_FOLDER = "/opt/ml/model"  # in the container
PASSED = f"{VERDICT}.passed"
REASON = f"{VERDICT}.reason"
WINNER = f"{VERDICT}.candidate"
METRICS = f"{VERDICT}.metrics"  # of the gate, by path
ARTIFACT = f"{VERDICT}.artifact"
TUNED_MEMBER = "tuned"
TUNED = f"{VERDICT}.{TUNED_MEMBER}"  # the hyperparameters that were searched; missing if none were
DOCUMENT_MEMBER = "document"  # address, version and hash of verdict.json, if a model version names it
DOCUMENT = f"{VERDICT}.{DOCUMENT_MEMBER}"
PASSED_RULE: State = {"Variable": PASSED, "BooleanEquals": True}


def build_tuned_path(name: str) -> str:
    """Return the path of a hyperparameter that was searched, as text: `$.verdict.tuned['lr']`."""
    return f"{TUNED}{build_path(name)}"


def decide(pipeline: Pipeline) -> Fragment:
    """Pin the model and judge the metrics in evaluation.json. The result is `$.verdict`: passed, reason, and more.

    With candidates, it also chooses the best one. If the gate compares with the champion, its evaluation comes first.
    Empty if config.yaml registers no model.
    """
    if pipeline.config.registration is None:
        return EMPTY
    if pipeline.candidates:
        task = invoke_decide(pipeline, "decide", _build_candidates_payload(pipeline), (*MEMBERS, "candidate"))
        return chain(evaluate_champion(pipeline), task)
    model, evaluation = find_model_source(pipeline.config), find_evaluation_source(pipeline.config)
    if model is None:
        return EMPTY
    payload = build_payload(
        model=pipeline.config.model,
        run_path=RUN,
        artifact=_build_file(model, MODEL_FOLDER),
        evaluation=_find_evaluation(pipeline, evaluation) if evaluation else None,
        conditions=pipeline.conditions,
        inference=describe_inference(pipeline.config, pipeline.platform),
        raw_fields=list_raw_fields(pipeline.config),
        champion=_describe_champion(pipeline),
        tuned=list_tuned(pipeline.config),
        compare=list_compared(pipeline.config),
    )
    return chain(evaluate_champion(pipeline), invoke_decide(pipeline, "decide", payload, MEMBERS))


def build_gate(conditions: Sequence[Condition], *, passed: Fragment, otherwise: Fragment) -> Fragment:
    """Go on with `passed` if every condition holds, else with `otherwise`. Without conditions, with `passed`."""
    if not conditions:
        return passed
    return build_choice("gate", PASSED_RULE, then=passed, otherwise=otherwise)


def build_metric_path(metric: str) -> str:
    """Return the path of a metric of the gate, as text: `$.verdict.metrics['accuracy']`."""
    return f"{METRICS}{build_path(metric)}"


def invoke_decide(pipeline: Pipeline, name: str, payload: State, members: Sequence[str]) -> Fragment:
    """Return the Task `name` that calls `decide`. `members` are those of its answer that `$.verdict` has."""
    variants = list_variants(pipeline.config)
    tuned = (TUNED_MEMBER,) if any(list_tuned(variant.config) for variant in variants) else ()
    document = (DOCUMENT_MEMBER,) if names_verdict(pipeline.config) else ()
    return build_task(
        name,
        f"arn:{pipeline.platform.partition}:states:::lambda:invoke",
        {"FunctionName": pipeline.platform.decide_function, "Payload": payload},
        retry=LAMBDA_RETRY,
        ResultSelector={f"{member}.$": f"$.Payload.{member}" for member in (*members, *tuned, *document)},
        ResultPath=VERDICT,
    )


def _build_candidates_payload(pipeline: Pipeline) -> State:
    choose = pipeline.config.choose
    assert choose is not None  # noqa: S101 - a config with candidates has it
    return build_candidates_payload(
        model=pipeline.config.model,
        run_path=RUN,
        results_path=CANDIDATE_RESULTS,
        candidates=[_describe_candidate(pipeline, candidate) for candidate in pipeline.candidates],
        conditions=pipeline.conditions,
        choose=choose,
        champion=_describe_champion(pipeline),
    )


def _describe_champion(pipeline: Pipeline) -> dict[str, str] | None:
    """Return what `decide` reads about the champion; None if no condition depends on it."""
    registration = pipeline.config.registration
    if registration is None or not compares_champion(pipeline.config):
        return None
    return build_champion_payload(
        recorded=CHAMPION, overridden=WITHOUT_CHAMPION, job=CHAMPION_RESULT, without=registration.without_champion
    )


def _describe_candidate(pipeline: Pipeline, candidate: Candidate) -> CandidateFiles:
    model, evaluation = find_candidate_model(candidate), find_candidate_evaluation(candidate)
    assert model is not None  # noqa: S101 - the rules of config.yaml check both
    assert evaluation is not None  # noqa: S101
    return CandidateFiles(
        name=candidate.name,
        key=build_path_name(candidate.name),
        artifact=_build_output(model, MODEL_FOLDER),
        evaluation=_build_output(evaluation, _find_path(pipeline, evaluation), EVALUATION_FILE),
        inference=describe_inference(candidate.config, pipeline.platform),
        raw_fields=list_raw_fields(pipeline.config, candidate),
        tuned=list_tuned(candidate.config),
        compare=list_compared(candidate.config),
    )


def _build_output(source: Source, path: str, name: str = "") -> StepFile:
    """Return a source of a candidate, or the file `name` in it. Its key is that below the prefix of the job."""
    return StepFile(step=source.step, path=path, key=source.path + name, job=build_path_name(source.step))


def _find_evaluation(pipeline: Pipeline, source: Source) -> StepFile:
    """Return evaluation.json, with the path to which the step's script must write it."""
    return _build_file(source, _find_path(pipeline, source), EVALUATION_FILE)


def _find_path(pipeline: Pipeline, source: Source) -> str:
    """Return the path in the container to which a step's script must write evaluation.json."""
    folders = {output.name: output.path for output in pipeline.find_step(source.step).outputs}
    return f"{folders[source.output]}/{EVALUATION_FILE}"


def _build_file(source: Source, path: str, name: str = "") -> StepFile:
    """Return a source, or the file `name` in it, with the job that wrote it. `path` is that in the container."""
    job = f"{build_result_path(source.step)}.name"
    return StepFile(step=source.step, path=path, key=build_source_key(source, name), job=job)
