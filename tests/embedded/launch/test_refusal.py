"""problems.json has every problem of a push."""

from __future__ import annotations

from pathlib import Path

from pushtrain.local.aws import LocalAws
from tests.embedded.launch.plain import launch_refused, upload_plain


def test_every_problem_of_a_push_is_written_down_and_starts_nothing(local_aws: LocalAws, repo: Path) -> None:
    (repo / "config.yaml").write_text("model: plain\ntrian: {}\ntrain: {framework: sklern 1.2-1}\n")
    said = launch_refused(upload_plain(repo))
    assert "config.yaml:2  trian:" in said
    assert "config.yaml:3  train.framework:" in said
