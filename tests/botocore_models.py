"""botocore in tests: it reads each model once, clients outlive embedded AWS, and clients without boto3 are checked.

Each start of embedded AWS begins with a new boto3 session: half a second, and a quarter of the time of the tests.
"""

from __future__ import annotations

import functools
import os
from typing import Any

import boto3
import botocore.hooks
import botocore.loaders
import botocore.session
import moto.core.models  # noqa: F401 - a session made before this import would ask AWS, not moto
from botocore import xform_name
from botocore.client import ClientCreator
from botocore.exceptions import ClientError, ParamValidationError
from botocore.hooks import EventAliaser
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from pushtrain import aws
from pushtrain.local.lookup.clients import LookupClient
from pushtrain.service_models import find_loader


def share_models() -> None:
    """Let all sessions of this process share a loader, and all clients of a service share a class."""
    botocore.session.create_loader = functools.cache(botocore.loaders.create_loader)
    creator: Any = ClientCreator  # its stub lacks the method
    create_client_class = creator._create_client_class
    classes: dict[str, type] = {}

    def find_client_class(self: Any, service_name: str, service_model: Any) -> type:
        if service_name not in classes:
            classes[service_name] = create_client_class(self, service_name, service_model)
        return classes[service_name]

    creator._create_client_class = find_client_class


def share_handlers() -> None:
    """Let all sessions share what botocore finds out about each handler: a session takes 1.5 ms, not 10.

    The SDK `stepfunctions` creates two sessions for each step.
    """
    hooks: Any = botocore.hooks
    hooks.accepts_kwargs = functools.lru_cache(maxsize=1000)(hooks.accepts_kwargs)
    create = EventAliaser.__init__
    names: dict[str, str] = {}

    def create_sharing(self: Any, event_emitter: Any, event_aliases: Any = None) -> None:
        create(self, event_emitter, event_aliases)
        if event_aliases in (None, hooks.EVENT_ALIASES):
            self._alias_name_cache = names

    EventAliaser.__init__ = create_sharing  # type: ignore[method-assign]


def share_sessions() -> None:
    """Let starts of embedded AWS with the same variables, such as the region, share a session, and so its clients.

    A test that changes a client makes its own: `create_client`.
    """
    create_session = aws._create_session

    @functools.cache
    def find_session(_variables: tuple[tuple[str, str], ...]) -> boto3.Session:
        return create_session()

    aws._create_session = lambda: find_session(
        tuple(sorted(item for item in os.environ.items() if aws._is_aws(item[0])))
    )


def check_answers() -> None:
    """Let botocore check the requests and answers of the clients that pushtrain has in place of boto3's (decision 65).

    Runs on this computer use them. A misspelt parameter, or one of the wrong type, fails a test as it fails on AWS.
    """
    call: Any = LookupClient._call

    def call_checked(self: LookupClient, name: str, /, **request: Any) -> Any:
        operation = _find_operation(self._service, name)
        if operation is None:  # made up by a test
            return call(self, name, **request)
        report = ParamValidator().validate(request, operation.input_shape)
        if report.has_errors():
            raise ParamValidationError(report=report.generate_report())
        try:
            answer = call(self, name, **request)
        except ClientError as error:
            _check_class(error, self._service)
            raise
        unknown = answer.keys() - operation.output_shape.members.keys() - {"ResponseMetadata"}
        assert not unknown, f"{self._service} {name}: AWS does not answer {sorted(unknown)}"
        return answer

    LookupClient._call = call_checked  # type: ignore[method-assign]


@functools.cache
def _find_operation(service: str, method: str) -> Any:
    model = _load_service(service)
    names = [name for name in model.operation_names if xform_name(name) == method]
    return model.operation_model(names[0]) if names else None


def _check_class(error: ClientError, service: str) -> None:
    """Check that an error has the class that boto3 raises for its code."""
    shapes: Any = _load_service(service).error_shapes
    names = {shape.error_code: shape.name for shape in shapes}
    assert type(error).__name__ == names.get(error.response["Error"]["Code"], "ClientError")


@functools.cache
def _load_service(service: str) -> ServiceModel:
    return ServiceModel(find_loader().load_service_model(service, "service-2"), service)
