"""The sandbox of a server: what is unpacked, what is installed, and what cannot be imitated."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain.errors import LocalError
from pushtrain.local.inference.container import ServerCommand, find_framework, prepare_container
from tests.embedded.local.inference.stored import CODE, ECHO, build_model, find_image


def prepare(tmp_path: Path, files: dict[str, str], **options: object) -> ServerCommand:
    model = build_model(tmp_path, files, **options)  # type: ignore[arg-type]
    folder = tmp_path / f"sandbox{len(list(tmp_path.iterdir()))}"
    return prepare_container(model, folder, port=0, token="t", match_image=False, on_line=print)


def test_the_environment_has_what_image_and_code_need(tmp_path: Path, installed: list[object]) -> None:
    files = {
        "code/inference.py": "import lightgbm\nimport net",
        "code/net.py": "import yaml",
        "code/requirements.txt": "lightgbm\n",
    }
    command = prepare(tmp_path, files)
    assert installed == [(["lightgbm\n"], ("sklearn", "1.2-1"), {"lightgbm", "net", "numpy", "yaml"})]
    assert command.argv[-7:-2] == ["sklearn", "0", "/opt/ml/model", "/opt/ml/model/code", "inference"] or (
        command.argv[-7:-5] == ["sklearn", "0"]
    )
    assert command.environment["SAGEMAKER_PROGRAM"] == "inference.py"
    assert "AWS_ACCESS_KEY_ID" not in command.environment
    assert not (tmp_path / "model.tar.gz").exists()
    assert (command.cwd / "pushtrain_server" / "handlers.py").is_file()


def test_an_image_without_default_program_may_serve_without_code(tmp_path: Path, installed: list[object]) -> None:
    assert prepare(tmp_path, {"xgboost-model": ""}, framework="xgboost 1.7-1", environment={}).argv[-3] == ""
    assert prepare(tmp_path, {"model.pt": ""}, framework="pytorch 2.6", environment={}).argv[-3] == ""
    command = prepare(tmp_path, {"code/inference.py": ECHO}, framework="pytorch 2.6", environment={})
    assert command.argv[-3] == "inference"
    with pytest.raises(LocalError) as raised:
        prepare(tmp_path, {"code/inference.py": ECHO}, environment={})
    assert str(raised.value) == (
        "the scikit-learn image does not start without the variable SAGEMAKER_PROGRAM. Add to config.yaml:\n"
        "  register: {inference: {code: [inference.py]}}"
    )


def test_code_outside_of_the_model_is_refused(tmp_path: Path) -> None:
    outside = {**CODE, "SAGEMAKER_SUBMIT_DIRECTORY": "s3://bucket/code.tar.gz"}
    with pytest.raises(LocalError) as raised:
        prepare(tmp_path, {"weights": ""}, environment=outside)
    assert str(raised.value) == (
        "SAGEMAKER_SUBMIT_DIRECTORY is s3://bucket/code.tar.gz: on this computer the inference code must be in the "
        "model, /opt/ml/model/code"
    )


def test_a_broken_archive_is_named(tmp_path: Path) -> None:
    model = build_model(tmp_path, {"weights": ""})
    model.archive.write_bytes(b"no archive")
    with pytest.raises(LocalError) as raised:
        prepare_container(model, tmp_path / "sandbox", port=0, token="t", match_image=False, on_line=print)
    assert str(raised.value) == "churn version 3: ClientError: model.tar.gz is not a tar archive"


def test_an_image_that_cannot_be_imitated_is_refused() -> None:
    assert find_framework(find_image("sklearn 1.2-1")) == ("sklearn", "1.2-1")
    image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/own:1"
    with pytest.raises(LocalError) as raised:
        find_framework(image)
    assert str(raised.value) == (
        f"the image {image} is not one of AWS's framework images: what it runs is not known, and this computer starts "
        "no containers. Test it on AWS, with an endpoint or a batch transform job"
    )
    with pytest.raises(LocalError) as raised:
        find_framework(find_image("tensorflow 2.18"))
    assert str(raised.value) == (
        "the TensorFlow image serves with TensorFlow Serving, which does not run on this computer. Test the model on "
        "AWS, with an endpoint or a batch transform job"
    )
