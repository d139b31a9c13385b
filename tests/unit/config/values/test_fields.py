"""Names, paths, addresses and ids: what is accepted, normalised or refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pushtrain.config.values import fields

Check = Callable[[str], str]


@pytest.mark.parametrize(
    ("check", "text", "normalised"),
    [
        (fields.check_model_name, "churn-2", "churn-2"),
        (fields.check_repo_path, "./data//x/", "data/x"),
        (fields.check_marker_key, "meta/_SUCCESS", "meta/_SUCCESS"),
        (fields.check_script_path, "src/./train.py", "src/train.py"),
        (fields.check_s3_uri, "s3://lake/churn/", "s3://lake/churn/"),
        (fields.check_source, "model", "model"),
        (fields.check_source, "split.train.csv", "split.train.csv"),
        (fields.check_mount_path, "/opt/ml/processing//input/", "/opt/ml/processing/input"),
        (fields.check_image_uri, "repo/image:1", "repo/image:1"),
        (fields.check_kms_key, "alias/key", "alias/key"),
        (fields.check_vpc_id, "subnet-0a1b2c3d", "subnet-0a1b2c3d"),
        (fields.check_metric_path, "mse.value", "mse.value"),
        (fields.check_description, " two\nlines ", "two lines"),
        (fields.check_content_type, "text/csv", "text/csv"),
        (fields.check_checkpoint_path, "/tmp/state/", "/tmp/state"),
    ],
)
def test_accepted(check: Check, text: str, normalised: str) -> None:
    assert check(text) == normalised


@pytest.mark.parametrize(
    ("check", "text", "message"),
    [
        *(
            (fields.check_marker_key, key, "is the key of one object below the data, such as _SUCCESS or version.json")
            for key in ("", "/a", "a/", "s3://lake/a")
        ),
        (fields.check_repo_path, "", "is not a path. A path has 1 to 200 characters on one line"),
        (fields.check_repo_path, "a\\b", "has a backslash. Separate folders with /"),
        (fields.check_repo_path, "C:/a", "is an absolute path. Write a path relative to config.yaml"),
        (fields.check_repo_path, "a/../..", "leaves the model repo. Write a path inside it, without .."),
        (fields.check_repo_path, "-rf", "is not a file or folder inside the model repo"),
        (fields.check_script_path, "src/.py", "is not a Python script. Name a file that ends in .py"),
        (fields.check_s3_uri, "lake/x", "is not an S3 address. Write s3://bucket/prefix/, at most 1024 characters"),
        (fields.check_s3_uri, "s3://La/x", "is not a bucket name. Use 3 to 63 lower-case letters, digits,"),
        (fields.check_s3_uri, "s3://lake//x", "has an empty folder name (//). Remove one /"),
        (fields.check_channel_name, ".hidden", "is not a data name. Use letters, digits, _, . and -, at most 64,"),
        (fields.check_channel_name, "code", "is a folder that pushtrain itself uses. Choose another name"),
        (fields.check_source, "code", "is a folder that pushtrain itself uses. Choose another name"),
        (fields.check_image_uri, "https://own/image:1", "an image has no scheme. Write 'own/image:1' without https://"),
        (fields.check_image_uri, "a b", "is not an image URI. Use 1 to 255 characters without spaces"),
        (fields.check_vpc_id, "subnet 1", "is not a subnet or security group. Write an id such as subnet-0a1b2c3d or"),
        (fields.check_description, "x" * 1025, "the description is not valid. Use at most 1024 printable characters"),
        (fields.check_content_type, "csv", "is not a content type. Write a MIME type such as text/csv"),
        (fields.check_checkpoint_path, "/opt/ml/model/x", "cannot hold checkpoints. Write a folder in the container"),
        (fields.check_checkpoint_path, "/", "cannot hold checkpoints. Write a folder in the container"),
    ],
)
def test_refused(check: Check, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=r"^.") as raised:
        check(text)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [("my_churn", "my-churn"), ("Größe 2", "Grosse-2"), ("고객 이탈", "gogaeg-ital"), ("-a-", "a")],
)
def test_a_wrong_model_name_comes_with_a_right_one(text: str, suggestion: str) -> None:
    with pytest.raises(ValueError, match=f"is not a model name.* Try '{suggestion}'"):
        fields.check_model_name(text)


def test_a_model_name_without_a_latin_letter_comes_with_an_example() -> None:
    with pytest.raises(ValueError, match="Try a name such as 'churn-2'"):
        fields.check_model_name("日本")
