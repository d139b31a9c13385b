"""Settings files: what is wrong with one is told with its line, all at once, and each that is shipped is sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.names import Names
from infra.settings import ENVIRONMENTS, load_settings, parse_settings
from pushtrain.errors import ConfigError

SMALL = 'account: "111122223333"\nregion: eu-west-1\nprefix: ml\n'


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_settings(text.encode(), environment="dev", file="dev.yaml")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("file", sorted(ENVIRONMENTS.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_shipped_file_is_sound(file: Path) -> None:
    assert load_settings(file).environment == file.stem


def test_three_lines_are_enough() -> None:
    settings = parse_settings(SMALL.encode(), environment="dev")
    assert (settings.log_retention_days, settings.snap_start, settings.data_scientists_push) == (90, True, False)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("colour: red", "dev.yaml:4  colour: unknown key. Valid keys: environment, account"),
        (
            "reserved_concurency: 3",
            "dev.yaml:4  reserved_concurency: unknown key. Did you mean 'reserved_concurrency'?",
        ),
        ("network: {subnet: [a]}", "dev.yaml:4  network.subnet: unknown key. Did you mean 'subnets'?"),
        ("log_retention_days: 100", "not 100. Try 90"),
        ("job_logs: yes please", "dev.yaml:4  job_logs: expected one of create, existing, none, found 'yes please'"),
        ("kms_key: alias/mine", "dev.yaml:4  kms_key: 'alias/mine' is not the ARN of a KMS key"),
        ("data_locations: [{s3: lake/churn}]", "dev.yaml:4  data_locations[0].s3: 'lake/churn' is not an S3 address"),
        ("network: {subnets: [subnet-1]}", "dev.yaml:4  network: needs both subnets and security_groups, or neither"),
        (
            "registry_readers: ['111122223333']",
            "dev.yaml:4  registry_readers: 111122223333 is this account, which may read already. Remove it",
        ),
        ("image_accounts: [1234]", "dev.yaml:4  image_accounts[0]: expected text, found the number 1234"),
        (
            "instance_types: [m5.large]",
            "dev.yaml:4  instance_types[0]: 'm5.large' is no instance type. Write ml.m5.xlarge, or ml.m5.* for its "
            "family",
        ),
        ("environment: prod", "dev.yaml:4  environment: the name of the file is the environment. Remove this line"),
        (
            "secrets: [churn/token]",
            "dev.yaml:4  secrets[0]: 'churn/token' is not the ARN of a secret. `aws secretsmanager describe-secret`",
        ),
        (
            "bootstrap_qualifier: my-platform",
            "dev.yaml:4  bootstrap_qualifier: 'my-platform' is not a qualifier: 1 to 10 lower-case letters and digits",
        ),
        (
            "teams: {Risk: {models: [churn]}}",
            "dev.yaml:4  teams.Risk: 'Risk' is not a team's name: a lower-case letter, then at most 7 lower-case "
            "letters and digits",
        ),
        (
            "teams: {risk: {models: ['*-churn']}}",
            "dev.yaml:4  teams.risk.models[0]: '*-churn' matches no models. Write a model's name, or its beginning and "
            "*, as in churn-*",
        ),
        ("teams: {risk: {models: []}}", "dev.yaml:4  teams.risk.models"),
        (
            "teams: {risk: {models: [churn-*]}, shop: {models: [basket, churn-2]}}",
            "dev.yaml:4  teams.shop.models[1]: 'churn-2' and 'churn-*' of team risk can match the same model. Each "
            "model has one team",
        ),
        (
            "teams: {risk: {models: ['*']}, shop: {models: [basket-*]}}",
            "dev.yaml:4  teams.shop.models[0]: 'basket-*' and '*' of team risk can match the same model.",
        ),
        (
            "data_locations: [{s3: s3://ml-artifacts-111122223333-eu-west-1/churn/}]",
            "dev.yaml:4  data_locations[0].s3: ml-artifacts-111122223333-eu-west-1 is a bucket of the platform. Jobs "
            "read there what is of their team",
        ),
        (
            "teams: {risk: {models: [churn], data_locations: [{s3: s3://ml-code-111122223333-eu-west-1/}]}}",
            "dev.yaml:4  teams.risk.data_locations[0].s3: ml-code-111122223333-eu-west-1 is a bucket of the platform.",
        ),
        ("overlay: -prod", "dev.yaml:4  overlay: '-prod' is not the name of an overlay, such as prod"),
        ("notify: [nobody]", "dev.yaml:4  notify[0]: 'nobody' is not an e-mail address"),
        (
            "monthly_budget: 500 EUR",
            "dev.yaml:4  monthly_budget: AWS counts budgets in US dollars, not in EUR. Write 500 USD",
        ),
        ("monthly_budget: 500", "dev.yaml:4  monthly_budget: 500 is not an amount of money."),
        ("serving_lock_days: 0", "dev.yaml:4  serving_lock_days"),
        ("handler_network: {subnets: [subnet-0a1b2c3d]}", "dev.yaml:4  handler_network.security_groups"),
        ("handler_network: {subnets: [], security_groups: [sg-0a1b2c3d]}", "dev.yaml:4  handler_network.subnets"),
        ("tags: {'aws:owner': x}", "dev.yaml:4  tags.'aws:owner'"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_remedy(line: str, message: str) -> None:
    [problem] = problems(f"{SMALL}{line}\n")
    assert message in problem


def test_a_team_whose_jobs_would_have_too_long_names_is_told() -> None:
    text = SMALL.replace("prefix: ml", "prefix: pushtrainprod") + "teams: {risk: {models: [churn]}}"
    assert problems(text) == [
        "dev.yaml:4  teams.risk: names of jobs start with 'pushtrainprod-risk', which has 18 characters; 16 is the "
        "limit. Shorten the name of the team or the prefix"
    ]


def test_all_problems_are_told_at_once_in_order() -> None:
    messages = problems("account: 12\nregion: europe\nprefix: With-Hyphen\n")
    assert [problem.partition(": ")[0] for problem in messages] == [
        "dev.yaml:1  account",
        "dev.yaml:2  region",
        "dev.yaml:3  prefix",
    ]


def test_a_missing_key_and_a_missing_file_are_told(tmp_path: Path) -> None:
    assert any("account: is required" in problem for problem in problems("region: eu-west-1\nprefix: ml\n"))
    (tmp_path / "dev.yaml").write_text(SMALL)
    with pytest.raises(ConfigError, match=r"there is no such file. Environments in this folder: dev"):
        load_settings(tmp_path / "prd.yaml")


def test_the_longest_bucket_name_fits() -> None:
    text = SMALL.replace("prefix: ml", f"prefix: {'a' * 16}").replace("eu-west-1", "ap-northeast-1")
    names = Names(parse_settings(text.encode(), environment="dev"))
    assert len(names.bucket_name("artifacts")) <= 63
    assert len(names.resource_name("data-scientist")) <= 64


def test_the_partition_follows_the_region() -> None:
    names = Names(parse_settings(SMALL.replace("eu-west-1", "cn-north-1").encode(), environment="dev"))
    assert names.bucket_arn("code", "x").startswith("arn:aws-cn:s3:::ml-code-")
    assert names.build_platform().states_role == "arn:aws-cn:iam::111122223333:role/ml-states"
