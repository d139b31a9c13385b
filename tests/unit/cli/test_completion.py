"""What Tab offers: by the very way a shell asks, and without ever failing."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from pushtrain.cli import program
from pushtrain.local.storage.store import Store

REPOS = Path(__file__).parents[3] / "model_repos"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def offered(*words: str) -> list[str]:
    """Words (or `dir`, where the shell looks itself) for the last of `words`."""
    *before, incomplete = words
    found = ShellComplete(program, {}, "pushtrain", "_X").get_completions(before, incomplete)
    return [item.value if item.type == "plain" else item.type for item in found]


@pytest.fixture
def store(folder: Path) -> None:
    """A store with two models, and a run of a third."""
    store = Store(folder / ".pushtrain")
    arn = "arn:aws:sagemaker:us-east-1:123456789012:model-package"
    for model, versions in {"churn": 2, "digits": 1}.items():
        store.put("model-package-group", f"pushtrain-{model}", {})
        for version in range(1, versions + 1):
            store.put("model-package", f"{arn}/pushtrain-{model}/{version}", {})
    store.put("execution", "arn:aws:states:us-east-1:123456789012:execution:pushtrain-late-one:abc-1", {})
    store.close()


def test_commands_are_offered_without_importing_them() -> None:
    assert offered("va") == ["validate"]
    assert "completion" in offered("")
    assert "--version" in offered("--")


def test_folders_that_are_model_repos_are_offered(folder: Path) -> None:
    (folder / "churn").mkdir()
    (folder / "churn" / "config.yaml").touch()
    (folder / "chapter").mkdir()
    assert offered("run", "ch") == ["churn"]
    assert offered("validate", "") == ["churn"]
    assert offered("run", f"{REPOS}/d") == [f"{REPOS}/digits"]
    assert offered("run", "cha") == ["dir"]
    assert offered("run", "no/such/") == ["dir"]


def test_environments_of_the_named_model_repo_are_offered(folder: Path) -> None:
    assert offered("run", str(REPOS / "digits"), "--environment", "") == ["prod"]
    assert offered("validate", str(REPOS / "digits"), "-e", "p") == ["prod"]
    (folder / "config.yaml").write_text("environments: [")
    assert offered("run", ".", "-e", "") == []
    assert offered("run", "gone", "-e", "") == []


@pytest.mark.usefixtures("store")
def test_models_versions_and_runs_of_the_store_are_offered() -> None:
    assert offered("models", "show", "") == ["churn", "digits", "late-one"]
    assert offered("models", "approve", "churn", "") == ["2", "1"]
    assert offered("runs", "list", "d") == ["digits"]
    assert offered("runs", "show", "a") == ["abc-1"]
    assert offered("models", "show", "--store", "elsewhere", "") == []


def test_without_a_store_nothing_is_offered_and_none_is_made(folder: Path) -> None:
    assert offered("models", "show", "") == offered("runs", "show", "") == []
    assert not any(folder.iterdir())


def test_a_store_that_cannot_be_read_offers_nothing(folder: Path) -> None:
    (folder / ".pushtrain").mkdir()
    (folder / ".pushtrain" / "store.db").write_text("no database at all" * 1000)
    assert offered("models", "show", "") == []
