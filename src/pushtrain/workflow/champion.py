"""Evaluate the champion, the model version in service, as one more job of the run. Pure.

`launch` freezes the champion before the run starts: `champion` of the execution input has its address and its image, or
nothing if no version is in service. The job is that of the evaluation step, with this model and this image instead.
Afterwards `$.champion` is the result of the job, or the Error and the Cause of its Task, or `{}` if no job ran. So a
champion that cannot be evaluated does not stop the run: `decide` says what follows from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from pushtrain import layout
from pushtrain.config import list_champion_evaluations
from pushtrain.layout import EVALUATION_FILE
from pushtrain.record import build_path_name
from pushtrain.workflow.candidates import CANDIDATE_RESULTS
from pushtrain.workflow.runtime_values import (
    CHAMPION,
    CHAMPION_IMAGE,
    JOBS,
    RUN,
    build_source_uri,
)
from pushtrain.workflow.script_mode import build_evaluation_variables
from pushtrain.workflow.states import (
    EMPTY,
    Fragment,
    State,
    build_api_retry,
    build_choice,
    build_state,
    build_task,
    format_string,
)

if TYPE_CHECKING:
    from pushtrain.config import ChampionEvaluation, Source
    from pushtrain.workflow.context import Pipeline

CHAMPION_RESULT = "$.champion"
NO_JOB: State = {"Type": "Pass", "Result": {}, "ResultPath": CHAMPION_RESULT}


def evaluate_champion(pipeline: Pipeline) -> Fragment:
    """Evaluate the champion if a condition of the gate compares with it. Empty if none does."""
    evaluations = list_champion_evaluations(pipeline.config)
    if not evaluations:
        return EMPTY
    rule = {"Variable": f"{CHAMPION}.uri", "IsPresent": True}
    skipped = build_state("no champion", NO_JOB)
    return build_choice("champion?", rule, then=_choose_evaluation(pipeline, evaluations), otherwise=skipped)


def _choose_evaluation(pipeline: Pipeline, evaluations: Sequence[ChampionEvaluation]) -> Fragment:
    """Evaluate the champion as the candidate that it was. The first evaluation is for a champion that was none."""
    first, *others = evaluations
    fragment = _run_evaluation(pipeline, first)
    for evaluation in others:
        rule = {"Variable": f"{CHAMPION}.candidate", "StringEquals": evaluation.candidate}
        own = _run_evaluation(pipeline, evaluation)
        fragment = build_choice(f"champion was {evaluation.candidate}?", rule, then=own, otherwise=fragment)
    return fragment


def _run_evaluation(pipeline: Pipeline, evaluation: ChampionEvaluation) -> Fragment:
    """Return the job. Whatever becomes of it, the run goes on."""
    step = evaluation.step
    failed = build_state(f"{evaluation.name} failed", {"Type": "Pass"})
    task = build_task(
        evaluation.name,
        f"arn:{pipeline.platform.partition}:states:::sagemaker:{step.kind.build_operation('create')}.sync",
        _build_request(pipeline, evaluation),
        ResultSelector=_select_result(pipeline, evaluation),
        ResultPath=CHAMPION_RESULT,
        retry=build_api_retry(step.settings.wait_for_capacity),
        Catch=[{"ErrorEquals": ["States.ALL"], "ResultPath": CHAMPION_RESULT, "Next": failed.start}],
    )
    job = Fragment({**task.states, **failed.states}, task.start, (*task.ends, *failed.ends))
    if not (paths := _list_candidate_paths(pipeline, evaluation)):
        return job
    # A candidate that failed leaves no results, and a path that leads nowhere would end the run.
    rule = {"And": [{"Variable": path, "IsPresent": True} for path in paths]}
    error = {"Error": "NoTestData", "Cause": f"candidate {evaluation.candidate}, whose data it is tested on, failed"}
    lost = build_state(f"{evaluation.name} has no data", {**NO_JOB, "Result": error})
    return build_choice(f"{evaluation.name} has data?", rule, then=job, otherwise=lost)


def _build_request(pipeline: Pipeline, evaluation: ChampionEvaluation) -> dict[str, Any]:
    """Return the request of the evaluation step, with the champion's model and image."""
    step, config = evaluation.step, pipeline.config
    request = pipeline.build_step_request(replace(step, name=evaluation.name))
    request["Environment"] = request["Environment"] | build_evaluation_variables(config, step)
    app = {key: value for key, value in request["AppSpecification"].items() if key != "ImageUri"}
    uris = {entry.name: _find_uri(pipeline, evaluation, entry.source) for entry in step.inputs}
    inputs = [_replace_uri(processing_input, uris) for processing_input in request["ProcessingInputs"]]
    return request | {"AppSpecification": {"ImageUri.$": CHAMPION_IMAGE, **app}, "ProcessingInputs": inputs}


def _replace_uri(processing_input: Mapping[str, Any], uris: Mapping[str, str]) -> dict[str, Any]:
    uri = uris.get(processing_input["InputName"])
    if uri is None:  # the code
        return dict(processing_input)
    return {**processing_input, "S3Input": {**processing_input["S3Input"], "S3Uri.$": uri}}


def _find_uri(pipeline: Pipeline, evaluation: ChampionEvaluation, source: Source) -> str:
    if source == evaluation.model:
        return f"{CHAMPION}.uri"
    candidate = pipeline.steps[source.step].candidate if source.step else ""
    return build_source_uri(pipeline.platform, source, jobs=_find_jobs_path(candidate))


def _find_jobs_path(candidate: str) -> str:
    """Return the path of the results of a candidate's own jobs; of those that all share if it is empty."""
    return f"{CANDIDATE_RESULTS}.{build_path_name(candidate)}.jobs" if candidate else JOBS


def _list_candidate_paths(pipeline: Pipeline, evaluation: ChampionEvaluation) -> list[str]:
    """Return the paths of the candidate's own results that the evaluation reads, besides its model."""
    sources = [entry.source for entry in evaluation.step.inputs if entry.source != evaluation.model]
    steps = dict.fromkeys(source.step for source in sources if source.step)
    return [
        f"{_find_jobs_path(evaluation.candidate)}.{build_path_name(step)}"
        for step in steps
        if pipeline.steps[step].candidate
    ]


def _select_result(pipeline: Pipeline, evaluation: ChampionEvaluation) -> dict[str, str]:
    """Return what `decide` reads of the job: name and status, and where its evaluation.json is."""
    kind, source = evaluation.step.kind, evaluation.evaluation
    name = f"$.{kind.name_member}"
    prefix = layout.build_job_prefix(pipeline.config.model, "{}", evaluation.name, "{}")
    folders = {output.name: output.path for output in evaluation.step.outputs}
    return {
        "name.$": name,
        "status.$": f"$.{kind.status_member}",
        "step": evaluation.name,
        "path": f"{folders[source.output]}/{EVALUATION_FILE}",
        "key.$": format_string(layout.build_output_key(prefix, source.path + EVALUATION_FILE), RUN, name),
    }
