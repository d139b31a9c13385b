"""`push` and `push --wait` of several model repos, as Jenkins calls them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from botocore.exceptions import ClientError

from pushtrain import aws
from pushtrain.cli.commands import push as push_command
from pushtrain.launch.state_machine import build_execution_arn
from pushtrain.local.aws import LocalAws, up
from pushtrain.model_repo.contents import read_model_repo
from pushtrain.plans import quotas
from pushtrain.plans.quotas import Quota
from pushtrain.platform import PLATFORM_VARIABLE, Platform
from pushtrain.pushes.event import Push, read_event
from pushtrain.pushes.upload import upload
from pushtrain.runs import follow
from tests.embedded.cli.commands.test_plan import answer_validation, on_a_gpu, refuse_definitions

PLATFORM = msgspec.structs.replace(Platform.local("dev"), local_option="")  # stands for one on AWS
BROKEN = {"config.yaml": "model: broken\ntrain:\n  framework: no-such 1\n"}
Types = Callable[..., tuple[int, str, str]]
MakeRepo = Callable[..., Path]


def test_push_waits_for_all_runs_and_fails_with_the_reason(
    local_aws: LocalAws, make_repo: MakeRepo, typed: Types
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
    local_aws: LocalAws, make_repo: MakeRepo, typed: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(push: Push, platform: Platform) -> tuple[str, None]:
        raise KeyboardInterrupt

    monkeypatch.setattr(follow, "_find_outcome", interrupted)
    monkeypatch.setattr(push_command, "find_program", lambda: "pushtrain")
    code, out, err = typed("push", make_repo("plain"), "--wait", "--environment", "dev")
    (call,) = local_aws.invocations
    (push,) = read_event(json.loads(call.event["Records"][0]["body"]))
    run = push.run
    assert code == 130
    assert "pushed plain" in out
    assert err.splitlines()[-2:] == [
        "interrupted",
        f"plain · no longer waiting for run {run}; nothing was stopped. "
        f"Watch it with: pushtrain runs watch {run} --environment dev",
    ]


def test_push_of_one_folder_without_waiting_answers_one_object(
    local_aws: LocalAws, make_repo: MakeRepo, typed: Types
) -> None:
    repo = make_repo("gate-not-met")
    code, out, _ = typed("push", repo, "--json")
    document = json.loads(out)
    assert (code, document["pushed"], "result" in document) == (0, True, False)
    code, out, _ = typed("push", repo, "--wait", "--json")
    document = json.loads(out)
    assert (code, document["pushed"], document["result"]["outcome"]) == (0, False, "not_registered")


def test_a_push_that_only_repeats_an_earlier_run_names_it_and_starts_nothing(
    tmp_path: Path, make_repo: MakeRepo, typed: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PLATFORM_VARIABLE, PLATFORM.to_json())
    config = (make_repo("plain") / "config.yaml").read_text()
    repo = make_repo("plain", {"config.yaml": f"{config}defaults: {{cache: true}}\n"})
    with up(tmp_path / "store", PLATFORM) as running:
        first = json.loads(typed("push", repo, "--wait", "--json")[1])
        run = first["run"]
        running.wait(build_execution_arn(PLATFORM, "plain", run))  # until `on_run_end` has returned
        assert typed("push", repo)[1].endswith(
            f" was pushed before (run {run}, version 1); nothing was uploaded. Run it anew with --again\n"
        )
        upload(read_model_repo(repo), "plain", PLATFORM, repeat=True)  # as another tool may copy config.yaml
        code, out, err = typed("push", repo, "--wait", "--json")
        second = json.loads(out)
        assert (code, second["same_as"], second["result"]["run"]) == (0, run, run)
        assert second["run"] != run
        assert f"plain · same as run {run}, version 1: nothing was started. Start a run with --again" in err
        assert f" was pushed before (run {run}, version 1); nothing was uploaded." in typed("push", repo)[1]
        again = json.loads(typed("push", repo, "--wait", "--again", "--json")[1])
        assert ("same_as" in again, again["result"]["jobs"], again["result"]["model_version"]) == (False, [], 2)


def test_nothing_is_pushed_unless_all_are_valid(local_aws: LocalAws, make_repo: MakeRepo, typed: Types) -> None:
    good, broken = make_repo("plain"), make_repo("raises", BROKEN)
    code, _, err = typed("push", good, broken)
    assert (code, "no-such" in err) == (1, True)
    assert "Contents" not in aws.client("s3").list_objects_v2(Bucket=PLATFORM.code_bucket)


def test_a_push_is_checked_against_the_platform_it_goes_to(
    local_aws: LocalAws, make_repo: MakeRepo, typed: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = msgspec.structs.replace(PLATFORM, subnets=("subnet-0a1b2c3d",), security_groups=("sg-0a1b2c3d",))
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


def test_one_model_in_two_folders_is_refused(local_aws: LocalAws, make_repo: MakeRepo, typed: Types) -> None:
    text = plain_named("plain", make_repo)
    code, _, err = typed("push", make_repo("plain"), make_repo("raises", {"config.yaml": text}))
    assert (code, err) == (1, "2 of these folders are model 'plain': a model has one model repo\n")


def test_a_push_whose_job_could_never_start_is_refused_before_the_upload(
    local_aws: LocalAws, make_repo: MakeRepo, typed: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = on_a_gpu(make_repo)
    monkeypatch.setattr(quotas, "read_quotas", lambda names, _: {n: Quota(name=n, code="L-1", value=0) for n in names})
    message = (
        "no run of plain can succeed in this account: a job needs more instances than its quota has\n"
        "  train needs 1, and the quota 'ml.g5.xlarge for training job usage' is 0 in us-east-1. Ask for it: aws "
        "service-quotas request-service-quota-increase --service-code sagemaker --quota-code L-1 --desired-value 1 "
        "--region us-east-1\n"
        "Nothing was uploaded. If the quota does not apply, push with --ignore-quotas\n"
    )
    for options in ((), ("--check",)):
        code, out, err = typed("push", repo, *options)
        assert (code, out, err.endswith(message)) == (1, "", True), err
    assert local_aws.invocations == []
    assert typed("push", repo, "--check", "--ignore-quotas")[0] == 0


def test_a_push_goes_on_if_aws_does_not_tell_the_quotas(
    local_aws: LocalAws, make_repo: MakeRepo, typed: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(names: object, region: str) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "ListServiceQuotas")

    monkeypatch.setattr(quotas, "read_quotas", refuse)
    code, _, err = typed("push", on_a_gpu(make_repo), "--check")
    assert (code, "GPU quotas were not looked at: An error occurred (AccessDeniedException)" in err) == (0, True)


def test_a_check_asks_aws_and_uploads_nothing(
    local_aws: LocalAws, make_repo: MakeRepo, typed: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo("plain")
    assert typed("push", repo, "--check") == (0, "plain: AWS takes the definition; nothing was uploaded\n", "")
    refuse_definitions(monkeypatch)
    code, out, _ = typed("push", repo, "--check")
    assert code == 1
    assert out.splitlines()[0] == "plain: refused; nothing was uploaded"
    assert "AWS refuses the definition at /States/train" in out
    document = json.loads(typed("push", repo, "--check", "--json")[1])
    assert (document["model"], document["diagnostics"][0]["code"]) == ("plain", "SCHEMA_VALIDATION_FAILED")
    assert local_aws.invocations == []


def test_a_check_that_aws_does_not_answer_fails_and_says_why(
    local_aws: LocalAws, make_repo: MakeRepo, typed: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deny(**_: object) -> None:
        words = "not authorized"
        raise ClientError(
            {"Error": {"Code": "AccessDeniedException", "Message": words}}, "ValidateStateMachineDefinition"
        )

    answer_validation(monkeypatch, deny)
    code, out, err = typed("push", make_repo("plain"), "--check")
    assert (code, out) == (1, "plain: not checked; nothing was uploaded\n")
    assert "AWS was not asked about the definition: An error occurred (AccessDeniedException)" in err
