"""Trigger: a PUT of config.yaml wakes the handler of pushes; what it gives up lands in a queue.

In: the code bucket, the role of pushes, the bundle. Out: a Trigger with `handler` and the queue `failures`.
"""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra import names as n
from infra.handler import Common, Handler
from infra.nag import accept
from infra.names import Names

# Code of up to 256 MB (`pushtrain.model_repo.code.SIZE_LIMIT`) is held, and its archive beside it.
MEMORY = 1024
SDK_MEMORY = 1792  # Lambda gives a whole processor from 1,769 MB on; importing the SDKs takes it more than a second
TIMEOUT = Duration.minutes(5)
PUSHES = {"prefix": "model-repos/", "suffix": "/config.yaml"}


class Trigger(Construct):
    """`handler` and `failures`."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        common: Common,
        *,
        bucket: s3.Bucket,
        role: iam.IRole,
    ) -> None:
        super().__init__(scope, name)
        names = common.names
        self.failures = sqs.Queue(
            self,
            "Failures",
            queue_name=names.failures,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=Duration.days(14),
        )
        accept(self.failures, "AwsSolutions-SQS3", "This is the queue of what could not be handled.")
        self.handler = Handler(
            self,
            "Push",
            common,
            kind=n.PUSH,
            role=role,
            failures=self.failures,
            memory=SDK_MEMORY if names.settings.sdk_templates else MEMORY,
            timeout=TIMEOUT,
            reserved=names.settings.reserved_concurrency,
        )
        self._notify(names, bucket)

    def _notify(self, names: Names, bucket: s3.Bucket) -> None:
        """Written into the bucket itself: CDK's own way is one more function, which may change every bucket."""
        permission = lambda_.CfnPermission(
            self,
            "MayWake",
            action="lambda:InvokeFunction",
            function_name=self.handler.alias.function_arn,
            principal="s3.amazonaws.com",
            source_account=names.settings.account,
            source_arn=names.bucket_arn(n.CODE),
        )
        raw = bucket.node.default_child
        assert isinstance(raw, s3.CfnBucket)  # noqa: S101 - what an L2 bucket is made of
        rules = [s3.CfnBucket.FilterRuleProperty(name=name, value=value) for name, value in PUSHES.items()]
        keys = s3.CfnBucket.NotificationFilterProperty(s3_key=s3.CfnBucket.S3KeyFilterProperty(rules=rules))
        every_put = s3.CfnBucket.LambdaConfigurationProperty(
            event="s3:ObjectCreated:*", function=self.handler.alias.function_arn, filter=keys
        )
        raw.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            lambda_configurations=[every_put]
        )
        raw.node.add_dependency(permission)  # S3 checks the permission when it is told of the function
