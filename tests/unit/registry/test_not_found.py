"""Errors for models and versions that do not exist."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from pushtrain import aws
from pushtrain.errors import ModelNotFound, VersionNotFound
from pushtrain.platform import Platform
from pushtrain.registry.not_found import unknown_model_error, unknown_version_error

PLATFORM = Platform.local()


class SageMaker:
    """A registry with models of these names, or one that denies access."""

    def __init__(self, *names: str, code: str = "") -> None:
        self.names, self.code = names, code

    def get_paginator(self, _: str) -> SageMaker:
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        if self.code:
            raise ClientError({"Error": {"Code": self.code, "Message": ""}}, "ListModelPackageGroups")
        return [{"ModelPackageGroupSummaryList": [{"ModelPackageGroupName": name} for name in ("other", *self.names)]}]


@pytest.mark.parametrize(
    ("sagemaker", "message"),
    [
        (
            SageMaker("pushtrain-churn", "pushtrain-digits"),
            "there is no model 'chrun' in the registry. Did you mean 'churn'?",
        ),
        (SageMaker("pushtrain-digits"), "there is no model 'chrun' in the registry. There are: digits"),
        (SageMaker(), "there is no model 'chrun' in the registry. There are: none yet"),
        (SageMaker(code="AccessDeniedException"), "there is no model 'chrun' in the registry"),
    ],
)
def test_an_unknown_model_is_answered_with_the_name_that_was_probably_meant(
    sagemaker: SageMaker, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws, "client", lambda *_: sagemaker)
    error = unknown_model_error(PLATFORM, "chrun")
    assert (type(error), str(error)) == (ModelNotFound, message)


def test_a_model_without_versions_is_not_called_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "client", lambda *_: SageMaker("pushtrain-churn"))
    error = unknown_model_error(PLATFORM, "churn")
    assert (type(error), str(error)) == (VersionNotFound, "churn has no version yet")


def test_only_a_denial_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "client", lambda *_: SageMaker(code="ThrottlingException"))
    with pytest.raises(ClientError):
        unknown_model_error(PLATFORM, "churn")


def test_an_unknown_version_is_answered_with_those_there_are() -> None:
    assert str(unknown_version_error("churn", [9], [2, 1])) == "churn has no version 9. There are: 1, 2"
    assert (
        str(unknown_version_error("churn", [99], range(1, 12)))
        == "churn has no version 99. There are: 11, from 1 to 11"
    )
