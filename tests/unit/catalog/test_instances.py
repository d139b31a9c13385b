"""Instance types are the API's; their hardware follows from the family."""

from __future__ import annotations

import pytest

from pushtrain.catalog import instances
from pushtrain.catalog.instances import find_hardware
from pushtrain.catalog.job_kinds import PROCESSING, TRAINING
from pushtrain.catalog.suggest import find_closest


def test_each_use_has_its_own_types() -> None:
    assert "ml.p4d.24xlarge" in instances.list_job_instances(TRAINING)
    assert "ml.p4d.24xlarge" not in instances.list_job_instances(PROCESSING)
    assert "ml.c7g.large" in instances.list_hosting_instances() - instances.list_job_instances(TRAINING)


@pytest.mark.parametrize(
    ("instance", "gpu", "accelerated", "arm", "disks"),
    [
        ("ml.m5.large", False, False, False, False),
        ("ml.r5d.large", False, False, False, True),
        ("ml.g5.xlarge", True, True, False, True),
        ("ml.p3.2xlarge", True, True, False, False),
        ("ml.p3dn.24xlarge", True, True, False, True),
        ("ml.p6e-gb200.36xlarge", True, True, True, True),
        ("ml.trn1.32xlarge", False, True, False, True),
        ("ml.inf2.xlarge", False, True, False, False),
        ("ml.c6gd.large", False, False, True, True),
        ("g5.xlarge", False, False, False, False),
    ],
)
def test_hardware_follows_from_the_family(instance: str, gpu: bool, accelerated: bool, arm: bool, disks: bool) -> None:
    hardware = find_hardware(instance)
    facts = [hardware.has_gpu, hardware.is_accelerated, hardware.is_arm, hardware.has_local_storage]
    assert facts == [gpu, accelerated, arm, disks]


def test_every_graviton_type_of_the_api_is_known_as_arm() -> None:
    graviton = {
        i
        for i in instances.list_hosting_instances()
        if find_hardware(i).family[:1] in "cmr" and "g" in find_hardware(i).family
    }
    assert graviton
    assert all(find_hardware(instance).is_arm for instance in graviton)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ml.g5.xlarg", "ml.g5.xlarge"),
        ("g5.xlarge", "ml.g5.xlarge"),
        ("ML.M5.LARGE", "ml.m5.large"),
        ("a laptop", None),
    ],
)
def test_the_closest_instance_type_is_offered(typed: str, meant: str | None) -> None:
    assert find_closest(typed, instances.list_job_instances(TRAINING)) == meant
