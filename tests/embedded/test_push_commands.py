"""`plan`, `push --wait` and `validate` of several model repos, as Jenkins types them."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pushtrain import aws
from pushtrain.cli.commands import push as push_command
from pushtrain.errors import RunFailed
from pushtrain.launch.launch import launch
from pushtrain.launch.refusal import Refused
from pushtrain.launch.start import Launched
from pushtrain.local.aws import HANDLERS, ON_PUSH, LocalAws, up
from pushtrain.model_repo.folder import read_model_repo
from pushtrain.plans import quotas
from pushtrain.plans.quotas import Quota
from pushtrain.platform import PLATFORM_VARIABLE, Platform
from pushtrain.pushes.event import Push
from pushtrain.pushes.upload import upload
from pushtrain.runs import Run, follow
from pushtrain.runs.follow import Patience
from pushtrain.workflow.names import build_run_id

PLATFORM = dataclasses.replace(Platform.local("dev"), local_option="")  # stands for one on AWS
USUAL = Patience()
BROKEN = {"config.yaml": "model: broken\ntrain:\n  framework: no-such 1\n"}
Types = Callable[..., tuple[int, str, str]]
MakeRepo = Callable[..., Path]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalAws]:
    """Embedded AWS in which a push starts a run, and the platform that deployed commands find."""
    monkeypatch.setenv(PLATFORM_VARIABLE, PLATFORM.to_json())
    monkeypatch.setattr(follow, "FIRST_PAUSE", 0.05)
    with up(tmp_path / "store", PLATFORM, handlers={ON_PUSH: HANDLERS[ON_PUSH]}) as running:
        yield running


@pytest.fixture
def quiet(tmp_path: Path) -> Iterator[LocalAws]:
    """Embedded AWS whose bucket wakes nobody."""
    with up(tmp_path / "store", PLATFORM, handlers={}) as running:
        yield running


def lower_bound(repo: Path, bound: float) -> None:
    config = repo / "config.yaml"
    config.write_text(re.sub(r"at_most: [0-9.]+", f"at_most: {bound}", config.read_text()))


def test_push_waits_for_all_runs_and_fails_with_the_reason(
    machine: LocalAws, make_repo: MakeRepo, typed: Types
) -> None:
    good, bad = make_repo("plain"), make_repo("raises", {"config.yaml": plain_named("raises", make_repo)})
    code, out, err = typed("push", good, bad, "--wait", "--json")
    assert code == 1
    assert "raises · run" in err
    assert "the column 'label' holds 3 values, expected 2" in err
    pushes = json.loads(out)["pushes"]
    assert [each["folder"] for each in pushes] == [str(good), str(bad)]
    assert [each["result"]["outcome"] for each in pushes] == ["registered", "failed"]
    assert all(each["result"]["run"] == each["run"] for each in pushes)
    again = typed("push", bad, "--wait")  # nothing new to upload, but the run of what is there failed
    assert (again[0], "holds 3 values" in again[2]) == (1, True)


def plain_named(model: str, make_repo: MakeRepo) -> str:
    return (make_repo("plain") / "config.yaml").read_text().replace("model: plain", f"model: {model}")


def test_who_stops_waiting_is_told_which_runs_to_watch(
    machine: LocalAws, make_repo: MakeRepo, typed: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(push: Push, platform: Platform) -> tuple[str, None]:
        raise KeyboardInterrupt

    monkeypatch.setattr(follow, "_find_outcome", interrupted)
    monkeypatch.setattr(push_command, "find_program", lambda: "pushtrain")
    code, out, err = typed("push", make_repo("plain"), "--wait", "--environment", "dev")
    (call,) = machine.invocations
    run = call.result["pushes"][0]["run"]
    assert code == 130
    assert "pushed plain" in out
    assert err.splitlines()[-2:] == [
        "interrupted",
        f"plain · no longer waiting for run {run}; nothing was stopped. "
        f"Watch it with: pushtrain runs watch {run} --environment dev",
    ]


def test_push_of_one_folder_without_waiting_answers_one_object(
    machine: LocalAws, make_repo: MakeRepo, typed: Types
) -> None:
    repo = make_repo("gate-not-met")
    code, out, _ = typed("push", repo, "--json")
    document = json.loads(out)
    assert (code, document["pushed"], "result" in document) == (0, True, False)
    code, out, _ = typed("push", repo, "--wait", "--json")
    document = json.loads(out)
    assert (code, document["pushed"], document["result"]["outcome"]) == (0, False, "not_registered")


def test_nothing_is_pushed_unless_all_are_valid(machine: LocalAws, make_repo: MakeRepo, typed: Types) -> None:
    good, broken = make_repo("plain"), make_repo("raises", BROKEN)
    code, _, err = typed("push", good, broken)
    assert (code, "no-such" in err) == (1, True)
    assert "Contents" not in aws.client("s3").list_objects_v2(Bucket=PLATFORM.code_bucket)


def test_a_push_is_checked_against_the_platform_it_goes_to(
    machine: LocalAws, make_repo: MakeRepo, typed: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = dataclasses.replace(PLATFORM, subnets=("subnet-0a1b2c3d",), security_groups=("sg-0a1b2c3d",))
    monkeypatch.setenv(PLATFORM_VARIABLE, closed.to_json())
    own = "\nnetwork: {vpc: {subnets: [subnet-ffffffff], security_groups: [sg-0a1b2c3d]}}\n"
    repo = make_repo("plain", {"config.yaml": (make_repo("plain") / "config.yaml").read_text() + own})
    assert typed("validate", repo)[0] == 0
    for command in (("push", repo), ("plan", repo), ("compile", repo, "--json", "-e", "dev")):
        code, out, err = typed(*command)
        assert (code, "subnet-ffffffff is not of this platform" in err) == (1, True)
        assert json.loads(out)["error"]["kind"] == "ConfigError" if "--json" in command else not out
    assert "Contents" not in aws.client("s3").list_objects_v2(Bucket=PLATFORM.code_bucket)
    assert json.loads(typed("compile", repo, "--json")[1])["StartAt"]


def test_one_model_in_two_folders_is_refused(machine: LocalAws, make_repo: MakeRepo, typed: Types) -> None:
    text = plain_named("plain", make_repo)
    code, _, err = typed("push", make_repo("plain"), make_repo("raises", {"config.yaml": text}))
    assert (code, err) == (1, "2 of these folders are model 'plain': a model has one model repo\n")


def test_validate_of_several_tells_all_and_fails_when_one_is_wrong(make_repo: MakeRepo, typed: Types) -> None:
    good, broken = make_repo("plain"), make_repo("raises", BROKEN)
    code, out, _ = typed("validate", good, broken, "--json")
    assert code == 1
    assert [(each["folder"], each["valid"]) for each in json.loads(out)["model_repos"]] == [
        (str(good), True),
        (str(broken), False),
    ]
    code, out, err = typed("validate", good, broken)
    assert (code, "plain is valid" in out, f"{broken}: " in err) == (1, True, True)
    found = typed("validate", good.parent, "--changed-since", "", "--json")[1]
    assert found == typed("validate", good, broken, "--json")[1]


def test_a_plan_tells_what_the_push_then_does(machine: LocalAws, make_repo: MakeRepo, typed: Types) -> None:
    repo = make_repo("plain")

    def plan() -> dict[str, Any]:
        code, out, _ = typed("plan", repo, "--json")
        assert code == 0
        found: dict[str, Any] = json.loads(out)
        return found

    new = plan()
    assert (new["pushed"], new["definition"], new["diff"]) == (False, "created", "")
    assert [job["step"] for job in new["jobs"]] == ["preprocess", "train", "evaluate"]
    assert typed("push", repo, "--wait")[0] == 0
    done = plan()
    assert (done["pushed"], done["definition"], done["revision"]) == (True, "unchanged", new["revision"])
    lower_bound(repo, 0.5)
    changed = plan()
    assert (changed["pushed"], changed["definition"]) == (False, "updated")
    assert re.search(r"^- .*: 2\.0,?$", changed["diff"], re.MULTILINE)
    assert re.search(r"^\+ .*: 0\.5,?$", changed["diff"], re.MULTILINE)
    typed("push", repo, "--wait")
    lower_bound(repo, 2.0)
    (repo / "note.txt").write_text("new revision, old definition")
    assert (plan()["definition"], plan()["version"]) == ("unchanged", done["version"])
    assert "goes back to version 1" in typed("plan", repo)[1]
    typed("push", repo, "--wait")
    (repo / "note.txt").unlink()
    assert "pushed before: only push --again does the following" in typed("plan", repo)[1]


def test_a_plan_for_people_shows_machines_and_limits(make_repo: MakeRepo, typed: Types, tmp_path: Path) -> None:
    code, out, _ = typed("plan", make_repo("plain"), "--local", "--store", tmp_path / "none")
    assert code == 0
    assert "· new" in out
    assert "state machine pushtrain-plain: created" in out
    assert re.search(r"train +ml\.m5\.xlarge +× 1 +at most 1d +5\.53 USD\n", out)


def pushed(repo: Path, *, model: str = "plain", again: bool = False) -> Push:
    return upload(read_model_repo(repo), model, PLATFORM, repeat=again).push


def ended(*pushes: Push, patience: Patience = USUAL) -> list[Any]:
    slept: list[float] = []
    return [how for _, how in follow.follow(pushes, PLATFORM, patience, sleep=slept.append)]


def test_a_refused_push_is_told_with_its_problems_and_only_its_own(quiet: LocalAws, make_repo: MakeRepo) -> None:
    push = pushed(make_repo("plain"), model="other")
    assert isinstance(launch(push, PLATFORM), Refused)
    (refused,) = ended(push)
    assert isinstance(refused, Refused)
    assert "They must be equal" in str(refused.problems[0])
    assert refused.problems[0].line == 1
    anew = pushed(make_repo("plain"), model="other", again=True)
    with pytest.raises(RunFailed) as told:
        ended(anew)
    assert str(told.value) == (
        f"other: no run {build_run_id(anew.revision, anew.version)} 15m 4s after the push. The push handler failed "
        "(its operator sees why: pushtrain push-failures list --environment dev), or the run is older than the 90 days "
        "that AWS keeps one"
    )


def test_patience_that_ends_before_a_run_began_does_not_say_that_it_goes_on(
    quiet: LocalAws, make_repo: MakeRepo
) -> None:
    push = pushed(make_repo("plain"))
    with pytest.raises(RunFailed) as raised:
        ended(push, patience=Patience(end=5))
    assert str(raised.value) == (
        f"plain: no run {build_run_id(push.revision, push.version)} yet after 5s. The push handler may still start it: "
        "pushtrain runs list --environment dev. Where none begins, its operator sees why: "
        "pushtrain push-failures list --environment dev"
    )


def test_patience_ends_while_a_run_goes_on(quiet: LocalAws, make_repo: MakeRepo) -> None:
    slow = make_repo("plain", {"train.py": "import time\ntime.sleep(600)\n"})
    push = pushed(slow)
    started = launch(push, PLATFORM)
    assert isinstance(started, Launched)
    with pytest.raises(RunFailed) as told:
        ended(push, patience=Patience(start=5, end=60))
    assert str(told.value) == (
        f"plain: run {started.run} has not ended after 1m 4s. "
        f"It goes on: pushtrain runs show {started.run} --environment dev"
    )
    quiet.stop(started.arn)
    quiet.wait(started.arn)
    (run,) = ended(push)
    assert isinstance(run, Run)
    assert run.status == "ABORTED"


def on_a_gpu(make_repo: MakeRepo) -> Path:
    text = (make_repo("plain") / "config.yaml").read_text().replace("train:\n", "train:\n  instance: ml.g5.xlarge\n", 1)
    return make_repo("plain", {"config.yaml": text.replace("sklearn 1.2-1", "pytorch 2.6")})


def test_a_plan_tells_of_gpu_quotas_and_goes_on_where_aws_does_not(
    machine: LocalAws, make_repo: MakeRepo, typed: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = on_a_gpu(make_repo)
    name = "ml.g5.xlarge for training job usage"
    monkeypatch.setattr(quotas, "read_quotas", lambda names, _: {n: Quota(name=n, code="L-1", value=0) for n in names})
    assert f"quota: train needs 1, and the quota '{name}' is 0 in us-east-1. Ask for it: aws" in typed("plan", repo)[1]
    (lack,) = json.loads(typed("plan", repo, "--json")[1])["too_small_quotas"]
    assert (lack["step"], lack["needed"], lack["quota"]["value"]) == ("train", 1, 0)

    def refuse(names: object, region: str) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "ListServiceQuotas")

    monkeypatch.setattr(quotas, "read_quotas", refuse)
    code, out, err = typed("plan", repo, "--json")
    assert (code, json.loads(out)["too_small_quotas"]) == (0, None)
    assert "GPU quotas were not looked at: An error occurred (AccessDeniedException)" in err
