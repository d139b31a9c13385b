"""Package lists of AWS, as `generate_image_packages` reads them from clones."""

from __future__ import annotations

import subprocess
from pathlib import Path

from scripts.generate_image_packages import LISTS, generate, list_packages

LOCK = '[[package]]\nname = "Torch"\nversion = "2"\n\n[[package]]\nname = "pip"\n\n[[package]]\nname = "pyyaml"\n'
DOCKERFILE = """
# `pip install git+https://x` in user files
RUN uv pip install --python ${PYTHON} \\
  transformers==${VERSION} \\
  "hf-transfer==1" \\
  einops scipy \\
  && uv cache clean
"""


def write_clone(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    identity = ("-c", "user.name=a", "-c", "user.email=a@b")
    for command in (("init", "-q"), ("add", "."), (*identity, "commit", "-q", "-m", "x")):
        subprocess.run(["git", "-C", str(folder), *command], check=True)


def test_names_are_read_from_each_kind_of_list() -> None:
    assert list_packages("Flask==3\nPyYAML>=6 # x\n", "requirements.txt") == {"flask", "pyyaml"}
    assert list_packages(LOCK, "docker/uv.lock") == {"torch", "pip", "pyyaml"}
    assert list_packages(DOCKERFILE, "docker/Dockerfile") == {"transformers", "hf-transfer", "einops", "scipy"}


def test_the_newest_file_counts_and_servers_are_left_out(tmp_path: Path) -> None:
    for repository in ("aws/sagemaker-scikit-learn-container", "aws/sagemaker-xgboost-container"):
        write_clone(tmp_path / repository, {"requirements.txt": "boto3==1\nFlask==3\nsagemaker-training==4\n"})
    docker = {f"docker/{name}/cpu/uv.lock": LOCK for name in ("pytorch/2.13", "tensorflow/2.21")}
    old = {"docker/pytorch/2.9/cpu/uv.lock": 'name = "old"', "docker/huggingface/pytorch/Dockerfile": DOCKERFILE}
    write_clone(tmp_path / "aws/deep-learning-containers", docker | old)
    document = generate(tmp_path, "2030-01-31")
    assert document["as_of"] == "2030-01-31"
    assert document["packages"] == {
        "sklearn": ["boto3", "requests"],
        "xgboost": ["boto3"],
        "pytorch": ["pyyaml", "torch"],
        "tensorflow": ["pyyaml", "torch"],
        "huggingface": ["einops", "hf-transfer", "pyyaml", "scipy", "torch", "transformers"],
    }
    sources = document["sources"]
    assert isinstance(sources, dict)
    assert sources.keys() == LISTS.keys()
    assert sources["pytorch"].endswith("/docker/pytorch/2.13/cpu/uv.lock")
