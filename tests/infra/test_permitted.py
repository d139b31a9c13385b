"""What the check lets a definition call is what the states role may do: neither more nor less."""

from __future__ import annotations

from infra.names import Names
from infra.run_grants import states_grants
from pushtrain.catalog.job_kinds import KINDS
from pushtrain.workflow.checks.platform import PERMITTED_ACTIONS

AROUND = {"iam", "kms", "logs", "xray", "events"}  # what goes with a call, and is none
WATCHING = {"AddTags", "ListTags"}
INVOKE = {"lambda:Invoke": "lambda:InvokeFunction"}  # the one operation whose permission has another name
WATCHING |= {kind.build_operation(verb) for kind in KINDS for verb in ("Describe", "Stop")}  # `.sync` stops jobs too


def test_a_definition_may_call_what_the_states_role_may_do(names: Names) -> None:
    allowed = {action for grant in states_grants(names, "key") for action in grant.actions}
    calls = {action for action in allowed if action.partition(":")[0] not in AROUND}
    called = {action.split(":")[-2] + ":" + action.split(":")[-1] for action in PERMITTED_ACTIONS}
    as_actions = {f"{service}:{name[:1].upper()}{name[1:]}" for service, _, name in (c.partition(":") for c in called)}
    needed = {INVOKE.get(action, action) for action in as_actions}
    assert {action for action in calls if action.partition(":")[2] not in WATCHING} == needed
