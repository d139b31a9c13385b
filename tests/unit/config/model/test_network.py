"""`network:` and `kms:`."""

from __future__ import annotations

import pytest

from tests.unit.config.sample_configs import SMALL, list_problems, load

VPC = "network: {vpc: {subnets: [subnet-1, subnet-2], security_groups: [sg-1]}, encrypt_between_containers: true}\n"


def test_a_network_with_subnets() -> None:
    network = load(SMALL + VPC).network
    assert network.vpc is not None
    assert network.vpc.subnets == ("subnet-1", "subnet-2")
    assert (network.isolation, network.encrypt_between_containers) == (False, True)


def test_without_network_and_kms_nothing_is_set() -> None:
    config = load(SMALL)
    assert (config.network.vpc, config.network.isolation) == (None, False)
    assert (config.kms.volume, config.kms.output) == (None, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("network: {vpc: {subnets: [subnet-1]}}", "network.vpc.security_groups: is required. It has no default"),
        ("network: {isolation: 1}", "network.isolation: expected true or false, found the number 1"),
        ("kms: {volume: my key}", "kms.volume: 'my key' is not a KMS key. Write its id, its ARN or alias/name"),
    ],
)
def test_mistakes(text: str, expected: str) -> None:
    (problem,) = list_problems(f"{SMALL}{text}\n")
    assert problem == f"config.yaml:3  {expected}"
