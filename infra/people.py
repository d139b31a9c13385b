"""People: managed policies to attach to the roles a team has. In: Names and the key's ARN.

A data scientist is denied what an approver may, even where one person has both policies: nobody who trains approves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aws_cdk import aws_iam as iam
from constructs import Construct

from infra import grants as g
from infra import names as n
from infra.grants import Grant
from infra.names import Names
from infra.policies import accept_patterns, document

DECISIONS = ("Approved", "Rejected")


class People(Construct):
    """Managed policies `<prefix>-data-scientist`, `-approver`, `-operator` and `-jenkins`."""

    def __init__(self, scope: Construct, name: str, names: Names, key: str) -> None:
        super().__init__(scope, name)
        self.names = names
        self._policy(n.SCIENTIST, "See runs and models, push where the settings say so", scientist_grants(names, key))
        self._policy(n.APPROVER, "See models and decide about them", approver_grants(names, key))
        self._policy(n.OPERATOR, "See runs, stop and redrive them, replay what failed", operator_grants(names, key))
        self._policy(n.JENKINS, "Push, watch runs, deploy through the CDK's roles", jenkins_grants(names, key))

    def _policy(self, kind: str, description: str, grants: Sequence[Grant]) -> None:
        policy = iam.ManagedPolicy(
            self,
            kind.title().replace("-", ""),
            managed_policy_name=self.names.role(kind),
            description=description,
            document=document(grants),
        )
        accept_patterns(policy, grants)


def scientist_grants(names: Names, key: str) -> list[Grant]:
    """See everything of runs and models; push, stop and redrive where `data_scientists_push`; never decide."""
    pushes = names.settings.data_scientists_push
    decide = "sagemaker:DeleteModelPackage DeleteModelPackageGroup UpdateModelPackage"
    never = g.allow("NeverDecide", decide, g.registry(names), "Nobody who trains approves.")
    return [
        g.read_platform(names),
        *g.watch_runs(names),
        g.see_quotas(),
        *g.see_models(names),
        g.use_key(names, key, "Decrypt GenerateDataKey" if pushes else "Decrypt"),
        *((*g.push(names), g.keep_runs(names)) if pushes else ()),
        replace(never, effect="Deny"),
    ]


def approver_grants(names: Names, key: str) -> list[Grant]:
    """See models and what they were made of; approve and reject, and change nothing else without deciding."""
    versions = names.arn("sagemaker", "model-package/*")
    decided = {"StringEquals": {"sagemaker:ModelApprovalStatus": list(DECISIONS)}}
    serving = "An approver sees what serving reads."
    return [
        g.read_platform(names),
        *g.read_registry(names),
        g.allow(
            "Decide", "sagemaker:UpdateModelPackage", versions, "Any model's versions may be decided about.", decided
        ),
        *g.watch_runs(names),
        g.read_configs(names),
        g.read_manifests(names),
        g.read_objects("ReadServing", names, n.SERVING, "*", why=serving),
        g.list_bucket("ListServing", names, n.SERVING, why=serving),
        g.use_key(names, key, "Decrypt"),
    ]


def operator_grants(names: Names, key: str) -> list[Grant]:
    """Keep the platform: stop and redrive runs, replay events, give prices, examine. Starts and decides nothing."""
    return [
        g.read_platform(names),
        *g.watch_runs(names),
        g.see_quotas(),
        *g.see_models(names),
        g.use_key(names, key, "Decrypt GenerateDataKey"),
        g.keep_runs(names),
        *g.keep_prices(names),
        *g.replay_failures(names),
        *g.look_at_alarms(names),
        *g.examine(names),
    ]


def jenkins_grants(names: Names, key: str) -> list[Grant]:
    """Push, watch the runs, and deploy with the roles that `cdk bootstrap` made for it."""
    roles = names.iam_arn("role/cdk-*")
    return [
        g.read_platform(names),
        *g.push(names),
        *g.watch_runs(names),
        g.see_quotas(),
        g.use_key(names, key, "Decrypt GenerateDataKey"),
        g.allow("Deploy", "sts:AssumeRole", roles, "The CDK deploys with roles of its own, whose names begin so."),
    ]
