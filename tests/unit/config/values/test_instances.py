"""Instance types and frameworks, with the nearest that exists."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from pushtrain.catalog.images import UnknownFramework
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


def test_frameworks() -> None:
    assert check_framework("pytorch 2.6") == "pytorch 2.6"
    with pytest.raises(UnknownFramework, match=r"no framework 'skleran'\. Did you mean 'sklearn'\?"):
        check_framework("skleran 1.2-1")
    with pytest.raises(ValueError, match=r"is not a framework\. Write NAME VERSION, such as pytorch 2\.6"):
        check_framework("s" * 101)
