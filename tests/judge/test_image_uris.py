"""Every image of the catalogue is the SDK's, and the catalogue has every image of the SDK's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pushtrain.catalog import images
from pushtrain.catalog.data import load

if TYPE_CHECKING:
    from tests.judge.framework import Framework

pytestmark = [pytest.mark.judge, pytest.mark.slow]
MACHINES = {"cpu": "ml.c5.xlarge", "gpu": "ml.g4dn.xlarge", "arm": "ml.c7g.large"}
SCOPES = {"training": "training", "inference": "inference", "inference_graviton": "arm"}


def test_every_image_of_every_region_is_the_sdks(figures: list[str]) -> None:
    compared, wrong = 0, []
    for one, kinds in theirs().items():
        for region in sorted(one.regions):
            for instance in kinds:
                compared += 1
                if (own_uri := ours(one, instance, region)) != (sdk_uri := one.uri(instance, region)):
                    wrong.append(f"{one} {one.scope} {instance} {region}: we say {own_uri}, the SDK {sdk_uri}")
    figures.append(f"{compared} image URIs asked of both, {len(wrong)} differ")
    assert wrong == []
    assert compared > 10_000


def test_the_catalogue_lists_what_the_sdk_has_and_no_more() -> None:
    listed = {
        (name, scope, version): set(load("images")["accounts"][record["accounts"]])
        for name, scopes in load("images")["images"].items()
        for scope, versions in scopes.items()
        for version, record in versions.items()
    }
    has = {(one.name, SCOPES[one.scope], f"{one}".split(" ")[1]): one.regions for one in theirs()}
    assert listed == has


def theirs() -> dict[Framework, tuple[str, ...]]:
    """What the SDK knows → the machines it has an image for."""
    from tests.judge.framework import list_versions

    kinds_by_image = {}
    for scope in SCOPES:
        for one in list_versions(scope):
            machines = [MACHINES["arm"]] if "graviton" in scope else [MACHINES["cpu"], MACHINES["gpu"]]
            if kinds := tuple(kind for kind in machines if one.uri(kind, min(one.regions))):
                kinds_by_image[one] = kinds
    return kinds_by_image


def ours(one: Framework, instance: str, region: str) -> str | None:
    """Our URI; None where there is no such image."""
    framework = images.Framework(one.name, one.version, one.base or None)
    scope: images.Scope = "training" if one.scope == "training" else "inference"
    try:
        return images.build_image_uri(framework, scope=scope, instance=instance, region=region)
    except images.NoImage:
        return None
