"""Handler: a Lambda function with its alias and its log group. In: the handler's kind and role. Out: a Handler.

Everything that refers to a handler (permission, event-invoke settings, notification) uses the alias `live`. A new
version then takes over in one step, and SnapStart, which works only for published versions, is always used.
"""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sqs as sqs
from constructs import Construct
from msgspec import Struct

from infra.log_groups import create_log_group
from infra.nag import acknowledge_rule
from infra.names import LIVE, Names
from pushtrain.platform import BUNDLE_PREFIX, PLATFORM_VARIABLE

FULL_PROCESSOR = 1769  # MB of memory for which Lambda gives one full processor (developer guide, "Configure memory")
RETRIES = 2  # the maximum of Lambda: it retries after 1 and 2 minutes
EVENT_AGE = Duration.hours(6)  # the maximum of Lambda: a throttled push waits this long before it counts as failed


class HandlerSettings(Struct, frozen=True, kw_only=True):
    """Values that all handlers share.

    `platform` is the platform document (JSON) that handlers read, `code` the bundle, `version` the version of
    pushtrain in the bundle, and `key` encrypts the log groups.
    """

    names: Names
    platform: str
    code: lambda_.Code
    version: str
    key: kms.IKey


class Handler(Construct):
    """A Lambda `function`, its `alias` and its `log`.

    `failures` takes the events that the handler failed to process; None for a handler that is never invoked
    asynchronously.
    `snap_start=False` is for a handler that may start slowly: SnapStart costs money even when the function is idle.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        shared: HandlerSettings,
        *,
        kind: str,
        role: iam.IRole,
        failures: sqs.IQueue | None,
        memory: int,
        timeout: Duration,
        reserved_concurrency: int | None = None,
        snap_start: bool = True,
    ) -> None:
        super().__init__(scope, name)
        names, key = shared.names, shared.key
        uses_snap_start = snap_start and names.settings.snap_start
        self.log = create_log_group(self, "Log", names.function_log_group(kind), names, key)
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=names.resource_name(kind),
            description=f"{BUNDLE_PREFIX}{shared.version}",  # `pushtrain doctor` compares it with its own version
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.X86_64,
            handler=f"on_{kind.replace('-', '_')}.handler",
            code=shared.code,
            role=role,
            memory_size=memory,
            timeout=timeout,
            environment={PLATFORM_VARIABLE: shared.platform},
            log_group=self.log,
            tracing=lambda_.Tracing.ACTIVE,
            reserved_concurrent_executions=reserved_concurrency,
            snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if uses_snap_start else None,
        )
        _join_network(self.function, names)
        reason = "The bundle contains wheels and bytecode for Python 3.13. Runtime and bundle change together."
        acknowledge_rule(self.function, "AwsSolutions-L1", reason)
        self.alias = lambda_.Alias(self, "Live", alias_name=LIVE, version=self.function.current_version)
        if failures is not None:
            self.alias.configure_async_invoke(
                max_event_age=EVENT_AGE, retry_attempts=RETRIES, on_failure=destinations.SqsDestination(failures)
            )


def _join_network(function: lambda_.Function, names: Names) -> None:
    """Put a function into the VPC of the settings, if there is one. The L2 construct needs the VPC itself."""
    if network := names.settings.handler_network:
        cfn_function = function.node.default_child
        assert isinstance(cfn_function, lambda_.CfnFunction)  # noqa: S101 - the CloudFormation resource of an L2 function
        cfn_function.vpc_config = lambda_.CfnFunction.VpcConfigProperty(
            subnet_ids=list(network.subnets), security_group_ids=list(network.security_groups)
        )
