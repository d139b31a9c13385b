"""Task integrations for moto's interpreter: SageMaker jobs that run, and AWS SDK calls as Step Functions answers them.

In: a Task's resolved Parameters. Out: its result, or the error names that Step Functions gives.
Imported only after moto's parts were (`pushtrain.local.states.install.install`). It starts jobs through Jobs alone.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError
from botocore.response import StreamingBody
from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_aws_sdk import (
    StateTaskServiceAwsSdk,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (
    StateTaskServiceCallback,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails

from pushtrain import aws
from pushtrain.local.api import ApiError
from pushtrain.local.events import JobKind
from pushtrain.local.sagemaker import job_documents as documents
from pushtrain.local.sagemaker.jobs import Jobs
from pushtrain.local.states.interpreter import iso

JOBS: dict[str, JobKind] = {"createTrainingJob": "training", "createProcessingJob": "processing"}
# Error prefixes of the AWS SDK integrations (developer guide, "Supported AWS SDK service integrations").
SDK_NAMES = {"sagemaker": "SageMaker", "s3": "S3", "sfn": "Sfn", "lambda": "Lambda", "sns": "Sns", "sqs": "Sqs"}
# Of SageMaker's error codes these keep their name; ResourceInUse and ResourceNotFound [unverified] by the pattern.
NAMED = frozenset({"ResourceLimitExceeded", "ResourceInUse", "ResourceNotFound"})
LIKELY = ("s3", "sagemaker")  # services that our definitions call by aws-sdk tasks

_clients: dict[tuple[str, str], Any] = {}
_clients_lock = threading.Lock()


def services(stock: Callable[[str], Any], jobs: Jobs) -> Callable[[str], Any]:
    """The factory of integrations: moto's, but ours for `sagemaker` and `aws-sdk`."""

    def service_for(service_name: str) -> Any:
        if service_name == "sagemaker":
            return SageMakerTask(jobs)
        return AwsSdkTask() if service_name == "aws-sdk" else stock(service_name)

    return service_for


def shared_client(region: str, service: str) -> Any:
    """One client for all tasks of a service: making one costs more than most of its calls."""
    with _clients_lock:
        if (region, service) not in _clients:
            _clients[region, service] = aws.client(service, region)
        return _clients[region, service]


def forget_clients() -> None:
    """Clients made for one embedded AWS are of no use to the next."""
    with _clients_lock:
        _clients.clear()


class SageMakerTask(StateTaskServiceCallback):  # type: ignore[misc]
    """`arn:aws:states:::sagemaker:<action>` with and without `.sync`.

    [unverified] on AWS: a failed job is States.TaskFailed with the Describe document as Cause; a Stopped job succeeds
    with status Stopped (definitions check the status themselves); times in the result are epoch milliseconds.
    """

    def __init__(self, jobs: Jobs) -> None:
        super().__init__(supported_integration_patterns=set())
        self._jobs = jobs

    def _validate_service_integration_is_supported(self) -> None:
        """`check_definition` did that, with the catalog."""

    def _eval_service_task(
        self,
        env: Environment,
        resource_runtime_part: Any,
        normalised_parameters: dict[str, Any],
        state_credentials: Any,  # noqa: ARG002 - moto's signature
    ) -> None:
        action, place = self.resource.api_action, resource_runtime_part
        kind = JOBS.get(action)
        if kind is None:
            client = shared_client(place.region, "sagemaker")
            answer = getattr(client, self._get_boto_service_action())(**normalised_parameters)
            env.stack.append({key: value for key, value in answer.items() if key != "ResponseMetadata"})
            return
        step = env.states.context_object.context_object_data["State"]["Name"]
        arn = self._jobs.create(kind, normalised_parameters, account=place.account, region=place.region, step=step)
        env.stack.append({documents.ARN[kind]: arn})

    def _normalise_response(self, response: Any, *_: Any, **__: Any) -> None:
        _to_json_values(response)

    def _eval_integration_pattern(
        self,
        env: Environment,
        resource_runtime_part: Any,
        normalised_parameters: dict[str, Any],
        state_credentials: Any,  # noqa: ARG002 - moto's signature
    ) -> None:
        """Waits for the job; an execution that stops, or a Task that times out, stops its job as AWS tries to."""
        env.stack.pop()
        kind = JOBS[self.resource.api_action]
        name = normalised_parameters[documents.NAME[kind]]
        for service in LIKELY:  # while the job runs there is time to make what the tasks after it use
            shared_client(resource_runtime_part.region, service)
        described = self._jobs.wait(kind, name, while_true=env.is_running)
        if described is None:
            self._jobs.stop(kind, name)
            env.stack.append({})
            return
        result = _milliseconds(described)
        if described[documents.STATUS[kind]] == "Failed":
            cause = json.dumps(result, ensure_ascii=False)
            raise self._failure(env, StatesErrorName(typ=StatesErrorNameType.StatesTaskFailed), cause)
        env.stack.append(result)

    def _failure(self, env: Environment, name: ErrorName, cause: str) -> FailureEventException:
        details = TaskFailedEventDetails(
            resourceType=self._get_sfn_resource_type(),
            resource=self._get_sfn_resource(),
            error=name.error_name,
            cause=cause,
        )
        return FailureEventException(
            FailureEvent(
                env=env,
                error_name=name,
                event_type=HistoryEventType.TaskFailed,
                event_details=EventDetails(taskFailedEventDetails=details),
            )
        )

    def _from_error(self, env: Environment, ex: Exception) -> FailureEvent:
        if isinstance(ex, ApiError):
            code, message = ex.code, str(ex)
        elif isinstance(ex, ClientError):
            code, message = ex.response["Error"]["Code"], ex.response["Error"]["Message"]
        else:
            return super()._from_error(env=env, ex=ex)
        suffix = code.removesuffix("Exception") if code.removesuffix("Exception") in NAMED else "AmazonSageMaker"
        cause = f"{message} (Service: AmazonSageMaker; Error Code: {code})"
        return self._failure(env, CustomErrorName(f"SageMaker.{suffix}Exception"), cause).failure_event


