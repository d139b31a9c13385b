"""Answer DescribeModelPackage in this process without building and parsing HTTP: lists ask once for each version.

In: the calls of boto3 clients with the version's ARN. Out: the response that they would get over HTTP. Errors go to
moto.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pushtrain.local.api import ApiError, RequestScope
from pushtrain.local.sagemaker.model_registry import ModelRegistry
from pushtrain.platform import Platform

DESCRIBE, ARN = "DescribeModelPackage", "ModelPackageName"


class DirectRegistry:
    """DescribeModelPackage on the registry of this computer."""

    def __init__(self, registry: ModelRegistry, platform: Platform) -> None:
        self._registry = registry
        self._scope = RequestScope(account=platform.account, region=platform.region)

    def is_plain(self, operation: str, parameters: Mapping[str, Any]) -> bool:
        """Return True if this class answers the request."""
        return operation == DESCRIBE and parameters.keys() == {ARN} and isinstance(parameters[ARN], str)

    def answer(self, client: Any, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the response as boto3 parses it, or None if moto must answer, for example with an error."""
        try:
            document = self._registry.describe_model_package(dict(parameters), self._scope)
        except ApiError:
            return None
        shape = client.meta.service_model.operation_model(operation).output_shape
        answer = {"status_code": 200, "headers": {}, "body": json.dumps(document).encode()}
        response: dict[str, Any] = client._response_parser.parse(answer, shape)
        response["ResponseMetadata"]["RetryAttempts"] = 0
        return response
