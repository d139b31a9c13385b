"""`models list` on a deployed platform: from the index, or from SageMaker with --no-index."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from pushtrain.aws import client
from pushtrain.cli.commands.models import list as list_command
from pushtrain.local.aws import up
from pushtrain.platform import Platform
from pushtrain.version_index import refresh_model
from tests.embedded.registered import PLATFORM, register

DEPLOYED = replace(PLATFORM, local_option="")
NOTE = "note  as of the last run or decision of each model; --no-index asks SageMaker now"


@pytest.fixture
def arn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Register two versions that are in the index; yield the ARN of the first."""

    @contextmanager
    def open_platform(*_: object) -> Iterator[Platform]:
        yield DEPLOYED

    monkeypatch.setattr(list_command, "open_platform", open_platform)
    with up(tmp_path / "store", PLATFORM, handlers={}):
        client("sagemaker").create_model_package_group(ModelPackageGroupName="pushtrain-churn")
        arn = register("one", {"auc": 0.95})
        register("two", {"auc": 0.97})
        refresh_model(DEPLOYED, "churn")
        yield arn


def list_versions(*arguments: str) -> list[str]:
    """Return the lines of `models list`."""
    listed = CliRunner().invoke(list_command.command, arguments, catch_exceptions=False)
    assert listed.exit_code == 0
    return listed.stdout.splitlines()


def test_a_version_that_was_deleted_in_the_console_is_listed_with_a_note_how_to_ask(arn: str) -> None:
    client("sagemaker").delete_model_package(ModelPackageName=arn)
    lines = list_versions()
    assert (len(lines), lines[-1]) == (4, NOTE)
    assert [len(list_versions(*arguments)) for arguments in (["--no-index"], ["churn"])] == [2, 2]
    assert len(json.loads("\n".join(list_versions("--json")))) == 2


def test_what_is_registered_since_is_not_yet_in_the_list(arn: str) -> None:
    register("three", {"auc": 0.98})
    assert len(list_versions()) == 4
    refresh_model(DEPLOYED, "churn")
    assert len(list_versions()) == 5
