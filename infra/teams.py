"""Teams of a platform: the ARN patterns of what belongs to each. Pure.

In: Names. Out: a Team for each of `teams` in the settings, or one with all models. `list_teams` builds them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from msgspec import Struct

from infra import names as n
from infra.names import Names
from infra.setting_sections import DataLocation
from pushtrain import teams
from pushtrain.catalog.job_kinds import LOGGED_KINDS
from pushtrain.teams import ANY_MODEL, ONLY_TEAM


class Team(Struct, frozen=True, dict=True):
    """One team. Jobs, roles and policies have its name in theirs; without `teams` it is empty, and nothing has it."""

    names: Names
    team: teams.Team
    data_locations: tuple[DataLocation, ...] = ()
    secrets: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The team's name in the settings; empty if the platform has no `teams`."""
        return self.team.name

    @cached_property
    def job_stem(self) -> str:
        """What the names of its jobs start with, before a hyphen."""
        return self.names.build_platform().build_job_stem(self.team)

    def kind(self, kind: str) -> str:
        """Return the kind of the team's own role or policy, such as `jobs-fraud`; `jobs` without teams."""
        return f"{kind}-{self.name}" if self.name else kind

    def object_arns(self, bucket: str, *patterns: Callable[[str], str]) -> list[str]:
        """Return ARN patterns of objects. Each of `patterns` is a function of `layout` that takes a model."""
        return [self.names.bucket_arn(bucket, key) for key in self.keys(*patterns)]

    def keys(self, *patterns: Callable[[str], str]) -> list[str]:
        """Return patterns of keys, for each of the team's models."""
        return [pattern(model) for model in self.team.models for pattern in patterns]

    @property
    def job_arn(self) -> str:
        """ARN pattern of the team's jobs of every kind: the resource types of all end with `-job`."""
        return self.names.arn("sagemaker", f"*-job/{self.job_stem}-*")

    @property
    def job_log_streams(self) -> list[str]:
        """ARN patterns of the log streams of its jobs. A stream's name starts with that of its job."""
        return [self.names.arn("logs", f"log-group:{k.log_group}:log-stream:{self.job_stem}-*") for k in LOGGED_KINDS]

    @property
    def state_machine_arns(self) -> list[str]:
        """ARN patterns of the state machines of its models, with their versions."""
        return self._model_arns("stateMachine") + [
            f"{arn}:*" for arn in self._model_arns("stateMachine") if not arn.endswith(ANY_MODEL)
        ]

    @property
    def execution_arns(self) -> list[str]:
        """ARN patterns of the runs of its models."""
        return [arn if arn.endswith(ANY_MODEL) else f"{arn}:*" for arn in self._model_arns("execution")]

    @property
    def version_arns(self) -> list[str]:
        """ARN patterns of the versions of its models."""
        return [self.names.arn("sagemaker", f"model-package/{model}/*") for model in self._group_patterns()]

    @property
    def score_stem(self) -> str:
        """What the names of models and jobs start with, before a hyphen, that answer files."""
        return self.names.build_platform().build_score_stem(self.team)

    @property
    def score_machine_arn(self) -> str:
        """ARN of the state machine in which its approved models answer files."""
        return self.names.build_platform().build_score_arn(self.team)

    @property
    def score_execution_arn(self) -> str:
        """ARN pattern of the executions of that state machine."""
        return f"{self.score_machine_arn.replace(':stateMachine:', ':execution:')}:*"

    @property
    def registry_arns(self) -> list[str]:
        """ARN patterns of the versions and groups of its models."""
        groups = [self.names.arn("sagemaker", f"model-package-group/{model}") for model in self._group_patterns()]
        return [*self.version_arns, *groups]

    def _model_arns(self, resource: str) -> list[str]:
        prefix = self.names.settings.prefix
        return [self.names.arn("states", f"{resource}:{prefix}-{model}") for model in self.team.models]

    def _group_patterns(self) -> list[str]:
        """Return patterns of names of model package groups: `ml-churn`."""
        return [f"{self.names.settings.prefix}-{model}" for model in self.team.models]


def list_teams(names: Names) -> list[Team]:
    """Return the teams of the settings. Without any, return one that has all models."""
    settings = names.settings
    if not settings.teams:
        return [build_only_team(names)]
    return [
        Team(
            names,
            teams.Team(name=name, models=team.models),
            (*settings.data_locations, *team.data_locations),
            (*settings.secrets, *team.secrets),
        )
        for name, team in settings.teams.items()
    ]


def build_only_team(names: Names) -> Team:
    """Return a team that has all models of the platform, for a platform without teams and for operators."""
    return Team(names, ONLY_TEAM, names.settings.data_locations, names.settings.secrets)


def list_job_roles(names: Names) -> list[str]:
    """Return the ARNs of the roles of jobs, one for each team."""
    return [names.role_arn(team.kind(n.JOBS)) for team in list_teams(names)]
