"""Audit: a CloudTrail trail of who reads and writes objects of the code and serving buckets. Only with `data_events`.

In: Names, the archive bucket, the key. Out: an Audit. The log files go to the archive bucket, under `cloudtrail/`.
Source: CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail".
"""

from __future__ import annotations

from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra import names as n
from infra.key_policy import CLOUDTRAIL
from infra.names import Names

LOG_PREFIX = "cloudtrail"
Selector = cloudtrail.CfnTrail.AdvancedFieldSelectorProperty


class Audit(Construct):
    """The trail `<prefix>-data-events`. It has no management events: most accounts have a trail for those."""

    def __init__(self, scope: Construct, name: str, names: Names, archive: s3.Bucket, key: kms.IKey) -> None:
        super().__init__(scope, name)
        for statement in _build_bucket_statements(names):
            archive.add_to_resource_policy(statement)
        buckets = [f"{names.bucket_arn(kind)}/" for kind in (n.CODE, n.SERVING)]
        data_events = cloudtrail.CfnTrail.AdvancedEventSelectorProperty(
            name="Pushes and approved models",
            field_selectors=[
                Selector(field="eventCategory", equal_to=["Data"]),
                Selector(field="resources.type", equal_to=["AWS::S3::Object"]),
                Selector(field="resources.ARN", starts_with=buckets),
            ],
        )
        trail = cloudtrail.CfnTrail(
            self,
            "Trail",
            trail_name=names.resource_name(n.DATA_EVENTS),
            s3_bucket_name=archive.bucket_name,
            s3_key_prefix=LOG_PREFIX,
            kms_key_id=key.key_arn,
            is_logging=True,
            is_multi_region_trail=False,
            include_global_service_events=False,
            enable_log_file_validation=True,
            advanced_event_selectors=[data_events],
        )
        assert archive.policy is not None  # noqa: S101 - it has statements
        trail.node.add_dependency(archive.policy, key)  # CloudTrail writes a test object when the trail is created


def _build_bucket_statements(names: Names) -> list[iam.PolicyStatement]:
    principals = [iam.ServicePrincipal(CLOUDTRAIL)]
    for_trail = {"aws:SourceArn": names.trail_arn}
    keys = f"{LOG_PREFIX}/AWSLogs/{names.settings.account}/*"
    return [
        iam.PolicyStatement(
            sid="CloudTrailLooks",
            principals=principals,
            actions=["s3:GetBucketAcl"],
            resources=[names.bucket_arn(n.ARCHIVE)],
            conditions={"StringEquals": for_trail},
        ),
        iam.PolicyStatement(
            sid="CloudTrailWrites",
            principals=principals,
            actions=["s3:PutObject"],
            resources=[names.bucket_arn(n.ARCHIVE, keys)],
            conditions={"StringEquals": {**for_trail, "s3:x-amz-acl": "bucket-owner-full-control"}},
        ),
    ]
