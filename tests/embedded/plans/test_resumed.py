"""A plan says which steps a push continues: with the step keys that the push then has."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain import aws
from pushtrain.launch.checkpoints import read_unfinished_step, write_unfinished_step
from pushtrain.launch.launch import launch
from pushtrain.launch.start import Launched
from pushtrain.local.aws import up
from pushtrain.model_repo.contents import read_model_repo
from pushtrain.plans.plan import Plan, plan_push
from pushtrain.platform import Platform
from pushtrain.pushes.upload import upload
from pushtrain.record import UnfinishedStep
from pushtrain.runs import read_run_record
from tests.embedded.conftest import MakeRepo

PLATFORM = Platform.local()


def push(repo: Path) -> Launched:
    outcome = launch(upload(read_model_repo(repo), "plain", PLATFORM, repeat=True).push, PLATFORM)
    assert isinstance(outcome, Launched)
    return outcome


@pytest.mark.parametrize("data", ["data/", "data/numbers.txt", "s3://lake/rows/"])
def test_the_plan_says_what_the_push_then_does(data: str, make_repo: MakeRepo, tmp_path: Path) -> None:
    config = (make_repo("plain") / "config.yaml").read_text().replace("numbers: data/", f"numbers: {data}")
    config = config.replace("train:\n", "train:\n  checkpoint: /opt/ml/checkpoints\n", 1)
    repo = make_repo("plain", {"config.yaml": config})

    def plan() -> Plan:
        return plan_push(repo, PLATFORM)

    with up(tmp_path / "store", PLATFORM, handlers={}) as local_aws:
        s3 = aws.client("s3")
        s3.create_bucket(Bucket="lake")
        s3.put_object(Bucket="lake", Key="rows/1.csv", Body=b"1")
        launched = push(repo)
        local_aws.wait(launched.arn)
        first = read_run_record(PLATFORM, "plain", launched.run)
        assert first
        assert plan().resumed_from == {}
        _, condition = read_unfinished_step(s3, first, "train", PLATFORM)
        stopped = UnfinishedStep(runs=(first.run,), checkpoints=first.run)
        assert write_unfinished_step(s3, first, "train", stopped, condition, PLATFORM)
        assert plan().resumed_from == {"train": first.run}
        second = read_run_record(PLATFORM, "plain", push(repo).run)
        assert second
        assert second.resumed_from == {"train": first.run}
        assert plan().resumed_from == {}  # the second run has taken them
        (repo / "train.py").write_text("raise SystemExit(1)")
        assert plan().resumed_from == {}
