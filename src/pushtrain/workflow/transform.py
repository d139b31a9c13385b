"""A step in which the trained model answers rows: `create model` → the transform job → `delete model`. Pure.

The model is deleted whatever happens: the Catch of the job leads to a `delete model` of its own, and then the run fails
with the error of the job. If the run is stopped in between, `on_run_end` deletes the model. A job has no time limit of
its own: the TimeoutSeconds of its Task end it.
"""

from __future__ import annotations

from typing import Any

from pushtrain.config import Config, Step, select_variant, split_transform_inputs
from pushtrain.config.values.units import format_duration
from pushtrain.platform import Platform
from pushtrain.record import build_path_name
from pushtrain.workflow import names, runtime_values
from pushtrain.workflow.inference import find_serving_image
from pushtrain.workflow.states import NO_REDRIVE, SERVICE_RETRY, Fragment, build_state, build_task, chain, fail, guard
from pushtrain.workflow.transform_request import build_model_path, build_model_request


def serve_during(job: Fragment, config: Config, platform: Platform, step: Step, *, following: str) -> Fragment:
    """Return the Task of a transform job, with the states that create its model before and delete it afterwards.

    `following` is the state after them.
    """
    model, error = build_model_path(step.name), f"$.errors.{build_path_name(step.name)}"
    name = runtime_values.build_job_name(config, platform, step.name)
    failed = _fail_after(step, error)
    dropped = delete_model(f"delete model of failed {step.name}", platform, model, following=failed.start)
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": error, "Next": dropped.start}]
    task = job.states[job.start] | {"TimeoutSeconds": step.settings.max_runtime, "Catch": catch}
    created = create_model(
        f"{names.CREATE_MODEL}{step.name}", platform, _build_request(config, platform, step, name), name, model
    )
    deleted = delete_model(f"delete model {step.name}", platform, model, following=following)
    happy = chain(created, build_state(job.start, task), deleted)
    return Fragment({**happy.states, **chain(dropped, failed).states}, happy.start, happy.ends)


def create_model(
    state_name: str, platform: Platform, request: dict[str, Any], name: str, path: str, **fields: Any
) -> Fragment:
    """Return the state that creates the model of a transform job. `path` is where its `name`, an intrinsic, goes."""
    return build_task(
        state_name,
        f"arn:{platform.partition}:states:::sagemaker:createModel",
        request,
        retry=(SERVICE_RETRY,),
        ResultSelector={"name.$": name},
        ResultPath=path,
        **fields,
    )


def delete_model(state_name: str, platform: Platform, path: str, *, following: str) -> Fragment:
    """Return the state that deletes the model of a transform job. If that fails, the run goes on at `following`.

    Then `on_run_end` deletes the model.
    """
    return build_task(
        state_name,
        f"arn:{platform.partition}:states:::aws-sdk:sagemaker:deleteModel",
        {"ModelName.$": f"{path}.name"},
        retry=(SERVICE_RETRY,),
        ResultPath=None,
        Catch=[{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": following}],
    )


def _fail_after(step: Step, error: str) -> Fragment:
    """End the run with the error of the job. States.Timeout need not have a Cause."""
    limit = format_duration(step.settings.max_runtime)
    late = fail(
        f"{step.name} did not end in time",
        "States.Timeout",
        f"The {step.name} job ran longer than its max_runtime, {limit}. {NO_REDRIVE}",
    )
    rule = {"Variable": f"{error}.Error", "StringEquals": "States.Timeout"}
    failed = fail(f"{step.name} failed", f"{error}.Error", f"{error}.Cause")
    return chain(guard(f"{step.name} ended in time?", [(rule, late)]), failed)


def _build_request(config: Config, platform: Platform, step: Step, name: str) -> dict[str, Any]:
    model, _ = split_transform_inputs(step)
    assert model is not None  # noqa: S101 - the rules of config.yaml check both
    assert step.inference is not None  # noqa: S101
    container: dict[str, Any] = {
        "Image": find_serving_image(select_variant(config, step.candidate), platform, step.settings.instance),
        "ModelDataUrl.$": runtime_values.build_source_uri(platform, model.source),
    }
    if step.inference.variables:
        container["Environment"] = step.inference.variables
    return build_model_request(config, platform, name, container)
