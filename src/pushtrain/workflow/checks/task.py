"""The Resource and the request of a Task state, against the API of the AWS service. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pushtrain.catalog import api, asl, expression
from pushtrain.catalog.job_kind import NAME_LIMIT
from pushtrain.catalog.job_kinds import KINDS

_CREATE_JOB = re.compile(r"Create(\w+Job)")  # the job's name is the member <kind>JobName, also of jobs not in KINDS
_NAME_LIMITS = {kind.name_member: kind.name_limit for kind in KINDS}
_JOB_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")


def find_task_problems(state: Mapping[str, Any]) -> Iterator[str]:
    """Yield the problems of the state's Resource, and of its Parameters if the catalog has the operation."""
    resource = state.get("Resource")
    if not isinstance(resource, str) or not resource.startswith("arn:"):
        yield f"Resource must be an ARN, not {resource!r}"
        return
    try:
        service_and_operation = api.find_operation(resource)
    except api.UnknownTask as error:
        yield f"Resource: {error}"
        return
    if service_and_operation is None:
        return
    _, operation = service_and_operation
    parameters = state.get("Parameters", {})
    if not isinstance(parameters, Mapping):
        yield f"Parameters must be a mapping, not {parameters!r}"
        return
    yield from map(str, api.find_request_problems(operation, parameters, "Parameters"))
    if created := _CREATE_JOB.fullmatch(operation):
        yield from _find_job_name_problems(f"{created[1]}Name", parameters, retried=_retries_jobs(state))


def _retries_jobs(state: Mapping[str, Any]) -> bool:
    """Return True if a Retry of the state covers an error with which a job may have run."""
    rules = state.get("Retry")
    rules = rules if isinstance(rules, list | tuple) else ()
    errors = (rule.get("ErrorEquals") for rule in rules if isinstance(rule, Mapping))
    return any(error in asl.JOB_ERRORS for listed in errors if isinstance(listed, list | tuple) for error in listed)


def _find_job_name_problems(member: str, parameters: Mapping[str, Any], *, retried: bool) -> Iterator[str]:
    """Yield the problems of a job's name. AWS refuses a name that was used before (ResourceInUse).

    `retried`: the state retries jobs that failed. If it retries refused calls only, the name is still free.
    """
    name = str(parameters.get(f"{member}.$", ""))
    if retried and "$$.State.RetryCount" not in name:
        reason = "as the state retries jobs that failed: a name works once"
        yield f"Parameters.{member} must depend on $$.State.RetryCount, {reason}"
    template = expression.read_format_template(name)
    shortest = None if template is None else template.replace("{}", "0")
    limit = _NAME_LIMITS.get(member, NAME_LIMIT)
    if shortest is not None and not (len(shortest) <= limit and _JOB_NAME.fullmatch(shortest)):
        rule = f"at most {limit} characters, {_JOB_NAME.pattern}"
        yield f"Parameters.{member}.$: {template!r} cannot become a job's name: {rule}"
