"""Workflows: the logs of runs and jobs, their archive and saved queries. Pushes create the state machines.

In: Names, the archive bucket, the key. Out: a Workflows with the runs' log group, `log`.
There is one log group for all runs. It and the log groups of SageMaker are archived to S3, and queries search them all.
"""

from __future__ import annotations

from aws_cdk import Duration, Size
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_logs_destinations as destinations
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra import grants as g
from infra import names as n
from infra.grants import Grant
from infra.log_groups import create_log_group
from infra.names import Names
from infra.policies import create_service_role
from infra.removal import KEPT

DAY = "!{timestamp:yyyy/MM/dd}"
QUERIES = {
    "failed runs": logs.QueryString(
        fields=["@timestamp", "execution_arn", "type", "details.error", "details.cause"],
        filter_statements=["type in ['ExecutionFailed', 'ExecutionTimedOut', 'ExecutionAborted']"],
        sort="@timestamp desc",
        limit=200,
    ),
    "slowest jobs": logs.QueryString(
        filter_statements=["type in ['TaskStateEntered', 'TaskStateExited']"],
        stats_statements=[
            "(max(@timestamp) - min(@timestamp)) / 1000 as seconds by execution_arn, details.name as step"
        ],
        sort="seconds desc",
        limit=50,
    ),
    # The id of a run is part of its ARN, of the names of its jobs, and so of their log streams.
    "one run's story": logs.QueryString(
        fields=["@timestamp", "@log", "type", "details.name", "details.error", "@message"],
        filter_statements=["@message like /RUN_ID/ or @logStream like /RUN_ID/"],
        sort="@timestamp asc",
        limit=10000,
    ),
}


class Workflows(Construct):
    """`log`: the log group of all runs."""

    def __init__(self, scope: Construct, name: str, *, names: Names, archive: s3.IBucket, key: kms.IKey) -> None:
        super().__init__(scope, name)
        self.names, self.key = names, key
        self.log = create_log_group(self, "Runs", names.runs_log_group, names, key)
        log_groups = {"runs": self.log, **self._find_job_logs()}
        for kind, log in log_groups.items():
            self._add_archive(kind, log, archive)
        for title, query in QUERIES.items():
            logs.QueryDefinition(
                self,
                title.title().replace(" ", "").replace("'", ""),
                query_definition_name=f"{names.settings.prefix}/{title}",
                query_string=query,
                log_groups=list(log_groups.values()),
            )

    def _find_job_logs(self) -> dict[str, logs.ILogGroup]:
        """Return SageMaker's log groups by kind of job. All environments of an account and region share them.

        Log groups that this stack created stay if it is deleted: they hold the logs of everybody's jobs.
        """
        match self.names.settings.job_logs:
            case "create":
                return {
                    kind: create_log_group(self, kind.title(), group, self.names, self.key, KEPT)
                    for kind, group in n.JOB_LOG_GROUPS.items()
                }
            case "existing":
                return {
                    kind: logs.LogGroup.from_log_group_name(self, kind.title(), group)
                    for kind, group in n.JOB_LOG_GROUPS.items()
                }
        return {}

    def _add_archive(self, kind: str, log: logs.ILogGroup, archive: s3.IBucket) -> None:
        """Send a log from CloudWatch Logs through Firehose to S3. CloudWatch Logs compresses the records with gzip."""
        firehose_role = create_service_role(
            self, f"{kind.title()}ToArchive", "firehose", self.names, archive_grants(self.names, self.key.key_arn, kind)
        )
        stream = firehose.DeliveryStream(
            self,
            f"{kind.title()}Archive",
            delivery_stream_name=self.names.resource_name(f"{kind}-archive"),
            encryption=firehose.StreamEncryption.aws_owned_key(),
            destination=firehose.S3Bucket(
                archive,
                role=firehose_role,
                data_output_prefix=f"{kind}/{DAY}/",
                error_output_prefix=f"errors/{kind}/!{{firehose:error-output-type}}/{DAY}/",
                file_extension=".gz",
                encryption_key=self.key,
                buffering_interval=Duration.minutes(5),
                buffering_size=Size.mebibytes(16),
                logging_config=firehose.DisableLogging(),  # type: ignore[arg-type]  # jsii: log_group is optional
            ),
        )
        feed_role = create_service_role(self, f"{kind.title()}Feed", "logs", self.names, feed_grants(self.names, kind))
        logs.SubscriptionFilter(
            self,
            f"{kind.title()}Subscription",
            log_group=log,
            destination=destinations.FirehoseDestination(stream, role=feed_role),
            filter_pattern=logs.FilterPattern.all_events(),
        )


def archive_grants(names: Names, key: str, kind: str) -> list[Grant]:
    """Firehose: write one kind of log, and the records that it failed to process."""
    keys = (f"{kind}/*", f"errors/{kind}/*")
    return [
        g.write_objects("WriteArchive", names, n.ARCHIVE, *keys, reason=f"The archive of {kind} is under these keys."),
        g.list_bucket("FindParts", names, n.ARCHIVE, *keys, reason="Firehose continues uploads that it started."),
        g.use_key(names, key, "Decrypt GenerateDataKey"),
    ]


def feed_grants(names: Names, kind: str) -> list[Grant]:
    """CloudWatch Logs: write to one delivery stream."""
    stream = names.arn("firehose", f"deliverystream/{names.resource_name(f'{kind}-archive')}")
    return [
        g.allow(
            "Feed", "firehose:PutRecord PutRecordBatch", stream, "CloudWatch Logs sends log events to their archive."
        )
    ]
