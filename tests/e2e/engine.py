"""Step Functions and SageMaker for a platform that is deployed in the emulator: pushtrain's local engine, served.

Run as a program with one argument, a JSON document (see EngineSettings). It prints one line when it is ready, and ends
with its standard input. Only the emulator has S3 and Lambda: a job uses S3 with the role of jobs, a run invokes
functions with the role of runs.
What the emulator would have judged, had the call stayed in it, is judged here: who may call, and with what.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.names import Names
from infra.settings import load_settings
from pushtrain import aws
from pushtrain.catalog.job_kind import JobKind
from pushtrain.local.api import ApiError
from pushtrain.local.aws import hide_aws_environment
from pushtrain.local.container.jobs import JobResult, run_job
from pushtrain.local.endpoint import Application, serve_endpoint
from pushtrain.local.events import Event, ExecutionEnded
from pushtrain.local.moto_services import start_moto
from pushtrain.local.sagemaker.approval_events import build_approval_event
from pushtrain.local.sagemaker.jobs import Jobs
from pushtrain.local.sagemaker.model_registry import ModelRegistry, serve_model_registry
from pushtrain.local.startup import import_moto
from pushtrain.local.states.functions import FunctionFailed, InvokeFunction
from pushtrain.local.states.install import install
from pushtrain.local.states.run_end_events import build_run_end_event
from pushtrain.local.storage.store import Store
from pushtrain.platform import Platform
from tests.e2e.judge import Judge
from tests.infra.calls import Call, Needs
from tests.infra.evaluator import Need

SIGNED = re.compile(r"Credential=([A-Z0-9a-z]+)/")
SERVICES = {"AWSStepFunctions": "stepfunctions", "SageMaker": "sagemaker"}
HOUR = 3600
ADMINISTRATOR = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


@dataclass(frozen=True, kw_only=True)
class EngineSettings:
    """Where the emulator is, and what to be there: `ca` its certificate, `folder` ours, `port` where we answer."""

    emulator: str
    ca: str
    settings: str
    platform: str
    folder: str
    port: int


class Emulator:
    """The emulator, seen by its administrator or by one of the platform's roles."""

    def __init__(self, settings: EngineSettings, region: str) -> None:
        self._settings, self._region = settings, region
        self.events = self.client("events")

    @cache  # noqa: B019 - one emulator in a process; threads may share clients
    def client(self, service: str, role: str | None = None) -> Any:
        """A client, in the name of a role."""
        keys = self._keys(role) if role else ADMINISTRATOR
        client: Any = boto3.client  # its stubs know no name that is not a literal
        return client(service, self._region, endpoint_url=self._settings.emulator, verify=self._settings.ca, **keys)

    def aws_variables(self, role: str) -> dict[str, str]:
        """The variables by which the script of a job, which has a role, finds the emulator's S3 and nothing else."""
        keys = {name.upper(): value for name, value in self._keys(role).items()}
        nowhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1,localhost"}
        return keys | nowhere | {"AWS_ENDPOINT_URL_S3": self._settings.emulator, "AWS_CA_BUNDLE": self._settings.ca}

    @cache  # noqa: B019 - one emulator in a process; a session outlives the moment when trust is enforced
    def _keys(self, role: str) -> dict[str, str]:
        answer = self.client("sts").assume_role(RoleArn=role, RoleSessionName="engine", DurationSeconds=HOUR)
        credentials = answer["Credentials"]
        return {
            "aws_access_key_id": credentials["AccessKeyId"],
            "aws_secret_access_key": credentials["SecretAccessKey"],
            "aws_session_token": credentials["SessionToken"],
        }


def main(settings: EngineSettings) -> None:
    """Serve until standard input ends."""
    platform = Platform.from_json(settings.platform)
    with ExitStack() as stack:
        store = stack.enter_context(Store(Path(settings.folder) / "store"))
        import_moto()
        stack.enter_context(hide_aws_environment(platform))
        stack.enter_context(start_moto())
        _retry_at_once()
        emulator = Emulator(settings, platform.region)
        needs = Needs(Names(load_settings(Path(settings.settings))), key=platform.kms_key)
        judge = Judge(emulator.client("iam"), needs, Path(settings.folder))
        _as_roles(platform, emulator, judge, needs)
        teller = Teller(platform, emulator)
        stack.enter_context(
            serve_model_registry(ModelRegistry(store=store, platform=platform, on_update=teller.updated))
        )
        stack.enter_context(serve_endpoint(guard=lambda application: judged(application, judge), port=settings.port))
        jobs_folder = store.folder / "jobs"
        run = job_runner(emulator)
        installation = stack.enter_context(
            install(
                store=store,
                run_job=run,
                jobs_folder=jobs_folder,
                on_event=teller.heard,
                invoke_function=function_invoker(platform, emulator, judge),
            )
        )
        installation.serve_over_moto()
        print("ready", flush=True)  # noqa: T201 - to who started us
        sys.stdin.read()


