"""GPU quotas: too small, large enough, and definitions that cannot be read."""

from __future__ import annotations

import pytest

from pushtrain.doctor import gpu_quotas
from pushtrain.doctor.finding import Finding
from pushtrain.plans.quotas import Quota
from tests.unit.doctor.aws_answers import DEV, Installation, definition, state_machine

NAME = "ml.g5.xlarge for training job usage"


def findings(monkeypatch: pytest.MonkeyPatch, quota: int) -> list[Finding]:
    """Return the findings for an account whose quota has this value."""
    quotas = {NAME: Quota(name=NAME, code="L-1", value=quota)}
    monkeypatch.setattr(gpu_quotas, "read_quotas", lambda *_: quotas)
    return list(gpu_quotas.check_gpu_quotas(DEV))


def test_a_quota_that_is_too_small(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    installation.answers["DescribeStateMachine"] = state_machine(definition("ml.g5.xlarge", 2))
    (finding,) = findings(monkeypatch, quota=1)
    assert finding.state == "wrong"
    assert finding.message.startswith("pushtrain-churn, train ")
    assert finding.fix == (
        "aws service-quotas request-service-quota-increase --service-code sagemaker --quota-code L-1 "
        "--desired-value 2 --region us-east-1"
    )


def test_a_quota_that_is_large_enough(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    installation.answers["DescribeStateMachine"] = state_machine(definition("ml.g5.xlarge", 2))
    assert findings(monkeypatch, quota=2) == [Finding.fine("GPU quotas", "enough for the 1 GPU quotas in use")]


def test_a_state_machine_of_somebody_else_is_only_a_note(installation: Installation) -> None:
    installation.answers["DescribeStateMachine"] = state_machine(
        '{"States": {"a": {"Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync"}}}'
    )
    first, _ = gpu_quotas.check_gpu_quotas(DEV)
    assert first == Finding.note("GPU quotas", "the jobs of pushtrain-churn cannot be read from its definition")
