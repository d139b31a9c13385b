"""Registry: approvals and rejections invoke the handler of approvals; e-mails report the results of runs.

In: the role of approvals, the failure queue, the shared settings of handlers. Out: a Registry.
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

from infra import grants as g
from infra import names as n
from infra.grants import Grant
from infra.handler import FULL_PROCESSOR, Handler, HandlerSettings
from infra.names import Names
from infra.policies import create_service_role
from pushtrain.platform import AWAITS_APPROVAL, DECISIONS, DELETIONS, FAILED, NOT_REGISTERED
from pushtrain.serving import EVENT_PATTERN
from pushtrain.version_index import DELETION_PATTERN

MEMORY = FULL_PROCESSOR  # the handler computes the hash of the model
TIMEOUT = Duration.minutes(15)  # the maximum of Lambda: the handler copies and hashes a large model
RUN_STATUS_CHANGE = "Step Functions Execution Status Change"
RUN = events.EventField.from_path("$.detail.name")
STATE_MACHINE = events.EventField.from_path("$.detail.stateMachineArn")

# Rule -> event detail of the run, and the message about it. The handler of approvals reports approvals itself.
# `output` is the run's output as JSON text: {"outcome":"registered",...}.
NEWS: dict[str, tuple[dict[str, Any], str]] = {
    FAILED: ({"status": ["FAILED", "TIMED_OUT", "ABORTED"]}, "failed"),
    NOT_REGISTERED: (
        {"status": ["SUCCEEDED"], "output": [{"wildcard": '*"outcome":"not_registered"*'}]},
        "ended well, but its model was not registered",
    ),
    AWAITS_APPROVAL: (
        {"status": ["SUCCEEDED"], "output": [{"wildcard": '*"outcome":"registered"*'}]},
        "registered a model, which awaits approval",
    ),
}


class Registry(Construct):
    """`handler`: of approvals. `topic`: the SNS topic for people. `decisions`, `deletions`, `ends`: rules."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        shared: HandlerSettings,
        *,
        role: iam.IRole,
        failures: sqs.Queue,
    ) -> None:
        super().__init__(scope, name)
        names = shared.names
        self.topic = sns.Topic(self, "News", topic_name=names.topic_name, master_key=shared.key, enforce_ssl=True)
        self.topic.add_to_resource_policy(_allow_alarms(names, self.topic))
        # With a role, the topic need not trust EventBridge, which does not say for which account it publishes.
        self.publisher = create_service_role(self, "Publisher", "events", names, news_grants(names, shared.key.key_arn))
        for address in names.settings.notify:
            self.topic.add_subscription(subscriptions.EmailSubscription(address))
        self.handler = Handler(
            self,
            "Approval",
            shared,
            kind=n.APPROVAL,
            role=role,
            failures=failures,
            memory=MEMORY,
            timeout=TIMEOUT,
        )
        self.decisions = events.Rule(
            self,
            "Decisions",
            rule_name=names.resource_name(DECISIONS),
            description="A model version was approved or rejected",
            event_pattern=_build_pattern(EVENT_PATTERN, names),
            targets=[targets.LambdaFunction(self.handler.alias, dead_letter_queue=failures)],
        )
        self.deletions = events.Rule(
            self,
            "Deletions",
            rule_name=names.resource_name(DELETIONS),
            description="A model version was deleted. Needs a trail of management events in the account",
            event_pattern=_build_deletion_pattern(names),
            targets=[targets.LambdaFunction(self.handler.alias, dead_letter_queue=failures)],
        )
        self.ends = {
            kind: self._add_news_rule(names, kind, detail, message) for kind, (detail, message) in NEWS.items()
        }

    def _add_news_rule(self, names: Names, kind: str, detail: dict[str, Any], message: str) -> events.Rule:
        own_runs = {"stateMachineArn": [{"wildcard": names.state_machine_pattern}]}
        command = f"pushtrain runs show {RUN} --environment {names.settings.environment}"
        text = f"Run {RUN} {message}.\n{STATE_MACHINE}\nSee: {command}"
        return events.Rule(
            self,
            kind.title().replace("-", ""),
            rule_name=names.resource_name(kind),
            description=f"A run {message}",
            event_pattern=events.EventPattern(
                source=["aws.states"], detail_type=[RUN_STATUS_CHANGE], detail=own_runs | detail
            ),
            targets=[
                targets.SnsTopic(
                    self.topic,
                    message=events.RuleTargetInput.from_multiline_text(text),
                    authorize_using_role=True,
                    role=self.publisher,
                )
            ],
        )


def news_grants(names: Names, key: str) -> list[Grant]:
    """EventBridge: tell people how a run ended."""
    topic = names.arn("sns", names.topic_name)
    return [
        g.allow("Tell", "sns:Publish", topic, "Rules tell the topic how a run ended."),
        g.use_key(names, key, "Decrypt GenerateDataKey", "sns"),
    ]


def _allow_alarms(names: Names, topic: sns.Topic) -> iam.PolicyStatement:
    """Allow alarms of this account to publish. A topic with its own policy does not allow this by default."""
    return iam.PolicyStatement(
        sid="Alarms",
        principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
        actions=["sns:Publish"],
        resources=[topic.topic_arn],
        conditions={"StringEquals": {"aws:SourceAccount": names.settings.account}},
    )


def _build_pattern(pattern: Any, names: Names) -> events.EventPattern:
    """Return the pattern for events of the platform's models. The registry has those of other systems too."""
    own_models = {"ModelPackageGroupName": [{"prefix": f"{names.settings.prefix}-"}]}
    return events.EventPattern(
        source=pattern["source"], detail_type=pattern["detail-type"], detail={**pattern["detail"], **own_models}
    )


def _build_deletion_pattern(names: Names) -> events.EventPattern:
    """Return the pattern for deleted versions of the platform's models: CloudTrail has the ARN of the request."""
    version = names.arn("sagemaker", f"model-package/{names.settings.prefix}-*")
    return events.EventPattern(
        source=DELETION_PATTERN["source"],
        detail_type=DELETION_PATTERN["detail-type"],
        detail={**DELETION_PATTERN["detail"], "requestParameters": {"modelPackageName": [{"wildcard": version}]}},
    )
