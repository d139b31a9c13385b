"""Trigger: an upload of config.yaml goes to the push queue, which feeds the handler of pushes.

S3 → push queue → handler, with few pushes at the same time: AWS allows about one new state machine a second in an
account. What fails is delivered again. What fails each time goes to the failure queue, where the failed events of the
other handlers are.
In: the code bucket, the role of pushes, the shared settings of handlers. Out: a Trigger.
"""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra import names as n
from infra.handler import FULL_PROCESSOR, Handler, HandlerSettings
from infra.nag import acknowledge_rule
from infra.names import Names
from pushtrain.layout import PUSH_FILTER

# A full processor lists 1,000,000 objects in time (docs/benchmarks.md), and imports the SDKs in a second. The memory
# also holds code of up to 256 MB (`pushtrain.model_repo.code.SIZE_LIMIT`) and its archive.
MEMORY = FULL_PROCESSOR
TIMEOUT = Duration.minutes(5)
# The Lambda developer guide asks for six times the timeout of the function, and for at least five deliveries.
VISIBILITY_TIMEOUT = Duration.minutes(30)
DELIVERIES = 8  # a push of a burst of 1,000 new models needs up to five: docs/benchmarks.md
PUSHES_AT_ONCE = 5  # docs/decisions/0033-push-queue.md; `reserved_concurrency` overrides it
LEAST_AT_ONCE = 2  # the minimum of MaximumConcurrency


class Trigger(Construct):
    """`handler`: the handler of pushes. `pushes`: its queue. `failures`: the queue of failed events of all handlers."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        shared: HandlerSettings,
        *,
        bucket: s3.Bucket,
        role: iam.IRole,
    ) -> None:
        super().__init__(scope, name)
        names = shared.names
        self.failures = self._create_failure_queue(names)
        self.pushes = self._create_push_queue(shared)
        reserved = names.settings.reserved_concurrency
        self.handler = Handler(
            self,
            "Push",
            shared,
            kind=n.PUSH,
            role=role,
            failures=None,
            memory=MEMORY,
            timeout=TIMEOUT,
            reserved_concurrency=reserved,
        )
        self.handler.alias.add_event_source_mapping(
            "Pushes",
            event_source_arn=self.pushes.queue_arn,
            batch_size=1,  # a push may need the whole timeout and all of the memory
            max_concurrency=max(LEAST_AT_ONCE, reserved or PUSHES_AT_ONCE),
            report_batch_item_failures=True,
        )
        self._add_notification(bucket)

    def _create_failure_queue(self, names: Names) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            "Failures",
            queue_name=names.failure_queue,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
        )
        # Only the push queue may move messages here: an operator hands them to the handlers again. It is named, because
        # each of the two queues refers to the other.
        cfn_queue = queue.node.default_child
        assert isinstance(cfn_queue, sqs.CfnQueue)  # noqa: S101 - the CloudFormation resource of an L2 queue
        sources = [names.arn("sqs", names.push_queue)]
        cfn_queue.redrive_allow_policy = {"redrivePermission": "byQueue", "sourceQueueArns": sources}
        acknowledge_rule(queue, "AwsSolutions-SQS3", "This queue is itself the dead-letter queue of the handlers.")
        return queue

    def _create_push_queue(self, shared: HandlerSettings) -> sqs.Queue:
        names = shared.names
        queue = sqs.Queue(
            self,
            "Pushes",
            queue_name=names.push_queue,
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=shared.key,
            enforce_ssl=True,
            visibility_timeout=VISIBILITY_TIMEOUT,
            retention_period=Duration.days(7),  # less than in the failure queue, which counts from the same moment
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.failures, max_receive_count=DELIVERIES),
        )
        conditions = {
            "StringEquals": {"aws:SourceAccount": names.settings.account},
            "ArnEquals": {"aws:SourceArn": names.bucket_arn(n.CODE)},
        }
        queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="Pushes",
                principals=[iam.ServicePrincipal("s3.amazonaws.com", conditions=conditions)],
                actions=["sqs:SendMessage"],
                resources=[queue.queue_arn],
            )
        )
        return queue

    def _add_notification(self, bucket: s3.Bucket) -> None:
        """Set the notification on the bucket's CloudFormation resource.

        The CDK's `add_event_notification` adds a Lambda function that may change every bucket.
        """
        cfn_bucket = bucket.node.default_child
        assert isinstance(cfn_bucket, s3.CfnBucket)  # noqa: S101 - the CloudFormation resource of an L2 bucket
        rules = [s3.CfnBucket.FilterRuleProperty(name=name, value=value) for name, value in PUSH_FILTER.items()]
        key_filter = s3.CfnBucket.NotificationFilterProperty(s3_key=s3.CfnBucket.S3KeyFilterProperty(rules=rules))
        destination = s3.CfnBucket.QueueConfigurationProperty(
            event="s3:ObjectCreated:*", queue=self.pushes.queue_arn, filter=key_filter
        )
        cfn_bucket.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            queue_configurations=[destination]
        )
        cfn_bucket.node.add_dependency(self.pushes)  # S3 sends a test message when the notification is set
