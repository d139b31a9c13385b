"""What it takes to let approved models answer files: for the state machine, its containers, and people. Pure: no CDK.

In: the Team and the key's ARN. Out: the Grants of a role, or of a part of a policy. docs/decisions/0061-score-on-aws.md
says why the containers have a role of their own.
"""

from __future__ import annotations

from msgspec.structs import replace

from infra import grants as g
from infra import names as n
from infra.grants import OWN_PREFIX, Grant
from infra.job_grants import network_grants, run_containers, run_jobs, serve_models
from infra.run_grants import log_runs
from infra.teams import Team
from pushtrain import layout
from pushtrain.catalog.job_kinds import TRANSFORM


def score_grants(team: Team, key: str) -> list[Grant]:
    """State machine: read the approved copy and its status, create a model, run a transform job, delete the model."""
    names = team.names
    approved = "Image and variables of the model come from approved.json of the team's models, which no job can write."
    own = "The model exists while it answers a file. No job of a run has such a name."
    status = "A version must be approved at the moment when it is to answer."
    jobs = names.arn("sagemaker", f"{TRANSFORM.resource}/{team.score_stem}-*")
    models = names.arn("sagemaker", f"model/{team.score_stem}-*")
    return [
        g.allow(
            "ReadApproved",
            "s3:GetObject",
            team.object_arns(n.SERVING, layout.build_approved_documents_pattern),
            approved,
        ),
        g.list_bucket("TellMissing", names, n.SERVING, reason=g.MISSING_KEY),
        g.use_key(names, key, "Decrypt"),
        g.allow("SeeStatus", "sagemaker:DescribeModelPackage", team.version_arns, status),
        *(_narrow(grant, names.job_pattern(TRANSFORM), jobs) for grant in run_jobs(names, TRANSFORM, key)),
        *(replace(grant, resources=(models,), reason=own) for grant in serve_models(names)),
        replace(
            g.pass_role(names, n.SCORE_JOBS, "sagemaker"),
            sid="PassScoreJobsRole",
            resources=(names.role_arn(team.kind(n.SCORE_JOBS)),),
        ),
        *log_runs(),
    ]


def score_jobs_grants(team: Team, key: str) -> list[Grant]:
    """Container: read approved models and rows of the team, write answers. No data, no secrets, no runs."""
    names = team.names
    models, rows = layout.build_approved_models_pattern, layout.build_score_rows_pattern
    approved = "The container loads an approved model of the team."
    answer = "The container answers the rows that people of the team sent."
    write = "The container writes the answers, and nothing else."
    grants = [
        g.allow("ReadModels", "s3:GetObject", team.object_arns(n.SERVING, models), approved),
        g.list_bucket("ListModels", names, n.SERVING, *team.keys(models), reason=approved),
        g.allow("ReadRows", "s3:GetObject", team.object_arns(n.ARTIFACTS, rows), answer),
        g.list_bucket("ListRows", names, n.ARTIFACTS, *team.keys(rows), reason=answer),
        g.write_objects(
            "WriteAnswers", names, n.ARTIFACTS, *team.keys(layout.build_score_answers_pattern), reason=write
        ),
        *run_containers(team, key),
    ]
    return [*grants, *network_grants(names)] if names.settings.network.subnets else grants


def let_models_answer(team: Team) -> list[Grant]:
    """People: send rows, start and stop the state machine, read the answers. They create no model and no job."""
    names = team.names
    send = "Rows that an approved model is to answer. No answer and no output of a job lies there."
    start = "The state machine checks what it is asked for: an approved version of the team, on an instance type of it."
    answers = team.object_arns(n.ARTIFACTS, layout.build_score_answers_pattern)
    read = "The answers to these rows."
    log = names.arn("logs", f"log-group:{TRANSFORM.log_group}:log-stream:{team.score_stem}-*")
    failed = "The message about a model that did not answer has the error in its log. Runs log under other names."
    return [
        g.write_objects("SendRows", names, n.ARTIFACTS, *team.keys(layout.build_score_rows_pattern), reason=send),
        g.allow("Score", "states:StartExecution", team.score_machine_arn, start),
        g.allow("FollowScores", "states:DescribeExecution StopExecution", team.score_execution_arn, OWN_PREFIX),
        g.allow("FindLogs", "logs:DescribeLogStreams", names.log_group_arn(TRANSFORM.log_group), failed),
        g.allow("ReadLogs", "logs:GetLogEvents", log, failed),
        g.allow("ReadAnswers", "s3:GetObject", answers, read),
    ]


def _narrow(grant: Grant, pattern: str, resource: str) -> Grant:
    """Return the grant with `resource` in the place of `pattern`."""
    return replace(grant, resources=tuple(resource if entry == pattern else entry for entry in grant.resources))
