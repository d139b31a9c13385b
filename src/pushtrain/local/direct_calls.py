"""Answer the calls of boto3 clients in this process without building and parsing HTTP.

In: for each service, an object that answers some of its operations. Out: botocore, which asks that object first; all
other requests go to moto. Handlers of botocore's events see the calls as usual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol
from urllib.parse import quote

from pushtrain.local.patches import Patches

Response = dict[str, Any]
Call = Callable[[Any, str, dict[str, Any]], Response]


class Answerer(Protocol):
    """Answers the requests to one service that it knows."""

    def is_plain(self, operation: str, parameters: Mapping[str, Any]) -> bool:
        """Return True if a request has only parameters that are answered here."""

    def answer(self, client: Any, operation: str, parameters: Mapping[str, Any]) -> Response | None:
        """Return the response of a plain request, or None if moto must answer. botocore raises one with an `Error`."""


@contextmanager
def answer_directly(answerers: Mapping[str, Answerer]) -> Iterator[None]:
    """Ask the answerers, by service name such as `s3`, for every client of this process while the context lasts."""
    import botocore.client  # noqa: PLC0415 - botocore is slow to import

    client_class: Any = botocore.client.BaseClient
    patches = Patches()
    try:
        patches.replace(client_class, "_make_api_call", _wrap_call(client_class._make_api_call, answerers))
        yield
    finally:
        patches.undo()


def _wrap_call(original: Call, answerers: Mapping[str, Answerer]) -> Call:
    def call(self: Any, operation: str, parameters: dict[str, Any]) -> Response:
        service = self.meta.service_model.service_name
        answerer = answerers.get(service)
        if answerer is None or not answerer.is_plain(operation, parameters):
            return original(self, operation, parameters)
        model = self.meta.service_model.operation_model(operation)
        context: dict[str, Any] = {}
        self._emit_api_params(api_params=dict(parameters), operation_model=model, context=context)
        request = {"url_path": f"/{quote(parameters.get('Key', ''))}", "headers": {}, "body": b"", "context": context}
        _, refusal = self.meta.events.emit_until_response(
            f"before-call.{service}.{operation}", model=model, params=request, request_signer=None, context=context
        )
        response = answerer.answer(self, operation, parameters) if refusal is None else None
        if response is None:
            return original(self, operation, parameters)
        self.meta.events.emit(
            f"after-call.{service}.{operation}", http_response=None, parsed=response, model=model, context=context
        )
        if error := response.get("Error"):
            raise self.exceptions.from_code(error["Code"])(response, operation)
        return response

    return call
