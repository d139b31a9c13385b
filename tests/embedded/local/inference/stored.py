"""Models that were downloaded already."""

from __future__ import annotations

import tarfile
from pathlib import Path

from pushtrain.catalog.images import build_image_uri, resolve_framework
from pushtrain.local.inference.stored_model import StoredModel

CODE = {"SAGEMAKER_PROGRAM": "inference.py", "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code"}
ECHO = """
def model_fn(folder):
    print("모델을 읽음")
    return open(folder + "/weights").read()
def input_fn(body, content_type):
    return body.split("\\n")
def predict_fn(rows, model):
    return [model + row for row in rows]
def output_fn(prediction, accept):
    return "\\n".join(prediction), accept
"""


def find_image(framework: str) -> str:
    """Return the address of the inference image of `sklearn 1.2-1` and the like."""
    found = resolve_framework(framework, "inference")
    return build_image_uri(found, scope="inference", instance="ml.m5.large", region="us-east-1")


def build_model(
    folder: Path,
    files: dict[str, str],
    *,
    framework: str = "sklearn 1.2-1",
    image: str = "",
    environment: dict[str, str] | None = None,
) -> StoredModel:
    """Pack a model of these files."""
    content, archive = folder / "content", folder / "model.tar.gz"
    for name, text in files.items():
        (content / name).parent.mkdir(parents=True, exist_ok=True)
        (content / name).write_text(text, encoding="utf-8")
    with tarfile.open(archive, "w:gz") as tar:
        for name in files:
            tar.add(content / name, name)
    return StoredModel(
        model="churn",
        version=3,
        status="PendingManualApproval",
        image=image or find_image(framework),
        environment=CODE if environment is None else environment,
        region="us-east-1",
        archive=archive,
    )
