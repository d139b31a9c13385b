"""The wires of the platform, in an emulator of AWS: PUT -> function -> run -> registered -> approved -> manifest.

The synthesised stack is deployed by the CDK's command line, functions run the bundle, jobs really train. Tests that
ask for `enforced` come last: from then on identity policies decide. docs/operate.md says what this cannot show.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.e2e.conftest import News, People, copy_arrival_time, copy_plain
from tests.e2e.place import ADMINISTRATOR, ROOT, World

pytestmark = pytest.mark.slow
CODE, ARTIFACTS, SERVING = (f"wiring-{kind}-123456789012-eu-west-1" for kind in ("code", "artifacts", "serving"))
REGISTRY = "arn:aws:sagemaker:eu-west-1:123456789012:model-package"
# What a version is registered with.
CONTENT = (
    *("ModelPackageGroupName", "ModelPackageDescription", "InferenceSpecification", "ModelApprovalStatus"),
    *("MetadataProperties", "ModelMetrics", "CustomerMetadataProperties"),
)
SOON = {"Delay": 1, "MaxAttempts": 30}


def push(world: World, repo: Path, *words: str, keys: dict[str, str] = ADMINISTRATOR) -> dict[str, Any]:
    """What became of a push, in one document."""
    done = world.pushtrain("push", str(repo), "--wait", "--timeout", "60s", "--json", *words, keys=keys)
    assert done.stdout, done.stderr + world.log.read_text()[-3000:]
    document: dict[str, Any] = json.loads(done.stdout)
    assert "error" not in document, document
    return document


def approve(world: World, model: str, version: int, keys: dict[str, str] = ADMINISTRATOR) -> Any:
    """The document that serving reads, once it is there."""
    done = world.pushtrain("models", "approve", model, str(version), keys=keys)
    assert done.returncode == 0, done.stderr
    return json.loads(written(world, SERVING, f"{model}/{version}/approved.json"))


def written(world: World, bucket: str, key: str) -> str:
    """An object that a function writes soon."""
    s3, location = world.client("s3"), {"Bucket": bucket, "Key": key}
    s3.get_waiter("object_exists").wait(**location, WaiterConfig=SOON)
    text: str = s3.get_object(**location)["Body"].read().decode()
    return text


def test_a_push_is_trained_registered_approved_and_served(world: World, news: News, tmp_path: Path) -> None:
    result = push(world, ROOT / "model_repos" / "breast-cancer")["result"]
    assert (result["outcome"], result["model_version"]) == ("registered", 1)
    assert max(result["metrics"].values()) > 0.9, result
    assert [job["status"] for job in result["jobs"]] == ["Completed"] * 3
    news.wait_for("registered a model, which awaits approval", result["run"])
    assert result["run"] in written(world, ARTIFACTS, f"breast-cancer/runs/{result['run']}/report.html")

    approved = approve(world, "breast-cancer", 1)
    assert approved["run"] == result["run"]
    fetched = tmp_path / "model.tar.gz"
    done = world.pushtrain("models", "fetch", "breast-cancer", "-o", str(fetched))
    assert done.returncode == 0, done.stderr
    assert hashlib.sha256(fetched.read_bytes()).hexdigest() == approved["sha256"]
    news.wait_for("breast-cancer", "pproved")
    [listed] = json.loads(world.pushtrain("models", "list", "--json").stdout)
    assert (listed["model"], listed["status"], listed["serves"]) == ("breast-cancer", "Approved", True)
    index = json.loads(written(world, ARTIFACTS, ".versions/lab"))["models"]["breast-cancer"]
    assert (index["versions"][0]["status"], index["serves"]) == ("Approved", 1)


def test_a_graph_of_a_teams_own_steps_is_planned_trained_registered_and_shown(world: World, tmp_path: Path) -> None:
    repo = copy_arrival_time(tmp_path)
    plan = world.pushtrain("plan", str(repo)).stdout
    assert re.search(r"split .* after clean\n  zones .* after clean\n  train .* after split, zones\n", plan), plan
    result = push(world, repo, "--timeout", "110s")["result"]
    assert (result["outcome"], result["model_version"]) == ("registered", 1)
    steps = [job["step"] for job in result["jobs"]]
    assert (steps[0], {*steps[1:3]}, steps[3:]) == ("clean", {"split", "zones"}, ["train", "evaluate"])
    shown = world.pushtrain("runs", "show", result["run"]).stdout
    assert re.findall(r"^  (\S+) +Completed", shown, re.MULTILINE) == steps
    assert shown.endswith("  registered as version 1\n")
    report = written(world, ARTIFACTS, f"arrival-time/runs/{result['run']}/report.html")
    assert all(f">{step}<" in report for step in steps)


def test_a_push_that_changes_a_script_runs_only_what_it_can_change(world: World, tmp_path: Path) -> None:
    repo = copy_arrival_time(tmp_path)
    first = push(world, repo, "--timeout", "110s")["result"]["run"]
    assert first in written(world, ARTIFACTS, "arrival-time/reuse.json")
    script = repo / "train.py"
    script.write_text(f"{script.read_text()}\n# another revision\n")
    assert f"reused  from run {first}" in world.pushtrain("plan", str(repo)).stdout
    result = push(world, repo, "--timeout", "110s")["result"]
    assert ([job["step"] for job in result["jobs"]], result["model_version"]) == (["train", "evaluate"], 2)
    shown = world.pushtrain("runs", "show", result["run"], "--why").stdout
    assert re.search(r"^  train +runs +train\.py changed$", shown, re.MULTILINE), shown


def test_people_are_told_of_a_run_that_fails(world: World, news: News, plain: Path) -> None:
    (plain / "train.py").write_text("raise SystemExit('no luck')")
    result = push(world, plain)["result"]
    assert result["outcome"] == "failed"
    assert "no luck" in result["error"]["reason"]
    news.wait_for("failed", result["run"])


def test_a_push_that_no_handler_can_take_in_lands_in_the_queue(world: World, failures: News) -> None:
    s3, body = world.client("s3"), b"model: plain\ntrain: {framework: sklearn 1.2-1}\n"  # it comes without its scripts
    revision = "0" * 64
    for none in (f"other/plain/{revision}/config.yaml", f"model-repos/plain/{revision}/config.yml"):
        s3.put_object(Bucket=CODE, Key=none, Body=body)  # what the notification's filter holds back
    key = f"model-repos/plain/{revision}/config.yaml"
    s3.put_object(Bucket=CODE, Key=key, Body=body)
    event = json.loads(failures.wait_for(revision))
    assert event["Records"][0]["s3"]["object"]["key"] == key
    assert failures.none_left()
    problems = json.loads(written(world, ARTIFACTS, f"plain/pushes/{revision}/problems.json"))["problems"]
    assert "not arrived yet" in problems[0]["text"]  # who pushed can read it as soon as the first delivery has failed


# --- identity policies decide


def test_the_roles_suffice_and_nobody_who_trains_approves(world: World, enforced: People, plain: Path) -> None:
    result = push(world, plain, keys=enforced.scientist)["result"]
    assert result["outcome"] == "registered", result["error"]
    version = result["model_version"]
    assert result["run"] in written(world, ARTIFACTS, f"plain/runs/{result['run']}/report.html")
    assert world.pushtrain("models", "approve", "plain", str(version), keys=enforced.scientist).returncode == 1
    decision = {"ModelPackageArn": f"{REGISTRY}/wiring-plain/{version}", "ModelApprovalStatus": "Approved"}
    with pytest.raises(ClientError, match="not authorized to perform: sagemaker:UpdateModelPackage"):
        world.client("sagemaker", enforced.scientist).update_model_package(**decision)
    rewritten = {**decision, "CustomerMetadataProperties": {"pushed_by": "somebody else"}}
    with pytest.raises(ClientError, match="not authorized to perform: sagemaker:UpdateModelPackage"):
        world.client("sagemaker", enforced.approver).update_model_package(**rewritten)
    assert approve(world, "plain", version, keys=enforced.approver)["run"] == result["run"]
    not_theirs = world.pushtrain("push", str(plain), "--again", keys=enforced.approver)
    assert not_theirs.returncode == 1
    callers = {call["caller"] for call in world.calls()}
    assert {"role/wiring-push", "role/wiring-states", "role/wiring-approval", "user/approver-desk"} <= callers


def test_results_are_reused_until_somebody_who_pushes_forgets_them(world: World, enforced: People, plain: Path) -> None:
    config, keys = plain / "config.yaml", enforced.scientist
    config.write_text(f"{config.read_text()}defaults: {{cache: true}}\n")
    first = push(world, plain, keys=keys)["result"]
    assert first["run"] in written(world, ARTIFACTS, "plain/reuse.json")
    assert push(world, plain, "--again", keys=keys)["result"]["jobs"] == []
    done = world.pushtrain("cache", "forget", "plain", "--step", "train", "--yes", keys=keys)
    assert done.returncode == 0, done.stderr
    third = push(world, plain, "--again", keys=keys)["result"]
    assert [job["step"] for job in third["jobs"]] == ["train", "evaluate"]


CANDIDATES = """
candidates:
  base: {}
  near: {train: {script: near.py}}
  broken: {train: {script: broken.py}}
