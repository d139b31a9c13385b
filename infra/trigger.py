"""Trigger: an upload of config.yaml invokes the handler of pushes. Failed events go to a queue.

In: the code bucket, the role of pushes, the shared settings of handlers. Out: a Trigger.
"""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra import names as n
from infra.handler import Handler, HandlerSettings
from infra.nag import acknowledge_rule
from infra.names import Names
from pushtrain.layout import PUSH_FILTER

MEMORY = 1024  # MB; holds code of up to 256 MB (`pushtrain.model_repo.code.SIZE_LIMIT`) and its archive
SDK_MEMORY = 1792  # MB; Lambda gives a full CPU from 1,769 MB on, and the import of the SDKs takes over a second of it
TIMEOUT = Duration.minutes(5)


class Trigger(Construct):
    """`handler`: the handler of pushes. `failures`: the SQS queue of all handlers."""

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
        self.failures = sqs.Queue(
            self,
            "Failures",
            queue_name=names.failure_queue,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
        )
        acknowledge_rule(
            self.failures, "AwsSolutions-SQS3", "This queue is itself the dead-letter queue of the handlers."
        )
        self.handler = Handler(
            self,
            "Push",
            shared,
            kind=n.PUSH,
            role=role,
            failures=self.failures,
            memory=SDK_MEMORY if names.settings.sdk_templates else MEMORY,
            timeout=TIMEOUT,
            reserved_concurrency=names.settings.reserved_concurrency,
        )
        self._add_notification(names, bucket)

    def _add_notification(self, names: Names, bucket: s3.Bucket) -> None:
        """Set the notification on the bucket's CloudFormation resource.

        The CDK's `add_event_notification` adds a Lambda function that may change every bucket.
        """
        permission = lambda_.CfnPermission(
            self,
            "MayWake",
            action="lambda:InvokeFunction",
            function_name=self.handler.alias.function_arn,
            principal="s3.amazonaws.com",
            source_account=names.settings.account,
            source_arn=names.bucket_arn(n.CODE),
        )
        cfn_bucket = bucket.node.default_child
        assert isinstance(cfn_bucket, s3.CfnBucket)  # noqa: S101 - the CloudFormation resource of an L2 bucket
        rules = [s3.CfnBucket.FilterRuleProperty(name=name, value=value) for name, value in PUSH_FILTER.items()]
        key_filter = s3.CfnBucket.NotificationFilterProperty(s3_key=s3.CfnBucket.S3KeyFilterProperty(rules=rules))
        invocation = s3.CfnBucket.LambdaConfigurationProperty(
            event="s3:ObjectCreated:*", function=self.handler.alias.function_arn, filter=key_filter
        )
        cfn_bucket.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            lambda_configurations=[invocation]
        )
        cfn_bucket.node.add_dependency(permission)  # S3 checks the permission when the notification is set
