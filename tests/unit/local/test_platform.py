"""How hints name the store of this computer."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain.local.platform import default_store, local_platform, short_path


def test_costs_are_those_of_the_region_that_the_shell_names(monkeypatch: pytest.MonkeyPatch) -> None:
    regions = []
    for variables in ({}, {"AWS_DEFAULT_REGION": "eu-west-1"}, {"AWS_REGION": "ap-northeast-2"}):
        for name, region in variables.items():
            monkeypatch.setenv(name, region)
        platform = local_platform("", Path(".pushtrain"))
        regions.append((platform.region, platform.price_region))
    assert regions == [("us-east-1", "us-east-1"), ("us-east-1", "eu-west-1"), ("us-east-1", "ap-northeast-2")]


def test_the_default_store_needs_no_option_and_another_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PUSHTRAIN_STORE", raising=False)
    assert local_platform("", Path(".pushtrain")).cli_option == " --local"
    assert local_platform("dev", Path("my store")).cli_option == " --local --store 'my store' --environment dev"
    monkeypatch.setenv("PUSHTRAIN_STORE", "my store")
    assert default_store() == Path("my store")
    assert local_platform("", Path("my store")).cli_option == " --local"


def test_a_path_below_this_folder_is_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert short_path(tmp_path / "a" / "b") == "a/b"
    assert short_path(tmp_path.parent / "other") == str(tmp_path.parent / "other")
