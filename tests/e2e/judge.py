"""Judges the calls that leave the emulator: may who made them, by the policies that are deployed now?

In: a caller and a call. Out: the first thing that is not allowed. Where no condition matters, the emulator's policy
simulation is asked too; conditions are read by our own evaluator, because that simulation ignores what it is told.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.infra.calls import Call, Needs
from tests.infra.evaluator import Need, Statement, may

ROOT = "root"


@dataclass(frozen=True)
class Denied:
    """Who was denied what."""

    caller: str
    need: Need

    def __str__(self) -> str:
        return f"{self.caller} is not authorized to perform: {self.need.action} on resource: {self.need.resource}"


class Judge:
    """`iam` is the administrator's client.

    The emulator notes its sessions and the changes of IAM in `folder`, and we each judgement.
    """

    def __init__(self, iam: Any, needs: Needs, folder: Path) -> None:
        self._iam, self._needs, self._folder = iam, needs, folder
        self._writing = threading.Lock()

    def caller(self, access_key: str) -> str:
        """`role/NAME` or `user/NAME` of an access key; the account itself for a key that is no one's."""
        if access_key.startswith("AKIA"):
            return f"user/{self._ask('get_access_key_last_used', AccessKeyId=access_key)['UserName']}"
        if access_key.startswith("ASIA"):
            sessions = dict(line.split() for line in (self._folder / "sessions.txt").read_text().splitlines())
            return f"role/{sessions[access_key].rpartition('/')[2]}"
        return ROOT

    def denied(self, caller: str, call: Call) -> Denied | None:
        """The first thing that `caller` would need for `call` and may not."""
        return self.refusal(caller, self._needs.of(call), call.operation)

    def refusal(self, caller: str, needs: Iterable[Need], operation: str) -> Denied | None:
        """As `denied`, for needs that are known already."""
        lacking = None if caller == ROOT else self._find_lacking(caller, needs)
        line = {"caller": caller, "operation": operation, "denied": lacking and lacking.action}
        with self._writing, (self._folder / "calls.jsonl").open("a") as record:
            record.write(json.dumps(line) + "\n")
        return Denied(caller, lacking) if lacking else None

    def _find_lacking(self, caller: str, needs: Iterable[Need]) -> Need | None:
        """Return the first need that the caller's policies do not allow at this moment."""
        statements, name = list(self._statements(caller)), caller.partition("/")[2]
        for need in needs:
            if not may(statements, need, (), name) or not (need.context or self._simulated(caller, need)):
                return need
        return None

    def _simulated(self, caller: str, need: Need) -> bool:
        account = self._needs.names.settings.account
        answer = self._ask(
            "simulate_principal_policy",
            PolicySourceArn=f"arn:aws:iam::{account}:{caller}",
            ActionNames=[need.action],
            ResourceArns=[need.resource],
        )
        return bool(answer["EvaluationResults"][0]["EvalDecision"] == "allowed")

    def _statements(self, caller: str) -> Iterator[Statement]:
        kind, _, name = caller.partition("/")
        if kind == "role":
            for policy in self._ask("list_role_policies", RoleName=name)["PolicyNames"]:
                document = self._ask("get_role_policy", RoleName=name, PolicyName=policy)["PolicyDocument"]
                yield from document["Statement"]
            return
        for attached in self._ask("list_attached_user_policies", UserName=name)["AttachedPolicies"]:
            arn = attached["PolicyArn"]
            version = self._ask("get_policy", PolicyArn=arn)["Policy"]["DefaultVersionId"]
            document = self._ask("get_policy_version", PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
            yield from document["Statement"]

    def _ask(self, operation: str, **request: Any) -> Any:
        """Return what IAM answers. The same question is asked again only after a change of IAM."""
        changes = self._folder / "iam-changes.txt"
        return self._answer(changes.stat().st_size if changes.exists() else 0, operation, json.dumps(request))

    @cache  # noqa: B019 - one judge in a process
    def _answer(self, changes: int, operation: str, request: str) -> Any:
        """`changes` only tells the answers before a change from those after it."""
        return getattr(self._iam, operation)(**json.loads(request))
