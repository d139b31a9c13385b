"""Checks the state machine of each team in which approved models answer files. Reads Step Functions.

It is looked for in the list of all state machines, which whoever may run `doctor` may read anyway.
"""

from __future__ import annotations

from collections.abc import Iterator

from pushtrain import aws
from pushtrain.doctor.finding import Finding
from pushtrain.doctor.remedies import suggest_deployment
from pushtrain.platform import Platform
from pushtrain.teams import ONLY_TEAM

CHECK = "batches"


def check_score_machines(platform: Platform) -> Iterator[Finding]:
    """Check that each state machine exists. Without it, `pushtrain models score --on-aws` starts no batch."""
    pages = aws.client("stepfunctions", platform.region).get_paginator("list_state_machines").paginate()
    existing = {state_machine["name"] for page in pages for state_machine in page["stateMachines"]}
    for team in platform.teams or (ONLY_TEAM,):
        if (name := platform.build_score_name(team)) in existing:
            yield Finding.fine(CHECK, name)
        else:
            yield Finding.wrong(CHECK, f"there is no state machine {name}", suggest_deployment(platform))