class Teller:
    """SageMaker and Step Functions telling EventBridge, which is the emulator's."""

    def __init__(self, platform: Platform, emulator: Emulator) -> None:
        self._platform, self._emulator = platform, emulator

    def updated(self, version: Mapping[str, Any], fields: Iterable[str]) -> bool:
        """A model version was updated. The handler of the event runs later."""
        self._put(build_approval_event(version, fields, self._platform))
        return True

    def heard(self, event: Event) -> None:
        """A run ended."""
        if isinstance(event, ExecutionEnded):
            states = aws.client("stepfunctions", self._platform.region)
            self._put(build_run_end_event(states.describe_execution(executionArn=event.arn), self._platform))

    def _put(self, event: Mapping[str, Any]) -> None:
        entry = {"Source": event["source"], "DetailType": event["detail-type"], "Detail": json.dumps(event["detail"])}
        answer = self._emulator.events.put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            raise RuntimeError(f"EventBridge refused {entry}: {answer['Entries']}")


def _retry_at_once() -> None:
    """A call that is refused is refused again: nobody need wait for Retry."""
    from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl

    retrier_decl.time = SimpleNamespace(sleep=lambda _: None)


def _as_roles(platform: Platform, emulator: Emulator, judge: Judge, needs: Needs) -> None:
    """The interpreter acts as the role of runs, and SageMaker in S3 as the role of jobs.

    Roles are assumed now, before the emulator asks who may.
    """
    plain, role = aws.client, "role/" + platform.states_role.rpartition("/")[2]
    for arn in (platform.states_role, *platform.job_roles):
        emulator.aws_variables(arn)

    def client(service: str, region: str | None = None, *, seconds: float | None = None) -> Any:
        if service == "s3":
            return emulator.client("s3", platform.job_roles[-1])  # only for a job that S3 is asked about beforehand
        if service != "sagemaker":
            return plain(service, region, seconds=seconds)
        client = aws.create_client(service, region)
        client.meta.events.register("provide-client-params.sagemaker.*", ask)
        return client

    def ask(params: dict[str, Any], model: Any, **_: Any) -> None:
        if denied := judge.denied(role, Call("sagemaker", model.name, params, "")):
            error = {"Code": "AccessDeniedException", "Message": str(denied)}
            raise ClientError({"Error": error, "ResponseMetadata": {"HTTPStatusCode": 400}}, model.name)  # type: ignore[typeddict-item]

    def create(jobs: Jobs, kind: JobKind, request: Mapping[str, Any], **options: Any) -> str:
        operation = kind.build_operation("Create")
        if options.get("step") and (denied := judge.refusal(role, needs.job(kind.aws_name, request), operation)):
            raise ApiError("AccessDeniedException", str(denied))
        return plain_create(jobs, kind, request, **options)

    plain_create = Jobs.create
    aws.client = client
    Jobs.create = create  # type: ignore[method-assign, assignment]


def function_invoker(platform: Platform, emulator: Emulator, judge: Judge) -> InvokeFunction:
    """Runs call deployed functions, as the role of runs."""
    role = "role/" + platform.states_role.rpartition("/")[2]
    client = emulator.client("lambda")

    def invoke(arn: str, payload: Mapping[str, Any]) -> Any:
        if denied := judge.refusal(role, [Need("lambda:InvokeFunction", arn)], "Invoke"):
            raise ApiError("AccessDeniedException", str(denied))
        answer = client.invoke(FunctionName=arn, Payload=json.dumps(payload))
        body = answer["Payload"].read().decode()
        if answer.get("FunctionError"):
            raise FunctionFailed(body)
        return json.loads(body)

    return invoke


def job_runner(emulator: Emulator) -> Callable[..., JobResult]:
    """Jobs run with the credentials of the role that their request names."""

    def run(kind: JobKind, request: Mapping[str, Any], **options: Any) -> JobResult:
        role = str(request["RoleArn"])
        return run_job(
            kind,
            request,
            **options | {"s3": emulator.client("s3", role), "aws_variables": emulator.aws_variables(role)},
        )

    return run


def judged(application: Application, judge: Judge) -> Application:
    """Asks the judge before a request from outside is answered."""

    def guarded(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        service, _, operation = environ.get("HTTP_X_AMZ_TARGET", "").partition(".")
        signed = SIGNED.search(environ.get("HTTP_AUTHORIZATION", ""))
        if service not in SERVICES or not signed:
            return _refuse(start_response, f"{service or 'a request'} is not served here, or is not signed")
        call = Call(SERVICES[service], operation, json.loads(body or b"{}"), "")
        try:
            denied = judge.denied(judge.caller(signed[1]), call)
        except Exception as error:  # noqa: BLE001 - what cannot be judged must be seen by who asked
            return _refuse(start_response, f"{call.operation} could not be judged: {error!r}")
        return _refuse(start_response, str(denied)) if denied else application(environ, start_response)

    return guarded


def _refuse(start_response: Callable[..., Any], message: str) -> Iterable[bytes]:
    start_response("400 Bad Request", [("Content-Type", "application/x-amz-json-1.1")])
    return [json.dumps({"__type": "AccessDeniedException", "message": message}).encode()]


if __name__ == "__main__":
    os.umask(0o077)
    main(EngineSettings(**json.loads(sys.argv[1])))