choose: {minimize: error}
"""
NEAR = """
import os
from pathlib import Path
Path(os.environ["SM_MODEL_DIR"], "mean.txt").write_text("11")
"""


@dataclass(frozen=True)
class InService:
    """A run of several candidates, and approved.json of the version that it registered."""

    run: dict[str, Any]
    approved: dict[str, Any]


@pytest.fixture(scope="module")
def in_service(world: World, enforced: People, tmp_path_factory: pytest.TempPathFactory) -> InService:
    """A model of its own, so that no other test brings another version into service."""
    repo = copy_plain(tmp_path_factory.mktemp("candidates"))
    (repo / "near.py").write_text(NEAR)
    (repo / "broken.py").write_text("raise SystemExit('no luck')")
    (repo / "config.yaml").write_text(config_of_another_model(repo) + CANDIDATES)
    result = push(world, repo, "--timeout", "110s", keys=enforced.scientist)["result"]
    assert result["outcome"] == "registered", result["error"]
    return InService(result, approve(world, "plain-best", result["model_version"], keys=enforced.approver))


def config_of_another_model(repo: Path) -> str:
    return (repo / "config.yaml").read_text().replace("model: plain", "model: plain-best")


def test_the_best_candidate_is_registered_and_one_that_fails_leaves_the_others(in_service: InService) -> None:
    candidates = in_service.run["candidates"]
    assert [(entry["name"], entry["rank"]) for entry in candidates] == [("base", 2), ("near", 1), ("broken", None)]
    assert "no luck" in candidates[2]["reason"]
    assert in_service.approved["run"] == in_service.run["run"]


SEARCH = """
defaults: {cache: true}
candidates:
  near: {train: {script: near.py}}
  far: {train: {script: far.py}}
