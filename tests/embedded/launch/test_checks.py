"""A push is refused if its address or its model cannot be used."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from pushtrain import aws
from pushtrain.launch.launch import launch
from pushtrain.launch.refusal import Refused
from pushtrain.launch.start import Launched
from pushtrain.launch.state_machine import build_state_machine_arn
from pushtrain.local.aws import LocalAws
from pushtrain.pushes.event import Push
from pushtrain.teams import Team
from tests.embedded.launch.plain import PLATFORM, launch_refused, upload_plain


def test_the_model_of_the_key_must_be_the_configs(local_aws: LocalAws, repo: Path) -> None:
    (repo / "config.yaml").write_text((repo / "config.yaml").read_text().replace("model: plain", "model: other"))
    assert (
        launch_refused(upload_plain(repo))
        == "config.yaml:1  model: the push lies under 'plain', config.yaml says 'other'. They must be equal"
    )


@pytest.mark.parametrize("revision", ["my rev 1", "v1.0_x", "모델"])
def test_a_revision_that_no_job_name_can_hold_is_refused(local_aws: LocalAws, repo: Path, revision: str) -> None:
    key = f"model-repos/plain/{revision}/config.yaml"
    version = aws.client("s3").put_object(
        Bucket=PLATFORM.code_bucket, Key=key, Body=(repo / "config.yaml").read_bytes()
    )
    copied = Push(bucket=PLATFORM.code_bucket, model="plain", revision=revision, version=version["VersionId"])
    assert launch_refused(copied) == (
        f"push  revision {revision!r} cannot be used, because job names contain it: only letters, digits and "
        "hyphens are allowed, at most 128. Push with `pushtrain push DIR`, which chooses the revision"
    )


def test_another_bucket_is_refused(local_aws: LocalAws, repo: Path) -> None:
    strange = msgspec.structs.replace(upload_plain(repo), bucket="somebody-elses")
    assert launch_refused(strange) == "push  bucket somebody-elses is not this platform's code bucket, pushtrain-code"


def test_a_push_uses_the_overlay_of_the_platform_which_may_have_another_name(local_aws: LocalAws, repo: Path) -> None:
    config = repo / "config.yaml"
    config.write_text(config.read_text() + "environments:\n  prod: {train: {max_runtime: 7m}}\n")
    platform = msgspec.structs.replace(PLATFORM, environment="risk-eu", overlay="prod")
    outcome = launch(upload_plain(repo), platform)
    assert isinstance(outcome, Launched)
    arn = build_state_machine_arn(platform, "plain")
    definition = aws.client("stepfunctions").describe_state_machine(stateMachineArn=arn)["definition"]
    assert '"MaxRuntimeInSeconds":420' in definition


def test_a_model_of_no_team_is_refused_before_anything_is_made(local_aws: LocalAws, repo: Path) -> None:
    platform = msgspec.structs.replace(PLATFORM, prefix="ml", teams=(Team(name="shop", models=("basket-*",)),))
    outcome = launch(upload_plain(repo), platform)
    assert isinstance(outcome, Refused)
    assert [str(problem) for problem in outcome.problems] == [
        "config.yaml:1  model: 'plain' is a model of no team of this platform. Teams and their models: shop "
        "(basket-*). Rename the model, or add it to `teams` in the settings of the platform"
    ]
    assert aws.client("stepfunctions").list_state_machines()["stateMachines"] == []


def test_data_in_a_bucket_of_the_platform_is_refused_at_its_line(local_aws: LocalAws, repo: Path) -> None:
    config = repo / "config.yaml"
    theirs = f"s3://{PLATFORM.artifact_bucket}/theirs/runs/r/preprocess/job/rows/"
    config.write_text(config.read_text().replace("numbers: data/", f"numbers: data/, theirs: {theirs}"))
    assert launch_refused(upload_plain(repo)) == (
        "config.yaml:2  data.theirs: pushtrain-artifacts is a bucket of the platform. Use the output of a step as an "
        "input, or copy the data to a bucket of your own"
    )
