"""Storage: the KMS key and the buckets. In: Names. Out: a Storage. The buckets refuse public access and plain HTTP.

CloudFormation deletes none of these with the stack, except when the deployment that created them fails. `roles` and
`people` define who may read and write. The serving bucket also has a policy: it denies writes by everybody except the
approval handler, even if their role allows them.
"""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra import names as n
from infra.key_policy import build_key_statements
from infra.names import Names
from infra.removal import KEPT
from pushtrain.layout import SCORES_PREFIX, STARTS_PREFIX
from pushtrain.platform import INTERMEDIATE_TAG

DAYS_OF_ACCESS_LOGS = 365
DAYS_OF_SCORES = 30
DAYS_OF_STARTS = 90  # Step Functions has no older execution
SERVING_WRITES = ("s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObjectTagging")


class Storage(Construct):
    """`key`, and the buckets `code`, `artifacts`, `serving`, `archive` and `access_logs`."""

    def __init__(self, scope: Construct, name: str, names: Names) -> None:
        super().__init__(scope, name)
        self.names = names
        old_versions = s3.LifecycleRule(noncurrent_version_expiration=Duration.days(names.settings.old_version_days))
        self.key = self._create_key()
        self.access_logs = self._create_access_log_bucket()
        self.code = self._create_bucket(n.CODE, old_versions)
        self.artifacts = self._create_bucket(
            n.ARTIFACTS,
            old_versions,
            _build_tiering_rule(),
            _build_score_rule(),
            _build_start_rule(),
            *_build_intermediate_rules(names),
        )
        lock_days = names.settings.serving_lock_days
        self.serving = self._create_bucket(n.SERVING, _build_tiering_rule(), lock_days=lock_days)
        self.serving.add_to_resource_policy(self._build_serving_denial())
        if lock_days:
            self.serving.add_to_resource_policy(self._build_lock_denial())
        self.archive = self._create_bucket(n.ARCHIVE, self._build_archive_rule())

    def _create_key(self) -> kms.IKey:
        """Return the key of the settings. Without one, create a key that the services that encrypt may use."""
        if arn := self.names.settings.kms_key:
            return kms.Key.from_key_arn(self, "Key", arn)
        key = kms.Key(
            self,
            "Key",
            description=f"{self.names.settings.prefix}: models, code, logs and news",
            enable_key_rotation=True,
            removal_policy=KEPT,
        )
        for statement in build_key_statements(self.names):
            key.add_to_resource_policy(statement)
        return key

    def _create_access_log_bucket(self) -> s3.Bucket:
        return s3.Bucket(
            self,
            "Access",
            bucket_name=self.names.bucket_name(n.ACCESS_LOGS),
            encryption=s3.BucketEncryption.S3_MANAGED,  # S3 does not deliver access logs to a bucket with our KMS key
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            versioned=True,
            lifecycle_rules=[_build_upload_rule(), s3.LifecycleRule(expiration=Duration.days(DAYS_OF_ACCESS_LOGS))],
            removal_policy=KEPT,
        )

    def _create_bucket(self, kind: str, *rules: s3.LifecycleRule, lock_days: int | None = None) -> s3.Bucket:
        return s3.Bucket(
            self,
            kind.capitalize(),
            bucket_name=self.names.bucket_name(kind),
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            versioned=True,
            server_access_logs_bucket=self.access_logs,
            server_access_logs_prefix=f"{kind}/",
            lifecycle_rules=[_build_upload_rule(), *rules],
            removal_policy=KEPT,
            object_lock_enabled=True if lock_days else None,
            object_lock_default_retention=s3.ObjectLockRetention.governance(Duration.days(lock_days))
            if lock_days
            else None,
        )

    def _build_serving_denial(self) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            sid="OnlyApprovalWrites",
            effect=iam.Effect.DENY,
            principals=[iam.AnyPrincipal()],
            actions=list(SERVING_WRITES),
            resources=[self.names.bucket_arn(n.SERVING, "*")],
            conditions={"ArnNotEquals": {"aws:PrincipalArn": self.names.role_arn(n.APPROVAL)}},
        )

    def _build_lock_denial(self) -> iam.PolicyStatement:
        """Deny to everybody what opens a lock of governance mode: an administrator must change this policy first."""
        return iam.PolicyStatement(
            sid="NobodyOpensLocks",
            effect=iam.Effect.DENY,
            principals=[iam.AnyPrincipal()],
            actions=["s3:BypassGovernanceRetention", "s3:PutObjectRetention"],
            resources=[self.names.bucket_arn(n.SERVING, "*")],
        )

    def _build_archive_rule(self) -> s3.LifecycleRule:
        """Move logs to cheaper storage after 90 days, and delete them after `archive_days`."""
        glacier = s3.Transition(
            storage_class=s3.StorageClass.GLACIER_INSTANT_RETRIEVAL, transition_after=Duration.days(90)
        )
        return s3.LifecycleRule(
            transitions=[glacier],
            expiration=Duration.days(self.names.settings.archive_days),
            noncurrent_version_expiration=Duration.days(1),
        )


def _build_upload_rule() -> s3.LifecycleRule:
    """Delete the parts of multipart uploads that were not completed within 7 days."""
    return s3.LifecycleRule(abort_incomplete_multipart_upload_after=Duration.days(7))


def _build_intermediate_rules(names: Names) -> list[s3.LifecycleRule]:
    """Delete what the handler of ended runs has marked. Only that handler can set the tag."""
    days = names.settings.intermediate_days
    tag = dict([INTERMEDIATE_TAG])
    return [s3.LifecycleRule(tag_filters=tag, expiration=Duration.days(days))] if days else []


def _build_score_rule() -> s3.LifecycleRule:
    """Delete the rows that people sent to be scored, and the answers."""
    return s3.LifecycleRule(prefix=SCORES_PREFIX, expiration=Duration.days(DAYS_OF_SCORES))


def _build_start_rule() -> s3.LifecycleRule:
    """Delete the empty objects that say when runs started."""
    return s3.LifecycleRule(prefix=STARTS_PREFIX, expiration=Duration.days(DAYS_OF_STARTS))


def _build_tiering_rule() -> s3.LifecycleRule:
    """Use Intelligent-Tiering: S3 moves objects that nobody reads to cheaper storage, and moves them back."""
    tiering = s3.Transition(storage_class=s3.StorageClass.INTELLIGENT_TIERING, transition_after=Duration.days(0))
    return s3.LifecycleRule(transitions=[tiering])
