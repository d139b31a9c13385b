"""From a pushed revision to a run: idempotent, complete, and plain about what is wrong."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import shutil
import tarfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pushtrain import aws
from pushtrain.errors import IncompletePush
from pushtrain.launch import state_machine as machine_module
from pushtrain.launch.execution_input import encode_metadata_value
from pushtrain.launch.launch import launch, receive_event
from pushtrain.launch.refusal import Refused
from pushtrain.launch.start import Launched
from pushtrain.local.api import ApiError
from pushtrain.local.aws import LocalAws, up
from pushtrain.local.states.state_machines import StateMachines
from pushtrain.model_repo.folder import read_model_repo
from pushtrain.platform import Platform
from pushtrain.pushes import revision as revision_module
from pushtrain.pushes.event import Push
from pushtrain.pushes.upload import upload

PLAIN = Path(__file__).parent / "repos" / "plain"
PLATFORM = Platform.local()
MACHINE = f"arn:aws:states:us-east-1:{PLATFORM.account}:stateMachine:pushtrain-plain"


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[LocalAws]:
    """Embedded AWS whose bucket wakes nobody: the tests deliver the events themselves."""
    with up(tmp_path / "store", PLATFORM, handlers={}) as running:
        yield running


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PLAIN, tmp_path / "plain"))


def push(repo: Path, *, again: bool = False) -> Push:
    return upload(read_model_repo(repo), "plain", PLATFORM, repeat=again).push


def launched(push: Push) -> Launched:
    answer = launch(push, PLATFORM)
    assert isinstance(answer, Launched), answer
    return answer


def refused(push: Push) -> str:
    answer = launch(push, PLATFORM)
    assert isinstance(answer, Refused), answer
    key = f"plain/pushes/{push.revision}/problems.json"
    kept = json.loads(read(PLATFORM.artifact_bucket, key))
    assert [problem["text"] for problem in kept["problems"]] == [str(problem) for problem in answer.problems]
    return "\n".join(str(problem) for problem in answer.problems)


def read(bucket: str, key: str) -> bytes:
    body: bytes = aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return body


def executions() -> list[str]:
    found = aws.client("stepfunctions").list_executions(stateMachineArn=MACHINE)["executions"]
    return [item["name"] for item in found]


def versions() -> list[int]:
    found = aws.client("stepfunctions").list_state_machine_versions(stateMachineArn=MACHINE)["stateMachineVersions"]
    return sorted(int(version["stateMachineVersionArn"].rpartition(":")[2]) for version in found)


def event(*pushes: Push) -> dict[str, Any]:
    return {
        "Records": [
            {
                "eventName": "ObjectCreated:Put",
                "s3": {
                    "bucket": {"name": p.bucket},
                    "object": {"key": p.prefix + "config.yaml", "versionId": p.version},
                },
            }
            for p in pushes
        ]
    }


def test_the_same_event_twice_starts_one_run_and_a_new_put_another(machine: LocalAws, repo: Path) -> None:
    first = push(repo)
    one = launched(first)
    assert launched(first).run == one.run
    machine.wait(one.arn)
    late = launched(first)  # delivered once more after the run has ended
    assert (late.run, late.fresh) == (one.run, False)
    assert executions() == [one.run]
    two = launched(push(repo, again=True))
    assert two.run != one.run
    assert two.run[:12] == one.run[:12] == first.revision[:12]
    assert sorted(executions()) == sorted([one.run, two.run])


def test_a_change_of_code_alone_leaves_the_state_machine_alone(machine: LocalAws, repo: Path) -> None:
    assert launched(push(repo)).definition == "created"
    (repo / "train.py").write_text("print('other')")
    assert launched(push(repo)).definition == "unchanged"
    config = (repo / "config.yaml").read_text()
    (repo / "config.yaml").write_text(config + "tags: {team: risk}\n")
    assert launched(push(repo)).definition == "updated"
    (repo / "config.yaml").write_text(config)
    assert launched(push(repo)).definition == "unchanged"


def test_each_run_executes_the_definition_of_its_own_push(machine: LocalAws, repo: Path) -> None:
    old = launched(push(repo))
    machine.wait(old.arn)
    config = (repo / "config.yaml").read_text()
    (repo / "config.yaml").write_text(re.sub(r"at_most: [0-9.]+", "at_most: 0.1", config))
    new = launched(push(repo))
    outputs = [json.loads(machine.wait(run.arn)["output"]) for run in (old, new)]
    assert [output["outcome"] for output in outputs] == ["registered", "not_registered"]


def test_a_state_machine_deleted_by_hand_is_made_anew(machine: LocalAws, repo: Path) -> None:
    launched(push(repo))
    states = aws.client("stepfunctions")
    states.delete_state_machine(stateMachineArn=MACHINE)
    assert launched(push(repo, again=True)).definition == "created"


def test_the_versions_of_a_machine_made_anew_are_not_taken_for_the_old_ones(machine: LocalAws, repo: Path) -> None:
    """Versions of the new machine are counted from 1 again, so what was noted names another definition."""
    config, states = repo / "config.yaml", aws.client("stepfunctions")
    first = config.read_text()
    machine.wait(launched(push(repo)).arn)
    states.delete_state_machine(stateMachineArn=MACHINE)
    config.write_text(first + "tags: {team: risk}\n")
    launched(push(repo))
    config.write_text(first)
    assert launched(push(repo, again=True)).definition == "updated"
    assert versions() == [1, 2]


def test_old_versions_are_let_go_of_and_made_anew_when_wanted(
    machine: LocalAws, repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine_module, "KEPT_VERSIONS", 2)
    config = repo / "config.yaml"
    first = config.read_text()
    runs = [launched(push(repo))]
    for team in ("risk", "fraud", "care"):
        config.write_text(f"{first}tags: {{team: {team}}}\n")
        runs.append(launched(push(repo)))
    assert versions() == [3, 4]
    assert [machine.wait(run.arn)["status"] for run in runs] == ["SUCCEEDED"] * 4
    config.write_text(first)
    assert launched(push(repo, again=True)).definition == "updated"
    assert versions() == [4, 5]


def test_a_version_that_cannot_be_let_go_of_stays_and_the_push_goes_on(
    machine: LocalAws, repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(machine_module.logger, "warning", lambda text, *words: said.append(text % words))

    def conflict(*_: object) -> None:
        raise ApiError("ConflictException", "an alias names it")

    monkeypatch.setattr(machine_module, "KEPT_VERSIONS", 1)
    monkeypatch.setattr(StateMachines, "delete_version", conflict)
    launched(push(repo))
    (repo / "config.yaml").write_text((repo / "config.yaml").read_text() + "tags: {team: risk}\n")
    assert launched(push(repo)).fresh
    assert versions() == [1, 2]
    assert "plain:1 stays" in "".join(said)


def test_tags_that_config_changes_are_the_machines(machine: LocalAws, repo: Path) -> None:
    def tags() -> dict[str, str]:
        found = aws.client("stepfunctions").list_tags_for_resource(resourceArn=MACHINE)["tags"]
        return {tag["key"]: tag["value"] for tag in found}

    config = (repo / "config.yaml").read_text()
    for team in ("risk", "fraud"):
        (repo / "config.yaml").write_text(f"{config}tags: {{team: {team}}}\n")
        launched(push(repo))
        assert tags() == {"team": team}


def test_the_input_records_everything_the_run_used(machine: LocalAws, repo: Path) -> None:
    pushed = push(repo)
    run = launched(pushed)
    document = json.loads(read(PLATFORM.artifact_bucket, f"plain/runs/{run.run}/input.json"))
    assert document["revision"] == pushed.revision
    assert document["config"]["version"] == pushed.version
    assert document["data"] == {"numbers": f"s3://{pushed.bucket}/{pushed.prefix}data/"}
    assert document["metadata"]["revision"] == pushed.revision
    described = aws.client("stepfunctions").describe_execution(executionArn=run.arn)
    assert json.loads(described["input"]) == document


def test_the_source_archive_holds_the_code_without_the_data_and_is_deterministic(machine: LocalAws, repo: Path) -> None:
    def source(run: Launched) -> str:
        return str(json.loads(read(PLATFORM.artifact_bucket, f"plain/runs/{run.run}/input.json"))["code"])

    one = source(launched(push(repo)))
    with tarfile.open(fileobj=io.BytesIO(read(*one.removeprefix("s3://").split("/", 1)))) as tar:
        assert tar.getnames() == ["config.yaml", "evaluation.py", "preprocessing.py", "train.py"]
        assert {member.mtime for member in tar} == {0}
    (repo / "data" / "numbers.txt").write_text("1\n2\n3\n")
    assert source(launched(push(repo))) == one
    (repo / "train.py").write_text("print('other')")
    assert source(launched(push(repo))) != one


def test_every_problem_of_a_push_is_written_down_and_starts_nothing(machine: LocalAws, repo: Path) -> None:
    (repo / "config.yaml").write_text("model: plain\ntrian: {}\ntrain: {framework: sklern 1.2-1}\n")
    said = refused(push(repo))
    assert "config.yaml:2  trian:" in said
    assert "config.yaml:3  train.framework:" in said


def test_the_model_of_the_key_must_be_the_configs(machine: LocalAws, repo: Path) -> None:
    (repo / "config.yaml").write_text((repo / "config.yaml").read_text().replace("model: plain", "model: other"))
    assert (
        refused(push(repo))
        == "config.yaml:1  model: the push lies under 'plain', config.yaml says 'other'. They must be equal"
    )


def test_an_unknown_template_is_a_problem_of_the_push(machine: LocalAws, repo: Path) -> None:
    config = (repo / "config.yaml").read_text()
    (repo / "config.yaml").write_text(config + "template: trian\n")
    line = len(config.splitlines()) + 1
    assert refused(push(repo)) == f"config.yaml:{line}  template: 'trian' is not a template. Did you mean 'train'?"


def test_a_revision_that_has_not_all_arrived_is_tried_again(machine: LocalAws, repo: Path) -> None:
    pushed = push(repo)
    s3 = aws.client("s3")
    s3.delete_object(Bucket=pushed.bucket, Key=pushed.prefix + "train.py")
    with pytest.raises(IncompletePush) as told:
        launch(pushed, PLATFORM)
    assert str(told.value) == f"plain {pushed.revision[:12]}: not arrived yet: train.py"
    assert b"not arrived yet: train.py" in read(
        PLATFORM.artifact_bucket, f"plain/pushes/{pushed.revision}/problems.json"
    )
    s3.put_object(Bucket=pushed.bucket, Key=pushed.prefix + "train.py", Body=(repo / "train.py").read_bytes())
    launched(pushed)


def test_a_plain_copy_without_manifest_is_a_push_once_its_scripts_are_there(machine: LocalAws, repo: Path) -> None:
    s3 = aws.client("s3")
    prefix = "model-repos/plain/by-hand/"
    bucket = PLATFORM.code_bucket
    version = s3.put_object(Bucket=bucket, Key=prefix + "config.yaml", Body=(repo / "config.yaml").read_bytes())
    copied = Push(bucket=bucket, model="plain", revision="by-hand", version=version["VersionId"])
    with pytest.raises(IncompletePush) as told:
        launch(copied, PLATFORM)
    assert str(told.value) == "plain by-hand: not arrived yet: evaluation.py, preprocessing.py, train.py"
    for path in repo.rglob("*.*"):
        s3.upload_file(str(path), bucket, prefix + path.relative_to(repo).as_posix())
    assert machine.wait(launched(copied).arn)["status"] == "SUCCEEDED"


def test_a_file_that_is_not_what_the_manifest_says_is_refused(machine: LocalAws, repo: Path) -> None:
    pushed = push(repo)
    aws.client("s3").put_object(Bucket=pushed.bucket, Key=pushed.prefix + "train.py", Body=b"import evil")
    assert refused(pushed) == "push  train.py is not the file that manifest.json lists. Push the model repo again"


def test_a_path_that_leaves_the_model_repo_is_refused(machine: LocalAws, repo: Path) -> None:
    pushed = push(repo)
    aws.client("s3").put_object(Bucket=pushed.bucket, Key=pushed.prefix + "a/../../evil.py", Body=b"")
    assert (
        refused(pushed)
        == "push  'a/../../evil.py' is no path inside a model repo. Remove it from the bucket and push again"
    )


def test_a_manifest_that_is_too_large_is_not_read(
    machine: LocalAws, repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revision_module, "MANIFEST_LIMIT", 10)
    assert refused(push(repo)) == "push  manifest.json has 863 bytes; 10 is the limit. Push fewer files"


HOSTILE = {
    "empty": "",
    "list": "[]",
    "types": '{"model": "plain", "revision": "r", "files": [{"path": ["x"], "sha256": 1}], "git": {"commit": 1}}',
    "deep": "[" * 200_000,
    "long": json.dumps({"model": "plain", "revision": "r", "files": [], "git": {"repository": "x" * 2000}}),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_manifest_of_someone_elses_is_refused(machine: LocalAws, repo: Path, text: str) -> None:
    pushed = push(repo)
    aws.client("s3").put_object(Bucket=pushed.bucket, Key=pushed.prefix + "manifest.json", Body=text.encode())
    begins, ends = "push  manifest.json is not one that pushtrain wrote (", "). Push the model repo again"
    said = refused(pushed)
    assert (said[: len(begins)], said[-len(ends) :]) == (begins, ends)


def test_the_first_thing_that_a_manifest_lacks_is_named(machine: LocalAws, repo: Path) -> None:
    pushed = push(repo)
    aws.client("s3").put_object(Bucket=pushed.bucket, Key=pushed.prefix + "manifest.json", Body=b"{}")
    assert refused(pushed) == (
        "push  manifest.json is not one that pushtrain wrote (model: Field required). Push the model repo again"
    )


def test_a_manifest_of_another_revision_is_refused(machine: LocalAws, repo: Path) -> None:
    pushed = push(repo)
    key = pushed.prefix + "manifest.json"
    (repo / "train.py").write_text("print('other')")
    other = push(repo)
    aws.client("s3").copy_object(
        Bucket=pushed.bucket, Key=key, CopySource={"Bucket": other.bucket, "Key": other.prefix + "manifest.json"}
    )
    assert (
        refused(pushed)
        == "push  manifest.json is of another revision than the one it lies under. Push the model repo again"
    )


@pytest.mark.parametrize("revision", ["my rev 1", "v1.0_x", "모델"])
def test_a_revision_that_no_job_name_can_hold_is_refused(machine: LocalAws, repo: Path, revision: str) -> None:
    key = f"model-repos/plain/{revision}/config.yaml"
    version = aws.client("s3").put_object(
        Bucket=PLATFORM.code_bucket, Key=key, Body=(repo / "config.yaml").read_bytes()
    )
    copied = Push(bucket=PLATFORM.code_bucket, model="plain", revision=revision, version=version["VersionId"])
    assert refused(copied) == (
        f"push  the push lies under revision {revision!r}: job names take letters, digits and hyphens only"
    )


def test_another_bucket_is_refused(machine: LocalAws, repo: Path) -> None:
    strange = dataclasses.replace(push(repo), bucket="somebody-elses")
    assert refused(strange) == "push  bucket somebody-elses is not this platform's code bucket, pushtrain-code"


def test_a_region_without_an_image_is_a_problem_of_the_push(machine: LocalAws, repo: Path) -> None:
    config = "model: plain\ntrain: {framework: sklearn 1.2-1}\n"
    (repo / "config.yaml").write_text(config)
    pushed = push(repo)
    elsewhere = dataclasses.replace(PLATFORM, region="mars-north-1")
    answer = launch(pushed, elsewhere)
    assert isinstance(answer, Refused)
    assert "mars-north-1" in str(answer.problems[0])


def test_two_first_pushes_at_once_both_run(machine: LocalAws, repo: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(repo, tmp_path / "other"))
    (other / "config.yaml").write_text((repo / "config.yaml").read_text() + "tags: {team: risk}\n")
    pushes = [push(repo), push(other)]
    together = threading.Barrier(2)

    def start(pushed: Push) -> Launched:
        together.wait()
        return launched(pushed)

    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(start, pushes))
    outputs = [json.loads(machine.wait(run.arn)["output"])["outcome"] for run in runs]
    assert outputs == ["registered", "registered"]


def test_a_redelivery_leaves_the_record_of_what_ran(machine: LocalAws, repo: Path) -> None:
    pushed = push(repo)
    key = f"plain/runs/{launched(pushed).run}/input.json"
    aws.client("s3").put_object(Bucket=PLATFORM.artifact_bucket, Key=key, Body=b"what really ran")
    launch(pushed, PLATFORM)
    assert read(PLATFORM.artifact_bucket, key) == b"what really ran"


def test_one_record_that_is_not_there_yet_does_not_hold_up_the_others(machine: LocalAws, repo: Path) -> None:
    good = push(repo)
    (repo / "train.py").write_text("print('other')")
    half = push(repo)
    aws.client("s3").delete_object(Bucket=half.bucket, Key=half.prefix + "train.py")
    with pytest.raises(IncompletePush):
        receive_event(event(half, good), PLATFORM)
    assert [name[:12] for name in executions()] == [good.revision[:12]]


@pytest.mark.parametrize("text", ["s3://lake/churn/2026-11/", "나무 1", "a@b", "x" * 256])
def test_metadata_that_the_registry_can_hold_is_kept(text: str) -> None:
    assert encode_metadata_value(text) == text


@pytest.mark.parametrize("text", ["", "a,b", "x" * 257, "s3://lake/(old)/", "line\nbreak"])
def test_metadata_that_it_cannot_hold_becomes_a_hash_before_anything_starts(text: str) -> None:
    assert encode_metadata_value(text).startswith("sha256:")
    assert encode_metadata_value(text) == encode_metadata_value(text)
