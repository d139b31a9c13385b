"""GPU quotas against what the models of a platform ask for. Reads Step Functions and Service Quotas.

In: the definitions that the platform's state machines hold now. Out: a Finding for each quota that is too small.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pushtrain import aws
from pushtrain.cost import PlannedJob, list_planned_jobs
from pushtrain.doctor.finding import Finding, fine, note, wrong
from pushtrain.plans.quotas import build_quota_name, find_shortages, read_quotas, select_gpu_jobs
from pushtrain.platform import Platform

CHECK = "GPU quotas"


def gpus(platform: Platform) -> Iterator[Finding]:
    """One Finding for each quota, by the job that asks for the most of it."""
    jobs: dict[str, PlannedJob] = {}
    for machine, definition in _definitions(platform):
        try:
            asked = select_gpu_jobs(list_planned_jobs(definition))
        except (LookupError, TypeError, AttributeError):  # somebody else's state machine, under our prefix
            yield note(CHECK, f"the jobs of {machine} cannot be read from its definition")
            continue
        for job in (replace(each, step=f"{machine}, {each.step}") for each in asked):
            name = build_quota_name(job)
            jobs[name] = max(job, jobs.get(name, job), key=lambda each: each.instances)
    short = find_shortages(jobs.values(), read_quotas(jobs.keys(), platform.region))
    for each in short:
        found, _, ask = each.text(platform.region).partition(". Ask for it: ")
        yield wrong(CHECK, found, ask or "look in the Service Quotas console")
    if not short:
        yield fine(CHECK, f"enough for the {len(jobs)} kinds of GPU machines in use" if jobs else "no model uses a GPU")


def _definitions(platform: Platform) -> Iterator[tuple[str, Any]]:
    states = aws.client("stepfunctions", platform.region)
    for page in states.get_paginator("list_state_machines").paginate():
        for machine in page["stateMachines"]:
            if machine["name"].startswith(f"{platform.prefix}-"):
                described = states.describe_state_machine(stateMachineArn=machine["stateMachineArn"])
                yield machine["name"], json.loads(described["definition"])
