"""Operations that replace those of moto: which methods are operations, refusals, and pages."""

from __future__ import annotations

import pytest

from pushtrain.local.api import ApiError, Request, RequestScope, list_operations, paginate, refuse_operations

SCOPE = RequestScope(account="123456789012", region="us-east-1")


class Api:
    def start_job(self, request: Request, scope: RequestScope) -> Request:
        return {"job": request["name"], "region": scope.region}

    def _find(self) -> None:
        raise NotImplementedError


def test_each_public_method_is_an_operation() -> None:
    operations = list_operations(Api())
    assert list(operations) == ["start_job"]
    assert operations["start_job"]({"name": "a"}, SCOPE) == {"job": "a", "region": "us-east-1"}


def test_a_refused_operation_says_why() -> None:
    operations = refuse_operations({"start_job": "jobs cannot start", "stop_job": "jobs cannot stop"})
    with pytest.raises(ApiError) as raised:
        operations["stop_job"]({}, SCOPE)
    assert (raised.value.code, str(raised.value)) == ("ValidationException", "jobs cannot stop")


def test_pages_follow_each_other_until_the_list_ends() -> None:
    page, token = paginate("abcde", 2, None)
    assert (page, token) == ("ab", "2")
    page, token = paginate("abcde", 2, "2")
    assert (page, token) == ("cd", "4")
    assert paginate("abcde", 2, "4") == ("e", None)
    assert paginate("abcde", None, None) == ("abcde", None)


def test_an_unknown_token_is_refused() -> None:
    with pytest.raises(ApiError) as raised:
        paginate("abc", 1, "page two")
    assert (raised.value.code, str(raised.value)) == ("ValidationException", "Invalid pagination token 'page two'")
