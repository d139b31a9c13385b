"""Who wins: the platform. What a model adds stays beside it, on jobs, the state machine and the model package group."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from pushtrain.config import Config, load_config
from pushtrain.errors import ConfigError, TemplateError
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow
from pushtrain.workflow.checks.platform import find_platform_problems
from pushtrain.workflow.tags import build_tags

PROD = msgspec.structs.replace(Platform.local("prod"), tags={"owner": "platform"})
CHURN = "model: churn\ntrain: {framework: sklearn 1.2-1}\n"


def config(tags: str = "") -> Config:
    return load_config(f"{CHURN}{f'tags: {tags}' if tags else ''}\n".encode()).config


def tags_of_job(tags: str = "", platform: Platform = PROD) -> list[dict[str, Any]]:
    request: dict[str, Any] = compile_workflow(config(tags), platform)["States"]["train"]["Parameters"]
    return list(request["Tags"])


def test_a_job_has_the_tags_of_the_platform_the_model_and_the_run() -> None:
    assert tags_of_job("{team: risk, owner: platform}") == [
        {"Key": "owner", "Value": "platform"},
        {"Key": "pushtrain:environment", "Value": "prod"},
        {"Key": "team", "Value": "risk"},
        {"Key": "pushtrain:model", "Value": "churn"},
        {"Key": "pushtrain:run", "Value.$": "$$.Execution.Name"},
    ]


def test_state_machine_and_group_have_all_but_the_run_and_the_platform_wins() -> None:
    expected = {"owner": "platform", "pushtrain:environment": "prod", "team": "risk", "pushtrain:model": "churn"}
    assert build_tags(config("{team: risk, owner: me}"), PROD) == expected


def test_a_platform_without_a_name_has_no_tag_for_it() -> None:
    assert [tag["Key"] for tag in tags_of_job(platform=Platform.local())] == ["pushtrain:model", "pushtrain:run"]


@pytest.mark.parametrize("key", ["owner", "Owner", "OWNER"])
def test_a_model_does_not_change_a_tag_of_the_platform_in_any_case(key: str) -> None:
    with pytest.raises(TemplateError) as error:
        tags_of_job(f"{{{key}: me}}")
    assert str(error.value) == f"tags.{key}: the platform sets the tag 'owner' to 'platform'. Remove the line"


def test_the_same_value_under_a_key_in_another_case_is_another_tag() -> None:
    with pytest.raises(TemplateError, match=r"^tags\.Owner: the platform sets the tag 'owner'"):
        tags_of_job("{Owner: platform}")


@pytest.mark.parametrize("key", ["pushtrain:model", "pushtrain:environment", "Pushtrain:Run", "aws:createdBy"])
def test_reserved_keys_are_refused_with_their_line(key: str) -> None:
    with pytest.raises(ConfigError) as error:
        load_config(f"{CHURN}tags:\n  team: risk\n  {key}: x\n".encode())
    [problem] = error.value.problems
    assert (problem.line, problem.key) == (5, f"tags.'{key}'")
    assert problem.message == (
        f"'{key}' is not a tag key. Use 1 to 128 letters, digits, spaces and _.:/=+-@, "
        "not starting with aws: or pushtrain:"
    )


def test_more_tags_than_aws_allows_are_refused_before_the_run() -> None:
    platform = msgspec.structs.replace(PROD, tags={f"platform{number}": "x" for number in range(16)})
    thirty, thirty_one = (f"{{{', '.join(f'tag{number}: x' for number in range(count))}}}" for count in (30, 31))
    assert len(tags_of_job(thirty, platform)) == 49  # Step Functions adds one
    with pytest.raises(TemplateError) as error:
        tags_of_job(thirty_one, platform)
    assert str(error.value) == (
        "tags: a job would have 51 tags with those of the platform, of pushtrain and of Step Functions; AWS allows 50. "
        "Remove 1"
    )


OWNER = "'train': Parameters.Tags must have 'owner' once, with the value 'platform': bills and policies use it"


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [{"Key": "owner", "Value": "me"}],
        [{"Key": "owner", "Value.$": "$.owner"}],
        [{"Key": "Owner", "Value": "platform"}],
        [{"Key": "owner", "Value": "platform"}, {"Key": "Owner", "Value": "me"}],
    ],
)
def test_a_template_does_not_change_them_either(entries: list[dict[str, Any]]) -> None:
    definition = compile_workflow(config(), PROD)
    request = definition["States"]["train"]["Parameters"]
    request["Tags"] = [*entries, *(tag for tag in request["Tags"] if tag["Key"] != "owner")]
    assert find_platform_problems(definition, PROD, "churn") == [OWNER]


def test_tags_that_are_computed_are_refused() -> None:
    definition = compile_workflow(config(), Platform.local())
    request = definition["States"]["train"]["Parameters"]
    request["Tags.$"] = request.pop("Tags") and "$.tags"
    [problem] = find_platform_problems(definition, Platform.local(), "churn")
    assert problem == (
        "'train': Parameters.Tags must have 'pushtrain:model' once, with the value 'churn': bills and policies use it"
    )
