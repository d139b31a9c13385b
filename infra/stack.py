"""The platform of one environment: one stack, one construct for each concern. In: Settings and the bundle's folder.

It publishes what it made as one parameter, `/pushtrain/<environment>/platform`, which the command line and Jenkins
read, and hands the same document to the handlers.
"""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from infra.handler import Common
from infra.names import Names
from infra.observability import Observability
from infra.people import People
from infra.registry import Registry
from infra.reports import Reports
from infra.roles import Roles
from infra.settings import Settings
from infra.storage import Storage
from infra.trigger import Trigger
from infra.workflows import Workflows
from pushtrain.errors import UsageError

# Parameter Store takes 4,096 characters in a standard parameter, Lambda 4 KB of variables with their names.
DOCUMENT_LIMIT = 4000
UNKNOWN = "of an unknown version"
KEY_LENGTH = 80  # of a key's ARN, which is not known before the key is made


class PlatformStack(cdk.Stack):
    """Everything of one environment, wired."""

    def __init__(self, scope: Construct, settings: Settings, bundle: Path) -> None:
        super().__init__(
            scope,
            settings.prefix,
            env=cdk.Environment(account=settings.account, region=settings.region),
            description=f"pushtrain, environment {settings.environment}",
            termination_protection=settings.environment == "prod",
        )
        names = Names(settings)
        storage = Storage(self, "Storage", names)
        key = storage.key.key_arn
        platform = _published(names, key)
        roles = Roles(self, "Roles", names, key)
        People(self, "People", names, key)
        code = _code(bundle, settings)
        common = Common(names=names, platform=platform, code=code, version=bundled_version(bundle), key=storage.key)
        trigger = Trigger(self, "Trigger", common, bucket=storage.code, role=roles.push)
        workflows = Workflows(self, "Workflows", names=names, archive=storage.archive, key=storage.key)
        registry = Registry(self, "Registry", common, role=roles.approval, failures=trigger.failures)
        reports = Reports(self, "Reports", common, role=roles.run_end, failures=trigger.failures)
        Observability(
            self,
            "Observability",
            names=names,
            push=trigger.handler.alias,
            push_log=trigger.handler.log,
            approval=registry.handler.alias,
            run_end=reports.handler.alias,
            failures=trigger.failures,
            runs_log=workflows.log,
            topic=registry.topic,
        )
        ssm.StringParameter(self, "Platform", parameter_name=names.parameter, string_value=platform)
        self._everywhere(settings)

    def _everywhere(self, settings: Settings) -> None:
        """What holds for every resource."""
        for name, value in {"pushtrain:environment": settings.environment, **settings.tags}.items():
            cdk.Tags.of(self).add(name, value)
        if boundary := settings.permission_boundary:
            policy = iam.ManagedPolicy.from_managed_policy_arn(self, "Boundary", boundary)
            iam.PermissionsBoundary.of(self).apply(policy)


def _published(names: Names, key: str) -> str:
    """The Platform as a document. Raises UsageError when it would not fit where it is published."""
    size = len(names.platform("k" * KEY_LENGTH).to_json().encode())
    if size > DOCUMENT_LIMIT:
        said = f"what the settings publish takes {size} bytes; at most {DOCUMENT_LIMIT} fit in a parameter"
        raise UsageError(f"{said}. Name fewer or shorter tags, or fewer subnets")
    return names.platform(key).to_json()


def _code(bundle: Path, settings: Settings) -> lambda_.Code:
    """The bundle. Raises UsageError for a folder that is none, or lacks what the settings promise."""
    if not (bundle / "on_push.py").is_file():
        raise UsageError(f"{bundle} is not the handlers' bundle: it has no on_push.py. Build it with: make bundle")
    if settings.sdk_templates and bundled_version(bundle) != UNKNOWN and not (bundle / "stepfunctions").is_dir():
        raise UsageError(f"sdk_templates is set, but {bundle} holds no AWS SDKs. Build it with: make bundle SDK=1")
    return lambda_.Code.from_asset(str(bundle))


def bundled_version(bundle: Path) -> str:
    """Of pushtrain in the bundle; tests and checkov take the handlers alone."""
    found = [folder.name for folder in bundle.glob("pushtrain-*.dist-info")]
    return found[0].removeprefix("pushtrain-").removesuffix(".dist-info") if found else UNKNOWN
