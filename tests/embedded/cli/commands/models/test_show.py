"""`models show`: facts of one version, and an earlier version with the same content."""

from __future__ import annotations

import json
from collections.abc import Callable

import msgspec
import pytest
from botocore.exceptions import ClientError

from tests.embedded.cli.commands.models.pushed import RegisterPush
from tests.embedded.registered import write_result
from tests.sample_result import RESULT

Types = Callable[..., tuple[int, str, str]]


def test_changes_that_the_commit_lacks_are_told_of(types: Types) -> None:
    assert types("approve", "churn", 2)[2].splitlines()[0].endswith(" · run two · commit bbbbbbbbbbbb and changes")
    assert f"  commit      {'b' * 40} and changes\n" in types("show", "churn", 2)[1]
    assert f"  commit      {'a' * 40}\n" in types("show", "churn", 1)[1]
    documents = [json.loads(types("show", "churn", version, "--json")[1]) for version in (1, 2, 3)]
    assert [document["dirty"] for document in documents] == [False, True, None]  # what the third was told is gone
    assert documents[1]["commit"] == "b" * 40


def test_who_may_not_look_for_other_runs_still_sees_the_version(
    register_push: RegisterPush, types_of_pushes: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListObjectsV2")

    for _ in range(2):
        register_push(version_key="a")
    monkeypatch.setattr("pushtrain.registry.earlier.list_summaries", denied)
    code, out, _ = types_of_pushes("show", "churn", 2)
    assert (code, "made before" in out) == (0, False)


def test_data_that_changed_during_the_run_is_named(register_push: RegisterPush, types_of_pushes: Types) -> None:
    register_push()
    run = json.loads(types_of_pushes("show", "churn", 1, "--json")[1])["run"]
    assert json.loads(types_of_pushes("show", "churn", 1, "--json")[1])["data_changed"] == []
    write_result(msgspec.structs.replace(RESULT, run=run, data_changed=("raw",)))
    assert json.loads(types_of_pushes("show", "churn", 1, "--json")[1])["data_changed"] == ["raw"]
    assert "  changed during the run  data.raw\n" in types_of_pushes("show", "churn", 1)[1]
