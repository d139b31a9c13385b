"""People: managed policies that a team attaches to its own roles. In: Names and the key's ARN.

The policy of data scientists denies approvals. The denial also holds for a person who has the approver's policy.
"""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct
from msgspec.structs import replace

from infra import grants as g
from infra import names as n
from infra import people_grants as work
from infra.grants import Grant
from infra.names import Names
from infra.policies import acknowledge_patterns, build_document
from infra.policy_sizes import check_size
from infra.score_grants import let_models_answer
from infra.teams import Team, build_only_team, list_teams
from pushtrain import layout
from pushtrain.config import ARTIFACT_METADATA, REPORT_METADATA
from pushtrain.record import RUN_METADATA

DECISIONS = ("Approved", "Rejected")


class People(Construct):
    """Managed policies: `-operator`, `-deployer`; of each team `-data-scientist`, `-approver`, `-scorer`, `-jenkins`.

    With `teams` in the settings, the name of a team's policy ends in the name of the team.
    """

    def __init__(self, scope: Construct, name: str, names: Names, key: str) -> None:
        super().__init__(scope, name)
        self.names = names
        # A changed description makes CloudFormation replace the policy.
        for team in list_teams(names):
            self._add_team_policies(team, key)
        self._add_policy(n.OPERATOR, "See runs, stop and redrive them, replay what failed", operator_grants(names, key))
        self._add_policy(n.DEPLOYER, "Deploy the platform through the CDK's roles", deployer_grants(names))

    def _add_team_policies(self, team: Team, key: str) -> None:
        see = "See runs and models, push where the settings say so"
        self._add_policy(team.kind(n.SCIENTIST), see, scientist_grants(team, key))
        self._add_policy(team.kind(n.APPROVER), "See models and decide about them", approver_grants(team, key))
        self._add_policy(team.kind(n.SCORER), "Let approved models answer files on AWS", scorer_grants(team, key))
        self._add_policy(team.kind(n.JENKINS), "Push and watch runs", jenkins_grants(team, key))

    def _add_policy(self, kind: str, description: str, grants: Sequence[Grant]) -> None:
        check_size(self.names.resource_name(kind), grants, self.names)
        policy = iam.ManagedPolicy(
            self,
            kind.title().replace("-", ""),
            managed_policy_name=self.names.resource_name(kind),
            description=description,
            document=build_document(grants),
        )
        acknowledge_patterns(policy, grants)


def scientist_grants(team: Team, key: str) -> list[Grant]:
    """Read the team's runs and models. Push, stop and redrive only with `data_scientists_push`. Never decide."""
    names, may_push = team.names, team.names.settings.data_scientists_push
    decide = "sagemaker:DeleteModelPackage DeleteModelPackageGroup UpdateModelPackage"
    never = g.allow("NeverDecide", decide, team.registry_arns, "People who train a model may not approve it.")
    return [
        g.read_platform(names),
        *work.watch_runs(team, control=may_push),
        *g.read_job_logs(team),
        work.read_quotas(),
        work.validate_definitions(),
        work.see_digests(names),
        *work.view_models(team, pushes=may_push),
        g.use_key(names, key, "Decrypt GenerateDataKey" if may_push else "Decrypt"),
        *(work.push_model_repos(team) if may_push else ()),
        replace(never, effect="Deny"),
    ]


def approver_grants(team: Team, key: str) -> list[Grant]:
    """Read the team's models and the runs that made them; approve and reject. Nothing else may be changed."""
    names = team.names
    decide = (
        "An approver may approve or reject the versions of the team's models. The same call may not rewrite where a "
        "version comes from."
    )
    serving = "An approver may read the models of the team that are deployed."
    served = (*team.keys(layout.build_model_files_pattern), *((layout.ALL_APPROVED_DOCUMENTS,) if team.name else ()))
    return [
        g.read_platform(names),
        *g.read_registry(names),
        g.allow("Decide", "sagemaker:UpdateModelPackage", team.version_arns, decide, _limit_to_decisions()),
        *work.watch_runs(team),
        *g.read_job_logs(team),
        g.read_configs(team),
        g.read_objects("ReadServing", names, n.SERVING, *served, reason=serving),
        g.list_bucket("ListServing", names, n.SERVING, reason=serving),
        g.use_key(names, key, "Decrypt"),
    ]


