"""`--json` is exactly one JSON document on stdout, whatever happens; what a person reads of it goes to stderr."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from botocore.exceptions import NoCredentialsError

from pushtrain.cli import program, run_command
from pushtrain.cli.output import write_file
from pushtrain.errors import UsageError
from pushtrain.platform import PLATFORM_VARIABLE


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(PLATFORM_VARIABLE, raising=False)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/config.yaml").write_text("model: a\ntrain: {framework: pytorch 2.6}\nnames: 1\n", "utf-8")


@pytest.mark.parametrize(
    ("words", "code", "kind", "begins"),
    [
        ("runs list", 2, "UsageError", "no platform is named. Give --environment NAME"),
        ("runs show r --local", 1, "RunNotFound", "there is no run 'r'"),
        ("models list", 2, "UsageError", "no platform is named. Give --environment NAME"),
        ("plan nosuch --local", 1, "PushError", "nosuch"),
        ("push nosuch", 2, "UsageError", "no platform is named. Give --environment NAME"),
        ("init broken --starter sklearn", 1, "StarterError", "/"),
        ("compile broken", 1, "ConfigError", "broken/config.yaml:3  names: unknown key"),
        ("models show churn", 2, "UsageError", "Missing argument 'VERSION'."),
        ("models show churn v1", 2, "UsageError", "Invalid value for 'VERSION': 'v1' is not a valid integer."),
        ("runs logs r1 --follow", 2, "UsageError", "--follow prints lines as they come, and --json is one document"),
        ("runz", 2, "UsageError", "No such command 'runz'."),
        ("models deploy", 2, "UsageError", "No such command 'deploy'. pushtrain does not start endpoints. "),
        ("push x --drift", 2, "UsageError", "No such option '--drift'. pushtrain does not watch a model that serves."),
        ("validate broken --watch", 2, "UsageError", "--watch never ends"),
    ],
)
def test_a_command_that_fails_prints_its_error_as_the_document(
    words: str, code: int, kind: str, begins: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(lambda: program.main([*words.split(), "--json"], standalone_mode=False)) == code
    told = capsys.readouterr()
    error = json.loads(told.out)["error"]
    assert (error["kind"], error["message"][: len(begins)]) == (kind, begins)
    assert error["message"].split("\n")[0] in told.err


def test_the_problems_of_a_config_are_told_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(lambda: program.main(["compile", "broken", "--json"], standalone_mode=False)) == 1
    (problem,) = json.loads(capsys.readouterr().out)["error"]["problems"]
    assert (problem["key"], problem["line"], problem["file"]) == ("names", 3, "broken/config.yaml")


def test_aws_refusals_are_told_too(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise NoCredentialsError

    monkeypatch.setattr("pushtrain.aws.client", refuse)
    assert run_command(lambda: program.main(["runs", "list", "-e", "dev", "--json"], standalone_mode=False)) == 1
    error = {"kind": "NoCredentialsError", "message": "Unable to locate credentials"}
    assert json.loads(capsys.readouterr().out) == {"error": error}


@pytest.mark.parametrize("words", ["validate broken", "run broken"])
def test_a_command_whose_own_document_tells_of_failure_prints_that_alone(
    words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(lambda: program.main([*words.split(), "--json"], standalone_mode=False)) == 1
    document = json.loads(capsys.readouterr().out)
    assert document.keys() & {"valid", "outcome"}


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (".", "Is a directory"),
        ("/", "Is a directory"),
        ("broken/config.yaml/x", "Not a directory"),
        ("x" * 300, "File name too long"),
        ("none/x", "No such file or directory"),
    ],
)
def test_a_file_that_cannot_be_written_is_one_line(path: str, reason: str) -> None:
    with pytest.raises(UsageError) as raised:
        write_file(Path(path), "text")
    assert str(raised.value) == f"{Path(path)} cannot be written: {reason}"
