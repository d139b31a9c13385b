"""`pushtrain.models`: decisions and downloads of registered versions."""

from __future__ import annotations

from pathlib import Path

import pytest

import pushtrain
from pushtrain.errors import RegistryError
from tests.embedded.conftest import MakeRepo

pytestmark = pytest.mark.slow


def test_the_version_that_serves_is_the_approved_one(make_repo: MakeRepo, tmp_path: Path) -> None:
    folder, store, models = make_repo(), tmp_path / "store", pushtrain.models
    for _ in range(2):
        pushtrain.run(folder, store=store)
    with pushtrain.open_platform(store=store) as platform:
        assert models.approve_version(platform, "plain", 1).status == "Approved"
        assert models.fetch_model(platform, "plain", file=tmp_path / "one").version == 1
        models.approve_version(platform, "plain", 2, note="newer data")
        assert models.fetch_model(platform, "plain", file=tmp_path / "two").version == 2
        assert models.fetch_model(platform, "plain", 1, tmp_path / "one").version == 1
        with pytest.raises(RegistryError) as raised:
            models.approve_version(platform, "plain", 1)
        assert str(raised.value) == (
            "plain version 1 is approved already, and version 2, approved later, serves. To go back, reject that: "
            "the highest version that is approved then serves"
        )
        models.reject_version(platform, "plain", 2)
        with pytest.raises(RegistryError, match=r"To approve plain version 2 nevertheless, say why with --note"):
            models.approve_version(platform, "plain", 2)
        assert models.fetch_model(platform, "plain", file=tmp_path / "one").version == 1
        comparison = models.compare_versions(platform, "plain", [1, 2])
    assert (comparison.serving, comparison.same_code) == (1, True)
