"""The serving test: before a model is registered, it answers real requests in its own inference container. Pure.

`create model` → `serving test`, a transform job → `delete model` → `judge serving test`, which puts the result into the
verdict. Each error of the first three leads on to the next state, so that the model is deleted and the function says
what happened. If the run is stopped in between, `on_run_end` deletes the model.

The test comes after `decide`: only then it is known which candidate won, and no instance starts for a model that fails
its gate.
Source of the fields: API shapes CreateModelInput and CreateTransformJobRequest.
"""

from __future__ import annotations

from typing import Any

from pushtrain import layout
from pushtrain.catalog import content_types
from pushtrain.catalog.instances import list_job_instances
from pushtrain.catalog.job_kinds import TRANSFORM
from pushtrain.config import SERVING_TEST, Candidate, Config, ServingTest, list_variants
from pushtrain.decide import build_serving_payload
from pushtrain.platform import Platform
from pushtrain.workflow import runtime_values
from pushtrain.workflow import transform_request as requests
from pushtrain.workflow.context import Pipeline, build_job_name
from pushtrain.workflow.gate import MEMBERS, PASSED, REASON, WINNER, invoke_decide
from pushtrain.workflow.inference import build_container
from pushtrain.workflow.states import (
    EMPTY,
    Fragment,
    State,
    build_state,
    build_task,
    chain,
    escape,
    format_string,
    guard,
)
from pushtrain.workflow.transform import create_model, delete_model

SERVING = "$.serving"  # {name, job: {name, status, arn}}, or the error of `create model`
TIME_LIMIT = 3600  # seconds; CreateTransformJob has no limit of its own
ANSWER_LIMIT = 60  # seconds for one answer: an endpoint waits as long
NOT_SERVED = "does not serve"  # the state in which a run ends whose model fails the test


def test_serving(pipeline: Pipeline) -> Fragment:
    """Go on only if the model answers the requests of `register.inference.test`. Empty if no variant has a test."""
    tested = [variant for variant in list_variants(pipeline.config) if find_test(variant.config)]
    if not tested:
        return EMPTY
    if not pipeline.candidates:
        return chain(_test_variant(pipeline, tested[0]), _require_serving())
    routes = [
        ({"Variable": WINNER, "StringEquals": variant.name}, _test_variant(pipeline, variant)) for variant in tested
    ]
    return chain(guard("which serving test?", routes), _require_serving())


def find_test(config: Config) -> ServingTest | None:
    """Return `register.inference.test`; None if there is none."""
    return config.registration.inference.test if config.registration else None


def find_test_instance(config: Config) -> str:
    """Return the first instance type of `register.inference.instances` that a transform job may use."""
    assert config.registration is not None  # noqa: S101 - a config with a test has it
    types = list_job_instances(TRANSFORM)
    return next(name for name in config.registration.inference.instances if name in types)


def build_model_request(pipeline: Pipeline, variant: Candidate) -> dict[str, Any]:
    """Return the CreateModel request: the container that an endpoint would have, with the role of jobs."""
    container = build_container(variant, pipeline.platform)
    return requests.build_model_request(
        pipeline.config, pipeline.platform, build_job_name(pipeline, SERVING_TEST), container
    )


def build_transform_request(pipeline: Pipeline, variant: Candidate) -> dict[str, Any]:
    """Return the CreateTransformJob request: each row of the file is one request."""
    config, platform, test = pipeline.config, pipeline.platform, find_test(variant.config)
    assert test is not None  # noqa: S101 - `test_serving` looked
    assert variant.config.registration is not None  # noqa: S101
    request = requests.build_transform_request(
        config,
        platform,
        name=build_job_name(pipeline, SERVING_TEST),
        model_path=f"{SERVING}.name",
        source_uri=_build_requests_uri(config, platform, test.requests),
        content_type=test.content_type or content_types.find_content_type(test.requests),
        accept=variant.config.registration.inference.response_types[0],
        split="Line" if content_types.has_rows(test.requests) else "None",
        output_uri=_build_answers_uri(pipeline),
        instance=find_test_instance(variant.config),
    )
    return request | {
        "BatchStrategy": "SingleRecord",
        "MaxConcurrentTransforms": 1,
        "ModelClientConfig": {"InvocationsTimeoutInSeconds": ANSWER_LIMIT, "InvocationsMaxRetries": 0},
    }


def _test_variant(pipeline: Pipeline, variant: Candidate) -> Fragment:
    """Return the four states that test one variant. Each Catch leads to the next state that must run."""
    names = [f"{name} {variant.name}".strip() for name in ("delete model", "judge serving test")]
    delete, judge = names
    arn = f"arn:{pipeline.platform.partition}:states:::"
    name, request = build_job_name(pipeline, SERVING_TEST), build_model_request(pipeline, variant)
    created = f"create model {variant.name}".strip()
    create = create_model(created, pipeline.platform, request, name, SERVING, Catch=[_catch(SERVING, judge)])
    members = {"name": TRANSFORM.name_member, "status": TRANSFORM.status_member, "arn": TRANSFORM.arn_member}
    transform = build_task(
        f"{SERVING_TEST} {variant.name}".strip(),
        f"{arn}sagemaker:{TRANSFORM.build_operation('create')}.sync",
        build_transform_request(pipeline, variant),
        Catch=[_catch(f"{SERVING}.error", delete)],
        TimeoutSeconds=TIME_LIMIT,
        ResultSelector={f"{key}.$": f"$.{member}" for key, member in members.items()},
        ResultPath=f"{SERVING}.job",
    )
    remove = delete_model(delete, pipeline.platform, SERVING, following=judge)
    test = find_test(variant.config)
    assert test is not None  # noqa: S101 - `test_serving` looked
    payload = build_serving_payload(
        model=pipeline.config.model,
        run_path=runtime_values.RUN,
        serving_path=SERVING,
        within=test.within,
        compare=test.compare,
    )
    members_read = (*MEMBERS, "candidate") if pipeline.candidates else MEMBERS
    return chain(create, transform, remove, invoke_decide(pipeline, judge, payload, members_read))


def _catch(path: str | None, following: str) -> State:
    return {"ErrorEquals": ["States.ALL"], "ResultPath": path, "Next": following}


def _require_serving() -> Fragment:
    """End the run without a version if the verdict has become one that does not pass."""
    parameters = {"outcome": "not_registered", "reason.$": REASON, "metrics.$": "$.verdict.metrics", "jobs.$": "$.jobs"}
    failed = build_state(NOT_SERVED, {"Type": "Pass", "Parameters": parameters, "End": True}, final=True)
    return guard("serves?", [({"Variable": PASSED, "BooleanEquals": False}, failed)])


def _build_requests_uri(config: Config, platform: Platform, path: str) -> str:
    """Return the intrinsic of the address of a file in the pushed revision."""
    key = layout.build_revision_prefix(config.model, "{}") + escape(path)
    return format_string(layout.build_uri(platform.code_bucket, key), "$$.Execution.Input.revision")


def _build_answers_uri(pipeline: Pipeline) -> str:
    return runtime_values.build_output_uri(
        pipeline.config, pipeline.platform, SERVING_TEST, layout.build_answers_prefix("").removeprefix("/")
    )
