"""The handlers: their function and its live alias, what they were deployed with, who may wake them, where failures go.

Source: Lambda API reference: GetFunctionConfiguration (with a Qualifier, that of the version an alias points to),
GetPolicy, GetFunctionEventInvokeConfig. Reads Lambda.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pushtrain import aws
from pushtrain.doctor.finding import Finding, fine, note, wrong
from pushtrain.doctor.remedies import deploy
from pushtrain.errors import UsageError
from pushtrain.failures import PUSH
from pushtrain.platform import BUNDLE_PREFIX, PLATFORM_VARIABLE, Platform


def handler(kind: str, platform: Platform, version: str) -> Iterator[Finding]:
    """One handler; `version` is that of pushtrain here."""
    client, check = aws.client("lambda", platform.region), f"handler {kind}"
    live = {"FunctionName": platform.function_name(kind), "Qualifier": platform.alias}
    try:
        found = client.get_function_configuration(**live)
    except client.exceptions.ResourceNotFoundException:
        said = f"there is no function {live['FunctionName']} with an alias {platform.alias}"
        yield wrong(check, said, deploy(platform))
        return
    yield _health(check, platform, live["FunctionName"], found)
    yield from _deployed_as_published(kind, platform, found)
    yield from _same_version(kind, found, version)
    yield from _failures_kept(kind, platform, client, live)
    if kind == PUSH:
        yield from _may_be_woken(platform, client, live)


def _health(check: str, platform: Platform, name: str, found: Mapping[str, Any]) -> Finding:
    if "Failed" in {found.get("State"), found.get("LastUpdateStatus")}:
        why = found.get("StateReason") or found.get("LastUpdateStatusReason") or "AWS does not say why"
        return wrong(check, f"{name} cannot run: {why}", deploy(platform))
    if (state := found.get("State", "Active")) != "Active":
        why = found.get("StateReason") or "the first event after two weeks of sleep is delivered late"
        return note(check, f"{name}:{platform.alias} is {state}: {why}")
    return fine(
        check, f"{name}:{platform.alias}, version {found['Version']}, {found.get('Description') or 'pushtrain'}"
    )


def _deployed_as_published(kind: str, platform: Platform, found: Mapping[str, Any]) -> Iterator[Finding]:
    """A handler works for the platform in its own variable: half a deployment leaves an older one there."""
    text = found.get("Environment", {}).get("Variables", {}).get(PLATFORM_VARIABLE, "")
    try:
        same = Platform.from_json(text) == platform
    except UsageError:
        same = False
    if not same:
        said = f"{platform.function_name(kind)} works for another platform document than the one that is published"
        yield wrong(f"handler {kind}", said, deploy(platform))


def _same_version(kind: str, found: Mapping[str, Any], version: str) -> Iterator[Finding]:
    there = found.get("Description", "").removeprefix(BUNDLE_PREFIX)
    if not there[:1].isdigit():
        yield note("versions", f"the handler {kind} does not tell which pushtrain it runs; here is {version}")
    elif there != version:
        said = f"the handler {kind} runs pushtrain {there}, here is {version}: they may judge a config.yaml differently"
        yield wrong("versions", said, f"install pushtrain {there} here, or deploy this one")


def _failures_kept(kind: str, platform: Platform, client: Any, live: Mapping[str, str]) -> Iterator[Finding]:
    """What it gives up must reach the queue."""
    try:
        told = client.get_function_event_invoke_config(**live)
    except client.exceptions.ResourceNotFoundException:
        told = {}
    goes = told.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination", "")
    if goes.rpartition(":")[2] != platform.failure_queue:
        said = f"what {platform.function_name(kind)} gives up goes {f'to {goes}' if goes else 'nowhere'}"
        yield wrong(f"handler {kind}", f"{said}, not to {platform.failure_queue}", deploy(platform))


def _may_be_woken(platform: Platform, client: Any, live: Mapping[str, str]) -> Iterator[Finding]:
    """S3 needs the function's own permission."""
    try:
        statements = json.loads(client.get_policy(**live)["Policy"])["Statement"]
    except client.exceptions.ResourceNotFoundException:
        statements = []
    principals = [
        each.get("Principal", {}).get("Service") for each in statements if platform.code_bucket in json.dumps(each)
    ]
    if "s3.amazonaws.com" not in principals:
        said = f"S3 may not wake {platform.function_name(PUSH)} for {platform.code_bucket}"
        yield wrong(f"handler {PUSH}", said, deploy(platform))
