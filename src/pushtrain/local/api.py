"""Replace operations of moto's AWS APIs with pushtrain's own, for requests in this process and over HTTP.

In: a response class of moto and functions. Out: the class, which now answers with the functions; an ApiError becomes an
error response of AWS. This module knows the JSON protocols of AWS (a dict in, a dict out, times in epoch seconds), but
no service.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from pushtrain.local.patches import Patches

Request = dict[str, Any]
Response = dict[str, Any]


class ApiError(Exception):
    """An operation failed. `code` is AWS's error code, such as ValidationException; `status` is that of HTTP."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        self.code, self.status = code, status
        super().__init__(message)


class RequestScope(Struct, frozen=True, kw_only=True):
    """The account and the region that a request was sent to."""

    account: str
    region: str


Operation = Callable[[Request, RequestScope], Mapping[str, Any]]


def serve(patches: Patches, response_class: Any, operations: Mapping[str, Operation]) -> None:
    """Let `response_class` answer the given operations. Names are in snake case, such as `create_training_job`."""
    for name, operation in operations.items():
        patches.add(response_class, name, _build_method(operation))


def list_operations(api: object) -> dict[str, Operation]:
    """Return the public methods of an object by name: each one is an operation."""
    return {name: method for name, method in inspect.getmembers(api, inspect.ismethod) if not name.startswith("_")}


def refuse_operations(reasons: Mapping[str, str]) -> dict[str, Operation]:
    """Return operations that always raise a ValidationException. `reasons` maps the operation to the message."""

    def refuse(reason: str) -> Operation:
        def operation(_: Request, __: RequestScope) -> Response:
            raise ApiError("ValidationException", reason)

        return operation

    return {name: refuse(reason) for name, reason in reasons.items()}


def _build_method(operation: Operation) -> Callable[[Any], str]:
    from moto.core.exceptions import ServiceException  # noqa: PLC0415 - nothing of moto at import

    class Answer(ServiceException):
        """An error response. moto takes the service from the module of the exception, so it is defined here."""

    def method(self: Any) -> str:
        scope = RequestScope(account=self.current_account, region=self.region)
        try:
            return json.dumps(operation(json.loads(self.body or "{}"), scope))
        except ApiError as error:
            raise Answer(error.code, str(error)) from error

    return method


def paginate(documents: Sequence[Any], size: int | None, token: str | None) -> tuple[Sequence[Any], str | None]:
    """Return one page of a list, and the token of the next page (None on the last).

    A token is the index at which its page begins. Without `size` the page holds all the rest. Raises ApiError
    (ValidationException) for a token that this function did not create.
    """
    if token is not None and not token.isdecimal():
        raise ApiError("ValidationException", f"Invalid pagination token {token!r}")
    first = int(token or 0)
    last = first + (size or len(documents))
    return documents[first:last], str(last) if last < len(documents) else None