choose: {minimize: error}
"""
TUNE = """
  metrics: {error: 'error=([0-9.]+);'}
  hyperparameters: {shift: 1}
  tune: {minimize: error, ranges: {shift: [1, 4]}, trials: 2, parallel: 2, strategy: grid}
"""
TRIAL = """
import os
from pathlib import Path
shift = float(os.environ["SM_HP_SHIFT"])
Path(os.environ["SM_MODEL_DIR"], "mean.txt").write_text(str({mean} + shift))
print(f"error={{shift}};")
"""


def test_the_best_trial_of_each_candidate_is_compared_with_the_champion(
    world: World, enforced: People, plain: Path, in_service: InService
) -> None:
    """Definition, handlers and policies are those of AWS; the search and its instances are not.

    On this computer a grid stands in for SageMaker's strategies, and trials never wait for a quota. Whether the
    champion's image starts on the instance of today's evaluation is seen on AWS alone.
    """
    (plain / "near.py").write_text(TRIAL.format(mean=11))
    (plain / "far.py").write_text(TRIAL.format(mean=20))
    config = config_of_another_model(plain).replace("\nevaluate:", f"{TUNE}evaluate:") + SEARCH

    open_gate = push_gate(world, plain, config, "champion + 1.5", keys=enforced.scientist)
    assert open_gate["outcome"] == "registered", open_gate["error"]
    assert [(entry["name"], entry["value"]) for entry in open_gate["candidates"]] == [("near", 1.0), ("far", 10.0)]
    searches = {job["step"]: job["trials"] for job in open_gate["jobs"] if "trials" in job}
    tried = {step: [trial["hyperparameters"]["shift"] for trial in trials] for step, trials in searches.items()}
    assert tried == {"near-train": ["1", "4"], "far-train": ["1", "4"]}

    closed_gate = push_gate(world, plain, config, "champion + 0.5", keys=enforced.scientist)
    assert closed_gate["outcome"] == "not_registered", closed_gate["error"]
    assert [job["step"] for job in closed_gate["jobs"]] == ["champion"]  # nothing is trained again for another bound
    shown = world.pushtrain("runs", "show", closed_gate["run"], keys=enforced.scientist).stdout
    assert "champion 0, difference +1" in shown, shown
    assert f"version {in_service.approved['version']}" in shown, shown


def push_gate(world: World, repo: Path, config: str, bound: str, keys: dict[str, str]) -> dict[str, Any]:
    """The run of a push whose gate has another bound."""
    (repo / "config.yaml").write_text(config.replace("at_most: 2.0", f"at_most: {bound}"))
    run: dict[str, Any] = push(world, repo, "--timeout", "110s", keys=keys)["result"]
    return run


@pytest.mark.parametrize(
    ("operation", "key"),
    [
        ("put_object", "breast-cancer/runs/r/train/j/output/model.tar.gz"),
        ("put_object", "breast-cancer/runs/r/checkpoints/train/1.pkl"),
        ("put_object", "breast-cancer/runs/r/evaluate/j/evaluation/evaluation.json"),
        ("put_object", "plain/runs/r/verdict.json"),
        ("put_object", "plain/runs/r/input.json"),
        ("put_object", "plain/runs/r/report.html"),
        ("put_object", "plain/reuse.json"),
        ("put_object", ".forgotten/plain.json"),
        ("get_object", "breast-cancer/runs/r/train/j/output/model.tar.gz"),
    ],
)
def test_a_job_is_denied_what_is_of_another_team_and_what_no_job_writes(
    world: World, enforced: People, operation: str, key: str
) -> None:
    s3, body = world.client("s3", enforced.job), {"Body": b"planted"} if operation == "put_object" else {}
    s3.put_object(Bucket=ARTIFACTS, Key="plain/runs/r/train/j/output/model.tar.gz", Body=b"its own")
    with pytest.raises(ClientError, match="AccessDenied"):
        getattr(s3, operation)(Bucket=ARTIFACTS, Key=key, **body)


PLANT = f"""
import boto3
s3 = boto3.client("s3")
for item in s3.list_objects_v2(Bucket="{ARTIFACTS}", Prefix="plain/runs/")["Contents"]:
    if item["Key"].endswith("/model.tar.gz"):
        s3.put_object(Bucket="{ARTIFACTS}", Key=item["Key"], Body=b"planted")
