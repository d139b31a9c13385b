"""Storage: the key and the buckets. In: Names. Out: a Storage, whose buckets refuse the public and plain HTTP.

Nothing here is deleted with the stack. Who may read and write is said in `roles` and `people`, but for the serving
bucket: its policy denies writing to everybody but the approval handler, whatever their role allows.
"""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra import names as n
from infra.names import Names

DAYS_OF_ACCESS_LOGS = 365
SERVING_WRITES = ("s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObjectTagging")


class Storage(Construct):
    """`key`, and the buckets `code`, `artifacts`, `serving`, `archive`."""

    def __init__(self, scope: Construct, name: str, names: Names) -> None:
        super().__init__(scope, name)
        self.names = names
        old = Duration.days(names.settings.old_version_days)
        self.key = self._key()
        self.access_logs = self._access_logs()
        self.code = self._bucket(n.CODE, s3.LifecycleRule(noncurrent_version_expiration=old))
        self.artifacts = self._bucket(n.ARTIFACTS, s3.LifecycleRule(noncurrent_version_expiration=old), _cheaper())
        self.serving = self._bucket(n.SERVING, _cheaper())
        self.serving.add_to_resource_policy(self._only_approval())
        self.archive = self._bucket(n.ARCHIVE, self._fading())

    def _key(self) -> kms.IKey:
        """The settings' key, or one that the services which encrypt for us may use."""
        if given := self.names.settings.kms_key:
            return kms.Key.from_key_arn(self, "Key", given)
        key = kms.Key(
            self,
            "Key",
            description=f"{self.names.settings.prefix}: models, code, logs and news",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        for statement in key_statements(self.names):
            key.add_to_resource_policy(statement)
        return key

    def _access_logs(self) -> s3.Bucket:
        return s3.Bucket(
            self,
            "Access",
            bucket_name=self.names.bucket(n.ACCESS_LOGS),
            encryption=s3.BucketEncryption.S3_MANAGED,  # S3 delivers access logs to no bucket with a KMS key of ours
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            versioned=True,
            lifecycle_rules=[_tidy(), s3.LifecycleRule(expiration=Duration.days(DAYS_OF_ACCESS_LOGS))],
            removal_policy=RemovalPolicy.RETAIN,
        )

    def _bucket(self, kind: str, *rules: s3.LifecycleRule) -> s3.Bucket:
        return s3.Bucket(
            self,
            kind.capitalize(),
            bucket_name=self.names.bucket(kind),
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            versioned=True,
            server_access_logs_bucket=self.access_logs,
            server_access_logs_prefix=f"{kind}/",
            lifecycle_rules=[_tidy(), *rules],
            removal_policy=RemovalPolicy.RETAIN,
        )

    def _only_approval(self) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            sid="OnlyApprovalWrites",
            effect=iam.Effect.DENY,
            principals=[iam.AnyPrincipal()],
            actions=list(SERVING_WRITES),
            resources=[self.names.bucket_arn(n.SERVING, "*")],
            conditions={"ArnNotEquals": {"aws:PrincipalArn": self.names.role_arn(n.APPROVAL)}},
        )

    def _fading(self) -> s3.LifecycleRule:
        """Logs are seldom read after a quarter, and end some day."""
        glacier = s3.Transition(
            storage_class=s3.StorageClass.GLACIER_INSTANT_RETRIEVAL, transition_after=Duration.days(90)
        )
        life = Duration.days(self.names.settings.archive_days)
        return s3.LifecycleRule(transitions=[glacier], expiration=life, noncurrent_version_expiration=Duration.days(1))


def key_statements(names: Names) -> list[iam.PolicyStatement]:
    """What a key must allow to the services that write logs and news with it; a key of your own needs the same."""
    logs = iam.ServicePrincipal(f"logs.{names.settings.region}.amazonaws.com")
    news = [iam.ServicePrincipal("events.amazonaws.com"), iam.ServicePrincipal("cloudwatch.amazonaws.com")]
    groups = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": names.arn("logs", "log-group:*")}}
    return [
        iam.PolicyStatement(
            sid="LogGroups",
            principals=[logs],
            actions=["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
            resources=["*"],
            conditions=groups,
        ),
        iam.PolicyStatement(
            sid="News",
            principals=news,
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=["*"],  # no condition: AWS does not say whether EventBridge sends one, and news would be lost
        ),
    ]


def _tidy() -> s3.LifecycleRule:
    return s3.LifecycleRule(abort_incomplete_multipart_upload_after=Duration.days(7))


def _cheaper() -> s3.LifecycleRule:
    """S3 moves what nobody reads to cheaper storage by itself, and brings it back."""
    tiering = s3.Transition(storage_class=s3.StorageClass.INTELLIGENT_TIERING, transition_after=Duration.days(0))
    return s3.LifecycleRule(transitions=[tiering])
