"""`models list`: a table that fits the terminal, and notes on versions of the same content."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from tests.embedded.cli.commands.models.pushed import RegisterPush

Types = Callable[..., tuple[int, str, str]]


def listing(types: Types) -> str:
    """What `models list` says, without the minute."""
    return re.sub(r"20\d\d-\d\d-\d\d \d\d:\d\d", "MINUTE", types("list", "churn")[1])


def test_a_narrow_list_goes_on_below(types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert (
        listing(types)
        == """\
MODEL  VERSION  STATUS
churn  1        PendingManualApproval
churn  2        PendingManualApproval
churn  3        PendingManualApproval
MODEL  VERSION  METRICS                         RUN
churn  1        auc 0.95, loss 0.3, oddity 1.5  one
churn  2        auc 0.97, loss 0.4, oddity 2.5  two
churn  3        auc 0.97                        three
MODEL  VERSION  CREATED
churn  1        MINUTE
churn  2        MINUTE
churn  3        MINUTE
"""
    )


def test_a_version_of_the_same_is_told_of(
    register_push: RegisterPush, types_of_pushes: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    register_push()
    register_push({"train.py": "2"})
    for _ in range(2):
        register_push()
    code, out, _ = types_of_pushes("list")
    assert code == 0
    assert out.splitlines()[-2:] == [
        "note  churn 3: same code, data and parameters as version 1",
        "note  churn 4: same code, data and parameters as version 1",
    ]
    assert [version["same_as"] for version in json.loads(types_of_pushes("list", "--json")[1])] == [None, None, 1, 1]
    assert "  made before  same code, data and parameters as version 1\n" in types_of_pushes("show", "churn", 4)[1]
    assert "made before" not in types_of_pushes("show", "churn", 1)[1] + types_of_pushes("show", "churn", 2)[1]
    assert [json.loads(types_of_pushes("show", "churn", n, "--json")[1])["same_as"] for n in (1, 2, 3)] == [
        None,
        None,
        1,
    ]


def test_data_at_an_address_is_the_same_as_far_as_it_is_known(
    register_push: RegisterPush, types_of_pushes: Types
) -> None:
    register_push(raw="s3://lake/10/")
    register_push(raw="s3://lake/11/")
    register_push(raw="s3://lake/10/")
    message = "same code, parameters and address of data as version 1"
    assert re.findall(r"note .*", types_of_pushes("list")[1]) == [f"note  churn 3: {message}"]
    assert f"  made before  {message}\n" in types_of_pushes("show", "churn", 3)[1]


def test_other_parameters_are_not_the_same(register_push: RegisterPush, types_of_pushes: Types) -> None:
    register_push()
    register_push(metadata={"environment": "prod"})
    assert "note" not in types_of_pushes("list")[1]
    assert "made before" not in types_of_pushes("show", "churn", 2)[1]


def test_a_revision_that_is_no_hash_may_be_other_files_each_time(
    register_push: RegisterPush, types_of_pushes: Types
) -> None:
    for _ in range(2):
        register_push(metadata={"revision": "v1"})
    assert "note" not in types_of_pushes("list")[1]
    assert "made before" not in types_of_pushes("show", "churn", 2)[1]
