"""The Step Functions API of this machine: operations on machines and executions, in AWS's shapes.

In: requests as dicts. Out: answers as dicts (botocore's shapes, times in epoch seconds); ApiError with AWS's codes.
It replaces moto's own, which forgets everything with the process and keeps the old definition where AWS refuses.
"""

# ruff: noqa: D102 - every public method is the API operation of its name
from __future__ import annotations

from pushtrain.local.api import ApiError, Request, RequestScope, paginate
from pushtrain.local.states.definitions import check_definition
from pushtrain.local.states.executions import Executions
from pushtrain.local.states.state_machines import CONFIGURATIONS, StateMachines

UNSUPPORTED = {
    "redrive_execution": "redriveExecution does not work on this computer yet: push again, or start a new execution",
}
EXPRESS = "Express executions cannot run on this computer: only STANDARD state machines can"

# Members of ExecutionListItem.
LISTED = (
    "executionArn",
    "stateMachineArn",
    "stateMachineVersionArn",
    "name",
    "status",
    "startDate",
    "stopDate",
    "redriveCount",
)


class StatesApi:
    """Every public method is an operation, by its name in snake case."""

    def __init__(self, machines: StateMachines, executions: Executions) -> None:
        self._machines, self._executions = machines, executions

    def create_state_machine(self, request: Request, place: RequestScope) -> Request:
        check_definition(request["definition"])
        machine = self._machines.create(request, place)
        answer = {"stateMachineArn": machine["arn"], "creationDate": machine["creationDate"]}
        return answer | _newest_version(machine) if request.get("publish") else answer

    def update_state_machine(self, request: Request, _: RequestScope) -> Request:
        if not any(request.get(key) for key in ("definition", "roleArn", *CONFIGURATIONS)):
            raise ApiError(
                "MissingRequiredParameter", "Either the definition, the role ARN or a configuration must be given"
            )
        if request.get("definition"):
            check_definition(request["definition"])
        machine = self._machines.update(request["stateMachineArn"], request)
        answer = {"updateDate": machine["updateDate"], "revisionId": machine["revisionId"]}
        return answer | _newest_version(machine) if request.get("publish") else answer

    def describe_state_machine(self, request: Request, _: RequestScope) -> Request:
        revision = self._machines.resolve(request["stateMachineArn"])
        kept = ("name", "definition", "roleArn", "type", "creationDate", "revisionId", "description", *CONFIGURATIONS)
        answer = {key: revision.document[key] for key in kept if key in revision.document}
        return {"stateMachineArn": revision.version_arn or revision.arn, "status": "ACTIVE", **answer}

    def delete_state_machine(self, request: Request, _: RequestScope) -> Request:
        self._machines.delete(request["stateMachineArn"])
        return {}

    def list_state_machines(self, request: Request, _: RequestScope) -> Request:
        found, token = paginate(self._machines.list_all(), request.get("maxResults"), request.get("nextToken"))
        kept = ("name", "type", "creationDate")
        listed = [{"stateMachineArn": machine["arn"], **{key: machine[key] for key in kept}} for machine in found]
        return _with_token({"stateMachines": listed}, token)

    def publish_state_machine_version(self, request: Request, _: RequestScope) -> Request:
        arn = request["stateMachineArn"]
        version = self._machines.publish(arn, request.get("description"), request.get("revisionId"))
        return {"stateMachineVersionArn": f"{arn}:{version['version']}", "creationDate": version["creationDate"]}

    def delete_state_machine_version(self, request: Request, _: RequestScope) -> Request:
        self._machines.delete_version(request["stateMachineVersionArn"])
        return {}

    def list_state_machine_versions(self, request: Request, _: RequestScope) -> Request:
        arn = request["stateMachineArn"]
        newest_first = self._machines.get(arn)["versions"][::-1]
        found, token = paginate(newest_first, request.get("maxResults"), request.get("nextToken"))
        listed = [
            {"stateMachineVersionArn": f"{arn}:{version['version']}", "creationDate": version["creationDate"]}
            for version in found
        ]
        return _with_token({"stateMachineVersions": listed}, token)

    def validate_state_machine_definition(self, request: Request, _: RequestScope) -> Request:
        try:
            check_definition(request["definition"])
        except ApiError as error:
            diagnostic = {"severity": "ERROR", "code": error.code, "message": str(error)}
            return {"result": "FAIL", "diagnostics": [diagnostic]}
        return {"result": "OK", "diagnostics": []}

    def tag_resource(self, request: Request, _: RequestScope) -> Request:
        self._machines.tag(request["resourceArn"], {tag["key"]: tag["value"] for tag in request["tags"]})
        return {}

    def list_tags_for_resource(self, request: Request, _: RequestScope) -> Request:
        tags = self._machines.get(request["resourceArn"])["tags"]
        return {"tags": [{"key": key, "value": value} for key, value in tags.items()]}

    def start_execution(self, request: Request, place: RequestScope) -> Request:
        revision = self._machines.resolve(request["stateMachineArn"])
        if revision.sm_type != "STANDARD":
            raise ApiError("StateMachineTypeNotSupported", EXPRESS)
        document = self._executions.start(revision, request.get("name"), request.get("input") or "{}", place)
        return {key: document[key] for key in ("executionArn", "startDate")}

    def describe_execution(self, request: Request, _: RequestScope) -> Request:
        return _described(self._executions.get(request["executionArn"]))

    def list_executions(self, request: Request, _: RequestScope) -> Request:
        arn = request["stateMachineArn"]
        self._machines.resolve(arn)
        all_of_it = self._executions.list_for(arn, request.get("statusFilter"))
        found, token = paginate(all_of_it, request.get("maxResults"), request.get("nextToken"))
        listed = [{key: execution[key] for key in LISTED if key in execution} for execution in found]
        return _with_token({"executions": listed}, token)

    def get_execution_history(self, request: Request, _: RequestScope) -> Request:
        events = self._executions.history(request["executionArn"])["events"]
        ordered = events[::-1] if request.get("reverseOrder") else events
        found, token = paginate(ordered, request.get("maxResults"), request.get("nextToken"))
        return _with_token({"events": list(found)}, token)

    def describe_state_machine_for_execution(self, request: Request, _: RequestScope) -> Request:
        execution = self._executions.get(request["executionArn"])
        ran = self._executions.history(request["executionArn"])
        name = execution["stateMachineArn"].rpartition(":")[2]
        answer = {"stateMachineArn": execution["stateMachineArn"], "name": name, "updateDate": execution["startDate"]}
        return answer | {"definition": ran["definition"], "roleArn": ran["role"]}

    def stop_execution(self, request: Request, _: RequestScope) -> Request:
        stopped = self._executions.stop(request["executionArn"], request.get("error"), request.get("cause"))
        return {"stopDate": stopped["stopDate"]}


def _newest_version(machine: Request) -> Request:
    return {"stateMachineVersionArn": f"{machine['arn']}:{machine['versions'][-1]['version']}"}


def _described(document: Request) -> Request:
    return {key: value for key, value in document.items() if key != "process"}


def _with_token(answer: Request, token: str | None) -> Request:
    return answer | ({"nextToken": token} if token else {})
