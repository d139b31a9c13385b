"""Our requests of batch transform jobs beside those that AWS's own Transformer and Model make of the same settings."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from pushtrain.layout import build_approved_model_key, build_score_answers_prefix, build_score_rows_key
from pushtrain.workflow.scoring import MOST_SECONDS, ONE_BY_ONE, TOGETHER, WHOLE, build_score_input
from tests.judge.case import ARTIFACTS, BATCH, PREFIX, REVISION, ROLE, SERVED, SERVING, Case
from tests.judge.compare import fields, forks

pytestmark = [pytest.mark.judge, pytest.mark.slow]
DATA = "s3://lake/rows/"
STEP = {
    "kind": "transform",
    "inputs": ["train.model", "data.rows"],
    "instance": "ml.m5.xlarge",
    "instances": 2,
    "accept": "application/json",
    "sagemaker": {
        "MaxPayloadInMB": 20,
        "MaxConcurrentTransforms": 4,
        "ModelClientConfig": {"InvocationsTimeoutInSeconds": 120, "InvocationsMaxRetries": 1},
        "DataProcessing": {"InputFilter": "$[1:]", "OutputFilter": "$[0,-1]", "JoinSource": "Input"},
    },
}
DOCUMENT = {
    "model": "churn",
    "data": {"rows": DATA},
    "tags": {"team": "risk"},
    "network": {"vpc": {"subnets": ["subnet-0a1b2c3d"], "security_groups": ["sg-0a1b2c3d"]}, "isolation": True},
    "kms": {"volume": "alias/models", "output": "alias/models"},
    "train": {"framework": "sklearn 1.2-1"},
    "steps": {"predict": STEP},
    "register": {
        "inference": {
            "environment": {"A": "b"},
            "test": {"requests": "samples/rows.csv"},
        }
    },
}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The SDK warns that it is version 2."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def transform(
    case: Case,
    job: str,
    data: str,
    output: str,
    options: Mapping[str, Any],
    *,
    split: str | None = "Line",
    **settings: Any,
) -> Any:
    """Return what an SDK user's transformer would send."""
    from tests.judge import sdk, theirs  # isort: skip  (it keeps the SDK quiet)
    from sagemaker.transformer import Transformer

    volume_key, output_key = theirs.keys(case)
    transformer = Transformer(
        SERVED,
        assemble_with=split,
        output_path=output,
        output_kms_key=output_key,
        volume_kms_key=volume_key,
        tags=theirs.tags(case),
        sagemaker_session=sdk.session(case.region),
        **settings,
    )
    transformer.transform(data, content_type="text/csv", split_type=split, job_name=job, wait=False, **options)
    return sdk.session(case.region).request


def create_model(case: Case, name: str) -> Any:
    """Return what an SDK user's model would send."""
    from tests.judge import sdk, theirs  # isort: skip
    from sagemaker.sklearn import SKLearnModel

    session, network = sdk.session(case.region), theirs.network(case)
    model = SKLearnModel(
        f"{case.where('train', case.job('train'))}/output/model.tar.gz",
        ROLE,
        "inference.py",
        framework_version="1.2-1",
        sagemaker_session=session,
    )
    image = model.serving_image_uri(case.region, "ml.m5.large")
    container = {"Image": image, "ModelDataUrl": model.model_data, "Environment": {"A": "b"}}
    vpc = {"Subnets": network["subnets"], "SecurityGroupIds": network["security_group_ids"]}
    session.create_model(name, ROLE, container, vpc, enable_network_isolation=True, tags=theirs.tags(case))
    return session.request


def build_ours(case: Case) -> dict[str, dict[str, Any]]:
    from tests.judge import ours

    return ours.requests(case)


