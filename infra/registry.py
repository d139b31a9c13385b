"""Registry: decisions wake the handler of approvals, and people are told what became of runs.

In: the topic's name and key, the role of approvals, the bundle. Out: a Registry with `handler` and `topic`.
"""

from __future__ import annotations

from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra import names as n
from infra.handler import Common, Handler
from infra.names import Names
from pushtrain.serving import EVENT_PATTERN

MEMORY = 1769  # one whole CPU: the handler hashes the model
TIMEOUT = Duration.minutes(15)  # Lambda's most: a large model is copied and hashed within it
ENDED = "Step Functions Execution Status Change"
RUN = events.EventField.from_path("$.detail.name")
MACHINE = events.EventField.from_path("$.detail.stateMachineArn")

# What people are told of a run, by the end it came to. `approved` is told by the handler, which knows what it did.
# `output` is the run's output as text: {"outcome":"registered",...}.
NEWS: dict[str, tuple[dict[str, Any], str]] = {
    "Failed": ({"status": ["FAILED", "TIMED_OUT", "ABORTED"]}, "failed"),
    "NotRegistered": (
        {"status": ["SUCCEEDED"], "output": [{"wildcard": '*"outcome":"not_registered"*'}]},
        "ended well, but its model was not registered",
    ),
    "AwaitsApproval": (
        {"status": ["SUCCEEDED"], "output": [{"wildcard": '*"outcome":"registered"*'}]},
        "registered a model, which awaits approval",
    ),
}


class Registry(Construct):
    """`handler` and `topic`."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        common: Common,
        *,
        role: iam.IRole,
        failures: sqs.Queue,
    ) -> None:
        super().__init__(scope, name)
        names = common.names
        self.topic = sns.Topic(self, "News", topic_name=names.topic, master_key=common.key, enforce_ssl=True)
        self.topic.add_to_resource_policy(_alarms_may_tell(names, self.topic))
        for address in names.settings.notify:
            self.topic.add_subscription(subscriptions.EmailSubscription(address))
        self.handler = Handler(
            self,
            "Approval",
            common,
            kind=n.APPROVAL,
            role=role,
            failures=failures,
            memory=MEMORY,
            timeout=TIMEOUT,
        )
        self.decisions = events.Rule(
            self,
            "Decisions",
            description="A model version was approved or rejected",
            event_pattern=_pattern(EVENT_PATTERN),
            targets=[targets.LambdaFunction(self.handler.alias, dead_letter_queue=failures)],
        )
        self.ends = {title: self._tell(names, title, detail, says) for title, (detail, says) in NEWS.items()}

    def _tell(self, names: Names, title: str, detail: dict[str, Any], says: str) -> events.Rule:
        ours = {"stateMachineArn": [{"wildcard": names.machines}]}
        text = (
            f"Run {RUN} {says}.\n{MACHINE}\nSee: pushtrain runs show {RUN} --environment {names.settings.environment}"
        )
        return events.Rule(
            self,
            title,
            description=f"A run {says}",
            event_pattern=events.EventPattern(source=["aws.states"], detail_type=[ENDED], detail=ours | detail),
            targets=[targets.SnsTopic(self.topic, message=events.RuleTargetInput.from_multiline_text(text))],
        )


def _alarms_may_tell(names: Names, topic: sns.Topic) -> iam.PolicyStatement:
    """A topic with a policy of its own no longer hears the account's alarms by itself."""
    return iam.PolicyStatement(
        sid="Alarms",
        principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
        actions=["sns:Publish"],
        resources=[topic.topic_arn],
        conditions={"StringEquals": {"aws:SourceAccount": names.settings.account}},
    )


def _pattern(pattern: Any) -> events.EventPattern:
    return events.EventPattern(
        source=pattern["source"], detail_type=pattern["detail-type"], detail=dict(pattern["detail"])
    )
