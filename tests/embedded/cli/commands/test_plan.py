"""`plan` says what the push then does: revision, state machine, instances, cost and GPU quotas."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pushtrain.local.aws import LocalAws
from pushtrain.plans import quotas, validation
from pushtrain.plans.quotas import Quota

KEYS = [
    *("model", "revision", "files", "pushed", "machine", "definition", "version", "diff", "changes", "jobs", "refused"),
    *("aws", "max_cost", "reuse", "waits", "extra_waits", "capacity_waits", "resumed_from", "same_as"),
    *("champion", "too_small_quotas"),
]  # scripts read them
Types = Callable[..., tuple[int, str, str]]
MakeRepo = Callable[..., Path]


def lower_bound(repo: Path, bound: float) -> None:
    config = repo / "config.yaml"
    config.write_text(re.sub(r"at_most: [0-9.]+", f"at_most: {bound}", config.read_text()))


def test_a_plan_tells_what_the_push_then_does(local_aws: LocalAws, make_repo: MakeRepo, typed: Types) -> None:
    repo = make_repo("plain")

    def plan() -> dict[str, Any]:
        code, out, _ = typed("plan", repo, "--json")
        assert code == 0
        found: dict[str, Any] = json.loads(out)
        return found

    new = plan()
    assert list(new) == KEYS
    assert new["machine"].endswith(":stateMachine:pushtrain-plain")
    assert (new["pushed"], new["definition"], new["diff"]) == (False, "created", "")
    assert [job["step"] for job in new["jobs"]] == ["preprocess", "train", "evaluate"]
    assert new["waits"] == {"preprocess": [], "train": ["preprocess"], "evaluate": ["train"]}
    assert (new["extra_waits"], new["capacity_waits"]) == ({}, {})
    code, out, err = typed("push", repo, "--wait")
    assert code == 0, out + err
    done = plan()
    assert (done["pushed"], done["definition"], done["revision"]) == (True, "unchanged", new["revision"])
    lower_bound(repo, 0.5)
    changed = plan()
    assert (changed["pushed"], changed["definition"]) == (False, "updated")
    assert re.search(r"^- .*: 2\.0,?$", changed["diff"], re.MULTILINE)
    assert re.search(r"^\+ .*: 0\.5,?$", changed["diff"], re.MULTILINE)
    changes = [(change["state"], change["text"]) for change in changed["changes"]]
    assert changes == [("decide", changes[0][1])]
    assert changes[0][1].endswith("2.0 → 0.5")
    text, diff = typed("plan", repo)[1], typed("plan", repo, "--diff")[1]
    assert re.search(r"^    decide  .* 2\.0 → 0\.5$", text, re.MULTILINE)
    assert ("+++ after this push" in text, "+++ after this push" in diff, "2.0 → 0.5" in diff) == (False, True, False)
    typed("push", repo, "--wait")
    lower_bound(repo, 2.0)
    (repo / "note.txt").write_text("new revision, old definition")
    assert (plan()["definition"], plan()["version"]) == ("unchanged", done["version"])
    assert "goes back to version 1" in typed("plan", repo)[1]
    typed("push", repo, "--wait")
    (repo / "note.txt").unlink()
    assert "pushed before: only push --again does the following" in typed("plan", repo)[1]


def test_a_plan_for_people_shows_machines_and_limits(make_repo: MakeRepo, typed: Types, tmp_path: Path) -> None:
    code, out, _ = typed("plan", make_repo("plain"), "--local", "--store", tmp_path / "none")
    assert code == 0
    assert "· new" in out
    assert "state machine pushtrain-plain: created" in out
    assert re.search(r"train +ml\.m5\.xlarge +× 1 +at most 1d +5\.53 USD\n", out)


def test_a_plan_says_that_a_run_that_waits_for_capacity_cannot_be_redriven(
    make_repo: MakeRepo, typed: Types, tmp_path: Path
) -> None:
    text = (make_repo("plain") / "config.yaml").read_text().replace("train:\n", "train:\n  wait_for_capacity: 12h\n", 1)
    code, out, _ = typed("plan", make_repo("plain", {"config.yaml": text}), "--local", "--store", tmp_path / "none")
    assert code == 0
    assert "capacity: train waits for instances, at most 12h in all; a run that ends there cannot be redriven\n" in out
    assert "costs at most 5.77 USD a run" in out  # as without the wait


def test_a_plan_names_the_run_whose_checkpoints_are_continued(
    make_repo: MakeRepo, typed: Types, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pushtrain.plans.plan.find_resumed_steps", lambda *_: {"train": "5ecf995e9cf1-ba4980"})
    code, out, _ = typed("plan", make_repo("plain"), "--local", "--store", tmp_path / "none")
    assert code == 0
    assert "  resumed: train goes on with the checkpoints of run 5ecf995e9cf1-ba4980\n" in out


def on_a_gpu(make_repo: MakeRepo) -> Path:
    text = (make_repo("plain") / "config.yaml").read_text().replace("train:\n", "train:\n  instance: ml.g5.xlarge\n", 1)
    return make_repo("plain", {"config.yaml": text.replace("sklearn 1.2-1", "pytorch 2.6")})


def test_a_plan_tells_of_gpu_quotas_and_goes_on_where_aws_does_not(
    local_aws: LocalAws, make_repo: MakeRepo, typed: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = on_a_gpu(make_repo)
    name = "ml.g5.xlarge for training job usage"
    monkeypatch.setattr(quotas, "read_quotas", lambda names, _: {n: Quota(name=n, code="L-1", value=0) for n in names})
    code, out, _ = typed("plan", repo)
    assert code == 1
    assert f"quota: train needs 1, and the quota '{name}' is 0 in us-east-1. Ask for it: aws" in out
    (lack,) = json.loads(typed("plan", repo, "--json")[1])["too_small_quotas"]
    assert (lack["step"], lack["needed"], lack["quota"]["value"]) == ("train", 1, 0)

    def refuse(names: object, region: str) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "ListServiceQuotas")

    monkeypatch.setattr(quotas, "read_quotas", refuse)
    code, out, err = typed("plan", repo, "--json")
    assert (code, json.loads(out)["too_small_quotas"]) == (0, None)
    assert "GPU quotas were not looked at: An error occurred (AccessDeniedException)" in err


WORDS = "The field Rety is not supported"


def answer_validation(monkeypatch: pytest.MonkeyPatch, answer: Callable[..., object]) -> None:
    """Let AWS answer so when it is asked about a definition."""
    states = SimpleNamespace(validate_state_machine_definition=answer)
    monkeypatch.setattr(validation, "aws", SimpleNamespace(client=lambda *_: states))


def refuse_definitions(monkeypatch: pytest.MonkeyPatch, severity: str = "ERROR") -> None:
    diagnostic = {
        "severity": severity,
        "code": "SCHEMA_VALIDATION_FAILED",
        "message": WORDS,
        "location": "/States/train",
    }
    response = {"result": "FAIL" if severity == "ERROR" else "OK", "diagnostics": [diagnostic]}
    answer_validation(monkeypatch, lambda **_: response)


def test_a_plan_shows_what_aws_refuses_and_fails(
    local_aws: LocalAws, make_repo: MakeRepo, typed: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo("plain")
    assert json.loads(typed("plan", repo, "--json")[1])["aws"] == {"diagnostics": [], "reason": ""}
    refuse_definitions(monkeypatch)
    code, out, _ = typed("plan", repo)
    assert code == 1
    assert f"AWS refuses the definition at /States/train (SCHEMA_VALIDATION_FAILED): {WORDS}" in out
    (diagnostic,) = json.loads(typed("plan", repo, "--json")[1])["aws"]["diagnostics"]
    assert (diagnostic["severity"], diagnostic["location"]) == ("ERROR", "/States/train")
    refuse_definitions(monkeypatch, "WARNING")
    code, out, _ = typed("plan", repo)
    assert (code, f"AWS warns about the definition at /States/train (SCHEMA_VALIDATION_FAILED): {WORDS}" in out) == (
        0,
        True,
    )
