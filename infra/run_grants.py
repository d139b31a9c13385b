"""What runs and their jobs may do. In: Names, or the Team of the jobs, and the key's ARN. Out: the Grants of a role."""

from __future__ import annotations

from msgspec.structs import replace

from infra import grants as g
from infra import names as n
from infra.grants import NO_RESOURCE, OWN_PREFIX, Grant
from infra.job_grants import network_grants, run_containers, run_jobs, serve_models
from infra.names import Names
from infra.teams import Team, list_job_roles
from pushtrain import layout
from pushtrain.catalog.job_kinds import KINDS

# The eight actions that the Step Functions developer guide requires for logging.
LOG_DELIVERY = (
    "logs:CreateLogDelivery DeleteLogDelivery DescribeLogGroups DescribeResourcePolicies GetLogDelivery "
    "ListLogDeliveries PutResourcePolicy UpdateLogDelivery"
)


def states_grants(names: Names, key: str) -> list[Grant]:
    """Run: start jobs, ask for the verdict, register a version that waits for approval, log, trace."""
    condition = {"StringEquals": {"sagemaker:ModelApprovalStatus": "PendingManualApproval"}}
    ask = "This function judges the metrics of a run. A run may invoke no other function."
    register = f"A run can only register versions that wait for approval. {OWN_PREFIX}"
    return [
        *(grant for kind in KINDS for grant in run_jobs(names, kind, key)),
        replace(g.pass_role(names, n.JOBS, "sagemaker"), resources=tuple(list_job_roles(names))),
        *serve_models(names),
        g.allow("Decide", "lambda:InvokeFunction", names.function_arn(n.DECIDE), ask),
        g.allow("Register", "sagemaker:CreateModelPackage", g.registry_arns(names), register, condition),
        *log_runs(),
    ]


def log_runs() -> list[Grant]:
    """State machine: write its log and its traces."""
    xray = "xray:GetSamplingRules GetSamplingTargets PutTelemetryRecords PutTraceSegments"
    return [
        g.allow("RunLogs", LOG_DELIVERY, "*", "Step Functions requires these actions on all resources for logging."),
        g.allow("Traces", xray, "*", NO_RESOURCE),
    ]


def jobs_grants(team: Team, key: str) -> list[Grant]:
    """Job: read code, data and approved models, and write below runs/. Every model must be one of the team.

    A job may call nothing of state machines, IAM roles or the model registry.
    """
    names, files = team.names, (layout.build_sources_pattern, layout.build_run_files_pattern)
    artifacts = team.object_arns(n.ARTIFACTS, *files)
    data = team.object_arns(n.CODE, layout.build_pushed_files_pattern)
    outputs = team.keys(layout.build_job_outputs_pattern)
    source = "A job reads its code and what earlier jobs of the run wrote."
    pushed = "Small data is part of the model repo."
    write = (
        "A job writes into the folders of its run. It cannot write the run's input.json, verdict, result and report."
    )
    champion = "A job evaluates the model in service again, next to the new one. It reads models of the team only."
    models = layout.build_approved_models_pattern
    grants = [
        g.allow("ReadRuns", "s3:GetObject", artifacts, source),
        g.list_bucket("ListRuns", names, n.ARTIFACTS, *team.keys(*files), reason=source),
        g.write_objects("WriteRuns", names, n.ARTIFACTS, *outputs, reason=write),
        g.allow("ReadPushedData", "s3:GetObject", data, pushed),
        g.list_bucket("ListPushedData", names, n.CODE, *team.keys(layout.build_pushed_files_pattern), reason=pushed),
        g.allow("ReadChampion", "s3:GetObject", team.object_arns(n.SERVING, models), champion),
        g.list_bucket("ListChampion", names, n.SERVING, *team.keys(models), reason=champion),
        *g.read_locations(team),
        *g.read_secrets(team),
        *run_containers(team, key),
    ]
    return [*grants, *network_grants(names)] if names.settings.network.subnets else grants
