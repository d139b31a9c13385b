"""moto reads the same models, with its additions, whichever loader it has."""

from __future__ import annotations

from typing import Any

import pytest
from moto.core import loaders, utils

from pushtrain.local.moto_models import MotoModels, find_models_fast


def create_loader() -> Any:
    """Return what moto would use now."""
    return vars(utils)["create_loader"]()


@pytest.mark.parametrize(
    ("service", "type_name"),
    [("s3", "service-2"), ("sagemaker", "service-2"), ("stepfunctions", "service-2"), ("sagemaker", "paginators-1")],
)
def test_a_model_is_that_of_moto(service: str, type_name: str) -> None:
    with find_models_fast():
        assert isinstance(create_loader(), MotoModels)
        model = create_loader().load_service_model(service, type_name)
    assert model == loaders.create_loader().load_service_model(service, type_name)
    assert not isinstance(create_loader(), MotoModels)


def test_an_addition_of_moto_is_in_its_model() -> None:
    """S3 has some: without them, moto lacks error shapes."""
    with find_models_fast():
        assert list(create_loader()._find_extras("s3", "service-2", "2006-03-01"))
