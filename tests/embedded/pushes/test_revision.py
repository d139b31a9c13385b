"""A pushed revision is read from the code bucket, and nothing in it is trusted."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from pushtrain import aws
from pushtrain.errors import IncompletePush
from pushtrain.launch.launch import launch
from pushtrain.launch.start import Launched
from pushtrain.local.aws import LocalAws
from pushtrain.pushes import pushtrain_start
from pushtrain.pushes import revision as revision_module
from pushtrain.pushes.event import Push
from tests.embedded.launch.plain import PLATFORM, launch_push, launch_refused, read_object, upload_plain

WITHOUT_DATA = "model: plain\ntrain: {image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/team/custom:1}\n"


def test_the_source_archive_has_the_code_without_the_data_and_is_deterministic(local_aws: LocalAws, repo: Path) -> None:
    def source(run: Launched) -> str:
        return str(json.loads(read_object(PLATFORM.artifact_bucket, f"plain/runs/{run.run}/input.json"))["code"])

    one = source(launch_push(upload_plain(repo)))
    with tarfile.open(fileobj=io.BytesIO(read_object(*one.removeprefix("s3://").split("/", 1)))) as tar:
        assert tar.getnames() == ["config.yaml", "evaluation.py", "preprocessing.py", "train.py", "pushtrain_start.py"]
        start_file = tar.extractfile("pushtrain_start.py")
        assert start_file is not None
        assert start_file.read() == Path(pushtrain_start.__file__).read_bytes()
        assert {member.mtime for member in tar} == {0}
    (repo / "data" / "numbers.txt").write_text("1\n2\n3\n")
    assert source(launch_push(upload_plain(repo))) == one
    (repo / "train.py").write_text("print('other')")
    assert source(launch_push(upload_plain(repo))) != one


def test_a_file_with_the_name_of_the_start_file_is_refused(local_aws: LocalAws, repo: Path) -> None:
    (repo / "pushtrain_start.py").touch()
    assert launch_refused(upload_plain(repo)) == (
        "config.yaml  pushtrain adds a file of its own with the name 'pushtrain_start.py' to the code. Rename yours"
    )


def test_a_revision_that_has_not_all_arrived_is_tried_again(local_aws: LocalAws, repo: Path) -> None:
    pushed = upload_plain(repo)
    s3 = aws.client("s3")
    s3.delete_object(Bucket=pushed.bucket, Key=pushed.prefix + "train.py")
    with pytest.raises(IncompletePush) as told:
        launch(pushed, PLATFORM)
    assert str(told.value) == f"plain {pushed.revision[:12]}: not arrived yet: train.py"
    assert b"not arrived yet: train.py" in read_object(
        PLATFORM.artifact_bucket, f"plain/pushes/{pushed.revision}/problems.json"
    )
    s3.put_object(Bucket=pushed.bucket, Key=pushed.prefix + "train.py", Body=(repo / "train.py").read_bytes())
    launch_push(pushed)


def test_a_plain_copy_without_manifest_is_a_push_once_its_scripts_are_there(local_aws: LocalAws, repo: Path) -> None:
    s3 = aws.client("s3")
    (repo / "config.yaml").write_text(WITHOUT_DATA)
    prefix = "model-repos/plain/by-hand/"
    bucket = PLATFORM.code_bucket
    version = s3.put_object(Bucket=bucket, Key=prefix + "config.yaml", Body=(repo / "config.yaml").read_bytes())
    copied = Push(bucket=bucket, model="plain", revision="by-hand", version=version["VersionId"])
    with pytest.raises(IncompletePush) as told:
        launch(copied, PLATFORM)
    assert str(told.value) == "plain by-hand: not arrived yet: train.py"
    for path in repo.rglob("*.*"):
        s3.upload_file(str(path), bucket, prefix + path.relative_to(repo).as_posix())
    launch_push(copied)


@pytest.mark.parametrize(
    ("revision", "config"),
    [
        pytest.param("by-hand", "", id="data in the model repo: nothing else says if all of it has arrived"),
        pytest.param("a" * 64, "without data", id="a revision that is a hash of its files"),
    ],
)
def test_a_manifest_that_is_required_must_arrive(local_aws: LocalAws, repo: Path, revision: str, config: str) -> None:
    if config:
        (repo / "config.yaml").write_text(WITHOUT_DATA)
    s3, prefix = aws.client("s3"), f"model-repos/plain/{revision}/"
    for path in repo.rglob("*.*"):
        s3.upload_file(str(path), PLATFORM.code_bucket, prefix + path.relative_to(repo).as_posix())
    version = s3.head_object(Bucket=PLATFORM.code_bucket, Key=prefix + "config.yaml")["VersionId"]
    copied = Push(bucket=PLATFORM.code_bucket, model="plain", revision=revision, version=version)
    with pytest.raises(IncompletePush) as raised:
        launch(copied, PLATFORM)
    assert str(raised.value) == (
        f"plain {revision[:12]}: not arrived yet: manifest.json, which lists the files of a push. "
        "`pushtrain push DIR` uploads it"
    )


def test_a_data_folder_that_has_not_all_arrived_is_tried_again(local_aws: LocalAws, repo: Path) -> None:
    (repo / "data" / "more.txt").write_text("4\n")
    pushed = upload_plain(repo)
    s3 = aws.client("s3")
    s3.delete_object(Bucket=pushed.bucket, Key=pushed.prefix + "data/more.txt")
    with pytest.raises(IncompletePush) as raised:
        launch(pushed, PLATFORM)
    assert str(raised.value) == f"plain {pushed.revision[:12]}: not arrived yet: data/more.txt"
    s3.put_object(Bucket=pushed.bucket, Key=pushed.prefix + "data/more.txt", Body=b"4\n")
    launch_push(pushed)


def test_a_file_that_is_not_what_the_manifest_says_is_refused(local_aws: LocalAws, repo: Path) -> None:
    pushed = upload_plain(repo)
    aws.client("s3").put_object(Bucket=pushed.bucket, Key=pushed.prefix + "train.py", Body=b"import evil")
    assert launch_refused(pushed) == (
        "push  train.py is not the file that manifest.json lists. Push with --again, which uploads the files again"
    )


def test_a_path_that_leaves_the_model_repo_is_refused(local_aws: LocalAws, repo: Path) -> None:
    pushed = upload_plain(repo)
    aws.client("s3").put_object(Bucket=pushed.bucket, Key=pushed.prefix + "a/../../evil.py", Body=b"")
    assert (
        launch_refused(pushed)
        == "push  'a/../../evil.py' is no path inside a model repo. Remove it from the bucket and push again"
    )


def test_a_manifest_that_is_too_large_is_not_read(
    local_aws: LocalAws, repo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revision_module, "MANIFEST_LIMIT", 10)
    assert launch_refused(upload_plain(repo)) == "push  manifest.json has 863 bytes; 10 is the limit. Push fewer files"


HOSTILE = {
    "empty": "",
    "list": "[]",
    "types": '{"model": "plain", "revision": "r", "files": [{"path": ["x"], "sha256": 1}], "git": {"commit": 1}}',
    "deep": "[" * 200_000,
    "long": json.dumps({"model": "plain", "revision": "r", "files": [], "git": {"repository": "x" * 2000}}),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_manifest_of_someone_elses_is_refused(local_aws: LocalAws, repo: Path, text: str) -> None:
    pushed = upload_plain(repo)
    aws.client("s3").put_object(Bucket=pushed.bucket, Key=pushed.prefix + "manifest.json", Body=text.encode())
    begins, ends = "push  manifest.json is not one that pushtrain wrote (", "). Push the model repo again"
    message = launch_refused(pushed)
    assert (message[: len(begins)], message[-len(ends) :]) == (begins, ends)


def test_the_first_thing_that_a_manifest_lacks_is_named(local_aws: LocalAws, repo: Path) -> None:
    pushed = upload_plain(repo)
    aws.client("s3").put_object(Bucket=pushed.bucket, Key=pushed.prefix + "manifest.json", Body=b"{}")
    assert launch_refused(pushed) == (
        "push  manifest.json is not one that pushtrain wrote (Object missing required field `model`). "
        "Push the model repo again"
    )


def test_a_manifest_of_another_revision_is_refused(local_aws: LocalAws, repo: Path) -> None:
    pushed = upload_plain(repo)
    key = pushed.prefix + "manifest.json"
    (repo / "train.py").write_text("print('other')")
    other = upload_plain(repo)
    aws.client("s3").copy_object(
        Bucket=pushed.bucket, Key=key, CopySource={"Bucket": other.bucket, "Key": other.prefix + "manifest.json"}
    )
    assert (
        launch_refused(pushed)
        == "push  manifest.json is of another revision than the folder it is in. Push the model repo again"
    )
