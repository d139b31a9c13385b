"""Checks the EventBridge rules: they exist, are enabled, and send events to the handler or the topic.

Source: EventBridge API reference, DescribeRule (State ENABLED or DISABLED) and ListTargetsByRule. Reads EventBridge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pushtrain import aws
from pushtrain.doctor.finding import Finding
from pushtrain.doctor.remedies import suggest_deployment
from pushtrain.failures import APPROVAL, RUN_END
from pushtrain.platform import AWAITS_APPROVAL, DECISIONS, DELETIONS, FAILED, NOT_REGISTERED, RUN_ENDS, Platform

CHECK = "event rules"


def list_rule_targets(platform: Platform) -> dict[str, str]:
    """Return the name of each rule of the platform, and the ARN of its target: a handler, or the topic."""
    approval = platform.function_arn(APPROVAL)
    targets = {DECISIONS: approval, DELETIONS: approval, RUN_ENDS: platform.function_arn(RUN_END)}
    targets |= dict.fromkeys((FAILED, NOT_REGISTERED, AWAITS_APPROVAL), platform.topic)
    return {platform.rule_name(kind): target for kind, target in targets.items()}


def check_event_rules(platform: Platform) -> Iterator[Finding]:
    """Check each rule. Without them nobody hears of a run that ended, and no approved model is deployed."""
    client = aws.client("events", platform.region)
    targets = list_rule_targets(platform)
    faults = [fault for name, target in targets.items() for fault in _find_faults(client, name, target, platform)]
    for fault in faults:
        yield Finding.wrong(CHECK, fault, suggest_deployment(platform))
    if not faults:
        yield Finding.fine(CHECK, f"all {len(targets)} rules are enabled, each with its target")


def _find_faults(client: Any, name: str, expected: str, platform: Platform) -> Iterator[str]:
    try:
        state = client.describe_rule(Name=name)["State"]
    except client.exceptions.ResourceNotFoundException:
        yield f"there is no EventBridge rule {name}"
        return
    if state == "DISABLED":
        yield f"the EventBridge rule {name} is disabled: its events are lost"
    targets = client.list_targets_by_rule(Rule=name).get("Targets", ())
    own_target = next((target for target in targets if target["Arn"] == expected), None)
    if own_target is None:
        actual = ", ".join(target["Arn"] for target in targets) or "nowhere"
        yield f"the EventBridge rule {name} sends events to {actual}, not to {expected}"
    elif expected != platform.topic and not _has_failure_queue(own_target, platform):
        yield f"events that the EventBridge rule {name} cannot deliver do not go to {platform.failure_queue}"


def _has_failure_queue(target: Mapping[str, Any], platform: Platform) -> bool:
    queue = target.get("DeadLetterConfig", {}).get("Arn", "")
    return bool(queue.rpartition(":")[2] == platform.failure_queue)
