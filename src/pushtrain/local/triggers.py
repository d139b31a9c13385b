"""Call the Lambda functions of a platform, as the services that call them on AWS do.

In: what happened, such as a put or the end of a run. Out: the function is called in this process. Which event calls
which function is the same as in `infra/`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from pushtrain.aws import client
from pushtrain.local.api import ApiError
from pushtrain.local.sagemaker.approval_events import build_approval_event, matches_rule
from pushtrain.local.states.functions import FunctionFailed
from pushtrain.local.states.run_end_events import build_run_end_event
from pushtrain.local.storage.notifications import Functions, queue_put
from pushtrain.platform import PLATFORM_VARIABLE, Platform

ON_PUSH = "on_push"
ON_APPROVAL = "on_approval"
ON_RUN_END = "on_run_end"
ON_DECIDE = "on_decide"
HANDLERS: Mapping[str, str] = {
    ON_PUSH: "pushtrain_lambda.on_push.handler",
    ON_APPROVAL: "pushtrain_lambda.on_approval.handler",
    ON_RUN_END: "pushtrain_lambda.on_run_end.handler",
    ON_DECIDE: "pushtrain_lambda.on_decide.handler",
}


class Triggers:
    """What calls the Lambda functions. `handlers` maps their names to handlers; an event of another name calls nothing.

    Runs always find `on_decide`: no event calls it, so no event is lost without it.
    """

    def __init__(self, handlers: Mapping[str, str], platform: Platform, *, runtime: str) -> None:
        self._handlers, self._platform = handlers, platform
        document = replace(platform, runtime=runtime).to_json(include_local_option=True)
        self.functions = Functions(
            handlers={ON_DECIDE: HANDLERS[ON_DECIDE], **handlers}, environment={PLATFORM_VARIABLE: document}
        )

    @property
    def event_sources(self) -> Mapping[str, str]:
        """The queues that feed a function: ARN of the queue to ARN of the function."""
        return {self._platform.push_queue_arn: self._build_arn(ON_PUSH)} if ON_PUSH in self._handlers else {}

    @property
    def on_update(self) -> Callable[[Mapping[str, Any], Iterable[str]], bool] | None:
        """What to call after an update of a version, as EventBridge's rule for approvals."""
        return self._send_approval_event if ON_APPROVAL in self._handlers else None

    @property
    def on_end(self) -> Callable[[str], None] | None:
        """What to call with the ARN of a run that has ended, as EventBridge's rule for runs."""
        return self._send_run_end if ON_RUN_END in self._handlers else None

    def report_put(self, document: Mapping[str, Any]) -> None:
        """Act as S3's notifications after a put: call the function `on_push` if the object is a push."""
        if ON_PUSH in self._handlers:
            queue_put(self.functions, self._platform, self._build_arn(ON_PUSH), document)
            self.functions.deliver()

    def invoke_decide(self, arn: str, payload: Mapping[str, Any]) -> Any:
        """Act as Step Functions: invoke the function `on_decide`, and return what its handler returned.

        Raises FunctionFailed if the handler raised. It is the only function that a run may invoke.
        """
        if arn != self._platform.decide_function:
            raise ApiError("ResourceNotFoundException", f"Function not found: {arn}")
        invocation = self.functions.invoke(self._build_arn(ON_DECIDE), payload)
        if invocation.error:
            raise FunctionFailed.from_error(invocation.error) from invocation.error
        return invocation.result

    def _send_approval_event(self, version: Mapping[str, Any], updated_members: Iterable[str]) -> bool:
        """Call the function `on_approval` if the rule matches. Return False if the function failed."""
        event = build_approval_event(version, updated_members, self._platform)
        return not matches_rule(event) or self.functions.invoke(self._build_arn(ON_APPROVAL), event).error is None

    def _send_run_end(self, execution_arn: str) -> None:
        from pushtrain.local.container.environments import find_cache_folder  # noqa: PLC0415 - slow, as the next
        from pushtrain.report.pages import keep_compiled_templates  # noqa: PLC0415

        keep_compiled_templates(find_cache_folder() / "templates")
        described = client("stepfunctions", self._platform.region).describe_execution(executionArn=execution_arn)
        self.functions.invoke(self._build_arn(ON_RUN_END), build_run_end_event(described, self._platform))

    def _build_arn(self, name: str) -> str:
        platform = self._platform
        return f"arn:{platform.partition}:lambda:{platform.region}:{platform.account}:function:{name}"
