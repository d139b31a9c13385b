"""What a batch with an approved version would be, or why there is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pushtrain.errors import RegistryError, UsageError
from pushtrain.platform import Platform
from pushtrain.scoring import ScorePlan, plan_score
from tests.embedded.registered import PLATFORM
from tests.embedded.scoring.approved import approved


@pytest.fixture(scope="module", autouse=True)
def version(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with approved(tmp_path_factory.mktemp("approved"), types=("text/csv", "application/json")):
        yield


def plan(
    platform: Platform = PLATFORM,
    *,
    model: str = "churn",
    version: int | None = None,
    file: str = "rows.csv",
    target: str = "answers.csv",
    content_type: str = "text/csv",
    instance: str = "",
    seconds: int = 3600,
) -> ScorePlan:
    return plan_score(
        platform,
        model,
        version,
        file=Path(file),
        target=Path(target),
        content_type=content_type,
        instance=instance,
        seconds=seconds,
    )


def test_the_version_in_service_answers_on_its_first_instance_type() -> None:
    made = plan()
    assert (made.version, made.instance, made.strategy, made.accept) == (1, "ml.m5.large", "MultiRecord", "text/csv")
    assert made.estimate.total
    assert str(made.estimate.total) == "0.12 USD"
    assert plan(version=1) == made


def test_rows_go_together_only_if_each_answer_is_a_line() -> None:
    assert plan(target="answers.jsonl").strategy == "SingleRecord"
    assert plan(file="rows.jsonl", content_type="application/json").strategy == "SingleRecord"
    assert plan(file="rows.json", content_type="application/json").strategy == "None"


def test_the_first_type_that_the_platform_allows_is_taken() -> None:
    assert plan(msgspec.structs.replace(PLATFORM, instance_types=("ml.g5.*",))).instance == "ml.g5.xlarge"


def test_what_a_version_was_not_registered_for_is_refused() -> None:
    with pytest.raises(UsageError) as rows:
        plan(content_type="text/libsvm")
    assert str(rows.value) == (
        "churn version 1 was registered for rows of text/csv and application/json, not text/libsvm. --content-type "
        "says what FILE has; the answers are text/csv if the name of OUT ends with .csv, else application/json"
    )
    with pytest.raises(UsageError) as instance:
        plan(instance="ml.p4d.24xlarge")
    assert str(instance.value) == (
        "ml.p4d.24xlarge is no instance type for batches of churn version 1. Choose among ml.m5.large, ml.g5.xlarge"
    )
    with pytest.raises(UsageError, match=r"^ml\.m5\.large is no instance type that jobs of this platform may use"):
        plan(msgspec.structs.replace(PLATFORM, instance_types=("ml.c5.*",)))


def test_a_version_may_answer_with_json_alone_or_have_no_instance_for_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    registered = {"SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": ["application/json"]}
    monkeypatch.setattr("pushtrain.scoring.plan._describe_inference", lambda *_: registered)
    with pytest.raises(UsageError) as answers:
        plan()
    assert str(answers.value) == (
        "churn version 1 was registered for answers of application/json, not text/csv. --content-type says what FILE "
        "has; the answers are text/csv if the name of OUT ends with .csv, else application/json"
    )
    with pytest.raises(UsageError) as instances:
        plan(target="answers.jsonl")
    assert str(instances.value) == (
        "churn version 1 was registered without an instance type for batches: none of `register.inference.instances` "
        "is one"
    )


@pytest.mark.parametrize(
    ("seconds", "message"),
    [
        (59, "a batch may take 60 seconds to 24 hours, not 59 s"),
        (86_401, "a batch may take 60 seconds to 24 hours, not 86401 s"),
    ],
)
def test_a_limit_that_the_state_machine_refuses_is_refused_before(seconds: int, message: str) -> None:
    with pytest.raises(UsageError, match=f"^{message}$"):
        plan(seconds=seconds)


def test_a_batch_that_may_cost_too_much_is_refused() -> None:
    limited = msgspec.structs.replace(PLATFORM, max_cost="1 USD")
    assert plan(limited).instance == "ml.m5.large"
    message = "the batch can cost 33.80 USD, and the platform's limit is 1 USD. Give a shorter --max-runtime"
    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        plan(limited, instance="ml.g5.xlarge", seconds=86_400)
    unknown = msgspec.structs.replace(limited, local_price_region="xx-nowhere-1")
    message = (
        "what the batch can cost is unknown: no price is known of ml.m5.large for transform in xx-nowhere-1. The "
        "platform's limit is 1 USD. Give prices (`pushtrain prices use FILE --local`)"
    )
    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        plan(unknown)


def test_a_version_that_is_not_approved_is_refused() -> None:
    with pytest.raises(RegistryError, match=r"^there is no model 'fraud' in the registry"):
        plan(model="fraud")
    with pytest.raises(RegistryError, match="has no version 7"):
        plan(version=7)
