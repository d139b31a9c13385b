"""Starts the emulator of AWS, in the Python of the Lambda functions. Run as a program; configured by its environment.

What it does otherwise than AWS, where the wiring test would see it, is mended before it starts (see `mend`). SIGUSR1
turns its identity policies on.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import threading
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack import app
from ministack.core import concurrency, iam_actions, iam_evaluator, lambda_runtime
from ministack.services import eventbridge, iam, lambda_svc, sqs, sts
from ministack.services.cloudformation import provisioners

PAUSE = 0.2  # seconds: longer than `on_push` takes to end after it postponed a message
INERT = ("AWS::Logs::QueryDefinition",)
ROLE = re.compile(r"arn:aws:iam::(\d+):role/(.+)")
SESSION = re.compile(r"arn:aws:sts::(\d+):assumed-role/(.+)/[^/]+")
stock_condition_key = iam_evaluator._resolve_condition_key
stock_resource = iam_actions.extract_resource_arn
stock_change_visibility = sqs._act_change_visibility
stock_invoke = lambda_svc.invoke_async_with_retry
stock_run, stock_signal, stock_collect = lambda_runtime.Worker.invoke, lambda_runtime._signal, lambda_runtime._collect
unpacking = threading.Lock()
spared = threading.local()  # `processes`: those that this thread was about to end


def mend() -> None:
    """Each of these is as AWS does it, or is seen by nothing here."""
    for kind in INERT:  # not known, and read by people alone
        provisioners._RESOURCE_HANDLERS[kind] = {"create": lambda name, *_: (name, {}), "delete": lambda *_: None}
    # The engine is SageMaker and Step Functions here, which may send events in the name of `aws.*`.
    eventbridge._put_events.__defaults__ = (True,)  # allow_aws_source
    eventbridge._dispatch_to_lambda = dispatch
    lambda_svc.invoke_async_with_retry = invoke
    lambda_runtime.execution_credentials = credentials
    lambda_runtime.Worker.invoke = run
    lambda_runtime._signal = spare
    lambda_runtime._collect = lambda process, deadline: None if is_spared(process) else stock_collect(process, deadline)
    lambda_runtime.zipfile = SimpleNamespace(**{**vars(zipfile), "ZipFile": Code})
    lambda_svc._ESM_BACKOFF_SECONDS = PAUSE
    sqs._HANDLERS["ChangeMessageVisibility"] = change_visibility
    iam_evaluator._resolve_condition_key = condition_key
    for name, answer in iam._IAM_HANDLERS.items():
        if not name.startswith(("Get", "List", "Simulate")):
            iam._IAM_HANDLERS[name] = note_change(answer)
    iam_actions.extract_resource_arn = resource


class Code(zipfile.ZipFile):
    """The code of a function, unpacked once for all workers that have the same: on AWS no function can write to it."""

    def extractall(self, path: Any) -> None:  # type: ignore[override]
        content = hashlib.sha256(Path(str(self.filename)).read_bytes()).hexdigest()
        unpacked = Path(os.environ["TMPDIR"], f"code-{content}")
        with unpacking:
            if not unpacked.exists():
                super().extractall(unpacked)
        Path(path).rmdir()
        Path(path).symlink_to(unpacked)


def dispatch(arn: str, payload: str) -> None:
    """EventBridge calls a function as it calls all others: asynchronously, with its retries and its queue."""
    function, config, _ = lambda_svc._get_func_record_for_ref(arn)
    if not function:
        raise LookupError(arn)
    invoke(lambda_svc._execution_record_for_config(function, config), json.loads(payload))


def invoke(function: dict[str, Any], event: Any) -> None:
    """Retries and queue are those of the alias that was called; the emulator reads only those of $LATEST."""
    config = function["config"]
    base, _, _ = lambda_svc._get_base_func_record_for_ref(config["FunctionArn"])
    aliases, settings = base["aliases"].items(), base.get("event_invoke_configs", {})
    names = [name for name, alias in aliases if alias["FunctionVersion"] == config["Version"]]
    stock_invoke({**function, "event_invoke_config": next(map(settings.get, names), None)}, event)


def run(worker: Any, *arguments: Any, **options: Any) -> Any:
    """A function whose handler raised an error runs on: only the emulator would start it anew, which takes seconds."""
    spared.processes, answer = [], {}
    try:
        answer = stock_run(worker, *arguments, **options)
    finally:
        processes, spared.processes = spared.processes, None
        for process in processes:
            if "trace" in answer and process.poll() is None:
                worker._proc = process
            else:
                stock_signal(process)
                stock_collect(process, time.monotonic() + 1)
    return answer


def spare(process: Any) -> None:
    """Note a process that is about to be ended, for `run`."""
    if getattr(spared, "processes", None) is None:
        stock_signal(process)
    else:
        spared.processes.append(process)


def is_spared(process: Any) -> bool:
    return process in (getattr(spared, "processes", None) or ())


def change_visibility(request: dict[str, Any], url: str) -> Any:
    """A message that failed comes back after PAUSE: the pauses of `on_push` add up to minutes."""
    answer = stock_change_visibility(request, url)
    for message in sqs._get_q(request.get("QueueUrl", url), "sqs:ChangeMessageVisibility")["messages"]:
        if message["receipt_handle"] == request["ReceiptHandle"]:
            message["visible_at"] = time.time() + PAUSE
    threading.Timer(PAUSE, concurrency.esm_wake.set).start()
    return answer


def credentials(function: dict[str, Any]) -> dict[str, str]:
    """The credentials of a function: a session of its role. Whose they are is noted in sessions.txt, for the judge.

    The emulator itself makes sessions only when policies decide, and functions would have to start anew.
    """
    role = ROLE.sub(r"arn:aws:sts::\1:assumed-role/\2", function["Role"])
    digest = hashlib.sha256(f"{function['FunctionArn']} {role}".encode()).hexdigest()
    key, secret, token = f"ASIA{digest[:16].upper()}", digest[16:], digest
    session = {"Arn": f"{role}/{function['FunctionName']}", "UserId": f"{role}:{function['FunctionName']}"}
    sts.register_session(key, session | {"SecretAccessKey": secret, "SessionToken": token})
    with Path(os.environ["TMPDIR"], "sessions.txt").open("a") as sessions:
        sessions.write(f"{key} {function['Role']}\n")
    return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}


def note_change(handler: Any) -> Any:
    """Return a handler of IAM that also notes in iam-changes.txt that it ran: the judge remembers IAM's answers."""

    def handle(request: Any) -> Any:
        answer = handler(request)
        with Path(os.environ["TMPDIR"], "iam-changes.txt").open("a") as changes:
            changes.write("*")
        return answer

    return handle


def condition_key(key: str, context: Any) -> Any:
    """aws:PrincipalArn is the role, not its session (IAM user guide, global condition context keys)."""
    value = stock_condition_key(key, context)
    session = SESSION.fullmatch(value) if key.lower() == "aws:principalarn" else None
    return f"arn:aws:iam::{session[1]}:role/{session[2]}" if session else value


def resource(service: str, method: str, path: str, headers: dict[str, str], body: bytes, *others: Any) -> str:
    """The resource of a call to CloudWatch Logs is a log stream, which may have no name. Policies end in `:*` for it.

    Source: CloudWatch Logs user guide, "CloudWatch Logs resources and operations".
    """
    arn: str = stock_resource(service, method, path, headers, body, *others)
    request = json.loads(body) if service == "logs" else {}
    return f"{arn}:log-stream:{request.get('logStreamName', '')}" if "logGroupName" in request else arn


def enforce(*_: Any) -> None:
    """From now on identity policies decide."""
    app.AUTH = True


if __name__ == "__main__":
    mend()
    signal.signal(signal.SIGUSR1, enforce)
    app.main()