def list_differences(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    return sorted(map(str, forks(dict(fields(ours)), dict(fields(theirs)))))


CASE = Case(document=DOCUMENT)


def test_a_transform_step_is_what_a_transformer_sends() -> None:
    ours = build_ours(CASE)["predict"]
    client, join = STEP["sagemaker"]["ModelClientConfig"], STEP["sagemaker"]["DataProcessing"]  # type: ignore[index]
    theirs = transform(
        CASE,
        CASE.job("predict"),
        DATA,
        CASE.where("predict", CASE.job("predict"), "predictions/"),
        {
            "model_client_config": client,
            "input_filter": join["InputFilter"],
            "output_filter": join["OutputFilter"],
            "join_source": join["JoinSource"],
        },
        instance_count=2,
        instance_type="ml.m5.xlarge",
        strategy="MultiRecord",
        accept="application/json",
        max_payload=20,
        max_concurrent_transforms=4,
    )
    assert list_differences(ours, theirs) == []


def test_a_serving_test_is_what_a_transformer_sends() -> None:
    ours = build_ours(CASE)["serving-test"]
    name = ours["TransformJobName"]
    theirs = transform(
        CASE,
        name,
        f"s3://code/model-repos/churn/{REVISION}/samples/rows.csv",
        CASE.where("serving-test", name, "answers"),
        {"model_client_config": {"InvocationsTimeoutInSeconds": 60, "InvocationsMaxRetries": 0}},
        instance_count=1,
        instance_type="ml.m5.large",
        strategy="SingleRecord",
        accept="text/csv",
        max_concurrent_transforms=1,
    )
    assert list_differences(ours, theirs) == []


@pytest.mark.parametrize("state", ["create model", "create model predict"])
def test_the_model_is_what_a_model_of_the_sdk_sends(state: str) -> None:
    ours = build_ours(CASE)[state]
    assert list_differences(ours, create_model(CASE, ours["ModelName"])) == []


BATCHES = Case(document={"model": "churn"}, platform={"kms_key": "alias/platform", "tags": {"cost": "risk"}})
JOB = f"{PREFIX}--score-{BATCH}"


def build_batch(strategy: str) -> dict[str, dict[str, Any]]:
    """Return the requests of a batch on AWS, in which an approved version answers a file."""
    from tests.judge import ours

    score = build_score_input(
        model="churn",
        version=3,
        instance="ml.m5.xlarge",
        seconds=MOST_SECONDS,
        strategy=strategy,
        content_type="text/csv",
        accept="text/csv",
    )
    document = {"inference": {"image": "1.dkr.ecr.us-east-1.amazonaws.com/sklearn:1", "environment": {"A": "b"}}}
    return ours.score_requests(BATCHES, score, document)


def leave_run_out(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the SDK's request without the tag of a run: a batch belongs to none."""
    return {**request, "Tags": [tag for tag in request["Tags"] if tag["Key"] != "pushtrain:run"]}


@pytest.mark.parametrize("strategy", [TOGETHER, ONE_BY_ONE, WHOLE])
def test_a_batch_of_an_approved_version_is_what_a_transformer_sends(strategy: str) -> None:
    ours = build_batch(strategy)["answer file" if strategy == WHOLE else "answer rows"]
    theirs = transform(
        BATCHES,
        JOB,
        f"s3://{ARTIFACTS}/{build_score_rows_key('churn', BATCH)}",
        f"s3://{ARTIFACTS}/{build_score_answers_prefix('churn', BATCH)}",
        {},
        split="None" if strategy == WHOLE else "Line",
        instance_count=1,
        instance_type="ml.m5.xlarge",
        strategy=None if strategy == WHOLE else strategy,
        accept="text/csv",
    )
    assert list_differences(ours, leave_run_out(theirs)) == []


def test_the_model_of_a_batch_is_what_a_model_of_the_sdk_sends() -> None:
    from tests.judge import sdk, theirs

    ours, session = build_batch(TOGETHER)["create model"], sdk.session(BATCHES.region)
    container = {
        "Image": "1.dkr.ecr.us-east-1.amazonaws.com/sklearn:1",
        "ModelDataUrl": f"s3://{SERVING}/{build_approved_model_key('churn', '3')}",
        "Environment": {"A": "b"},
    }
    session.create_model(JOB, ROLE, container, None, tags=theirs.tags(BATCHES))
    assert list_differences(ours, leave_run_out(session.request)) == []
