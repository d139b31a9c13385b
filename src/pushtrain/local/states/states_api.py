"""The Step Functions API of this computer: operations on state machines and executions.

In: requests as dicts. Out: responses as dicts (botocore's shapes, times in epoch seconds); ApiError with AWS's codes.
It replaces moto's API, which loses everything when the process ends. moto also keeps the old definition in a case in
which AWS refuses the request.
"""

# ruff: noqa: D102 - every public method is the API operation of its name
from __future__ import annotations

import time

from pushtrain.local.api import ApiError, Request, RequestScope, paginate
from pushtrain.local.states.definitions import check_definition
from pushtrain.local.states.executions import Executions
from pushtrain.local.states.single_state import evaluate_state
from pushtrain.local.states.state_machines import CONFIGURATIONS, StateMachines

EXPRESS = "Express executions cannot run on this computer: only STANDARD state machines can"

# Members of ExecutionListItem.
SUMMARY = (
    "executionArn",
    "stateMachineArn",
    "stateMachineVersionArn",
    "name",
    "status",
    "startDate",
    "stopDate",
    "redriveCount",
    "redriveDate",
)


class StatesApi:
    """Each public method is the API operation of its name, in snake case."""

    def __init__(self, state_machines: StateMachines, executions: Executions) -> None:
        self._state_machines, self._executions = state_machines, executions

    def create_state_machine(self, request: Request, scope: RequestScope) -> Request:
        check_definition(request["definition"])
        state_machine = self._state_machines.create(request, scope)
        response = {"stateMachineArn": state_machine["arn"], "creationDate": state_machine["creationDate"]}
        return response | _describe_newest_version(state_machine) if request.get("publish") else response

    def update_state_machine(self, request: Request, _: RequestScope) -> Request:
        if not any(request.get(key) for key in ("definition", "roleArn", *CONFIGURATIONS)):
            raise ApiError(
                "MissingRequiredParameter", "Either the definition, the role ARN or a configuration must be given"
            )
        if request.get("definition"):
            check_definition(request["definition"])
        state_machine = self._state_machines.update(request["stateMachineArn"], request)
        response = {"updateDate": state_machine["updateDate"], "revisionId": state_machine["revisionId"]}
        return response | _describe_newest_version(state_machine) if request.get("publish") else response

    def describe_state_machine(self, request: Request, _: RequestScope) -> Request:
        resolved = self._state_machines.resolve(request["stateMachineArn"])
        keys = ("name", "definition", "roleArn", "type", "creationDate", "revisionId", "description", *CONFIGURATIONS)
        description = {key: resolved.document[key] for key in keys if key in resolved.document}
        return {"stateMachineArn": resolved.version_arn or resolved.arn, "status": "ACTIVE", **description}

    def delete_state_machine(self, request: Request, _: RequestScope) -> Request:
        self._state_machines.delete(request["stateMachineArn"])
        return {}

    def list_state_machines(self, request: Request, _: RequestScope) -> Request:
        page, token = paginate(self._state_machines.list_all(), request.get("maxResults"), request.get("nextToken"))
        keys = ("name", "type", "creationDate")
        summaries = [{"stateMachineArn": document["arn"], **{key: document[key] for key in keys}} for document in page]
        return _add_token({"stateMachines": summaries}, token)

    def publish_state_machine_version(self, request: Request, _: RequestScope) -> Request:
        arn = request["stateMachineArn"]
        version = self._state_machines.publish(arn, request.get("description"), request.get("revisionId"))
        return {"stateMachineVersionArn": f"{arn}:{version['version']}", "creationDate": version["creationDate"]}

    def delete_state_machine_version(self, request: Request, _: RequestScope) -> Request:
        self._state_machines.delete_version(request["stateMachineVersionArn"])
        return {}

    def list_state_machine_versions(self, request: Request, _: RequestScope) -> Request:
        arn = request["stateMachineArn"]
        newest_first = self._state_machines.get(arn)["versions"][::-1]
        page, token = paginate(newest_first, request.get("maxResults"), request.get("nextToken"))
        summaries = [
            {"stateMachineVersionArn": f"{arn}:{version['version']}", "creationDate": version["creationDate"]}
            for version in page
        ]
        return _add_token({"stateMachineVersions": summaries}, token)

    def validate_state_machine_definition(self, request: Request, _: RequestScope) -> Request:
        try:
            check_definition(request["definition"])
        except ApiError as error:
            diagnostic = {"severity": "ERROR", "code": error.code, "message": str(error)}
            return {"result": "FAIL", "diagnostics": [diagnostic]}
        return {"result": "OK", "diagnostics": []}

    def test_state(self, request: Request, scope: RequestScope) -> Request:
        return evaluate_state(request, scope)

    def tag_resource(self, request: Request, _: RequestScope) -> Request:
        self._state_machines.tag(request["resourceArn"], {tag["key"]: tag["value"] for tag in request["tags"]})
        return {}

    def list_tags_for_resource(self, request: Request, _: RequestScope) -> Request:
        tags = self._state_machines.get(request["resourceArn"])["tags"]
        return {"tags": [{"key": key, "value": value} for key, value in tags.items()]}

    def start_execution(self, request: Request, scope: RequestScope) -> Request:
        state_machine = self._state_machines.resolve(request["stateMachineArn"])
        if state_machine.sm_type != "STANDARD":
            raise ApiError("StateMachineTypeNotSupported", EXPRESS)
        document = self._executions.start(state_machine, request.get("name"), request.get("input") or "{}", scope)
        return {key: document[key] for key in ("executionArn", "startDate")}

    def describe_execution(self, request: Request, _: RequestScope) -> Request:
        self._executions.obey_stop_request(request["executionArn"])
        return _hide_internal(self._executions.get(request["executionArn"]))

    def list_executions(self, request: Request, _: RequestScope) -> Request:
        arn = request["stateMachineArn"]
        self._state_machines.resolve(arn)
        executions = self._executions.list_for(arn, request.get("statusFilter"))
        page, token = paginate(executions, request.get("maxResults"), request.get("nextToken"))
        summaries = [{key: execution[key] for key in SUMMARY if key in execution} for execution in page]
        return _add_token({"executions": summaries}, token)

    def get_execution_history(self, request: Request, _: RequestScope) -> Request:
        events = self._executions.read_history(request["executionArn"])["events"]
        ordered = events[::-1] if request.get("reverseOrder") else events
        page, token = paginate(ordered, request.get("maxResults"), request.get("nextToken"))
        return _add_token({"events": list(page)}, token)

    def describe_state_machine_for_execution(self, request: Request, _: RequestScope) -> Request:
        execution = self._executions.get(request["executionArn"])
        history = self._executions.read_history(request["executionArn"])
        name = execution["stateMachineArn"].rpartition(":")[2]
        response = {"stateMachineArn": execution["stateMachineArn"], "name": name, "updateDate": execution["startDate"]}
        return response | {"definition": history["definition"], "roleArn": history["role"]}

    def redrive_execution(self, request: Request, _: RequestScope) -> Request:
        return {"redriveDate": self._executions.redrive(request["executionArn"])["redriveDate"]}

    def stop_execution(self, request: Request, _: RequestScope) -> Request:
        stopped = self._executions.stop(request["executionArn"], request.get("error"), request.get("cause"))
        return {"stopDate": stopped.get("stopDate", time.time())}


def _describe_newest_version(state_machine: Request) -> Request:
    return {"stateMachineVersionArn": f"{state_machine['arn']}:{state_machine['versions'][-1]['version']}"}


def _hide_internal(document: Request) -> Request:
    """Return an execution's document without the member that is pushtrain's own, and without an empty reason."""
    return {key: value for key, value in document.items() if key != "process" and value != ""}


def _add_token(response: Request, token: str | None) -> Request:
    return response | ({"nextToken": token} if token else {})
