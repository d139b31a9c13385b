"""Write catalog/image_packages.json: the Python packages that AWS's framework images hold, from AWS's own lists.

In: a folder with clones of AWS's repositories, each at OWNER/NAME: aws/sagemaker-scikit-learn-container,
aws/sagemaker-xgboost-container and aws/deep-learning-containers. Out: `src/pushtrain/catalog/image_packages.json`, with
today's date and the file and commit of each list.
Usage: `python -m scripts.generate_image_packages CLONES`.

A list is a requirements.txt, or the uv.lock of the newest image, which has every package. Packages that hold no module
for scripts, or that a job on this computer cannot use, are left out (NOT_FOR_SCRIPTS).
"""

from __future__ import annotations

import datetime
import json
import re
import subprocess
import sys
from pathlib import Path

from pushtrain.local.container.packages import normalize_name, read_names

TARGET = Path(__file__).resolve().parent.parent / "src/pushtrain/catalog/image_packages.json"
# Framework: repository, and a pattern of the file. Of several files that match, the newest version counts.
LISTS = {
    "sklearn": ("aws/sagemaker-scikit-learn-container", r"requirements\.txt"),
    "xgboost": ("aws/sagemaker-xgboost-container", r"requirements\.txt"),
    "pytorch": ("aws/deep-learning-containers", r"docker/pytorch/[\d.]+/cpu/uv\.lock"),
    "tensorflow": ("aws/deep-learning-containers", r"docker/tensorflow/[\d.]+/cpu/uv\.lock"),
    "huggingface": ("aws/deep-learning-containers", r"docker/huggingface/pytorch/Dockerfile"),
}
BASES = {"huggingface": "pytorch"}  # its image is built on this one
# Not in the list of the repository, but in the image: AWS's own examples import it in a scikit-learn job.
BESIDES = {"sklearn": ("requests",)}
# Servers, drivers and build tools; what `local/container/stand_ins` replaces; and what fits no other computer.
NOT_FOR_SCRIPTS = re.compile(
    r"pip|setuptools|wheel|gunicorn|gevent|greenlet|flask.*|werkzeug|multi-model-server|model-archiver|"
    r"sagemaker-(containers|training|inference|.*-training)|pytorch-dlc-.*|tensorflow-dlc-.*|tensorflow-cpu|"
    r"dask-cuda|cuda-python|pynvml|pywin32|uvloop|deepspeed|vllm|mpi4py|jupyter.*|notebook.*|gssapi|krb5"
)


def list_packages(text: str, path: str) -> set[str]:
    """Return the normalized names in a requirements.txt, a uv.lock, or the `uv pip install` lines of a Dockerfile."""
    if path.endswith("uv.lock"):
        return {normalize_name(name) for name in re.findall(r'^name = "([^"]+)"', text, re.MULTILINE)}
    if path.endswith("Dockerfile"):
        lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
        commands = re.findall(r"pip install((?:[^&]*?\\\n)*[^&\n]*)", lines)
        words = [word.strip('"') for command in commands for word in command.split() if not word.startswith(("-", "$"))]
        return read_names("\n".join(word for word in words if "/" not in word))
    return read_names(text)


def read_list(clone: Path, pattern: str) -> tuple[str, str]:
    """Return the path and the text of the newest file of a clone whose path matches `pattern`."""
    paths = _git(clone, "ls-tree", "-r", "--name-only", "HEAD").splitlines()
    matches = [path for path in paths if re.fullmatch(pattern, path)]
    newest = max(matches, key=lambda path: [int(number) for number in re.findall(r"\d+", path)])
    return newest, _git(clone, "show", f"HEAD:{newest}")


def generate(clones: Path, today: str) -> dict[str, object]:
    """Return the content of image_packages.json."""
    packages: dict[str, set[str]] = {}
    sources = {}
    for framework, (repository, pattern) in LISTS.items():
        path, text = read_list(clones / repository, pattern)
        names = list_packages(text, path) | set(BESIDES.get(framework, ()))
        names |= packages.get(BASES.get(framework, ""), set())
        packages[framework] = {name for name in names if not NOT_FOR_SCRIPTS.fullmatch(name)}
        commit = _git(clones / repository, "rev-parse", "HEAD").strip()
        sources[framework] = f"https://github.com/{repository}/blob/{commit}/{path}"
    return {"as_of": today, "sources": sources, "packages": {name: sorted(names) for name, names in packages.items()}}


def _git(clone: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(clone), *arguments], check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    document = generate(Path(sys.argv[1]), datetime.datetime.now(datetime.UTC).date().isoformat())
    TARGET.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
