"""A model or a version that does not exist, as every command of `models` refuses it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pushtrain.aws import client
from pushtrain.local.aws import up
from tests.embedded.registered import PLATFORM, refuse, register

Types = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize(
    "words", [("show", 1), ("approve", 1), ("reject", 1), ("report", 1), ("compare", 1, 2), ("fetch",), ("list",)]
)
def test_a_mistyped_model_is_told_with_the_one_that_was_meant(words: tuple[object, ...], types: Types) -> None:
    message = "there is no model 'chrun' in the registry. Did you mean 'churn'?\n"
    assert types(words[0], "chrun", *words[1:]) == (1, "", message)


@pytest.mark.parametrize(
    "words", [("show", 7), ("approve", 7), ("reject", 7), ("report", 7), ("compare", 1, 7), ("fetch", "--version", 7)]
)
def test_a_version_that_is_not_there_is_told_with_those_that_are(words: tuple[object, ...], types: Types) -> None:
    assert types(words[0], "churn", *words[1:]) == (1, "", "churn has no version 7. There are: 1, 2, 3\n")


def test_many_models_and_versions_are_counted(types: Types, store: Path) -> None:
    with up(store, PLATFORM, handlers={}):
        for number in range(10):
            client("sagemaker").create_model_package_group(ModelPackageGroupName=f"pushtrain-other{number}")
        for number in range(8):
            register(f"more{number}", {})
    models = ", ".join(["churn", *(f"other{number}" for number in range(9))])
    assert types("show", "xyz", 1)[2] == f"there is no model 'xyz' in the registry. There are: {models} and 1 more\n"
    assert types("show", "churn", 99)[2] == "churn has no version 99. There are: 11, from 1 to 11\n"
    assert types("show", "other3", 1)[2] == "other3 has no version yet\n"


def test_who_may_not_list_models_gets_the_plain_message(types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "pushtrain.registry.not_found.list_model_names", refuse("ListModelPackageGroups", "AccessDeniedException")
    )
    assert types("show", "chrun", 1) == (1, "", "there is no model 'chrun' in the registry\n")
    monkeypatch.setattr(
        "pushtrain.registry.versions.list_packages", refuse("ListModelPackages", "AccessDeniedException")
    )
    assert types("fetch", "chrun")[2].startswith("no version of chrun is approved. See `pushtrain models list chrun ")


def test_json_names_what_does_not_exist(types: Types) -> None:
    def read_kind(*words: object) -> str:
        error: dict[str, str] = json.loads(types(*words, "--json")[1])["error"]
        return error["kind"]

    assert [read_kind("show", "chrun", 1), read_kind("list", "chrun")] == ["ModelNotFound"] * 2
    assert [read_kind("show", "churn", 7), read_kind("compare", "churn", 1, 7)] == ["VersionNotFound"] * 2
    assert read_kind("compare", "churn", 1, 1) == "RegistryError"
