"""Two teams on one platform: what each may do with its own models, it may not do with those of the other.

Each attack of issue 12, 1a, is asked of the synthesised policies. tests/e2e tries some of them with enforced policies.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.names import Names
from infra.policy_sizes import POLICY_LIMIT, ROLE_LIMIT
from infra.settings import load_settings
from infra.teams import list_teams
from pushtrain.config import Config
from pushtrain.errors import UsageError
from pushtrain.platform import Platform
from tests.infra.calls import Needs
from tests.infra.conftest import SETTINGS
from tests.infra.definitions import Walk, configs
from tests.infra.evaluator import Need, Statement, allowed, listed
from tests.infra.synthesis import write_assembly
from tests.infra.template_view import KEY_ID, View
from tests.infra.test_permissions import ends

TEAMS = """
teams:
  risk: {models: [churn, fraud-*], data_locations: [{s3: s3://risk/data/}]}
  shop: {models: [basket*, plain]}
"""
HOME = "us-east-1:123456789012"
CODE, ARTIFACTS, SERVING = (
    f"arn:aws:s3:::mldev-{kind}-123456789012-us-east-1" for kind in ("code", "artifacts", "serving")
)
UPDATE = "sagemaker:UpdateModelPackage"
APPROVED = {"sagemaker:ModelApprovalStatus": "Approved"}
PEOPLE = ("data-scientist", "approver", "jenkins")

# What is done -> who may do it with models of the team, and what is needed. `{}` is a model, `{team}` its team.
OWN: dict[str, tuple[set[str], str, str]] = {
    "a job reads what earlier jobs wrote": (
        {"jobs", *PEOPLE},
        "s3:GetObject",
        f"{ARTIFACTS}/{{}}/runs/r/train/j/output/model.tar.gz",
    ),
    "a job writes a model": ({"jobs"}, "s3:PutObject", f"{ARTIFACTS}/{{}}/runs/r/train/j/output/model.tar.gz"),
    "a job writes checkpoints": ({"jobs"}, "s3:PutObject", f"{ARTIFACTS}/{{}}/runs/r/checkpoints/train/1.pkl"),
    "a job writes evaluation.json": (
        {"jobs"},
        "s3:PutObject",
        f"{ARTIFACTS}/{{}}/runs/r/evaluate/j/evaluation/evaluation.json",
    ),
    "a job writes a record": (set(), "s3:PutObject", f"{ARTIFACTS}/{{}}/runs/r/input.json"),
    "a job writes a verdict": (set(), "s3:PutObject", f"{ARTIFACTS}/{{}}/runs/r/verdict.json"),
    "a job writes a result": (set(), "s3:PutObject", f"{ARTIFACTS}/{{}}/runs/r/result.json"),
    "a job writes a report": (set(), "s3:PutObject", f"{ARTIFACTS}/{{}}/runs/r/report.html"),
    "forget a result": ({"data-scientist", "jenkins"}, "s3:PutObject", f"{ARTIFACTS}/.forgotten/{{}}.json"),
    "a job writes a reuse record": (set(), "s3:PutObject", f"{ARTIFACTS}/{{}}/reuse/train/0a.json"),
    "a job writes packed code": (set(), "s3:PutObject", f"{ARTIFACTS}/{{}}/source/0a/sourcedir.tar.gz"),
    "a job chooses a definition": (set(), "s3:PutObject", f"{ARTIFACTS}/{{}}/definitions/0a.json"),
    "a job reads packed code": ({"jobs", *PEOPLE}, "s3:GetObject", f"{ARTIFACTS}/{{}}/source/0a/sourcedir.tar.gz"),
    "a job reads pushed data": (
        {"jobs", "data-scientist", "jenkins"},
        "s3:GetObject",
        f"{CODE}/model-repos/{{}}/r/data/rows.csv",
    ),
    "push": ({"data-scientist", "jenkins"}, "s3:PutObject", f"{CODE}/model-repos/{{}}/r/config.yaml"),
    "read a deployed model": ({"approver", "jobs"}, "s3:GetObject", f"{SERVING}/{{}}/3/model.tar.gz"),
    "approve": ({"approver"}, UPDATE, f"arn:aws:sagemaker:{HOME}:model-package/mldev-{{}}/1"),
    "see a run": (set(PEOPLE), "states:DescribeExecution", f"arn:aws:states:{HOME}:execution:mldev-{{}}:r"),
    "list runs": (set(PEOPLE), "states:ListExecutions", f"arn:aws:states:{HOME}:stateMachine:mldev-{{}}"),
    "stop a run": ({"data-scientist"}, "states:StopExecution", f"arn:aws:states:{HOME}:execution:mldev-{{}}:r"),
    "write a job's log": (
        {"jobs"},
        "logs:PutLogEvents",
        f"arn:aws:logs:{HOME}:log-group:/aws/sagemaker/TrainingJobs:log-stream:mldev-{{team}}-{{}}-train-r-0-0/algo-1",
    ),
    "read a job's log": (
        set(PEOPLE),
        "logs:GetLogEvents",
        f"arn:aws:logs:{HOME}:log-group:/aws/sagemaker/TrainingJobs:log-stream:mldev-{{team}}-{{}}-train-r-0-0/algo-1",
    ),
    "see a job": (
        set(PEOPLE),
        "sagemaker:DescribeTrainingJob",
        f"arn:aws:sagemaker:{HOME}:training-job/mldev-{{team}}-{{}}-train-r-0-0",
    ),
}
# Names that begin like those of team shop, or have one of its models in another place, belong to risk or to nobody.
MODELS = {"risk": ("churn", "fraud-1"), "shop": ("basket", "basket-2", "plain")}


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Names:
    file = tmp_path_factory.mktemp("settings") / "test.yaml"
    file.write_text(SETTINGS.replace("prefix: pushtrain", "prefix: mldev") + TEAMS)
    return Names(load_settings(file))


@pytest.fixture(scope="module")
def view(names: Names, bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> View:
    folder = tmp_path_factory.mktemp("teams")
    (folder / "test.yaml").write_text(SETTINGS.replace("prefix: pushtrain", "prefix: mldev") + TEAMS)
    write_assembly(folder / "test.yaml", bundle, folder / "out")
    template = json.loads((folder / "out" / "mldev.template.json").read_text())
    return View(template, account="123456789012", region="us-east-1")


def statements(view: View, kind: str, team: str) -> list[Statement]:
    name = f"mldev-{kind}-{team}"
    return list(view.role(name) if kind in {"jobs", "score", "score-jobs"} else view.managed(name))


@pytest.mark.parametrize("what", OWN)
def test_a_team_reaches_its_own_models_and_no_others(what: str, view: View) -> None:
    able, action, resource = OWN[what]
    for team, own_models in MODELS.items():
        for owner, models in MODELS.items():
            for model in models:
                need = Need(action, resource.format(model, team=owner), APPROVED if action == UPDATE else {})
                kinds = {kind for kind in ("jobs", *PEOPLE) if allowed(statements(view, kind, team), need)}
                assert kinds == (able if model in own_models else set()), f"{team} with {model}"


# What is done with an approved model that answers a file -> who may do it with models of the team.
ANSWERED: dict[str, tuple[set[str], str, str]] = {
    "send rows": ({"scorer"}, "s3:PutObject", f"{ARTIFACTS}/.scores/requests/{{}}/8c1f"),
    "read rows": ({"score-jobs"}, "s3:GetObject", f"{ARTIFACTS}/.scores/requests/{{}}/8c1f"),
    "write answers": ({"score-jobs"}, "s3:PutObject", f"{ARTIFACTS}/.scores/answers/{{}}/8c1f/8c1f.out"),
    "read answers": ({"scorer"}, "s3:GetObject", f"{ARTIFACTS}/.scores/answers/{{}}/8c1f/8c1f.out"),
    "load the model": ({"score-jobs", "jobs", "approver"}, "s3:GetObject", f"{SERVING}/{{}}/3/model.tar.gz"),
    "read image and variables": (
        {"score", "scorer", "approver", "data-scientist"},
        "s3:GetObject",
        f"{SERVING}/{{}}/3/approved.json",
    ),
}
START = ("states:StartExecution", f"arn:aws:states:{HOME}:stateMachine:mldev_score_{{}}")
STOP = ("states:StopExecution", f"arn:aws:states:{HOME}:execution:mldev_score_{{}}:8c1f")
PASS = ("iam:PassRole", "arn:aws:iam::123456789012:role/mldev-score-jobs-{}")
MODEL = ("sagemaker:CreateModel", f"arn:aws:sagemaker:{HOME}:model/mldev-{{}}--score-8c1f")


@pytest.mark.parametrize("what", ANSWERED)
def test_approved_models_of_a_team_answer_files_of_the_team(what: str, view: View) -> None:
    able, action, resource = ANSWERED[what]
    for team, own_models in MODELS.items():
        for model in (model for models in MODELS.values() for model in models):
            need = Need(action, resource.format(model))
            kinds = {k for k in ("jobs", "score", "score-jobs", "scorer", *PEOPLE) if is_allowed(view, k, team, need)}
            shared = {"approver", "data-scientist", "scorer"} if what == "read image and variables" else set()
            assert kinds - shared == (able - shared if model in own_models else set()), f"{team} with {model}"


@pytest.mark.parametrize(("kind", "need"), [("scorer", START), ("scorer", STOP), ("score", PASS), ("score", MODEL)])
def test_each_team_has_a_state_machine_of_its_own(kind: str, need: tuple[str, str], view: View) -> None:
    action, resource = need
    context: dict[str, str | tuple[str, ...]] = {
        "iam:PassedToService": "sagemaker.amazonaws.com",
        "sagemaker:VpcSubnets": ("subnet-0a1b2c3d",),
        "sagemaker:VpcSecurityGroupIds": ("sg-0a1b2c3d",),
    }
    for team in MODELS:
        able = {
            owner for owner in MODELS if is_allowed(view, kind, owner, Need(action, resource.format(team), context))
        }
        assert able == {team}


def is_allowed(view: View, kind: str, team: str, need: Need) -> bool:
    return allowed(statements(view, kind, team), need)


@pytest.mark.parametrize("model", ["churn-2", "churny", "fraud", "other"])
def test_a_model_that_only_looks_like_one_of_a_team_is_none(model: str, view: View) -> None:
    for action, resource in (("s3:PutObject", f"{ARTIFACTS}/{model}/runs/r/train/j/x"), ("s3:GetObject", f"{CODE}/x")):
        assert not any(allowed(statements(view, "jobs", team), Need(action, resource)) for team in MODELS)


def test_a_job_reads_the_data_of_the_platform_and_of_its_own_team(view: View) -> None:
    def readers(resource: str) -> set[str]:
        need = Need("s3:GetObject", resource)
        return {team for team in MODELS if allowed(statements(view, "jobs", team), need)}

    assert readers("arn:aws:s3:::lake/churn/rows.csv") == {"risk", "shop"}
    assert readers("arn:aws:s3:::risk/data/rows.csv") == {"risk"}


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("sagemaker:DescribeModelPackage", f"arn:aws:sagemaker:{HOME}:model-package/mldev-basket/1"),
        ("s3:GetObject", f"{SERVING}/basket/approved.json"),
    ],
)
def test_which_versions_there_are_and_which_is_deployed_is_no_secret_of_a_team(
    action: str, resource: str, view: View
) -> None:
    for policy in ("data-scientist", "approver"):
        assert allowed(statements(view, policy, "risk"), Need(action, resource)), policy


def test_who_is_in_two_teams_approves_only_what_is_not_of_the_team_that_they_train_for(view: View) -> None:
    both = [*statements(view, "data-scientist", "risk"), *statements(view, "approver", "shop")]
    both += statements(view, "approver", "risk")
    versions = {model: f"arn:aws:sagemaker:{HOME}:model-package/mldev-{model}/1" for model in ("churn", "basket")}
    assert [model for model, version in versions.items() if allowed(both, Need(UPDATE, version, APPROVED))] == [
        "basket"
    ]


def test_a_run_passes_the_roles_of_the_teams_and_no_other(view: View) -> None:
    to = {"iam:PassedToService": "sagemaker.amazonaws.com"}
    passed = [
        role
        for role in ("jobs-risk", "jobs-shop", "jobs", "jobs-other", "push", "states")
        if allowed(view.role("mldev-states"), Need("iam:PassRole", f"arn:aws:iam::123456789012:role/mldev-{role}", to))
    ]
    assert passed == ["jobs-risk", "jobs-shop"]
    assert [role["RoleName"] for role in view.of("IAM::Role") if role.get("RoleName") == "mldev-jobs"] == []


@pytest.mark.parametrize(("team", "model"), [("risk", "churn"), ("shop", "basket-2")])
def test_everything_that_a_definition_needs_its_teams_role_may_and_that_of_the_other_may_not(
    team: str, model: str, view: View, names: Names
) -> None:
    """The permission walk: every golden config, as a model of the team."""
    platform = Platform.from_json(view.one("SSM::Parameter", Name="/pushtrain/test/platform")["Value"])
    other = next(name for name in MODELS if name != team)
    walks = [Walk(names, as_model(config, model), platform) for config in configs().values()]
    needs = [need for walk in walks for need in walk.jobs()]
    assert len(needs) > 100
    assert [need for need in needs if not allowed(statements(view, "jobs", team), need)] == []
    own = [need for need in needs if f"1/{model}/" in need.resource or f"mldev-{team}-" in need.resource]
    assert len(own) > 50
    assert [need for need in own if allowed(statements(view, "jobs", other), need)] == []
    runs = [need for walk in walks for need in walk.run()]
    assert [need for need in runs if not allowed(view.role("mldev-states"), need)] == []


@pytest.mark.slow
def test_people_see_the_runs_and_reports_of_their_own_team(view: View, names: Names, tmp_path: Path) -> None:
    """A run of team shop really runs, registers and is looked at; the requests of that are judged by each policy."""
    platform = Platform.from_json(view.one("SSM::Parameter", Name="/pushtrain/test/platform")["Value"])
    handled, looks, _ = ends(platform, tmp_path)
    needs = [need for call in looks for need in Needs(names).of(call)]
    assert len(needs) > 30
    for policy in ("data-scientist", "approver"):
        assert [need for need in needs if not allowed(statements(view, policy, "shop"), need)] == []
        denied = [need for need in needs if not allowed(statements(view, policy, "risk"), need)]
        assert {"s3:GetObject", "states:DescribeExecution"} <= {need.action for need in denied}
    end = [need for call in handled for need in Needs(names).of(call)]
    assert [need for need in end if not allowed(view.role("mldev-run-end"), need)] == []


@pytest.mark.parametrize("team", MODELS)
def test_without_any_pattern_of_its_models_a_team_is_denied_something(team: str, view: View, names: Names) -> None:
    """The mutation proof: no pattern of the role of a team's jobs is there for nothing."""
    platform = Platform.from_json(view.one("SSM::Parameter", Name="/pushtrain/test/platform")["Value"])
    cases = [configs()[name] for name in ("every-option", "champion", "serving-test")]
    walks = [Walk(names, as_model(config, model), platform) for model in MODELS[team] for config in cases]
    needs = [need for walk in walks for need in walk.jobs()]
    whole = statements(view, "jobs", team)
    assert all(allowed(whole, need) for need in needs)
    patterns = team_patterns(names, team)
    useless = [
        (statement["Sid"], resource)
        for statement in whole
        for resource in listed(statement["Resource"])
        if any(pattern in resource for pattern in patterns)
        and all(allowed([without(one, statement["Sid"], resource) for one in whole], need) for need in needs)
    ]
    assert useless == []


def team_patterns(names: Names, team: str) -> list[str]:
    """How the resources of a team's models and jobs look."""
    [own] = [candidate for candidate in list_teams(names) if candidate.name == team]
    return [f"/{model}/" for model in own.team.models] + [f"{own.job_stem}-"]


def without(statement: Statement, sid: str, resource: str) -> Statement:
    if statement["Sid"] != sid:
        return statement
    return {**statement, "Resource": [other for other in listed(statement["Resource"]) if other != resource]}


def as_model(config: Config, model: str) -> Config:
    return config.model_copy(update={"model": model})


def test_the_published_platform_knows_the_teams(view: View, names: Names) -> None:
    platform = Platform.from_json(view.one("SSM::Parameter", Name="/pushtrain/test/platform")["Value"])
    assert platform == names.build_platform(platform.kms_key)
    roles = {role["RoleName"] for role in view.of("IAM::Role") if "RoleName" in role}
    assert {arn.rpartition("/")[2] for arn in platform.job_roles} == {"mldev-jobs-risk", "mldev-jobs-shop"} <= roles


def synthesise_longest(bundle: Path, folder: Path, models: int) -> View:
    """A platform with the longest names, and a team with as many patterns."""
    patterns = ", ".join(f"risk-of-churn-{number}-*" for number in range(models))
    text = SETTINGS.replace("prefix: pushtrain", "prefix: risktraining").replace("us-east-1", "ap-northeast-2")
    (folder / "test.yaml").write_text(f"{text}teams: {{seo: {{models: [{patterns}]}}}}\n")
    write_assembly(folder / "test.yaml", bundle, folder / "out")
    template = json.loads((folder / "out" / "risktraining.template.json").read_text())
    return View(template, account="123456789012", region="ap-northeast-2")


def test_policies_fit_into_iam(bundle: Path, tmp_path: Path) -> None:
    view = synthesise_longest(bundle, tmp_path, 3)
    sizes = {policy["ManagedPolicyName"]: size(policy["PolicyDocument"]) for policy in view.of("IAM::ManagedPolicy")}
    assert {name: size for name, size in sizes.items() if size > POLICY_LIMIT} == {}
    assert size(view.role("risktraining-jobs-seo")) < ROLE_LIMIT


def test_a_policy_that_iam_would_refuse_is_refused_before_anything_is_deployed(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(
        UsageError,
        match=r"the policy risktraining-data-scientist-seo would have \d{4,5} characters; IAM allows 6144\. Give the "
        r"team fewer patterns of models in the settings, or shorter ones",
    ):
        synthesise_longest(bundle, tmp_path, 10)


def size(document: object) -> int:
    return len(json.dumps(document, separators=(",", ":")))


def test_the_key_that_a_test_reads_is_that_of_the_stack(view: View, names: Names) -> None:
    assert [team.name for team in list_teams(names)] == list(MODELS)
    assert Platform.from_json(view.one("SSM::Parameter", Name="/pushtrain/test/platform")["Value"]).kms_key.endswith(
        KEY_ID
    )


@pytest.mark.parametrize("role", ["push", "run-end"])
def test_handlers_list_the_data_of_every_team_and_read_none(role: str, view: View) -> None:
    own = list(view.role(f"mldev-{role}"))
    for bucket, prefix in (("risk", "data/"), ("lake", "churn/")):
        arn = f"arn:aws:s3:::{bucket}"
        assert allowed(own, Need("s3:ListBucket", arn, {"s3:prefix": prefix}))
        assert not allowed(own, Need("s3:ListBucket", arn, {"s3:prefix": "other/"}))
        assert not allowed(own, Need("s3:GetObject", f"{arn}/{prefix}rows.csv"))
