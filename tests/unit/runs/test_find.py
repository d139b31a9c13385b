"""A run is found by the beginning of its id, with as many requests for 50 models as for one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from msgspec.structs import replace

from pushtrain import aws
from pushtrain.errors import RunNotFound
from pushtrain.layout import build_run_pointer_key
from pushtrain.platform import Platform
from pushtrain.runs import find, recorded
from pushtrain.runs.find import find_run
from pushtrain.runs.model import Run
from pushtrain.runs.recorded import find_recorded_run
from pushtrain.teams import Team
from tests.sample_result import RESULT

AWS = replace(Platform.local(), local_option="")
ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:pushtrain-"
FIRST, SECOND = "3f1c9a0b42de-0a1b2c", "3f1c9a0b42de-ffffff"


class Clients:
    """S3 and Step Functions with `runs` of each model, and the pointers of `pointed`. Remembers each request."""

    class exceptions:  # noqa: N801 - as boto3 calls it
        class StateMachineDoesNotExist(Exception):
            pass

    def __init__(self, runs: Mapping[str, tuple[str, ...]], pointed: tuple[tuple[str, str], ...], denied: str) -> None:
        self.runs, self.denied = runs, denied
        self.keys = [build_run_pointer_key(run, model) for run, model in pointed]
        self.requests: list[str] = []

    def get_paginator(self, operation: str) -> Any:
        return type("Paginator", (), {"paginate": staticmethod(getattr(self, operation))})

    def list_objects_v2(self, *, Prefix: str, Delimiter: str = "", **_: Any) -> Any:  # noqa: N803
        self.requests.append(f"ListObjectsV2 {Prefix}")
        page = {"Contents": [{"Key": key} for key in self.keys if key.startswith(Prefix)]}
        return (page,) if Delimiter else page

    def list_state_machines(self, **_: Any) -> Iterator[dict[str, Any]]:
        self.requests.append("ListStateMachines")
        names = [f"pushtrain-{model}" for model in self.runs]
        yield {"stateMachines": [{"name": name, "stateMachineArn": f"{ARN}{name[10:]}"} for name in names]}

    def list_executions(self, stateMachineArn: str, **_: Any) -> Iterator[dict[str, Any]]:  # noqa: N803
        model = stateMachineArn.removeprefix(ARN)
        self.requests.append(f"ListExecutions {model}")
        if model == self.denied:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "ListExecutions")
        if model not in self.runs:
            raise self.exceptions.StateMachineDoesNotExist
        yield {"executions": [{"name": run, "startDate": datetime.now(UTC)} for run in self.runs[model]]}


def open_clients(
    monkeypatch: pytest.MonkeyPatch,
    runs: Mapping[str, tuple[str, ...]],
    *pointed: tuple[str, str],
    denied: str = "",
    recorded_runs: tuple[tuple[str, str], ...] = (),
) -> Clients:
    """Answer requests from `runs`. Only `recorded_runs` have a run record. The input of `by-hand` names no run."""
    clients = Clients(runs, pointed, denied)

    def read(_: Platform, model: str, run: str) -> Run:
        named = {} if model == "by-hand" else {"model": model, "run": run}
        return Run(model=model, run=run, status="RUNNING", started=0.0, seconds=0.0, outcome="", input=named)

    monkeypatch.setattr(aws, "client", lambda *_: clients)
    monkeypatch.setattr(find, "read_run", read)
    monkeypatch.setattr(find, "read_run_record", lambda _, model, run: (model, run) in recorded_runs or None)
    return clients


def find_name(text: str, platform: Platform = AWS) -> tuple[str, str]:
    run = find_run(platform, text)
    return run.model, run.run


@pytest.mark.parametrize("text", [FIRST, FIRST[:8]])
def test_the_number_of_requests_does_not_grow_with_the_number_of_models(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = {f"m{number}": (f"{number:012x}-000000",) for number in range(49)}
    clients = open_clients(monkeypatch, {**models, "churn": (FIRST,)}, (FIRST, "churn"))
    assert find_name(text) == ("churn", FIRST)
    assert clients.requests == [f"ListObjectsV2 .runs/{text}", "ListExecutions churn"]


def test_a_run_without_a_pointer_is_looked_for_in_every_model(monkeypatch: pytest.MonkeyPatch) -> None:
    clients = open_clients(monkeypatch, {"churn": (FIRST,), "basket": ()})
    assert find_name(FIRST[:10]) == ("churn", FIRST)
    assert clients.requests[1] == "ListStateMachines"
    assert sorted(clients.requests[2:]) == ["ListExecutions basket", "ListExecutions churn"]


def test_a_wrong_pointer_misleads_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """It names no model, or a model with an execution of the same name that somebody started by hand."""
    runs = {"churn": (FIRST,), "basket": ()}
    for model in ("basket", "no-such-model"):
        open_clients(monkeypatch, runs, (FIRST, model))
        assert find_name(FIRST) == ("churn", FIRST)
    open_clients(monkeypatch, {**runs, "by-hand": (FIRST,)}, (FIRST, "by-hand"))
    with pytest.raises(RunNotFound, match="more than one run begins"):
        find_run(AWS, FIRST)


def test_a_short_beginning_is_looked_up_in_every_model(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = {"churn": (FIRST,), "basket": ("3f1c9a000000-000000",)}
    open_clients(monkeypatch, runs, (FIRST, "churn"))
    with pytest.raises(RunNotFound) as error:
        find_run(AWS, FIRST[:6])
    assert str(error.value) == (
        f"more than one run begins with '3f1c9a': {FIRST}, 3f1c9a000000-000000. `pushtrain runs list` shows them"
    )


def test_a_pointer_hides_no_other_run_of_the_same_revision(monkeypatch: pytest.MonkeyPatch) -> None:
    open_clients(monkeypatch, {"churn": (FIRST, SECOND)}, (SECOND, "churn"))
    with pytest.raises(RunNotFound, match=f"{FIRST}, {SECOND}"):
        find_run(AWS, FIRST[:12])


def test_a_whole_id_is_not_the_beginning_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    open_clients(monkeypatch, {"churn": (FIRST, f"{FIRST}-by-hand")}, (FIRST, "churn"))
    assert find_name(FIRST) == ("churn", FIRST)


def test_a_run_that_step_functions_no_longer_has_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    run = ("churn", RESULT.run)
    clients = open_clients(monkeypatch, {"churn": (), "basket": ()}, (RESULT.run, "churn"), recorded_runs=(run,))
    with pytest.raises(RunNotFound) as error:
        find_run(AWS, RESULT.run)
    assert str(error.value) == f"there is no run '{RESULT.run}'. `pushtrain runs list` shows them"
    read = {"read_run_result": RESULT, "read_verdict": None, "read_run_record": None}
    for name, document in read.items():
        monkeypatch.setattr(recorded, name, lambda *_, document=document: document)
    found_run = find_recorded_run(AWS, RESULT.run)
    assert found_run
    assert (found_run.run.model, found_run.run.run) == run
    pointers = f"ListObjectsV2 .runs/{RESULT.run}"
    assert clients.requests == [pointers, "ListExecutions churn", pointers]


def test_the_key_of_a_pointer_is_no_beginning_of_an_id(monkeypatch: pytest.MonkeyPatch) -> None:
    open_clients(monkeypatch, {"churn": ()}, (FIRST, "churn"), recorded_runs=(("churn", FIRST),))
    assert find.list_pointers(AWS, FIRST) == [("churn", FIRST)]
    for text in (f"{FIRST}/", f"{FIRST}/churn"):
        assert find.list_pointers(AWS, text) == []


def test_the_run_of_another_team_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    platform = replace(AWS, teams=(Team(name="risk", models=("churn",)),))
    runs = {"churn": (), "basket": (FIRST,)}
    open_clients(monkeypatch, runs, (FIRST, "basket"), denied="basket")
    with pytest.raises(RunNotFound, match="there is no run"):
        find_run(platform, FIRST)
    with pytest.raises(ClientError, match="AccessDeniedException"):
        find_run(AWS, FIRST)
