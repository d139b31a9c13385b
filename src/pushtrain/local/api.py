"""Put operations of ours in the place of moto's, whether a request comes in-process or over moto's server.

In: a class of moto's responses and our functions. Out: the class answering with them, and AWS error codes for ApiError.
It knows the JSON protocols of AWS (a dict in, a dict out, times in epoch seconds) and no service.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pushtrain.local.patches import Patches


class ApiError(Exception):
    """An answer of AWS other than yes: `code` is the API's error code."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


@dataclass(frozen=True, kw_only=True)
class RequestScope:
    """Where a request arrived."""

    account: str
    region: str


Operation = Callable[[dict[str, Any], RequestScope], Mapping[str, Any]]


def serve(patches: Patches, response_class: Any, operations: Mapping[str, Operation]) -> None:
    """Makes `response_class` answer the operations (names in snake case) with our functions."""
    for name, operation in operations.items():
        patches.add(response_class, name, _method(operation))


def _method(operation: Operation) -> Callable[[Any], str]:
    from moto.core.exceptions import ServiceException  # noqa: PLC0415 - nothing of moto at import

    class Answer(ServiceException):
        """moto looks for the service in the name of the module that defines the exception: not in moto.core."""

    def method(self: Any) -> str:
        place = RequestScope(account=self.current_account, region=self.region)
        try:
            return json.dumps(operation(json.loads(self.body or "{}"), place))
        except ApiError as error:
            raise Answer(error.code, str(error)) from error

    return method


def paginate(items: Sequence[Any], size: int | None, token: str | None) -> tuple[Sequence[Any], str | None]:
    """One page of a list and the token of the next; a token is the index where its page begins.

    Raises ApiError (ValidationException) for a token that this function never gave.
    """
    if token is not None and not token.isdecimal():
        raise ApiError("ValidationException", f"Invalid pagination token {token!r}")
    first = int(token or 0)
    last = first + (size or len(items))
    return items[first:last], str(last) if last < len(items) else None
