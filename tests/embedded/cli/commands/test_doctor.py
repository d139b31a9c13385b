"""`pushtrain doctor --definition`: what AWS says about the definition of a model repo."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pushtrain.local.aws import LocalAws
from tests.embedded.conftest import MakeRepo

Types = Callable[..., tuple[int, str, str]]


def test_each_state_of_a_model_repo_is_evaluated_on_the_deployed_platform(
    local_aws: LocalAws, make_repo: MakeRepo, typed: Types
) -> None:
    repo = make_repo("plain")
    code, out, err = typed("doctor", "--definition", repo)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("  ✓ definition        AWS takes it: ")
    assert lines[1] == "  ✓ state             start"
    assert lines[-1] == "nothing must be fixed"
    document = json.loads(typed("doctor", "--definition", repo, "--json")[1])
    assert document["fine"] is True
    assert document["checks"][1] == {"check": "state", "state": "fine", "found": "start", "fix": ""}


def test_a_model_repo_with_an_error_has_nothing_to_check(
    local_aws: LocalAws, make_repo: MakeRepo, typed: Types
) -> None:
    repo = make_repo("plain", {"config.yaml": "model: plain\ntrian: {}\n"})
    code, out, err = typed("doctor", "--definition", repo)
    assert (code, out) == (1, "")
    assert "unknown key" in err


def test_this_computer_checks_a_definition_too(
    make_repo: MakeRepo, typed: Types, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, _ = typed("doctor", "--local", "--definition", make_repo("diamond"))
    assert code == 0
    assert "  ✓ state             odd and even\n" in out
