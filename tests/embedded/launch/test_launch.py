"""From a pushed revision to a run: one run for each push, and none for a push that cannot run."""

from __future__ import annotations

import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from pushtrain import aws
from pushtrain.errors import IncompletePush
from pushtrain.launch.deliveries import receive_message
from pushtrain.launch.launch import launch
from pushtrain.launch.refusal import Refused
from pushtrain.launch.start import Launched
from pushtrain.local.aws import LocalAws
from pushtrain.pushes.event import Push
from tests.embedded.launch.plain import (
    PLATFORM,
    build_message,
    launch_push,
    launch_refused,
    list_executions,
    upload_plain,
)


def test_the_same_event_twice_starts_one_run_and_a_new_put_another(local_aws: LocalAws, repo: Path) -> None:
    first = upload_plain(repo)
    one = launch_push(first)
    assert launch_push(first).run == one.run
    local_aws.wait(one.arn)
    late = launch_push(first)  # delivered once more after the run has ended
    assert (late.run, late.fresh) == (one.run, False)
    assert list_executions() == [one.run]
    two = launch_push(upload_plain(repo, repeat=True))
    assert two.run != one.run
    assert two.run[:12] == one.run[:12] == first.revision[:12]
    assert sorted(list_executions()) == sorted([one.run, two.run])


def test_an_unknown_template_is_a_problem_of_the_push(local_aws: LocalAws, repo: Path) -> None:
    config = (repo / "config.yaml").read_text()
    (repo / "config.yaml").write_text(config + "template: trian\n")
    line = len(config.splitlines()) + 1
    assert (
        launch_refused(upload_plain(repo))
        == f"config.yaml:{line}  template: 'trian' is not a template. Did you mean 'train'?"
    )


def test_a_region_without_an_image_is_a_problem_of_the_push(local_aws: LocalAws, repo: Path) -> None:
    config = "model: plain\ntrain: {framework: sklearn 1.2-1}\n"
    (repo / "config.yaml").write_text(config)
    pushed = upload_plain(repo)
    elsewhere = msgspec.structs.replace(PLATFORM, region="mars-north-1")
    outcome = launch(pushed, elsewhere)
    assert isinstance(outcome, Refused)
    assert "mars-north-1" in str(outcome.problems[0])


def test_two_first_pushes_at_once_both_run(local_aws: LocalAws, repo: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(repo, tmp_path / "other"))
    (other / "config.yaml").write_text((repo / "config.yaml").read_text() + "tags: {team: risk}\n")
    pushes = [upload_plain(repo), upload_plain(other)]
    together = threading.Barrier(2)

    def start(pushed: Push) -> Launched:
        together.wait()
        return launch_push(pushed)

    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(start, pushes))
    outputs = [json.loads(local_aws.wait(run.arn)["output"])["outcome"] for run in runs]
    assert outputs == ["registered", "registered"]


def test_one_record_that_is_not_there_yet_does_not_hold_up_the_others(local_aws: LocalAws, repo: Path) -> None:
    good = upload_plain(repo)
    (repo / "train.py").write_text("print('other')")
    half = upload_plain(repo)
    aws.client("s3").delete_object(Bucket=half.bucket, Key=half.prefix + "train.py")
    delivery = receive_message(build_message(half, good), PLATFORM)
    assert isinstance(delivery.error, IncompletePush)
    assert [type(outcome) for outcome in delivery.outcomes] == [Launched]
    assert [name[:12] for name in list_executions()] == [good.revision[:12]]
