"""Checks the handlers: the function and its live alias, its configuration, where failures go.

Source: Lambda API reference: GetFunctionConfiguration (with a Qualifier: the version that the alias points to),
GetFunctionEventInvokeConfig. Reads Lambda.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pushtrain import aws
from pushtrain.doctor.finding import Finding
from pushtrain.doctor.remedies import suggest_deployment
from pushtrain.errors import UsageError
from pushtrain.failures import HANDLER_KINDS, PUSH
from pushtrain.platform import BUNDLE_PREFIX, PLATFORM_VARIABLE, Platform

ASYNCHRONOUS = tuple(kind for kind in HANDLER_KINDS if kind != PUSH)


def check_handler(kind: str, platform: Platform, version: str) -> Iterator[Finding]:
    """Check one handler, such as `push`. `version` is the version of pushtrain on this computer.

    Only the handlers of ASYNCHRONOUS get events directly, which go to a queue if they fail. `push_queue` checks pushes.
    """
    client, check = aws.client("lambda", platform.region), f"handler {kind}"
    live = {"FunctionName": platform.function_name(kind), "Qualifier": platform.alias}
    try:
        configuration = client.get_function_configuration(**live)
    except client.exceptions.ResourceNotFoundException:
        message = f"there is no function {live['FunctionName']} with an alias {platform.alias}"
        yield Finding.wrong(check, message, suggest_deployment(platform))
        return
    yield _check_state(check, platform, live["FunctionName"], configuration)
    yield from _check_platform_document(kind, platform, configuration)
    yield from _check_version(kind, configuration, version)
    if kind in ASYNCHRONOUS:
        yield from _check_failure_destination(kind, platform, client, live)


def _check_state(check: str, platform: Platform, name: str, configuration: Mapping[str, Any]) -> Finding:
    """Lambda makes a version with SnapStart `Inactive` if nothing invoked it for 14 days."""
    if "Failed" in {configuration.get("State"), configuration.get("LastUpdateStatus")}:
        reason = (
            configuration.get("StateReason") or configuration.get("LastUpdateStatusReason") or "AWS gives no reason"
        )
        return Finding.wrong(check, f"{name} cannot run: {reason}", suggest_deployment(platform))
    if (state := configuration.get("State", "Active")) != "Active":
        reason = configuration.get("StateReason") or "no event came for 14 days, so the next one arrives late"
        return Finding.note(check, f"{name}:{platform.alias} is {state}: {reason}")
    bundle = configuration.get("Description") or "pushtrain"
    return Finding.fine(check, f"{name}:{platform.alias}, version {configuration['Version']}, {bundle}")


def _check_platform_document(kind: str, platform: Platform, configuration: Mapping[str, Any]) -> Iterator[Finding]:
    """Compare the handler's platform with the published one. An interrupted deployment leaves an old one."""
    text = configuration.get("Environment", {}).get("Variables", {}).get(PLATFORM_VARIABLE, "")
    try:
        is_same = Platform.from_json(text).to_json() == platform.to_json()
    except UsageError:
        is_same = False
    if not is_same:
        message = f"{platform.function_name(kind)} was deployed with another platform document than the published one"
        yield Finding.wrong(f"handler {kind}", message, suggest_deployment(platform))


def _check_version(kind: str, configuration: Mapping[str, Any], version: str) -> Iterator[Finding]:
    deployed = configuration.get("Description", "").removeprefix(BUNDLE_PREFIX)
    if not deployed[:1].isdigit():
        message = f"the handler {kind} does not say which pushtrain it runs; this computer has {version}"
        yield Finding.note("versions", message)
    elif deployed != version:
        message = (
            f"the handler {kind} runs pushtrain {deployed}, this computer has {version}: "
            "they may judge the same config.yaml differently"
        )
        yield Finding.wrong("versions", message, f"install pushtrain {deployed} on this computer, or deploy {version}")


def _check_failure_destination(
    kind: str, platform: Platform, client: Any, live: Mapping[str, str]
) -> Iterator[Finding]:
    """Check that Lambda sends events to the failure queue when all their retries failed."""
    try:
        invocation = client.get_function_event_invoke_config(**live)
    except client.exceptions.ResourceNotFoundException:
        invocation = {}
    destination = invocation.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination", "")
    if destination.rpartition(":")[2] != platform.failure_queue:
        actual = f"to {destination}" if destination else "nowhere"
        message = f"failed events of {platform.function_name(kind)} go {actual}, not to {platform.failure_queue}"
        yield Finding.wrong(f"handler {kind}", message, suggest_deployment(platform))
