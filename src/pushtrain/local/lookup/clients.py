"""Clients that look like those of boto3, and that answer from operations of this process.

In: operations by service and name, such as `describe_execution`. Out: clients with methods, paginators and exceptions.
What they cannot answer, a boto3 client answers, for which embedded AWS is started. This module knows no service.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache, partial
from types import SimpleNamespace
from typing import Any

from pushtrain.local.api import ApiError, Operation, RequestScope

TIME_MEMBER = re.compile(r"(Date|Time|[tT]imestamp)$")
# Each pair of members by which an API pages: in the request, in the response.
TOKENS = (("nextToken", "nextToken"), ("NextToken", "NextToken"), ("ContinuationToken", "NextContinuationToken"))

WITHOUT_TIMES = frozenset({"logs"})  # services whose times are milliseconds, also in boto3
# Error codes that botocore's model of the service does not have: boto3 raises them as ClientError itself.
NOT_MODELLED = frozenset({("s3", "404"), ("sagemaker", "ValidationException"), ("logs", "ValidationException")})

StartAws = Callable[[str], Any]  # starts embedded AWS, and returns the boto3 client of a service


class NotAnswered(Exception):
    """An operation does not answer this request. boto3 does."""


class LookupClient:
    """A client of one service. `start_aws` is called for what `operations` do not answer."""

    def __init__(
        self, service: str, operations: Mapping[str, Operation], scope: RequestScope, start_aws: StartAws
    ) -> None:
        self._service, self._operations, self._scope, self._start_aws = service, operations, scope, start_aws
        self.exceptions = Exceptions()
        self.meta = SimpleNamespace(region_name=scope.region)

    def __getattr__(self, name: str) -> Any:
        """Return the method of an operation. All other attributes are those of the boto3 client."""
        return partial(self._call, name) if name in self._operations else getattr(self._start_aws(self._service), name)

    def get_paginator(self, name: str) -> Any:
        """Return the paginator of an operation."""
        if name in self._operations:
            return Paginator(getattr(self, name))
        return self._start_aws(self._service).get_paginator(name)

    def _call(self, name: str, /, **request: Any) -> Any:
        try:
            response = self._operations[name](copy_request(request), self._scope)
            return response if self._service in WITHOUT_TIMES else parse_times(response)
        except NotAnswered:
            return getattr(self._start_aws(self._service), name)(**request)
        except ApiError as error:
            kind = find_exception("ClientError" if (self._service, error.code) in NOT_MODELLED else error.code)
            answer = {"Error": {"Code": error.code, "Message": str(error)}}
            metadata = {"HTTPStatusCode": error.status, "HTTPHeaders": {}, "RequestId": "", "RetryAttempts": 0}
            raise kind({**answer, "ResponseMetadata": metadata}, _build_operation_name(name)) from error


class Exceptions:
    """The exceptions of a client by AWS's code, such as `ExecutionDoesNotExist`."""

    def __getattr__(self, code: str) -> type[Exception]:
        """Return the class of the errors with this code."""
        return find_exception(code)


class Paginator:
    """The pages of a list."""

    def __init__(self, call: Callable[..., Mapping[str, Any]]) -> None:
        self._call = call

    def paginate(self, PaginationConfig: Mapping[str, Any] | None = None, **request: Any) -> Iterator[Any]:  # noqa: N803, ARG002
        """Yield each page. The sizes of pages in `PaginationConfig` do not matter here."""
        while True:
            page = self._call(**request)
            yield page
            token = next((pair for pair in TOKENS if page.get(pair[1])), None)
            if token is None:
                return
            request[token[0]] = page[token[1]]


@cache
def find_exception(code: str) -> type[Exception]:
    """Return the class of the errors with a code of AWS. It is a ClientError, as with boto3."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    return ClientError if code == "ClientError" else type(code, (ClientError,), {})


def copy_request(value: Any) -> Any:
    """Return a request that an operation may keep, with times as epoch seconds. Contents of objects stay."""
    if isinstance(value, Mapping):
        return {name: copy_request(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [copy_request(inner) for inner in value]
    return value.timestamp() if isinstance(value, datetime) else value


def parse_times(value: Any, member: str = "") -> Any:
    """Return a response with its times as datetimes, as boto3 does it. Operations give them in epoch seconds."""
    if isinstance(value, Mapping):
        return {name: parse_times(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [parse_times(inner) for inner in value]
    if isinstance(value, float | int) and not isinstance(value, bool) and TIME_MEMBER.search(member):
        return datetime.fromtimestamp(value, UTC)
    return value


def _build_operation_name(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
