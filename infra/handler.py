"""A Lambda function as this platform runs it. In: the handler's name and its role. Out: a Handler; wire to its `alias`.

Everything that others refer to (permission, event-invoke settings, notification) is on the alias `live`, so that a
new version takes over at one point in time, and SnapStart, which needs a published version, is never bypassed.
"""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.log_groups import log_group
from infra.nag import accept
from infra.names import LIVE, Names
from pushtrain.platform import BUNDLE_PREFIX, PLATFORM_VARIABLE

RETRIES = 2  # Lambda's most: after 1 and 2 minutes
EVENT_AGE = Duration.hours(6)  # Lambda's most: a throttled push waits that long rather than being lost


@dataclass(frozen=True, kw_only=True)
class Common:
    """What all handlers share: `platform` is the document they read, `code` the bundle, `version` its pushtrain's."""

    names: Names
    platform: str
    code: lambda_.Code
    version: str
    key: kms.IKey


class Handler(Construct):
    """`function`, its `alias` and its `log`. One that nobody waits for is not `in_haste`: SnapStart costs when idle."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        common: Common,
        *,
        kind: str,
        role: iam.IRole,
        failures: sqs.IQueue,
        memory: int,
        timeout: Duration,
        reserved: int | None = None,
        in_haste: bool = True,
    ) -> None:
        super().__init__(scope, name)
        names, key = common.names, common.key
        self.log = log_group(self, "Log", names.function_log(kind), names, key)
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=names.role(kind),
            description=f"{BUNDLE_PREFIX}{common.version}",  # `pushtrain doctor` compares it with its own
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.X86_64,
            handler=f"on_{kind.replace('-', '_')}.handler",
            code=common.code,
            role=role,
            memory_size=memory,
            timeout=timeout,
            environment={PLATFORM_VARIABLE: common.platform},
            log_group=self.log,
            tracing=lambda_.Tracing.ACTIVE,
            reserved_concurrent_executions=reserved,
            snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if in_haste and names.settings.snap_start else None,
        )
        accept(
            self.function, "AwsSolutions-L1", "The bundle holds wheels and bytecode for 3.13; both move on together."
        )
        self.alias = lambda_.Alias(self, "Live", alias_name=LIVE, version=self.function.current_version)
        self.alias.configure_async_invoke(
            max_event_age=EVENT_AGE, retry_attempts=RETRIES, on_failure=destinations.SqsDestination(failures)
        )
