"""A whole run as a function: callbacks, the version it equals, and a push that is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pushtrain import aws
from pushtrain.errors import ConfigError
from pushtrain.local.aws import LocalAws
from pushtrain.local.platform import local_platform
from pushtrain.local.run import LocalRun, run_model_repo
from pushtrain.model_repo.check import check_model_repo
from pushtrain.model_repo.contents import read_model_repo
from pushtrain.runs import Run

pytestmark = pytest.mark.slow
MakeRepo = Callable[..., Path]


def run(folder: Path, store: Path, **callbacks: Any) -> LocalRun:
    config = check_model_repo(folder).loaded.config
    return run_model_repo(read_model_repo(folder), config, local_platform("", store), store, **callbacks)


def test_the_second_run_of_the_same_files_equals_the_first_version(make_repo: MakeRepo, tmp_path: Path) -> None:
    starts: list[str] = []
    first, second = (run(make_repo(), tmp_path / "store", on_start=starts.append) for _ in range(2))
    assert starts == [first.run.run, second.run.run]
    assert (first.same_as, str(second.same_as)) == (None, "same code, data and parameters as version 1")
    assert first.end_errors == second.end_errors == ()


def test_ctrl_c_stops_the_run(make_repo: MakeRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(self: LocalAws, arn: str, timeout: float | None = None) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(LocalAws, "wait", interrupt)
    stopped: list[Run] = []
    with pytest.raises(KeyboardInterrupt):
        run(make_repo(), tmp_path / "store", on_stop=stopped.append)
    assert [stop.status for stop in stopped] == ["ABORTED"]


def test_a_push_that_the_handler_refuses_raises_its_problems(make_repo: MakeRepo, tmp_path: Path) -> None:
    folder = make_repo()
    config = check_model_repo(folder).loaded.config
    (folder / "config.yaml").write_text((folder / "config.yaml").read_text() + "template: trian\n")
    with pytest.raises(ConfigError) as raised:
        run_model_repo(read_model_repo(folder), config, local_platform("", tmp_path / "store"), tmp_path / "store")
    (problem,) = raised.value.problems
    assert (problem.key, problem.message) == ("template", "'trian' is not a template. Did you mean 'train'?")


def test_data_that_somebody_replaces_while_the_run_goes_on_is_not_the_same_data(
    make_repo: MakeRepo, tmp_path: Path
) -> None:
    """The attack: the data inside a pushed revision is replaced after it was verified, before a job reads it."""
    folder, store = make_repo(), tmp_path / "store"
    first = run(folder, store)
    revision = read_model_repo(folder).revision

    def replace_data(_: str) -> None:
        key = f"model-repos/plain/{revision}/data/numbers.txt"
        aws.client("s3").put_object(Bucket="pushtrain-code", Key=key, Body=b"1\n9\n")

    second = run(folder, store, on_start=replace_data)
    assert (first.same_as, second.same_as) == (None, None)
    third = run(folder, store)  # --again uploads the file again
    assert str(third.same_as) == "same code, data and parameters as version 1"
