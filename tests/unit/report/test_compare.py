"""Versions side by side."""

from __future__ import annotations

import pytest

from pushtrain.config import load_config
from pushtrain.errors import RegistryError
from pushtrain.platform import Platform
from pushtrain.report.compare import Comparison, compare_versions, find_parameters_key
from pushtrain.report.content import ContentPart, VersionSource
from tests.unit.report.report_facts import version


def comparison(*parts: ContentPart, commits: tuple[str, str] = ("c1", "c2"), repository: str = "r") -> Comparison:
    columns = [
        VersionSource(version=version(2, commit=commits[1], repository="r"), record=None, config=None),
        VersionSource(version=version(1, commit=commits[0], repository=repository), record=None, config=None),
    ]
    empty: list[ContentPart] = []
    return Comparison(
        model="churn",
        columns=columns,
        serving=None,
        metrics=[],
        hyperparameters=[],
        config=[],
        data=[],
        content=list(parts) or empty,
    )


def test_the_commits_are_those_of_the_oldest_and_the_newest_version() -> None:
    assert comparison().commits == ("c1", "c2")


def test_without_a_common_repository_or_a_known_commit_there_is_no_range() -> None:
    assert comparison(repository="other").commits is None
    assert comparison(commits=("unknown", "c2")).commits is None


def test_code_is_the_same_if_every_script_is_whatever_the_data() -> None:
    train, other = ContentPart(name="train", same=True), ContentPart(name="other code", same=None)
    data = ContentPart(name="data.raw", same=False)
    assert comparison(train, data).same_code is True
    assert comparison(train, other).same_code is None
    assert comparison(train, other, ContentPart(name="evaluate", same=False)).same_code is False


def test_one_version_is_nothing_to_compare() -> None:
    with pytest.raises(RegistryError) as raised:
        compare_versions(Platform.local(), "churn", [3, 3])
    assert str(raised.value) == "a comparison needs two different versions or more"


def test_hyperparameters_are_those_of_the_step_that_trains_the_model() -> None:
    step = "{framework: sklearn 1.2-1, script: s.py}"
    plain = load_config(f"model: m\ntrain: {step}\n".encode()).config
    own = "model: m\nsteps: {fit: {kind: training, framework: sklearn 1.2-1, script: s.py}}\nregister: {model: fit}\n"
    assert find_parameters_key(plain) == "train.hyperparameters"
    assert find_parameters_key(load_config(own.encode()).config) == "steps.fit.hyperparameters"