print("planted")
"""


def test_a_job_that_replaces_a_model_of_its_team_while_it_is_evaluated_registers_nothing(
    world: World, enforced: People, plain: Path
) -> None:
    script = plain / "evaluation.py"
    script.write_text(script.read_text() + PLANT)
    result = push(world, plain, keys=enforced.scientist)["result"]
    assert result["outcome"] == "failed"
    assert "model.tar.gz was written or deleted again" in result["error"]["reason"]


def test_people_are_denied_what_is_of_another_team(world: World, enforced: People, plain: Path) -> None:
    runs = json.loads(world.pushtrain("runs", "list", "--json", keys=enforced.scientist).stdout)
    assert {"plain"} <= {run["model"] for run in runs} <= {"plain", "plain-best"}
    versions = json.loads(world.pushtrain("models", "list", "--json", keys=enforced.scientist).stdout)
    assert {version["model"] for version in versions} >= {"plain", "breast-cancer"}  # the registry is everybody's
    done = world.pushtrain("push", str(plain), keys=enforced.rival)
    assert done.returncode == 1
    assert f"bucket {CODE}: Forbidden" in done.stderr
    with pytest.raises(ClientError, match="AccessDenied"):
        world.client("s3", enforced.rival).put_object(Bucket=CODE, Key="model-repos/plain/r/train.py", Body=b"")
    decision = {"ModelPackageArn": f"{REGISTRY}/wiring-plain/1", "ModelApprovalStatus": "Approved"}
    with pytest.raises(ClientError, match="not authorized to perform: sagemaker:UpdateModelPackage"):
        world.client("sagemaker", enforced.rival_approver).update_model_package(**decision)


@contextmanager
def without(world: World, role: str, sid: str) -> Iterator[None]:
    """A role that lacks one of its statements."""
    iam, where = world.client("iam"), {"RoleName": f"wiring-{role}", "PolicyName": "own"}
    whole = iam.get_role_policy(**where)["PolicyDocument"]
    less = [statement for statement in whole["Statement"] if statement["Sid"] != sid]
    assert len(less) == len(whole["Statement"]) - 1, f"{role} has no statement {sid}"
    iam.put_role_policy(**where, PolicyDocument=json.dumps({**whole, "Statement": less}))
    try:
        yield
    finally:
        iam.put_role_policy(**where, PolicyDocument=json.dumps(whole))


@pytest.mark.parametrize(
    ("sid", "bound", "says"),
    [
        ("KeepAndStart", 4, "states:"),
        ("PassStatesRole", 5, "iam:PassRole"),
        ("ModelGroup", 6, "sagemaker:DescribeModelPackageGroup"),
    ],
)
def test_a_push_notices_a_statement_that_is_missing(
    world: World, enforced: People, plain: Path, sid: str, bound: int, says: str
) -> None:
    config = plain / "config.yaml"  # another gate is another definition: code alone would not touch the machine
    config.write_text(config.read_text().replace("at_most: 2.0", f"at_most: {bound}"))
    with without(world, "push", sid):
        done = world.pushtrain("push", str(plain), "--wait", "--timeout", "60s", keys=enforced.scientist)
    assert done.returncode == 1
    assert says in done.stdout + done.stderr


def test_a_push_that_cannot_be_read_lands_in_the_queue(
    world: World, enforced: People, plain: Path, failures: News
) -> None:
    (plain / "README.md").write_text("another revision")
    with without(world, "push", "ReadPush"):
        done = world.pushtrain("push", str(plain), "--json", keys=enforced.scientist)
        failures.wait_for(json.loads(done.stdout)["revision"])


@pytest.mark.parametrize(
    ("role", "sid", "says"),
    [
        ("states", "TrainingJobs", "sagemaker:CreateTrainingJob"),
        ("states", "Decide", "lambda:InvokeFunction"),
        ("decide", "ReadMetrics", "s3:GetObjectVersion"),
        ("decide", "PinBytes", "ListObjectVersions operation"),
        ("decide", "SeeEvaluation", "DescribeProcessingJob"),
        ("decide", "Verdicts", "GetObject operation"),
        ("states", "Register", "sagemaker:CreateModelPackage"),
        ("jobs-desk", "ReadRuns", "AccessDenied"),
        ("jobs-desk", "WriteRuns", "AccessDenied"),
    ],
)
def test_a_run_notices_a_statement_that_is_missing(
    world: World, enforced: People, plain: Path, role: str, sid: str, says: str
) -> None:
    with without(world, role, sid):
        result = push(world, plain, "--again", keys=enforced.scientist)["result"]
    assert result["outcome"] == "failed"
    assert says in result["error"]["reason"]


@pytest.fixture(scope="module")
def trained(world: World, enforced: People, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The ARN of a version of `plain` that awaits approval."""
    repo = copy_plain(tmp_path_factory.mktemp("trained"))
    version = push(world, repo, "--again", keys=enforced.scientist)["result"]["model_version"]
    return f"{REGISTRY}/wiring-plain/{version}"


@pytest.fixture
def version(world: World, trained: str) -> str:
    """The number of one more version like `trained`: nobody has decided about it yet."""
    sagemaker = world.client("sagemaker")
    described = sagemaker.describe_model_package(ModelPackageName=trained)
    content = {name: described[name] for name in CONTENT if name in described}
    arn: str = sagemaker.create_model_package(**content)["ModelPackageArn"]
    return arn.rpartition("/")[2]


@pytest.mark.parametrize(
    ("sid", "says"),
    [
        ("ReadDecision", "sagemaker:DescribeModelPackage"),
        ("ReadModel", "HeadObject operation"),
        ("WriteServing", "s3:PutObject"),
    ],
)
def test_an_approval_notices_a_statement_that_is_missing(
    world: World, enforced: People, version: str, failures: News, sid: str, says: str
) -> None:
    with without(world, "approval", sid):
        assert world.pushtrain("models", "approve", "plain", version, keys=enforced.approver).returncode == 0
        failures.wait_for(f"model-package/wiring-plain/{version}", says)