def _limit_to_decisions() -> g.Conditions:
    """Return the conditions on a decision: a status that is one, and none of the metadata that pushtrain writes.

    IAM has one condition key for each metadata key, and no pattern of them: those of data and metrics are not covered.
    Source: condition keys of UpdateModelPackage, CustomerMetadataProperties/${MetadataKey}. InferenceSpecification has
    no condition key; the handler of approvals compares it with the verdict.
    """
    metadata = (*RUN_METADATA, *ARTIFACT_METADATA, REPORT_METADATA)
    absent = ["CustomerMetadataPropertiesToRemove", *(f"CustomerMetadataProperties/{key}" for key in metadata)]
    return {
        "StringEquals": {"sagemaker:ModelApprovalStatus": list(DECISIONS)},
        "Null": {f"sagemaker:{key}": "true" for key in absent},
    }


def operator_grants(names: Names, key: str) -> list[Grant]:
    """Stop and redrive runs, replay events, update prices, run the doctor. Never start a run or approve a model."""
    team = build_only_team(names)
    return [
        g.read_platform(names),
        *(_add_scores(grant, names) for grant in work.watch_runs(team, control=True)),
        *work.search_logs(names),
        work.read_quotas(),
        *work.view_models(team),
        g.use_key(names, key, "Decrypt GenerateDataKey"),
        *work.update_prices(names),
        *work.replay_failures(names),
        *work.view_alarms(names),
        *work.run_doctor(names),
    ]


def scorer_grants(team: Team, key: str) -> list[Grant]:
    """Let approved models of the team answer files on AWS. Train and approve nothing, create no model and no job."""
    names, documents = team.names, (layout.build_approved_key, layout.build_approved_documents_pattern)
    serving = "The command line says before the start which version is approved."
    prices = "The command line says before the start what the job costs at most."
    return [
        g.read_platform(names),
        *g.read_registry(names),
        g.read_objects("ReadServing", names, n.SERVING, *team.keys(*documents), reason=serving),
        g.list_bucket("ListServing", names, n.SERVING, reason=serving),
        g.allow("ReadPrices", "s3:GetObject", names.bucket_arn(n.ARTIFACTS, layout.PRICE_TABLE), prices),
        g.list_bucket("ListArtifacts", names, n.ARTIFACTS, reason=f"{g.MISSING_KEY} The answers are found by listing."),
        *let_models_answer(team),
        g.use_key(names, key, "Decrypt GenerateDataKey"),
    ]


def _add_scores(grant: Grant, names: Names) -> Grant:
    """Let those who stop runs also stop models that answer files. A statement of its own would not fit into the policy.

    Redriven, such an execution fails, because its job exists.
    """
    is_control = "states:StopExecution" in grant.actions
    return replace(grant, resources=(*grant.resources, names.score_execution_pattern)) if is_control else grant


def jenkins_grants(team: Team, key: str) -> list[Grant]:
    """Push and watch the runs. Never deploy: who deploys the platform decides what it does."""
    names = team.names
    return [
        g.read_platform(names),
        *work.push_model_repos(team),
        *work.watch_runs(team),
        *g.read_job_logs(team),
        work.read_quotas(),
        work.validate_definitions(),
        work.see_digests(names),
        g.use_key(names, key, "Decrypt GenerateDataKey"),
    ]


def deployer_grants(names: Names) -> list[Grant]:
    """Deploy the platform with the roles that `cdk bootstrap` created in this account and region. Nothing else."""
    roles = [names.bootstrap_role_arn(kind) for kind in ("deploy", "file-publishing", "lookup")]
    deploy = "`cdk deploy` takes these roles to upload the handlers and to start CloudFormation; `cdk diff` to look."
    return [g.allow("Deploy", "sts:AssumeRole", roles, deploy)]
