"""Roles: the permissions of the handlers, the runs and the jobs. In: Names and the key's ARN. Out: a Roles.

No role here can approve a model. Only policies of `people` allow a change of the approval status. Only runs register
model versions, and each new version waits for approval.
"""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from infra import grants as g
from infra import handler_grants as handlers
from infra import names as n
from infra import run_grants as runs
from infra import score_grants as scores
from infra.grants import Grant
from infra.names import Names
from infra.policies import acknowledge_patterns, build_document
from infra.policy_sizes import check_role_size
from infra.teams import list_teams


class Roles(Construct):
    """Roles `push`, `states`, `decide`, `approval`, `run_end` and `replay`, and the role of each team's jobs.

    `scores` has the roles of the state machines in which approved models answer files, by the name of the team.

    With `registry_readers` there is also a role for other accounts.
    """

    def __init__(self, scope: Construct, name: str, names: Names, key: str) -> None:
        super().__init__(scope, name)
        self.names = names
        lambdas = iam.ServicePrincipal("lambda.amazonaws.com")
        states = self._limit_to_account("states", names.state_machine_pattern)
        sagemaker = self._limit_to_account("sagemaker", names.arn("sagemaker", "*"))
        self.push = self._add_role(n.PUSH, lambdas, handlers.push_grants(names, key))
        self.states = self._add_role(n.STATES, states, runs.states_grants(names, key))
        self.decide = self._add_role(n.DECIDE, lambdas, handlers.decide_grants(names, key))
        self.scores: dict[str, iam.IRole] = {}
        for team in list_teams(names):
            self._add_role(team.kind(n.JOBS), sagemaker, runs.jobs_grants(team, key))
            self._add_role(team.kind(n.SCORE_JOBS), sagemaker, scores.score_jobs_grants(team, key))
            answers = self._limit_to_account("states", team.score_machine_arn)
            self.scores[team.name] = self._add_role(team.kind(n.SCORE), answers, scores.score_grants(team, key))
        self.approval = self._add_role(n.APPROVAL, lambdas, handlers.approval_grants(names, key))
        self.run_end = self._add_role(n.RUN_END, lambdas, handlers.run_end_grants(names, key))
        self.replay = self._add_role(n.REPLAY, lambdas, handlers.replay_grants(names, key))
        if accounts := names.settings.registry_readers:
            readers = iam.CompositePrincipal(*(iam.AccountPrincipal(account) for account in accounts))
            self._add_role(n.READERS, readers, readers_grants(names, key))

    def _limit_to_account(self, service: str, source: str) -> iam.IPrincipal:
        """Return the service, limited to requests for this account. Other accounts cannot make it use the role."""
        conditions = {
            "StringEquals": {"aws:SourceAccount": self.names.settings.account},
            "ArnLike": {"aws:SourceArn": source},
        }
        return iam.ServicePrincipal(f"{service}.amazonaws.com", conditions=conditions)

    def _add_role(self, kind: str, principal: iam.IPrincipal, grants: Sequence[Grant]) -> iam.IRole:
        check_role_size(self.names.resource_name(kind), grants, self.names)
        role = iam.Role(
            self,
            kind.capitalize(),
            role_name=self.names.resource_name(kind),
            assumed_by=principal,
            inline_policies={"own": build_document(grants)},
        )
        acknowledge_patterns(role, grants)
        return role.without_policy_updates()  # constructs that use the role cannot add permissions to it


def readers_grants(names: Names, key: str) -> list[Grant]:
    """Other accounts: read model versions and approved models."""
    approved = "The serving bucket contains approved models only."
    return [
        *g.read_registry(names),
        g.read_objects("ReadServing", names, n.SERVING, "*", reason=approved),
        g.list_bucket("ListServing", names, n.SERVING, reason=approved),
        g.use_key(names, key, "Decrypt"),
        g.read_platform(names),
    ]
