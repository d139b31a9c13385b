"""Instance types and frameworks, with the nearest that exists."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from pushtrain.catalog import instances
from pushtrain.catalog.images import UnknownFramework
from pushtrain.catalog.job_kinds import PROCESSING, TRAINING
from pushtrain.config.values.instances import HostingInstance, ProcessingInstance, TrainingInstance, check_framework


@pytest.mark.parametrize("kind", [HostingInstance, ProcessingInstance, TrainingInstance])
def test_a_common_type_is_accepted_everywhere(kind: Any) -> None:
    assert TypeAdapter(kind).validate_python("ml.m5.xlarge") == "ml.m5.xlarge"


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        (
            TrainingInstance,
            "g5.xlarge",
            "'g5.xlarge' is not a SageMaker training instance. Did you mean 'ml.g5.xlarge'?",
        ),
        (HostingInstance, "m5", "'m5' is not a SageMaker hosting instance. An example is 'ml.m5.large'"),
        (
            ProcessingInstance,
            "ml.p4d.24xlarge",
            "SageMaker has 'ml.p4d.24xlarge' for training and hosting only, not for processing. "
            "Did you mean 'ml.g4dn.4xlarge'?",
        ),
    ],
)
def test_other_types_are_refused(kind: Any, text: str, message: str) -> None:
    with pytest.raises(ValidationError) as raised:
        TypeAdapter(kind).validate_python(text)
    assert str(raised.value.errors()[0]["ctx"]["error"]) == message


ALL_TYPES = sorted(
    {*instances.list_job_instances(TRAINING), *instances.list_job_instances(PROCESSING)}
    | instances.list_hosting_instances()
)


@pytest.mark.parametrize("kind", [HostingInstance, ProcessingInstance, TrainingInstance])
def test_every_type_without_ml_is_answered_with_this_very_type(kind: Any) -> None:
    adapter = TypeAdapter(kind)
    assert len(ALL_TYPES) >= 225
    for name in ALL_TYPES:
        for typed in (name.removeprefix("ml."), name.upper(), name.removeprefix("ml.").upper()):
            with pytest.raises(ValidationError) as raised:
                adapter.validate_python(typed)
            message = str(raised.value.errors()[0]["ctx"]["error"])
            assert f"Did you mean {name!r}?" in message or f"{name!r} is for " in message, message


def test_a_type_of_another_use_without_ml_says_its_uses() -> None:
    with pytest.raises(ValidationError) as raised:
        TypeAdapter(TrainingInstance).validate_python("c7g.large")
    assert str(raised.value.errors()[0]["ctx"]["error"]) == (
        "'c7g.large' is not a SageMaker training instance. 'ml.c7g.large' is for hosting"
    )


def test_frameworks() -> None:
    assert check_framework("pytorch 2.6") == "pytorch 2.6"
    with pytest.raises(UnknownFramework, match=r"no framework 'skleran'\. Did you mean 'sklearn'\?"):
        check_framework("skleran 1.2-1")
    with pytest.raises(ValueError, match=r"is not a framework\. Write NAME VERSION, such as pytorch 2\.6"):
        check_framework("s" * 101)
