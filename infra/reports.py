"""Reports: a run that ended well wakes the handler that writes the report of its model version.

In: the role of runs' ends, the queue of failures, the bundle. Out: a Reports with `handler`.
"""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra import names as n
from infra.handler import Common, Handler
from pushtrain.report import EVENT_PATTERN

MEMORY = 1769  # one whole CPU; evaluation.json and plots.json may take half of it at worst
TIMEOUT = Duration.minutes(5)  # a training job's log is read in pages


class Reports(Construct):
    """`handler`."""

    def __init__(self, scope: Construct, name: str, common: Common, *, role: iam.IRole, failures: sqs.IQueue) -> None:
        super().__init__(scope, name)
        self.handler = Handler(
            self,
            "RunEnd",
            common,
            kind=n.RUN_END,
            role=role,
            failures=failures,
            memory=MEMORY,
            timeout=TIMEOUT,
            in_haste=False,
        )
        ours = {"stateMachineArn": [{"wildcard": common.names.machines}]}
        self.ends = events.Rule(
            self,
            "Ends",
            description="A run ended well: its model version gets its report",
            event_pattern=events.EventPattern(
                source=EVENT_PATTERN["source"],
                detail_type=EVENT_PATTERN["detail-type"],
                detail=ours | EVENT_PATTERN["detail"],
            ),
            targets=[targets.LambdaFunction(self.handler.alias, dead_letter_queue=failures)],
        )
