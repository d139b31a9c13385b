"""Answer boto3 clients of this process from pushtrain's own operations, without moto and without HTTP.

In: the operations of one service with a JSON protocol, as in `pushtrain.local.api`. Out: the responses and errors that
clients would get over HTTP. botocore checks each request, and parses each response, as it does with AWS.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from pushtrain.local.api import ApiError, Operation, RequestScope
from pushtrain.local.direct_calls import Response


def _answer_all(_: Mapping[str, Any]) -> bool:
    return True


class DirectOperations:
    """The operations of one service. moto answers requests for which `is_answered` returns False."""

    def __init__(
        self,
        operations: Mapping[str, Operation],
        account: str,
        is_answered: Callable[[dict[str, Any]], bool] = _answer_all,
    ) -> None:
        self._operations, self._account, self._is_answered = operations, account, is_answered

    def is_plain(self, operation: str, parameters: Mapping[str, Any]) -> bool:
        """Return True if the request is answered here."""
        return _find_name(operation) in self._operations and self._is_answered(dict(parameters))

    def answer(self, client: Any, operation: str, parameters: Mapping[str, Any]) -> Response:
        """Return the response as boto3 parses it. Raises ParamValidationError as boto3 does."""
        model = client.meta.service_model.operation_model(operation)
        body = client._serializer.serialize_to_request(dict(parameters), model)["body"]
        scope = RequestScope(account=self._account, region=client.meta.region_name)
        try:
            status, document = 200, self._operations[_find_name(operation)](json.loads(body or "{}"), scope)
        except ApiError as error:
            status, document = 400, {"__type": error.code, "message": str(error)}
        answer = {"status_code": status, "headers": {}, "body": json.dumps(document).encode()}
        response: Response = client._response_parser.parse(answer, model.output_shape)
        response["ResponseMetadata"]["RetryAttempts"] = 0
        return response


def _find_name(operation: str) -> str:
    """Return the name of the method, such as `describe_execution` of DescribeExecution."""
    from botocore import xform_name  # noqa: PLC0415 - botocore is slow to import

    name: str = xform_name(operation)
    return name
