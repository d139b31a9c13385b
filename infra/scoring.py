"""Scoring: the state machine of each team in which approved models answer files. No push can change it.

In: Names, the role of each, the log of runs, and the Platform. Out: a Scoring.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra import names as n
from infra.names import Names
from infra.teams import list_teams
from pushtrain.platform import Platform
from pushtrain.workflow.scoring import build_score_definition


class Scoring(Construct):
    """One state machine for each team."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        names: Names,
        roles: Mapping[str, iam.IRole],
        log: logs.ILogGroup,
        platform: Platform,
    ) -> None:
        super().__init__(scope, name)
        destination = sfn.CfnStateMachine.LogDestinationProperty(
            cloud_watch_logs_log_group=sfn.CfnStateMachine.CloudWatchLogsLogGroupProperty(
                log_group_arn=log.log_group_arn
            )
        )
        logging = sfn.CfnStateMachine.LoggingConfigurationProperty(
            level="ALL", include_execution_data=True, destinations=[destination]
        )
        for team in list_teams(names):
            definition = build_score_definition(platform, team.team, names.role_arn(team.kind(n.SCORE_JOBS)))
            sfn.CfnStateMachine(
                self,
                team.kind(n.SCORE).title().replace("-", ""),
                state_machine_name=platform.build_score_name(team.team),
                state_machine_type="STANDARD",
                role_arn=roles[team.name].role_arn,
                definition_string=json.dumps(definition, ensure_ascii=False),
                logging_configuration=logging,
                tracing_configuration=sfn.CfnStateMachine.TracingConfigurationProperty(enabled=True),
            )
