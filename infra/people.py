"""People: managed policies that a team attaches to its own roles. In: Names and the key's ARN.

The policy of data scientists denies approvals. The denial also holds for a person who has the approver's policy.
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
from infra.policies import acknowledge_patterns, build_document

DECISIONS = ("Approved", "Rejected")


class People(Construct):
    """Managed policies `<prefix>-data-scientist`, `-approver`, `-operator`, `-jenkins` and `-deployer`."""

    def __init__(self, scope: Construct, name: str, names: Names, key: str) -> None:
        super().__init__(scope, name)
        self.names = names
        # A changed description makes CloudFormation replace the policy.
        self._add_policy(
            n.SCIENTIST, "See runs and models, push where the settings say so", scientist_grants(names, key)
        )
        self._add_policy(n.APPROVER, "See models and decide about them", approver_grants(names, key))
        self._add_policy(n.OPERATOR, "See runs, stop and redrive them, replay what failed", operator_grants(names, key))
        self._add_policy(n.JENKINS, "Push and watch runs", jenkins_grants(names, key))
        self._add_policy(n.DEPLOYER, "Deploy the platform through the CDK's roles", deployer_grants(names))

    def _add_policy(self, kind: str, description: str, grants: Sequence[Grant]) -> None:
        policy = iam.ManagedPolicy(
            self,
            kind.title().replace("-", ""),
            managed_policy_name=self.names.resource_name(kind),
            description=description,
            document=build_document(grants),
        )
        acknowledge_patterns(policy, grants)


def scientist_grants(names: Names, key: str) -> list[Grant]:
    """Read runs and models. Push, stop and redrive only with `data_scientists_push`. Never approve or reject."""
    may_push = names.settings.data_scientists_push
    decide = "sagemaker:DeleteModelPackage DeleteModelPackageGroup UpdateModelPackage"
    never = g.allow("NeverDecide", decide, g.registry_arns(names), "People who train a model may not approve models.")
    return [
        g.read_platform(names),
        *g.watch_runs(names),
        g.read_quotas(),
        g.validate_definitions(),
        *g.view_models(names),
        g.use_key(names, key, "Decrypt GenerateDataKey" if may_push else "Decrypt"),
        *((*g.push_model_repos(names), g.control_runs(names)) if may_push else ()),
        replace(never, effect="Deny"),
    ]


def approver_grants(names: Names, key: str) -> list[Grant]:
    """Read models and the runs that made them; approve and reject. Nothing else may be changed."""
    versions = names.arn("sagemaker", "model-package/*")
    condition = {"StringEquals": {"sagemaker:ModelApprovalStatus": list(DECISIONS)}}
    decide = "An approver may approve or reject the versions of any model."
    serving = "An approver may read the models that are deployed."
    return [
        g.read_platform(names),
        *g.read_registry(names),
        g.allow("Decide", "sagemaker:UpdateModelPackage", versions, decide, condition),
        *g.watch_runs(names),
        g.read_configs(names),
        g.read_manifests(names),
        g.read_objects("ReadServing", names, n.SERVING, "*", reason=serving),
        g.list_bucket("ListServing", names, n.SERVING, reason=serving),
        g.use_key(names, key, "Decrypt"),
    ]


def operator_grants(names: Names, key: str) -> list[Grant]:
    """Stop and redrive runs, replay events, update prices, run the doctor. Never start a run or approve a model."""
    return [
        g.read_platform(names),
        *g.watch_runs(names),
        g.read_quotas(),
        *g.view_models(names),
        g.use_key(names, key, "Decrypt GenerateDataKey"),
        g.control_runs(names),
        *g.update_prices(names),
        *g.replay_failures(names),
        *g.view_alarms(names),
        *g.run_doctor(names),
    ]


def jenkins_grants(names: Names, key: str) -> list[Grant]:
    """Push and watch the runs. Never deploy: who deploys the platform decides what it does."""
    return [
        g.read_platform(names),
        *g.push_model_repos(names),
        *g.watch_runs(names),
        g.read_quotas(),
        g.validate_definitions(),
        g.use_key(names, key, "Decrypt GenerateDataKey"),
    ]


def deployer_grants(names: Names) -> list[Grant]:
    """Deploy the platform with the roles that `cdk bootstrap` created in this account and region. Nothing else."""
    roles = [names.bootstrap_role_arn(kind) for kind in ("deploy", "file-publishing", "lookup")]
    deploy = "`cdk deploy` takes these roles to upload the handlers and to start CloudFormation; `cdk diff` to look."
    return [g.allow("Deploy", "sts:AssumeRole", roles, deploy)]
