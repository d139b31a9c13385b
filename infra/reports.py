"""Reports: when a run ends, a handler writes its result, and the report of the model version that it registered.

In: the role of the handler, the failure queue, the shared settings of handlers. Out: a Reports.
"""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra import names as n
from infra.handler import FULL_PROCESSOR, Handler, HandlerSettings
from pushtrain.platform import RUN_ENDS
from pushtrain.report import EVENT_PATTERN

MEMORY = FULL_PROCESSOR  # evaluation.json and plots.json need at most half of the memory
TIMEOUT = Duration.minutes(5)  # the log of a training job is read page by page


class Reports(Construct):
    """`handler`: the handler of ended runs. `rule`: the EventBridge rule that invokes it."""

    def __init__(
        self, scope: Construct, name: str, shared: HandlerSettings, *, role: iam.IRole, failures: sqs.IQueue
    ) -> None:
        super().__init__(scope, name)
        self.handler = Handler(
            self,
            "RunEnd",
            shared,
            kind=n.RUN_END,
            role=role,
            failures=failures,
            memory=MEMORY,
            timeout=TIMEOUT,
            snap_start=False,
        )
        patterns = (shared.names.state_machine_pattern, shared.names.score_machine_pattern)
        own_runs = {"stateMachineArn": [{"wildcard": pattern} for pattern in patterns]}
        self.rule = events.Rule(
            self,
            "Ends",
            rule_name=shared.names.resource_name(RUN_ENDS),
            description="A run ended: its result is written, and the report of its model version",
            event_pattern=events.EventPattern(
                source=EVENT_PATTERN["source"],
                detail_type=EVENT_PATTERN["detail-type"],
                detail=own_runs | EVENT_PATTERN["detail"],
            ),
            targets=[targets.LambdaFunction(self.handler.alias, dead_letter_queue=failures)],
        )
