"""The example of docs/operate.md, three teams in two accounts: its settings load, synthesise, and do not meet."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from infra.settings import load_settings
from pushtrain.platform import Platform
from tests.infra.evaluator import listed
from tests.infra.synthesis import write_assembly
from tests.infra.template_view import View

PAGE = (Path(__file__).parents[2] / "docs" / "operate.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"```yaml\n# infra/environments/([\w-]+)\.yaml\n(.*?)```", PAGE, re.DOTALL))
NAMES = (
    *("BucketName", "RoleName", "ManagedPolicyName", "FunctionName", "QueueName", "TopicName", "LogGroupName"),
    *("DeliveryStreamName", "DashboardName", "AlarmName"),
)


@pytest.fixture(scope="module")
def views(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, View]:
    views = {}
    for environment, text in FILES.items():
        folder = tmp_path_factory.mktemp(environment)
        file = folder / f"{environment}.yaml"
        file.write_text(text)
        settings = load_settings(file)
        write_assembly(file, bundle, folder / "out")
        template = json.loads((folder / "out" / f"{settings.prefix}.template.json").read_text())
        views[environment] = View(template, account=settings.account, region=settings.region)
    return views


def platform_of(view: View) -> Platform:
    [parameter] = view.of("SSM::Parameter")
    return Platform.from_json(parameter["Value"])


def names_of(view: View) -> set[str]:
    """Names of all resources that have one."""
    resources = [resource["Properties"] for resource in view.resources.values()]
    named = {str(properties[key]) for properties in resources for key in NAMES if isinstance(properties.get(key), str)}
    parameters = {parameter["Name"] for parameter in view.of("SSM::Parameter")}
    return named | parameters | {query["Name"] for query in view.of("Logs::QueryDefinition")}


def allowed_resources(view: View) -> Iterator[tuple[str, str]]:
    """Action and resource of each Allow of roles and policies; those that AWS gives for all resources are left out."""
    documents = [policy["PolicyDocument"] for role in view.of("IAM::Role") for policy in role["Policies"]]
    documents += [policy["PolicyDocument"] for policy in view.of("IAM::ManagedPolicy")]
    for statement in (statement for document in documents for statement in document["Statement"]):
        for action in listed(statement["Action"]) if statement["Effect"] == "Allow" else ():
            yield from ((action, resource) for resource in listed(statement["Resource"]) if resource != "*")


def resources_of(view: View) -> dict[str, str]:
    """ARNs of a platform's resources, of each service that the platforms use."""
    platform = platform_of(view)
    home, prefix = f"{platform.region}:{platform.account}", platform.prefix
    model = platform.teams[0].models[0].rstrip("-*") + "-1"
    job = f"{platform.build_job_stem(platform.teams[0])}-{model}-train-r-0-0"
    return {
        "s3": f"arn:aws:s3:::{platform.artifact_bucket}/{model}/runs/r/train/j/output/model.tar.gz",
        "code": f"arn:aws:s3:::{platform.code_bucket}/model-repos/{model}/r/config.yaml",
        "serving": f"arn:aws:s3:::{platform.serving_bucket}/{model}/approved.json",
        "role": platform.job_roles[0],
        "states": f"arn:aws:states:{home}:stateMachine:{prefix}-{model}",
        "run": f"arn:aws:states:{home}:execution:{prefix}-{model}:r",
        "job": f"arn:aws:sagemaker:{home}:training-job/{job}",
        "log": f"arn:aws:logs:{home}:log-group:/aws/sagemaker/TrainingJobs:log-stream:{job}/algo-1",
        "runs log": f"arn:aws:logs:{home}:log-group:{platform.log_group}:log-stream:x",
        "function": f"arn:aws:lambda:{home}:function:{prefix}-decide:live",
        "queue": f"arn:aws:sqs:{home}:{platform.failure_queue}",
        "topic": platform.topic,
        "parameter": f"arn:aws:ssm:{home}:parameter/pushtrain/{platform.environment}/platform",
    }


def test_the_page_shows_two_platforms_in_each_of_two_accounts(views: Mapping[str, View]) -> None:
    assert list(views) == ["ml-dev", "ml-prod", "bank-dev", "bank-prod"]
    assert len({view.account for view in views.values()}) == 2
    platforms = {environment: platform_of(view) for environment, view in views.items()}
    assert {name: platform.config_environment for name, platform in platforms.items()} == {
        name: name.rpartition("-")[2] for name in views
    }
    teams = {team.name for platform in platforms.values() for team in platform.teams}
    assert teams == {"risk", "shop", "bank"}
    protected = [name for name, platform in platforms.items() if platform.four_eyes]
    assert protected == ["ml-prod", "bank-prod"]


def test_no_two_platforms_have_a_resource_of_the_same_name(views: Mapping[str, View]) -> None:
    for one, other in permutations(views.values(), 2):
        if one.account == other.account:
            assert len(names_of(one)) > 40
            assert names_of(one) & names_of(other) == set()


@pytest.mark.parametrize(("one", "other"), list(permutations(FILES, 2)))
def test_no_role_and_no_person_of_one_platform_reaches_another(one: str, other: str, views: Mapping[str, View]) -> None:
    """But for operators, who may search SageMaker's log groups, which all of an account share; and the registry."""
    resources = resources_of(views[other])
    reached = {
        (action, kind)
        for action, pattern in allowed_resources(views[one])
        for kind, arn in resources.items()
        if fnmatchcase(arn, pattern.replace("[", "[[]"))
    }
    shared = {"logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents", "logs:StartQuery"}
    shared |= {"logs:CreateLogGroup"}
    assert {(action, kind) for action, kind in reached if not (kind == "log" and action in shared)} == set()


def test_no_event_of_one_platform_wakes_another(views: Mapping[str, View]) -> None:
    for one, other in permutations(views.values(), 2):
        platform = platform_of(other)
        arn = f"arn:aws:states:{platform.region}:{platform.account}:stateMachine:{platform.prefix}-churn"
        details: list[dict[str, Any]] = [rule["EventPattern"]["detail"] for rule in one.of("Events::Rule")]
        runs = [detail["stateMachineArn"][0]["wildcard"] for detail in details if "stateMachineArn" in detail]
        assert len(runs) == 4
        assert [pattern for pattern in runs if fnmatchcase(arn, pattern)] == []


def test_a_prefix_that_begins_like_another_meets_it_nowhere(views: Mapping[str, View]) -> None:
    """`ml` beside `mldev`: a hyphen ends the prefix in every name and pattern."""
    resources = resources_of(views["ml-dev"])
    patterns = [
        pattern.replace("mlprod", "ml").replace("444455556666", "111122223333")
        for _, pattern in allowed_resources(views["ml-prod"])
        if "/aws/sagemaker/" not in pattern
    ]
    met = [(pattern, kind) for pattern in patterns for kind, arn in resources.items() if fnmatchcase(arn, pattern)]
    assert met == []
