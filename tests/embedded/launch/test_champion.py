"""Whole runs that compare with the champion: the version in service is evaluated again, on this run's test data."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain.access import open_platform
from pushtrain.local.run import run
from pushtrain.models import approve_version
from pushtrain.plans.plan import plan_push
from pushtrain.runs import Run
from tests.embedded.conftest import MakeRepo

pytestmark = pytest.mark.slow

GATE = "register:\n  when:\n    - {metric: error, at_most: champion - 10%}"
NEAR = """
import os
from pathlib import Path
Path(os.environ["SM_MODEL_DIR"], "mean.txt").write_text("%s")
"""


def write_config(folder: Path, without: str = "pass") -> None:
    file = folder / "config.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text.partition('register:')[0]}{GATE}\n  without_champion: {without}\n{INFERENCE}", "utf-8")


INFERENCE = "  inference: {image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/team/custom:1}\n"


def describe(finished: Run) -> tuple[str, str, str]:
    """Return outcome and reason of a run, and what became of the champion."""
    assert finished.verdict is not None, finished.error
    assert finished.verdict.champion is not None
    return finished.outcome, finished.reason, finished.verdict.champion.text


def test_a_model_is_registered_only_if_it_beats_the_one_in_service_on_the_same_data(
    make_repo: MakeRepo, tmp_path: Path
) -> None:
    store, folder = tmp_path / "store", make_repo(files={"data/numbers.txt": "10\n10\n14\n14\n", "train.py": NEAR % 10})
    write_config(folder, without="fail")
    no_version = "no version is in service"
    reason = f"gate not met: error 2.0 (<= champion - 10%; {no_version}, and config.yaml says without_champion: fail)"
    assert describe(run(folder, store=store)) == ("not_registered", reason, no_version)
    write_config(folder)
    assert describe(run(folder, store=store)) == ("registered", "", no_version)
    with open_platform(store=store) as platform:
        approve_version(platform, "plain", 1)
        planned = plan_push(folder, platform)
    assert planned.champion is not None
    assert planned.champion.text == "the run evaluates version 1 again, the one in service (registered with error 2)"
    assert "champion" in [job.step for job in planned.jobs]

    (folder / "data" / "numbers.txt").write_text("20\n20\n20\n20\n")
    finished = run(folder, store=store)
    reason = "gate not met: error 10.0 (<= champion - 10% = 9.0; champion 10.0)"
    assert describe(finished) == ("not_registered", reason, "version 1")
    assert [job.step for job in finished.jobs] == ["preprocess", "train", "evaluate", "champion"]

    (folder / "train.py").write_text(NEAR % 12)
    assert describe(run(folder, store=store)) == ("registered", "", "version 1")

    script = (folder / "evaluation.py").read_text().replace('"mean.txt"', '"new.txt"')
    (folder / "evaluation.py").write_text(script)
    (folder / "train.py").write_text((NEAR % 12).replace("mean.txt", "new.txt"))
    outcome, reason, champion = describe(run(folder, store=store))
    assert outcome == "not_registered"
    assert reason == f"champion: {champion}. To leave the comparison out, start the run with --without-champion"
    assert "version 1 could not be evaluated: AlgorithmError: FileNotFoundError" in champion

    override = "version 1 was not compared: the run was started with --without-champion"
    assert describe(run(folder, store=store, without_champion=True)) == ("registered", "", override)
