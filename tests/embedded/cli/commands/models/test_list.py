"""`models list`: a table that fits the terminal, and notes on versions of the same content."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pushtrain.aws import client
from pushtrain.local.aws import up
from tests.embedded.cli.commands.models.pushed import RegisterPush
from tests.embedded.registered import PLATFORM

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


def test_a_version_with_the_key_of_an_earlier_one_has_a_note(
    register_push: RegisterPush, types_of_pushes: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    register_push(version_key="a")
    register_push({"train.py": "2"}, version_key="b")
    for _ in range(2):
        register_push(version_key="a")
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


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(None, None, id="data whose content is not known"),
        pytest.param("a", "b", id="other content, although revision and metadata are the same"),
    ],
)
def test_versions_without_a_common_key_are_not_the_same(
    register_push: RegisterPush, types_of_pushes: Types, first: str | None, second: str | None
) -> None:
    register_push(version_key=first)
    register_push(version_key=second)
    assert "note" not in types_of_pushes("list")[1]
    assert "made before" not in types_of_pushes("show", "churn", 2)[1]


def test_metadata_do_not_decide_what_is_the_same(register_push: RegisterPush, types_of_pushes: Types) -> None:
    register_push(version_key="a")
    register_push(version_key="a", metadata={"revision": "v1", "environment": "prod", "data.raw": "s3://lake/11/"})
    message = "same code, data and parameters as version 1"
    assert re.findall(r"note .*", types_of_pushes("list")[1]) == [f"note  churn 2: {message}"]
    assert f"  made before  {message}\n" in types_of_pushes("show", "churn", 2)[1]


def test_a_package_without_a_container_does_not_break_the_list_and_those_of_other_systems_are_not_in_it(
    types: Types, store: Path
) -> None:
    with up(store, PLATFORM, handlers={}):
        for group in ("theirs", "pushtrain-odd"):
            client("sagemaker").create_model_package_group(ModelPackageGroupName=group)
            client("sagemaker").create_model_package(ModelPackageGroupName=group)
    code, out, _ = types("list")
    assert code == 0
    assert re.search(r"^odd +1 ", out, re.MULTILINE)
    assert "theirs" not in out
    assert types("show", "odd", "1")[0] == 0
    code, _, err = types("show", "theirs", "1")
    assert (code, err) == (1, "there is no model 'theirs' in the registry. There are: churn, odd\n")
