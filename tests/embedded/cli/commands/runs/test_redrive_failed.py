"""`runs redrive --failed` on runs that really failed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from pushtrain.local.aws import LocalAws

Types = Callable[..., tuple[int, str, str]]
MakeRepo = Callable[..., Path]


def test_a_run_whose_job_failed_is_listed_then_redriven_and_others_are_left_alone(
    local_aws: LocalAws, make_repo: MakeRepo, typed: Types
) -> None:
    assert typed("push", make_repo("plain"), "--wait")[0] == 0
    text = (make_repo("plain") / "config.yaml").read_text().replace("model: plain", "model: raises")
    assert typed("push", make_repo("raises", {"config.yaml": text}), "--wait")[0] == 1
    (listed,) = json.loads(typed("runs", "redrive", "--failed", "--json")[1])
    assert (listed["model"], listed["state"], listed["redriven"]) == ("raises", "train", False)
    assert "holds 3 values" in listed["reason"]
    assert json.loads(typed("runs", "redrive", "--failed", "plain", "--json")[1]) == []
    (redriven,) = json.loads(typed("runs", "redrive", "--failed", "raises", "--yes", "--json")[1])
    assert (redriven["run"], redriven["redriven"], redriven["redrives"]) == (listed["run"], True, 1)
