"""Local runs that continue the checkpoints of a run that failed, and what is noted at the end of a run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

import pushtrain
from pushtrain import aws
from pushtrain.catalog.job_kinds import TRAINING
from pushtrain.cli import program, run_command
from pushtrain.errors import OperatorError
from pushtrain.launch.checkpoints import read_unfinished_step, write_unfinished_step
from pushtrain.launch.run_record import save_run_record
from pushtrain.local.aws import up
from pushtrain.platform import Platform
from pushtrain.record import RunRecord
from pushtrain.runs import Job, Run, checkpoints, record_checkpoints, redrive_run
from pushtrain.runs.checkpoints import find_successor
from tests.embedded.conftest import MakeRepo
from tests.sample_record import RECORD

PLATFORM = Platform.local()
SCRIPT = """
import os
from pathlib import Path

checkpoint = Path("/opt/ml/checkpoints/epoch-1")
if not checkpoint.exists():
    checkpoint.write_text("half")
    raise SystemExit("no instance any more")
assert checkpoint.read_text() == "half"
Path(os.environ["SM_MODEL_DIR"], "mean.txt").write_text("2.0")
"""
SETTINGS = {"train": {"checkpoint": "/opt/ml/checkpoints"}}
STEP_KEYS = {"train": "1" * 64}
JOB = Job(
    step="train", name="j", kind=TRAINING, status="Failed", seconds=9.0, described={"TrainingStartTime": "2026-11-28"}
)


def write_run(name: str, **changes: object) -> tuple[Run, RunRecord]:
    """Write the record of a run, and return both."""
    record = replace(RECORD, run=name, parameters=SETTINGS, step_keys=STEP_KEYS, **changes)
    save_run_record(aws.client("s3"), record, PLATFORM)
    run = Run(
        model="churn",
        run=name,
        status="FAILED",
        started=0.0,
        seconds=9.0,
        outcome="failed",
        jobs=(JOB,),
        input=record.execution_input(),
    )
    return run, record


@pytest.mark.slow
def test_the_next_run_of_the_same_code_goes_on_where_the_failed_one_was(
    make_repo: MakeRepo, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = (make_repo("plain") / "config.yaml").read_text()
    config = config.replace("train:\n", "train:\n  checkpoint: /opt/ml/checkpoints\n", 1)
    repo, store = make_repo("plain", {"train.py": SCRIPT, "config.yaml": config}), tmp_path / "store"
    first, second, third = (pushtrain.run(repo, store=store) for _ in range(3))
    assert [run.outcome for run in (first, second, third)] == ["failed", "not_registered", "failed"]
    assert [run.input["resumed_from"] for run in (first, second, third)] == [{}, {"train": first.run}, {}]
    words = ["runs", "show", second.run, "--local", "--store", str(store)]
    assert run_command(lambda: program.main(words, standalone_mode=False)) == 0
    assert f"resumed     train from the checkpoints of {first.run}" in capsys.readouterr().out
    assert run_command(lambda: program.main([*words, "--json"], standalone_mode=False)) == 0
    assert json.loads(capsys.readouterr().out)["input"]["resumed_from"] == {"train": first.run}


def test_a_run_whose_checkpoints_are_continued_is_not_redriven(tmp_path: Path) -> None:
    with up(tmp_path / "store", PLATFORM, handlers={}):
        failed, _ = write_run("failed")
        record_checkpoints(PLATFORM, failed)
        assert find_successor(PLATFORM, failed) == ""
        s3 = aws.client("s3")
        document, condition = read_unfinished_step(s3, write_run("x")[1], "train", PLATFORM)
        taken = document.take("next") if document else None
        assert taken
        assert write_unfinished_step(s3, write_run("y")[1], "train", taken, condition, PLATFORM)
        with pytest.raises(OperatorError) as raised:
            redrive_run(PLATFORM, failed)
    assert str(raised.value) == (
        "run failed of churn has failed, and run next continues its checkpoints: redrive that run"
    )


def test_a_step_that_never_ran_or_that_finished_leaves_nothing_to_continue(tmp_path: Path) -> None:
    with up(tmp_path / "store", PLATFORM, handlers={}):
        run, record = write_run("a")
        for job in (replace(JOB, described={}), replace(JOB, status="Completed")):
            record_checkpoints(PLATFORM, replace(run, jobs=(job,)))
            assert read_unfinished_step(aws.client("s3"), record, "train", PLATFORM)[0] is None


def test_an_end_that_others_always_overtake_is_delivered_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with up(tmp_path / "store", PLATFORM, handlers={}):
        run, _ = write_run("a")
        monkeypatch.setattr(checkpoints, "write_unfinished_step", lambda *_: False)
        with pytest.raises(OperatorError) as raised:
            record_checkpoints(PLATFORM, run)
    assert str(raised.value) == ("the checkpoints of train of run a could not be noted: other runs end all the time")