class AwsSdkTask(StateTaskServiceAwsSdk):  # type: ignore[misc]
    """`arn:aws:states:::aws-sdk:<service>:<action>`: results as JSON, errors under AWS's names.

    [unverified]: times in results are ISO 8601 text; errors without a name are `SageMaker.SageMakerException`.
    """

    @staticmethod
    def _normalise_service_error_name(service_name: str) -> str:
        return SDK_NAMES.get(service_name.lower(), service_name[:1].upper() + service_name[1:])

    def _normalise_response(self, response: Any, *_: Any, **__: Any) -> None:
        _to_json_values(response)

    def _eval_service_task(
        self,
        env: Environment,
        resource_runtime_part: Any,
        normalised_parameters: dict[str, Any],
        state_credentials: Any,  # noqa: ARG002 - moto's signature
    ) -> None:
        client = shared_client(resource_runtime_part.region, self._get_boto_service_name())
        answer = getattr(client, self._get_boto_service_action())(**normalised_parameters)
        env.stack.append({key: value for key, value in answer.items() if key != "ResponseMetadata"})

    def _from_error(self, env: Environment, ex: Exception) -> FailureEvent:
        if isinstance(ex, ParamValidationError):
            name = self._normalise_service_error_name(self.resource.api_name)
            return self._get_task_failure_event(env, f"{name}.{name}Exception", str(ex))
        if isinstance(ex, ClientError):  # moto quotes it; not every server gives one
            ex.response.setdefault("ResponseMetadata", {}).setdefault("RequestId", "")  # type: ignore[typeddict-item]
        return super()._from_error(env=env, ex=ex)


def _to_json_values(value: Any) -> Any:
    """Makes a client's answer JSON, in place: bodies become text, times ISO 8601."""
    if isinstance(value, dict):
        for key, member in value.items():
            value[key] = _to_json_values(member)
        return value
    if isinstance(value, list):
        value[:] = [_to_json_values(member) for member in value]
        return value
    if isinstance(value, StreamingBody) or hasattr(value, "read"):
        value = value.read()
    if isinstance(value, bytes):
        return value.decode("utf-8")
    return iso(value) if isinstance(value, datetime) else value


def _milliseconds(value: Any, name: str = "") -> Any:
    """A Describe document with its times, which end in `Time` or `Timestamp`, as epoch milliseconds."""
    if isinstance(value, dict):
        return {key: _milliseconds(member, key) for key, member in value.items()}
    if isinstance(value, list):
        return [_milliseconds(member, name) for member in value]
    if isinstance(value, float) and name.endswith(("Time", "Timestamp")):
        return round(value * 1000)
    return value
