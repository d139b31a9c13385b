"""Which version serves, as `models list` and `models show` mark it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

Types = Callable[..., tuple[int, str, str]]


def listing(types: Types) -> str:
    """What `models list` says, without the minute."""
    return re.sub(r"20\d\d-\d\d-\d\d \d\d:\d\d", "MINUTE", types("list", "churn")[1])


def test_the_version_that_serves_is_marked(types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    types("approve", "churn", 1)
    types("approve", "churn", 2)
    assert (
        listing(types)
        == """\
MODEL  VERSION  STATUS                 METRICS                         RUN    CREATED
churn  1        Approved               auc 0.95, loss 0.3, oddity 1.5  one    MINUTE
churn  2        Approved · serves      auc 0.97, loss 0.4, oddity 2.5  two    MINUTE
churn  3        PendingManualApproval  auc 0.97                        three  MINUTE
"""
    )
    assert [version["serves"] for version in json.loads(types("list", "--json")[1])] == [False, True, False]
    assert "  status      Approved · serves\n" in types("show", "churn", 2)[1]
    assert "  status      Approved\n" in types("show", "churn", 1)[1]
    assert [json.loads(types("show", "churn", number, "--json")[1])["serves"] for number in (1, 2)] == [False, True]


def test_who_may_not_see_what_serves_still_gets_the_list(types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    types("approve", "churn", 1)

    def fails(code: str) -> None:
        def refused(*_: object) -> str:
            raise ClientError({"Error": {"Code": code, "Message": "no"}}, "GetObject")

        for name in ("read_serving_arn", "read_serving_arns"):
            monkeypatch.setattr(f"pushtrain.serving.{name}", refused)

    fails("AccessDenied")
    code, out, _ = types("list", "--json")
    assert (code, [version["serves"] for version in json.loads(out)]) == (0, [None, None, None])
    assert "serves" not in types("list")[1] + types("show", "churn", 1)[1]
    fails("SlowDown")
    assert types("list")[0] != 0  # what is not known for another reason is no answer
