"""The sizes of IAM policies: measured exactly, and refused before a deployment if IAM would refuse them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra import handler_grants, run_grants, score_grants
from infra.grants import allow
from infra.names import Names
from infra.policy_sizes import POLICY_LIMIT, ROLE_LIMIT, measure_policy
from infra.settings import parse_settings
from infra.teams import list_teams
from pushtrain.errors import UsageError
from tests.infra.synthesis import write_assembly
from tests.infra.template_view import View

# The longest names: Seoul's is one of the longest regions, GovCloud and China have longer ARNs.
REGIONS = ("ap-northeast-2", "ap-southeast-5", "us-gov-west-1", "cn-northwest-1")
SEOUL = "ap-northeast-2"
NETWORK = (
    f"network: {{isolation: true, encrypt_between_containers: true, "
    f"subnets: [{', '.join(f'subnet-{number:017x}' for number in range(16))}], "
    f"security_groups: [{', '.join(f'sg-{number:017x}' for number in range(5))}]}}\n"
    "handler_network: {subnets: [subnet-0a1b2c3d], security_groups: [sg-0a1b2c3d]}\n"
)


def write_settings(region: str = SEOUL, *, locations: int = 0, more: str = "", prefix: str = "risktrainingprod") -> str:
    """Settings with the longest prefix, and `locations` data locations, each with a key of its own."""
    text = f'account: "123456789012"\nregion: {region}\nprefix: {prefix}\n{more}'
    entries = "".join(
        f"  - s3: s3://company-data-lake-{number:02d}/features/\n"
        f"    kms_key: arn:aws:kms:{region}:123456789012:key/{number:036d}\n"
        for number in range(locations)
    )
    return text + (f"data_locations:\n{entries}" if entries else "")


def synthesise(text: str, bundle: Path, folder: Path, region: str = SEOUL) -> View:
    (folder / "test.yaml").write_text(text)
    write_assembly(folder / "test.yaml", bundle, folder / "out")
    [template] = (folder / "out").glob("*.template.json")
    return View(json.loads(template.read_text()), account="123456789012", region=region)


def count(document: Any) -> int:
    return len(json.dumps(document, separators=(",", ":"), ensure_ascii=False))


@pytest.mark.parametrize("region", REGIONS)
def test_the_longest_names_fit_in_every_region(region: str) -> None:
    from infra import people, roles

    more = f"data_scientists_push: true\nregistry_readers: ['210987654321']\n{NETWORK}"
    names = Names(parse_settings(write_settings(region, locations=5, more=more).encode(), environment="test"))
    key = names.arn("kms", f"key/{'0' * 36}")
    [team] = list_teams(names)
    policies = [people.operator_grants(names, key), people.deployer_grants(names)]
    policies += [
        grants(team, key) for grants in (people.scientist_grants, people.approver_grants, people.scorer_grants)
    ]
    policies += [people.jenkins_grants(team, key)]
    of_roles = [
        handler_grants.push_grants,
        run_grants.states_grants,
        handler_grants.decide_grants,
        handler_grants.approval_grants,
    ]
    of_roles += [handler_grants.run_end_grants, roles.readers_grants]
    role_policies = [run_grants.jobs_grants(team, key), score_grants.score_grants(team, key)]
    role_policies += [score_grants.score_jobs_grants(team, key), *(grants(names, key) for grants in of_roles)]
    assert max(measure_policy(grants, names) for grants in policies) <= POLICY_LIMIT
    assert max(measure_policy(grants, names) for grants in role_policies) <= ROLE_LIMIT


def test_what_is_measured_is_what_is_deployed(bundle: Path, tmp_path: Path) -> None:
    from infra.people import operator_grants

    own_key = f"arn:aws:kms:{SEOUL}:123456789012:key/{'a' * 36}"
    text = write_settings(locations=3, more=f"kms_key: {own_key}\n{NETWORK}")
    view = synthesise(text, bundle, tmp_path)
    names = Names(parse_settings(text.encode(), environment="test"))
    [team] = list_teams(names)
    expected = {
        "jobs": run_grants.jobs_grants(team, own_key),
        "push": handler_grants.push_grants(names, own_key),
        "states": run_grants.states_grants(names, own_key),
        "run-end": handler_grants.run_end_grants(names, own_key),
    }
    for kind, grants in expected.items():
        documents = [
            policy["PolicyDocument"] for policy in view.one("IAM::Role", RoleName=names.resource_name(kind))["Policies"]
        ]
        assert sum(map(count, documents)) == measure_policy(grants, names), kind
    operator = view.one("IAM::ManagedPolicy", ManagedPolicyName=names.resource_name("operator"))["PolicyDocument"]
    assert count(operator) == measure_policy(operator_grants(names, own_key), names)


def test_a_key_that_does_not_exist_yet_counts_as_long_as_its_arn() -> None:
    names = Names(parse_settings(write_settings().encode(), environment="test"))
    token, arn = (
        allow("Key", "kms:Decrypt", key, "A reason does not count.")
        for key in ("${Token[TOKEN.123]}", f"arn:aws:kms:{SEOUL}:123456789012:key/{'a' * 36}")
    )
    assert measure_policy([token], names) == measure_policy([arn], names) == 186


def test_too_many_data_locations_are_refused_with_what_to_shorten(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        synthesise(write_settings(locations=20, more=NETWORK), bundle, tmp_path)
    assert str(refused.value) == (
        "the inline policies of the role risktrainingprod-jobs would have 14392 characters; IAM allows 10240. "
        "Settings that take most of them: `data_locations` 8793, `network` 1725. Remove entries there, or merge "
        "several into one with a shorter prefix"
    )


def test_the_roles_of_teams_and_handlers_are_checked_too(bundle: Path, tmp_path: Path) -> None:
    entries = ", ".join(f"{{s3: s3://company-data-lake-{number:02d}/features/}}" for number in range(12))
    teams = "".join(f"  t{number}: {{models: [m{number}-*], data_locations: [{entries}]}}\n" for number in range(2))
    more = "teams:\n" + teams.replace("s3://company", "s3://a-very-long-name-of-a-very-large-company")
    synthesise(write_settings(more=more, prefix="ml"), bundle, tmp_path)
    other = more + teams.replace("  t", "  u").replace("[m", "[n").replace("s3://company", "s3://" + "b" * 40)
    longer = other + teams.replace("  t", "  v").replace("[m", "[o").replace("s3://company", "s3://" + "c" * 40)
    longer += teams.replace("  t", "  w").replace("[m", "[p").replace("s3://company", "s3://" + "d" * 40)
    with pytest.raises(UsageError, match=r"the inline policies of the role ml-push would have 1\d{4} characters"):
        synthesise(write_settings(more=longer, prefix="ml"), bundle, tmp_path)
