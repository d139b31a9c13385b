"""GPU quotas, as the API lists them, against what jobs need."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from pushtrain import aws
from pushtrain.cost import PlannedJob
from pushtrain.plans.quotas import (
    Quota,
    build_quota_name,
    find_blocked_jobs,
    find_candidate_shortages,
    find_shortages,
    format_blocked_jobs,
    read_quotas,
    select_gpu_jobs,
)

SPOT = "ml.g5.xlarge for spot training job usage"


def job(**others: Any) -> PlannedJob:
    values: dict[str, Any] = {
        "step": "train",
        "kind": "training",
        "instance": "ml.g5.xlarge",
        "instances": 2,
        "max_runtime": 60,
    }
    return PlannedJob(**(values | others))


def listed(*names: str, value: float = 0.0) -> list[dict[str, Any]]:
    return [{"QuotaName": name, "QuotaCode": f"L-{len(name)}", "Value": value} for name in names]


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Stubber:
    client = boto3.client("service-quotas", "eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    stubbed = Stubber(client)
    monkeypatch.setattr(aws, "client", lambda service, region: client)
    stubbed.activate()
    return stubbed


def test_the_quota_is_that_of_the_kind_of_job() -> None:
    kinds = (job(), job(spot=True), job(kind="processing"))
    assert [build_quota_name(each) for each in kinds] == [
        "ml.g5.xlarge for training job usage",
        SPOT,
        "ml.g5.xlarge for processing job usage",
    ]


def test_only_machines_with_accelerators_are_looked_at() -> None:
    assert select_gpu_jobs([job(instance="ml.m5.large"), job(instance="?"), job(kind="")]) == []
    assert len(select_gpu_jobs([job(), job(instance="ml.trn1.2xlarge")])) == 2


def test_each_type_that_sagemaker_may_choose_needs_a_quota() -> None:
    choice = job(preferences=("ml.g5.xlarge", "ml.m5.large", "ml.g4dn.2xlarge"))
    assert [build_quota_name(gpu_job) for gpu_job in select_gpu_jobs([choice])] == [
        "ml.g5.xlarge for training job usage",
        "ml.g4dn.2xlarge for training job usage",
    ]
    assert len(find_shortages([choice], {})) == 2


def test_without_gpus_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "client", lambda *_: pytest.fail("AWS was asked"))
    assert read_quotas(set(), "eu-west-1") == {}


def test_pages_are_read_until_all_is_found_then_defaults_for_what_is_missing(stub: Stubber) -> None:
    asked = {"ServiceCode": "sagemaker", "MaxResults": 100}
    other = listed("ml.m5.large for training job usage")
    stub.add_response("list_service_quotas", {"Quotas": other, "NextToken": "1"}, asked)
    stub.add_response("list_service_quotas", {"Quotas": listed(SPOT, value=4.0)}, {**asked, "NextToken": "1"})
    missing = "ml.p4d.24xlarge for training job usage"
    stub.add_response("list_aws_default_service_quotas", {"Quotas": listed(missing), "NextToken": "1"}, asked)
    found = read_quotas({SPOT, missing}, "eu-west-1")
    stub.assert_no_pending_responses()
    assert {quota.name: quota.value for quota in found.values()} == {SPOT: 4, missing: 0}


def test_what_is_too_small_is_told_with_the_request_to_make() -> None:
    quotas = {SPOT: Quota(name=SPOT, code="L-1A2B", value=0)}
    (lack,) = find_shortages([job(spot=True)], quotas)
    assert lack.format("eu-west-1") == (
        "train needs 2, and the quota 'ml.g5.xlarge for spot training job usage' is 0 in eu-west-1. Ask for it: "
        "aws service-quotas request-service-quota-increase --service-code sagemaker --quota-code L-1A2B "
        "--desired-value 2 --region eu-west-1"
    )
    assert find_shortages([job(spot=True)], {SPOT: Quota(name=SPOT, code="L-1A2B", value=1)})
    assert find_shortages([job(spot=True)], {SPOT: Quota(name=SPOT, code="L-1A2B", value=2)}) == []


def test_a_quota_that_aws_does_not_tell_of_is_not_taken_for_enough() -> None:
    (lack,) = find_shortages([job()], {})
    assert lack.format("eu-west-1") == (
        "train: AWS lists no quota 'ml.g5.xlarge for training job usage' in eu-west-1; look in the "
        "Service Quotas console"
    )


def quotas_of(**values: int) -> dict[str, Quota]:
    """Quotas for training on types such as `g5`, with these values."""
    names = {kind: f"ml.{kind}.xlarge for training job usage" for kind in values}
    return {names[kind]: Quota(name=names[kind], code="L-1", value=value) for kind, value in values.items()}


@pytest.mark.parametrize("value", [0, 1])
def test_a_job_that_needs_more_than_its_whole_quota_can_never_start(value: int) -> None:
    (shortage,) = find_blocked_jobs([job(), job(instance="ml.m5.xlarge")], quotas_of(g5=value))
    assert (shortage.step, shortage.needed) == ("train", 2)
    assert format_blocked_jobs("churn", [shortage], "eu-west-1") == (
        "no run of churn can succeed in this account: a job needs more instances than its quota has\n"
        f"  train needs 2, and the quota 'ml.g5.xlarge for training job usage' is {value} in eu-west-1. Ask for it: "
        "aws service-quotas request-service-quota-increase --service-code sagemaker --quota-code L-1 --desired-value 2 "
        "--region eu-west-1"
    )


@pytest.mark.parametrize(
    ("preferences", "quotas"),
    [
        ((), {"g5": 2}),
        ((), {}),  # AWS does not list the quota
        (("ml.g5.xlarge", "ml.p3.xlarge"), {"g5": 0, "p3": 2}),
        (("ml.g5.xlarge", "ml.p3.xlarge"), {"g5": 0}),
        (("ml.g5.xlarge", "ml.m5.xlarge"), {"g5": 0}),  # quotas of types without a GPU are not read
    ],
)
def test_a_job_that_may_start_is_not_blocked(preferences: tuple[str, ...], quotas: dict[str, int]) -> None:
    assert find_blocked_jobs([job(preferences=preferences)], quotas_of(**quotas)) == []
    assert len(find_blocked_jobs([job(preferences=("ml.g5.xlarge", "ml.p3.xlarge"))], quotas_of(g5=0, p3=1))) == 1


def test_candidates_side_by_side_may_need_more_than_the_quota() -> None:
    jobs = [
        job(step="a-train"),
        job(step="b-train", instances=3),
        job(step="preprocess"),
        job(step="c-train", spot=True),
    ]
    candidates = {"a": ("a-train",), "b": ("b-train",), "c": ("c-train",)}
    name = "ml.g5.xlarge for training job usage"
    (shortage,) = find_candidate_shortages(jobs, {name: Quota(name=name, code="L-1", value=4)}, candidates)
    assert shortage.format("eu-west-1").startswith(
        "running all candidates at once needs 5, and the quota 'ml.g5.xlarge for training job usage' is 4 in eu-west-1."
    )
    assert find_candidate_shortages(jobs, {name: Quota(name=name, code="L-1", value=5)}, candidates) == []
    assert find_candidate_shortages(jobs, {name: Quota(name=name, code="L-1", value=2)}, candidates) == []
