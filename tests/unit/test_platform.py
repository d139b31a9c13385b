"""The platform document."""

from __future__ import annotations

import json

import msgspec
import pytest

from pushtrain.errors import TemplateError, UsageError
from pushtrain.platform import Platform, parameter_name
from pushtrain.teams import ONLY_TEAM, Team

DEV = msgspec.structs.replace(
    Platform.local("dev"), local_option="", region="cn-north-1", prefix="ml", image_accounts=("210987654321",)
)


def test_what_was_written_is_read_again_without_the_option_of_this_computer() -> None:
    assert Platform.from_json(DEV.to_json()) == DEV
    assert "local_option" not in json.loads(Platform.local().to_json())


def test_names_and_arns_follow_from_prefix_and_region() -> None:
    assert (DEV.failure_queue, DEV.function_name("push")) == ("ml-failures", "ml-push")
    assert DEV.function_arn("push") == "arn:aws-cn:lambda:cn-north-1:123456789012:function:ml-push:live"
    assert parameter_name("dev") == "/pushtrain/dev/platform"


@pytest.mark.parametrize(
    ("platform", "option"),
    [
        (DEV, " --environment dev"),
        (Platform.local("dev"), " --local --environment dev"),
        (Platform.local(), " --local"),
    ],
)
def test_a_suggested_command_finds_this_platform(platform: Platform, option: str) -> None:
    assert platform.cli_option == option


RISK, SHOP = Team(name="risk", models=("churn", "fraud-*")), Team(name="shop", models=("basket-*",))
TWO_TEAMS = msgspec.structs.replace(DEV, teams=(RISK, SHOP))


def test_a_model_has_the_team_whose_pattern_it_matches() -> None:
    assert TWO_TEAMS.find_team("fraud-2") == RISK
    assert TWO_TEAMS.build_job_role(SHOP) == "arn:aws:iam::123456789012:role/pushtrain-jobs-shop"
    assert TWO_TEAMS.job_roles == tuple(f"arn:aws:iam::123456789012:role/pushtrain-jobs-{t}" for t in ("risk", "shop"))
    assert TWO_TEAMS.build_job_stem(SHOP) == "ml-shop"
    assert Platform.from_json(TWO_TEAMS.to_json()) == TWO_TEAMS


def test_without_teams_one_has_all_models() -> None:
    assert DEV.find_team("anything") == ONLY_TEAM
    assert (DEV.job_roles, DEV.build_job_stem(ONLY_TEAM)) == ((DEV.job_role,), "ml")


def test_a_model_of_no_team_or_of_two_is_refused_with_the_teams() -> None:
    with pytest.raises(TemplateError) as none:
        TWO_TEAMS.find_team("chur")
    assert str(none.value) == (
        "model: 'chur' is a model of no team of this platform. Teams and their models: risk (churn, fraud-*), shop "
        "(basket-*). Rename the model, or add it to `teams` in the settings of the platform"
    )
    both = msgspec.structs.replace(DEV, teams=(RISK, Team(name="all", models=("*",))))
    with pytest.raises(TemplateError) as several:
        both.find_team("churn")
    assert str(several.value) == (
        "model: 'churn' is a model of several teams: risk (churn, fraud-*), all (*). Let only one have it"
    )


def test_the_name_of_a_team_must_fit_into_names_of_jobs() -> None:
    with pytest.raises(UsageError) as error:
        msgspec.structs.replace(TWO_TEAMS, prefix="pushtrainprod")
    assert str(error.value) == (
        "names of jobs would start with 'pushtrainprod-risk', which has 18 characters; 16 is the limit. Shorten the "
        "prefix of the platform or the name of the team"
    )


def test_the_name_of_a_platform_and_its_overlay_are_two_things() -> None:
    assert DEV.config_environment == "dev"
    risk = msgspec.structs.replace(DEV, environment="risk-prod", overlay="prod")
    assert (risk.config_environment, risk.cli_option) == ("prod", " --environment risk-prod")
    assert Platform.from_json(risk.to_json()) == risk


def test_a_model_package_group_has_the_prefix_of_the_platform() -> None:
    platform = msgspec.structs.replace(DEV, prefix="ml")
    assert platform.build_group_name("churn") == "ml-churn"
    assert platform.parse_group_name("ml-churn-2") == "churn-2"
    assert [platform.parse_group_name(group) for group in ("churn", "ml2-churn", "payroll", "")] == [""] * 4
    with pytest.raises(TemplateError) as raised:
        platform.build_group_name("x" * 61)
    assert str(raised.value) == (
        f"model: the registry calls this model 'ml-{'x' * 61}', which has 64 characters; 63 is the limit. Shorten the "
        "name of the model"
    )


def test_a_document_of_a_newer_version_with_members_unknown_here_is_read() -> None:
    document = json.loads(TWO_TEAMS.to_json()) | {"colour": "blue"}
    document["teams"][0]["budget"] = "100 USD"
    assert document["schema"] == 1
    assert Platform.from_json(json.dumps(document)) == TWO_TEAMS
    del document["schema"]  # written before there was a schema number
    assert Platform.from_json(json.dumps(document)) == TWO_TEAMS


def test_a_document_with_a_newer_schema_is_refused_with_what_to_install() -> None:
    document = json.loads(DEV.to_json()) | {"schema": 2}
    with pytest.raises(UsageError) as error:
        Platform.from_json(json.dumps(document), origin="/pushtrain/dev/platform")
    assert str(error.value) == (
        "/pushtrain/dev/platform is a platform document with schema 2; this pushtrain reads schema 1. A newer "
        "pushtrain deployed the platform: install that version"
    )


@pytest.mark.parametrize("text", ["[]", "1", '{"schema": "two"}', "{"])
def test_what_is_no_platform_document_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"^PUSHTRAIN_PLATFORM is not a platform document of this "):
        Platform.from_json(text)
