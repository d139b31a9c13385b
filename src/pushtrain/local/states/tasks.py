"""Task integrations for moto's interpreter: SageMaker jobs that really run, Lambda functions and AWS SDK calls.

In: a Task's resolved Parameters. Out: the Task's result, or an error named as in Step Functions.
Import this module only after `pushtrain.local.states.install.install` imported moto. Only Jobs starts the jobs.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError, ParamValidationError
from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.state.exec.state_task.lambda_eval_utils import (
    LambdaFunctionErrorException,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_aws_sdk import (
    StateTaskServiceAwsSdk,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (
    StateTaskServiceCallback,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_lambda import (
    StateTaskServiceLambda,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails

from pushtrain import aws
from pushtrain.catalog.job_kinds import BY_ACTION
from pushtrain.local.api import ApiError
from pushtrain.local.sagemaker.jobs import Jobs
from pushtrain.local.states.functions import FunctionFailed, InvokeFunction
from pushtrain.local.states.history import format_iso

# Error prefixes of the AWS SDK integrations (developer guide, "Supported AWS SDK service integrations").
SDK_NAMES = {"sagemaker": "SageMaker", "s3": "S3", "sfn": "Sfn", "lambda": "Lambda", "sns": "Sns", "sqs": "Sqs"}
# SageMaker's error codes that keep their name in Step Functions. ResourceInUse and ResourceNotFound are [unverified].
KEPT_ERROR_CODES = frozenset({"ResourceLimitExceeded", "ResourceInUse", "ResourceNotFound"})
LIKELY_SERVICES = ("s3", "sagemaker")  # services that pushtrain's definitions and functions call

_clients: dict[tuple[str, str], Any] = {}
_clients_lock = threading.Lock()


def build_service_factory(
    stock: Callable[[str], Any], jobs: Jobs, invoke_function: InvokeFunction
) -> Callable[[str], Any]:
    """Return a factory of integrations: pushtrain's for `sagemaker`, `lambda` and `aws-sdk`, moto's for all others."""

    def create_service(service_name: str) -> Any:
        if service_name == "sagemaker":
            return SageMakerTask(jobs)
        if service_name == "lambda":
            return LambdaTask(invoke_function)
        return AwsSdkTask() if service_name == "aws-sdk" else stock(service_name)

    return create_service


def get_shared_client(region: str, service: str) -> Any:
    """Return the client that all tasks of a service share. Creating one takes longer than most calls."""
    with _clients_lock:
        if (region, service) not in _clients:
            _clients[region, service] = aws.client(service, region)
        return _clients[region, service]


def forget_clients() -> None:
    """Forget all clients: those of one embedded AWS do not work with the next one."""
    with _clients_lock:
        _clients.clear()


class SageMakerTask(StateTaskServiceCallback):  # type: ignore[misc]
    """`arn:aws:states:::sagemaker:<action>` with and without `.sync`.

    [unverified] on AWS: for a failed job, the Task fails with States.TaskFailed and the Describe document as Cause. For
    a stopped job, the Task succeeds with status Stopped (definitions check the status themselves). Times in the result
    are epoch milliseconds.
    """

    def __init__(self, jobs: Jobs) -> None:
        super().__init__(supported_integration_patterns=set())
        self._jobs = jobs

    def _validate_service_integration_is_supported(self) -> None:
        """Do nothing: `check_definition` has checked it, with the catalog."""

    def _eval_service_task(
        self,
        env: Environment,
        resource_runtime_part: Any,
        normalised_parameters: dict[str, Any],
        state_credentials: Any,  # noqa: ARG002 - moto's signature
    ) -> None:
        action, target = self.resource.api_action, resource_runtime_part
        kind = BY_ACTION.get(action)
        if kind is None:
            client = get_shared_client(target.region, "sagemaker")
            answer = getattr(client, self._get_boto_service_action())(**normalised_parameters)
            env.stack.append({key: value for key, value in answer.items() if key != "ResponseMetadata"})
            return
        if not env.is_running():  # its branch or its execution was stopped: start no job
            env.stack.append({})
            return
        step = env.states.context_object.context_object_data["State"]["Name"]
        arn = self._jobs.create(kind, normalised_parameters, account=target.account, region=target.region, step=step)
        env.stack.append({kind.arn_member: arn})

    def _normalise_response(self, response: Any, *_: Any, **__: Any) -> None:
        _to_json_values(response)

    def _eval_integration_pattern(
        self,
        env: Environment,
        resource_runtime_part: Any,
        normalised_parameters: dict[str, Any],
        state_credentials: Any,  # noqa: ARG002 - moto's signature
    ) -> None:
        """Wait for the job. If the execution stops or the Task times out, stop the job, as AWS tries to do."""
        is_started = bool(env.stack.pop())
        kind = BY_ACTION[self.resource.api_action]
        name = normalised_parameters[kind.name_member]
        for service in LIKELY_SERVICES:  # create the clients of later tasks now, while the job runs
            get_shared_client(resource_runtime_part.region, service)
        described = self._jobs.wait(kind, name, while_true=env.is_running) if is_started else None
        if described is None:
            if is_started:
                self._jobs.stop(kind, name)
            env.stack.append({})
            return
        result = _convert_times(described)
        if described[kind.status_member] == "Failed":
            cause = json.dumps(result, ensure_ascii=False, separators=(",", ":"))
            raise self._build_failure(env, StatesErrorName(typ=StatesErrorNameType.StatesTaskFailed), cause)
        env.stack.append(result)

    def _build_failure(self, env: Environment, name: ErrorName, cause: str) -> FailureEventException:
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
        short_code = code.removesuffix("Exception")
        name = short_code if short_code in KEPT_ERROR_CODES else "AmazonSageMaker"
        cause = f"{message} (Service: AmazonSageMaker; Error Code: {code})"
        return self._build_failure(env, CustomErrorName(f"SageMaker.{name}Exception"), cause).failure_event


class LambdaTask(StateTaskServiceLambda):  # type: ignore[misc]
    """`arn:aws:states:::lambda:invoke`: if the handler raises, the Task's error has the name of the error's class."""

    def __init__(self, invoke_function: InvokeFunction) -> None:
        super().__init__()
        self._invoke_function = invoke_function

    def _normalise_response(self, response: Any, *_: Any, **__: Any) -> None:
        """Do nothing: what a handler returns is JSON already."""

    def _eval_service_task(
        self,
        env: Environment,
        resource_runtime_part: Any,  # noqa: ARG002 - moto's signature
        normalised_parameters: dict[str, Any],
        state_credentials: Any,  # noqa: ARG002 - moto's signature
    ) -> None:
        payload = json.loads(normalised_parameters.get("Payload", b"{}"))
        try:
            returned = self._invoke_function(normalised_parameters["FunctionName"], payload)
        except FunctionFailed as error:
            raise LambdaFunctionErrorException("Unhandled", error.cause) from error
        env.stack.append({"ExecutedVersion": "$LATEST", "Payload": returned, "StatusCode": 200})

    def _from_error(self, env: Environment, ex: Exception) -> FailureEvent:
        """Name the errors of Lambda itself. [unverified] on AWS: Lambda.AWSLambdaException for a forbidden call."""
        if isinstance(ex, ApiError):
            code = "AWSLambdaException" if ex.code == "AccessDeniedException" else ex.code
            metadata: Any = {"HTTPStatusCode": 400, "RequestId": ""}
            ex = ClientError({"Error": {"Code": code, "Message": str(ex)}, "ResponseMetadata": metadata}, "Invoke")
        return super()._from_error(env=env, ex=ex)


class AwsSdkTask(StateTaskServiceAwsSdk):  # type: ignore[misc]
    """`arn:aws:states:::aws-sdk:<service>:<action>`: results as JSON, errors named as on AWS.

    [unverified] on AWS: times in results are ISO 8601 text; an error without a name is `SageMaker.SageMakerException`.
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
        client = get_shared_client(resource_runtime_part.region, self._get_boto_service_name())
        answer = getattr(client, self._get_boto_service_action())(**normalised_parameters)
        env.stack.append({key: value for key, value in answer.items() if key != "ResponseMetadata"})

    def _from_error(self, env: Environment, ex: Exception) -> FailureEvent:
        if isinstance(ex, ParamValidationError):
            name = self._normalise_service_error_name(self.resource.api_name)
            return self._get_task_failure_event(env, f"{name}.{name}Exception", str(ex))
        if isinstance(ex, ClientError):  # moto reads the RequestId, but some servers send none
            ex.response.setdefault("ResponseMetadata", {}).setdefault("RequestId", "")  # type: ignore[typeddict-item]
        return super()._from_error(env=env, ex=ex)


def _to_json_values(value: Any) -> Any:
    """Convert a client's response to JSON values, in place: bodies become text, times become ISO 8601 text."""
    if isinstance(value, dict):
        for key, member in value.items():
            value[key] = _to_json_values(member)
        return value
    if isinstance(value, list):
        value[:] = [_to_json_values(member) for member in value]
        return value
    if hasattr(value, "read"):
        value = value.read()
    if isinstance(value, bytes):
        return value.decode("utf-8")
    return format_iso(value) if isinstance(value, datetime) else value


def _convert_times(value: Any, name: str = "") -> Any:
    """Return a Describe document with its times (names end in `Time` or `Timestamp`) as epoch milliseconds."""
    if isinstance(value, dict):
        return {key: _convert_times(member, key) for key, member in value.items()}
    if isinstance(value, list):
        return [_convert_times(member, name) for member in value]
    if isinstance(value, float) and name.endswith(("Time", "Timestamp")):
        return round(value * 1000)
    return value
