"""Keys of S3, and the IAM patterns that match them. Only `pushtrain.layout` spells keys."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from pushtrain import layout
from pushtrain.catalog.job_kinds import TRAINING
from tests.layout_keys import ANSWERS, EVALUATION, KEYS, RUN, build_example

ROOT = Path(__file__).parents[2]
MODULES = ("src/**/*.py", "templates/**/*.py", "lambda/*.py", "infra/*.py")
PIECES = re.compile(
    r"^s3://$|/(runs|source|definitions|pushes|checkpoints)/|/output/model\.tar\.gz|model-repos|sourcedir\.tar\.gz"
    r"|\b(approved|problems|input|verdict)\.json|\breport\.html|/(config\.yaml|manifest\.json|evaluation\.json)"
)
PLACEHOLDERS = {
    "model": "<model>",
    "revision": "<revision>",
    "content_hash": "<content hash>",
    "definition_hash": "<hash>",
    "run": "<run id>",
    "identity": "<data version>",
    "step_hash": "<step key>",
    "step": "<step>",
    "job": "<job>",
    "evaluation_key": "<model>/runs/<run id>/<step>/<job>/<output>/evaluation.json",
    "job_prefix": "<model>/runs/<run id>/<step>/<job>",
    "path": "<output>/",
    "version": "<version>",
    "decided_at": "<time>",
    "status": "<status>",
}
NOT_KEYS = {
    ("src/pushtrain/report/page.py", "report.html"): "the page's template",
}


@pytest.mark.parametrize(("name", "key"), KEYS.items())
def test_each_key_is_the_one_that_its_docstring_shows(name: str, key: str) -> None:
    assert build_example(name) == key
    assert f"`{key}`" in str(inspect.getdoc(getattr(layout, name)))


def test_every_function_that_builds_a_key_is_tested() -> None:
    functions = dict(inspect.getmembers(layout, inspect.isfunction))
    assert KEYS.keys() == {name for name in functions if re.fullmatch(r"build_\w+_(key|prefix)", name)}


def test_every_pattern_matches_a_key() -> None:
    config, manifest = (KEYS["build_revision_prefix"] + name for name in (layout.CONFIG, layout.MANIFEST))
    patterns = [pattern for name, pattern in vars(layout).items() if name.startswith("ALL_")]
    assert len(patterns) > 10
    assert [
        p
        for p in patterns
        if not any(fnmatchcase(key, p) for key in (*KEYS.values(), EVALUATION, ANSWERS, config, manifest))
    ] == []


def test_no_job_can_write_a_record_or_a_report() -> None:
    writable = {name for name, key in KEYS.items() if fnmatchcase(key, layout.build_job_outputs_pattern(layout.ANY))}
    assert writable == {
        "build_answers_prefix",
        "build_checkpoints_prefix",
        "build_job_prefix",
        "build_latency_key",
        "build_served_features_key",
        "build_output_key",
        "build_packages_key",
        "build_plots_key",
        "build_predictions_key",
        "build_features_key",
    }


@pytest.mark.parametrize("name", KEYS)
def test_the_page_about_the_architecture_shows_each_key(name: str) -> None:
    key = build_example(name, PLACEHOLDERS).removeprefix("<model>/runs/<run id>")
    assert key in (ROOT / "docs" / "architecture.md").read_text("utf-8")


def test_the_config_of_a_revision_is_a_push() -> None:
    prefix = layout.build_revision_prefix("churn", "3f1c9a")
    assert layout.parse_push_key(f"{prefix}config.yaml") == ("churn", "3f1c9a")


@pytest.mark.parametrize(
    "key",
    [
        "model-repos/churn/3f1c9a/config_yaml",
        "model-repos/churn/3f1c9a/data/config.yaml",
        "model-repos/churn/config.yaml",
        "other/churn/3f1c9a/config.yaml",
        "model-repos/churn/3f1c9a/config.yaml.bak",
    ],
)
def test_no_other_key_is_a_push(key: str) -> None:
    assert layout.parse_push_key(key) is None


def test_the_trained_model_lies_where_sagemaker_puts_it() -> None:
    output_path = layout.build_step_prefix("churn", "r", "train")
    prefix = layout.build_job_prefix("churn", "r", "train", "job-1")
    model = layout.build_output_key(prefix, TRAINING.build_output_path("model"))
    assert model == f"{output_path}/job-1/output/model.tar.gz"


def test_plots_lie_beside_the_evaluation() -> None:
    uri = layout.build_plots_key(layout.build_uri("artifacts", EVALUATION))
    assert uri == f"s3://artifacts/{RUN}/evaluate/job-1/evaluation/plots.json"
    assert layout.build_features_key(EVALUATION) == f"{RUN}/evaluate/job-1/evaluation/request_features.csv"
    assert layout.build_predictions_key(EVALUATION) == f"{RUN}/evaluate/job-1/evaluation/request_predictions.csv"


def test_a_uri_is_split_into_bucket_and_key() -> None:
    assert layout.split_uri(layout.build_uri("artifacts", "churn/approved.json")) == (
        "artifacts",
        "churn/approved.json",
    )
    assert layout.split_uri("s3://artifacts") == ("artifacts", "")


def test_the_prefix_of_a_job_names_its_run() -> None:
    assert layout.read_job_run(layout.build_job_prefix("churn", "3f1c9a-0b42de", "train", "job-1")) == "3f1c9a-0b42de"
    for other in ("", "churn/runs/r1/train", "churn/runs/r1/train/job/model.tar.gz", "churn/sources/r1/train/job"):
        assert layout.read_job_run(other) == ""


def list_texts(file: Path) -> Iterator[str]:
    """Yield the texts of a module. Docstrings are left out."""
    tree = ast.parse(file.read_text("utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def find_spelled_keys() -> Iterator[tuple[str, str]]:
    """Yield module and text of each key that is spelled outside the layout. A message has spaces, a key has none."""
    for file in (file for pattern in MODULES for file in sorted(ROOT.glob(pattern))):
        name = file.relative_to(ROOT).as_posix()
        if name == "src/pushtrain/layout.py":
            continue
        for text in list_texts(file):
            if PIECES.search(text) and not re.search(r"\s", text) and (name, text) not in NOT_KEYS:
                yield name, text


def test_no_other_module_spells_a_key() -> None:
    assert list(find_spelled_keys()) == []
