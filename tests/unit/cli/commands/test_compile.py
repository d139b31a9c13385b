"""`compile` prints the definition as JSON, and warnings on stderr."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pushtrain.platform import PLATFORM_VARIABLE, Platform
from pushtrain.starters import create_model_repo

Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    create_model_repo(tmp_path / "churn", "sklearn")
    return tmp_path / "churn"


def test_the_definition_of_this_computer_needs_no_platform(
    repo: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PLATFORM_VARIABLE, raising=False)
    code, out, err = typed("compile", repo)
    assert (code, err, json.loads(out)["StartAt"]) == (0, "", "start")


def test_with_an_environment_it_is_that_of_the_platform(
    repo: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PLATFORM_VARIABLE, Platform.local("dev").to_json().replace('"pushtrain-code"', '"other-code"'))
    code, out, err = typed("compile", repo, "-e", "dev")
    assert (code, json.loads(out)["StartAt"]) == (0, "start")
    assert "environments: there is none, and 'dev' was asked for" in err


def test_an_unknown_template_is_reported_at_its_line(repo: Path, typed: Typed) -> None:
    config = repo / "config.yaml"
    config.write_text(f"template: trian\n{config.read_text()}")
    code, out, err = typed("compile", repo)
    assert (code, out) == (1, "")
    assert err == f"{config}:1  template: 'trian' is not a template. Did you mean 'train'?\n"
