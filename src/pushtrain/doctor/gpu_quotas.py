"""Compares GPU quotas with what the models of a platform need. Reads Step Functions and Service Quotas.

In: the current definitions of the platform's state machines. Out: a Finding for each quota that is too small.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from pushtrain import aws
from pushtrain.cost import PlannedJob, list_planned_jobs
from pushtrain.doctor.finding import Finding
from pushtrain.plans.quotas import build_quota_name, find_shortages, read_quotas, select_gpu_jobs
from pushtrain.platform import Platform

CHECK = "GPU quotas"


def check_gpu_quotas(platform: Platform) -> Iterator[Finding]:
    """Yield one finding for each quota that is too small, for the job that needs the most instances of it."""
    jobs: dict[str, PlannedJob] = {}
    for state_machine, definition in _read_definitions(platform):
        try:
            gpu_jobs = select_gpu_jobs(list_planned_jobs(definition))
        except (LookupError, TypeError, AttributeError):  # a state machine with our prefix that is not ours
            yield Finding.note(CHECK, f"the jobs of {state_machine} cannot be read from its definition")
            continue
        for gpu_job in gpu_jobs:
            job, name = replace(gpu_job, step=f"{state_machine}, {gpu_job.step}"), build_quota_name(gpu_job)
            jobs[name] = max(job, jobs.get(name, job), key=lambda candidate: candidate.instances)
    small_quotas = find_shortages(jobs.values(), read_quotas(jobs.keys(), platform.region))
    for shortage in small_quotas:
        message, _, request = shortage.format(platform.region).partition(". Ask for it: ")
        yield Finding.wrong(CHECK, message, request or "look in the Service Quotas console")
    if not small_quotas:
        yield Finding.fine(CHECK, f"enough for the {len(jobs)} GPU quotas in use" if jobs else "no model uses a GPU")


def _read_definitions(platform: Platform) -> Iterator[tuple[str, Any]]:
    """Yield name and definition of every state machine whose name starts with the platform's prefix."""
    step_functions = aws.client("stepfunctions", platform.region)
    for page in step_functions.get_paginator("list_state_machines").paginate():
        for summary in page["stateMachines"]:
            if summary["name"].startswith(f"{platform.prefix}-"):
                state_machine = step_functions.describe_state_machine(stateMachineArn=summary["stateMachineArn"])
                yield summary["name"], json.loads(state_machine["definition"])
