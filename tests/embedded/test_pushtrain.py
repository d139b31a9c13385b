"""The Python interface on this computer: run, then look at runs and models, approve and fetch."""

from __future__ import annotations

from pathlib import Path

import pytest

import pushtrain
from pushtrain.errors import LocalError, RegistryError
from pushtrain.local.events import JobEnded
from tests.embedded.conftest import MakeRepo

pytestmark = pytest.mark.slow


def test_a_model_is_run_listed_approved_and_fetched(make_repo: MakeRepo, tmp_path: Path) -> None:
    folder, store, events = make_repo(), tmp_path / "store", list[object]()
    run = pushtrain.run(folder, store=store, on_event=events.append)
    assert (run.model, run.outcome, run.model_version, run.error) == ("plain", "registered", 1, None)
    assert [event.status for event in events if isinstance(event, JobEnded)] == ["Completed"] * 3

    with pushtrain.open_platform(store=store) as platform:
        assert [listed.run for listed in pushtrain.runs.list_runs(platform)] == [run.run]
        assert pushtrain.runs.find_run(platform, run.run[:8]).metrics == run.metrics
        assert pushtrain.plan(folder, platform).pushed
        assert [version.status for version in pushtrain.models.list_versions(platform)] == ["PendingManualApproval"]
        assert pushtrain.models.review_version(platform, "plain", 1).warnings == ()
        assert pushtrain.models.approve_version(platform, "plain", 1, note="good").note == "good"
        fetched = pushtrain.models.fetch_model(platform, "plain", file=str(tmp_path / "m.tar.gz"))
        assert (fetched.version, fetched.file.exists()) == (1, True)
        assert pushtrain.models.reject_version(platform, "plain", 1).status == "Rejected"
        with pytest.raises(RegistryError, match="no version of plain is approved"):
            pushtrain.models.fetch_model(platform, "plain")


def test_a_run_that_fails_is_returned_with_its_reason(make_repo: MakeRepo, tmp_path: Path) -> None:
    run = pushtrain.run(make_repo("plain", {"train.py": "raise ValueError('no data')\n"}), store=tmp_path / "store")
    assert run.outcome == "failed"
    assert run.error is not None
    assert (run.error.step, "no data" in run.error.reason) == ("train", True)


def test_data_that_is_only_in_s3_raises(make_repo: MakeRepo, tmp_path: Path) -> None:
    folder = make_repo()
    config = (folder / "config.yaml").read_text().replace("numbers: data/", "numbers: s3://lake/churn/")
    (folder / "config.yaml").write_text(config)
    with pytest.raises(LocalError, match=r"data.numbers: s3://lake/churn/ is not on this computer"):
        pushtrain.run(folder, store=tmp_path / "store")


def test_looking_at_a_store_does_not_create_it(tmp_path: Path) -> None:
    with pushtrain.open_platform(store=tmp_path / "store") as platform:
        assert pushtrain.runs.list_runs(platform) == []
    assert not (tmp_path / "store").exists()
    with pushtrain.open_platform("dev", store=tmp_path / "store", create_store=True) as platform:
        assert platform.environment == "dev"
    assert (tmp_path / "store").is_dir()
