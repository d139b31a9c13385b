"""The platform of one environment: one stack with several constructs. In: Settings and the bundle's folder.

The stack publishes the platform document as an SSM parameter, `/pushtrain/<environment>/platform`. The command line and
Jenkins read it there. The handlers get the same document as an environment variable.
"""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from infra.audit import Audit
from infra.budget import Budget
from infra.decision import Decision
from infra.handler import HandlerSettings
from infra.names import Names
from infra.observability import Observability
from infra.people import People
from infra.registry import Registry
from infra.replay import Replay
from infra.reports import Reports
from infra.roles import Roles
from infra.scoring import Scoring
from infra.settings import Settings
from infra.storage import Storage
from infra.trigger import Trigger
from infra.workflows import Workflows
from pushtrain.errors import UsageError
from pushtrain.platform import ENVIRONMENT_TAG

# bytes; a standard parameter of Parameter Store holds 4,096 characters, the variables of a Lambda function 4 KB
DOCUMENT_LIMIT = 4000
UNKNOWN = "of an unknown version"
KEY_LENGTH = 80  # characters of a key's ARN, which is unknown before the deployment


class PlatformStack(cdk.Stack):
    """All resources of one environment."""

    def __init__(self, scope: Construct, settings: Settings, bundle: Path) -> None:
        super().__init__(
            scope,
            settings.prefix,
            env=cdk.Environment(account=settings.account, region=settings.region),
            description=f"pushtrain, environment {settings.environment}",
            synthesizer=cdk.DefaultStackSynthesizer(qualifier=settings.bootstrap_qualifier),
            termination_protection="prod" in {settings.environment, settings.overlay},
        )
        names = Names(settings)
        storage = Storage(self, "Storage", names)
        key = storage.key.key_arn
        platform = _build_platform_document(names, key)
        roles = Roles(self, "Roles", names, key)
        People(self, "People", names, key)
        code = _check_bundle(bundle, settings)
        version = read_bundle_version(bundle)
        shared = HandlerSettings(names=names, platform=platform, code=code, version=version, key=storage.key)
        trigger = Trigger(self, "Trigger", shared, bucket=storage.code, role=roles.push)
        workflows = Workflows(self, "Workflows", names=names, archive=storage.archive, key=storage.key)
        Scoring(self, "Scoring", names=names, roles=roles.scores, log=workflows.log, platform=names.build_platform(key))
        decision = Decision(self, "Decision", shared, role=roles.decide)
        registry = Registry(self, "Registry", shared, role=roles.approval, failures=trigger.failures)
        reports = Reports(self, "Reports", shared, role=roles.run_end, failures=trigger.failures)
        Replay(self, "Replay", shared, role=roles.replay)
        Observability(
            self,
            "Observability",
            names=names,
            push=trigger.handler.alias,
            push_log=trigger.handler.log,
            decide=decision.handler.alias,
            approval=registry.handler.alias,
            run_end=reports.handler.alias,
            pushes=trigger.pushes,
            failures=trigger.failures,
            runs_log=workflows.log,
            topic=registry.topic,
        )
        if settings.data_events:
            Audit(self, "Audit", names, storage.archive, storage.key)
        if settings.monthly_budget:
            Budget(self, "Budget", names, registry.topic, settings.monthly_budget)
        ssm.StringParameter(self, "Platform", parameter_name=names.parameter_name, string_value=platform)
        self._apply_to_all_resources(settings)

    def _apply_to_all_resources(self, settings: Settings) -> None:
        """Add tags to all resources, and the permission boundary to all roles."""
        for name, value in {ENVIRONMENT_TAG: settings.environment, **settings.tags}.items():
            cdk.Tags.of(self).add(name, value)
        if boundary := settings.permission_boundary:
            policy = iam.ManagedPolicy.from_managed_policy_arn(self, "Boundary", boundary)
            iam.PermissionsBoundary.of(self).apply(policy)


def _build_platform_document(names: Names, key: str) -> str:
    """Return the platform document as JSON. Raises UsageError if it is too large for the SSM parameter."""
    size = len(names.build_platform("k" * KEY_LENGTH).to_json().encode())
    if size > DOCUMENT_LIMIT:
        raise UsageError(
            f"the platform document has {size} bytes; an SSM parameter holds at most {DOCUMENT_LIMIT}. "
            "Use fewer or shorter tags, fewer subnets, or fewer patterns of models in `teams`"
        )
    return names.build_platform(key).to_json()


def _check_bundle(bundle: Path, settings: Settings) -> lambda_.Code:
    """Return the bundle as a CDK asset. Raises UsageError if it is not a bundle, or lacks the SDKs of the settings."""
    if not (bundle / "on_push.py").is_file():
        raise UsageError(
            f"{bundle} is not the bundle of the handlers: it has no on_push.py. Build it with: make bundle"
        )
    if settings.sdk_templates and read_bundle_version(bundle) != UNKNOWN and not (bundle / "stepfunctions").is_dir():
        raise UsageError(
            f"the settings have sdk_templates, but {bundle} does not contain AWS SDKs. Build it with: make bundle SDK=1"
        )
    return lambda_.Code.from_asset(str(bundle))


def read_bundle_version(bundle: Path) -> str:
    """Return the version of pushtrain in the bundle. The bundles of tests and of checkov do not contain pushtrain."""
    names = [folder.name for folder in bundle.glob("pushtrain-*.dist-info")]
    return names[0].removeprefix("pushtrain-").removesuffix(".dist-info") if names else UNKNOWN
