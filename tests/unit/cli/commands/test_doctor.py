"""`pushtrain doctor`: what it prints for a sound and for a broken installation, and which platform it checks."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from pushtrain import aws
from pushtrain.cli.commands import doctor as doctor_command
from pushtrain.platform import PLATFORM_VARIABLE
from tests.unit.doctor.aws_answers import CALLER, DEV, VERSION, Installation, function

DEPLOY = "fix: deploy the platform again: make deploy ENVIRONMENT=dev"
Types = Callable[..., tuple[int, str, str]]


@pytest.fixture
def installation(monkeypatch: pytest.MonkeyPatch) -> Installation:
    installation = Installation()
    monkeypatch.setattr(aws, "client", installation.client)
    monkeypatch.setenv(PLATFORM_VARIABLE, DEV.to_json())
    return installation


@pytest.fixture
def types(typed: Types) -> Types:
    return lambda *arguments: typed("doctor", *arguments)


def test_a_sound_installation(installation: Installation, types: Types) -> None:
    code, out, err = types("--environment", "dev")
    assert (code, err) == (0, "")
    assert out == (
        "  ✓ platform          PUSHTRAIN_PLATFORM: pushtrain in us-east-1\n"
        f"  ✓ credentials       {CALLER}\n"
        "  ✓ code bucket       pushtrain-code\n"
        "  ✓ notification      config.yaml of a push goes to pushtrain-pushes\n"
        "  ✓ artifact bucket   pushtrain-artifacts\n"
        "  ✓ serving bucket    pushtrain-serving\n"
        f"  ✓ handler push      pushtrain-push:live, version 7, pushtrain {VERSION}\n"
        f"  ✓ handler approval  pushtrain-approval:live, version 7, pushtrain {VERSION}\n"
        f"  ✓ handler run-end   pushtrain-run-end:live, version 7, pushtrain {VERSION}\n"
        f"  ✓ handler decide    pushtrain-decide:live, version 7, pushtrain {VERSION}\n"
        f"  ✓ handler replay    pushtrain-replay:live, version 7, pushtrain {VERSION}\n"
        "  ✓ role of runs      pushtrain-states\n"
        "  ✓ role of jobs      pushtrain-jobs\n"
        "  ✓ push queue        pushtrain-pushes feeds pushtrain-push; no push waits\n"
        "  ✓ failure queue     pushtrain-failures is empty\n"
        "  ✓ event rules       all 6 rules are enabled, each with its target\n"
        "  ✓ batches           pushtrain_score\n"
        "  ✓ GPU quotas        no model uses a GPU\n"
        "nothing must be fixed\n"
    )
    document = json.loads(types("--json")[1])
    assert document["fine"] is True
    assert document["checks"][2] == {"check": "code bucket", "state": "fine", "found": "pushtrain-code", "fix": ""}


def test_a_broken_installation(installation: Installation, types: Types) -> None:
    installation.answers["GetRole of pushtrain-jobs"] = "NoSuchEntity"
    code, out, _ = types("-e", "dev", "--json")
    document = json.loads(out)
    assert (code, document["fine"]) == (1, False)
    assert [check for check in document["checks"] if check["state"] != "fine"] == [
        {
            "check": "role of jobs",
            "state": "wrong",
            "found": "there is no role pushtrain-jobs",
            "fix": DEPLOY.removeprefix("fix: "),
        }
    ]
    text = types("-e", "dev")[1]
    assert f"  ✗ role of jobs      there is no role pushtrain-jobs\n{'':22}{DEPLOY}\n" in text
    assert text.endswith("1 of 18 checks: something must be fixed\n")


def test_a_note_does_not_change_the_exit_code(installation: Installation, types: Types) -> None:
    installation.answers["GetFunctionConfiguration of pushtrain-push"] = function("push", Description="")
    code, out, _ = types()
    assert code == 0
    assert "  ! versions          the handler push does not say which pushtrain it runs; this computer has" in out


def test_it_fits_80_columns(installation: Installation, types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_command, "Terminal", lambda _: SimpleNamespace(columns=80))
    installation.answers["GetFunctionEventInvokeConfig of pushtrain-push"] = {
        "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:1:theirs"}}
    }
    assert max(map(len, types()[1].splitlines())) <= 84  # a word that is longer than a line is not broken


def test_credentials_of_another_account_end_the_checks(installation: Installation, types: Types) -> None:
    arn = "arn:aws:iam::999988887777:user/kim"
    installation.answers["GetCallerIdentity"] = {"Account": "999988887777", "Arn": arn}
    code, out, _ = types("--json")
    (_, credentials) = json.loads(out)["checks"]
    assert (code, credentials["found"]) == (
        1,
        f"{arn} belongs to account 999988887777, the platform is in account {DEV.account}",
    )
    assert credentials["fix"] == "use the platform's account, for example with AWS_PROFILE"


def test_credentials_that_are_refused_are_the_only_finding(installation: Installation, types: Types) -> None:
    installation.answers["GetCallerIdentity"] = "ExpiredToken"
    assert types("-e", "dev") == (
        1,
        "  ✗ credentials       could not be checked: An error occurred (ExpiredToken) when calling the\n"
        "                      GetCallerIdentity operation: no\n"
        "                      fix: sign in, for example with `aws sso login`, or set AWS_PROFILE and AWS_REGION\n"
        "1 of 1 checks: something must be fixed\n",
        "",
    )


def test_a_platform_that_is_not_deployed(
    installation: Installation, types: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PLATFORM_VARIABLE)
    installation.answers["GetParameter"] = "ParameterNotFound"
    code, out, _ = types("-e", "prod", "--json")
    (platform,) = json.loads(out)["checks"]
    assert (code, platform["check"]) == (1, "platform")
    assert platform["found"].startswith(
        "there is no SSM parameter /pushtrain/prod/platform in us-east-1. Check that 'prod' is deployed"
    )
    assert platform["fix"] == "check the environment, account and region; or deploy: make deploy"
    installation.answers["GetParameter"] = "AccessDeniedException"
    (platform,) = json.loads(types("-e", "prod", "--json")[1])["checks"]
    assert platform["fix"] == "ask for a policy of the platform, for example the one for operators"


def test_without_a_platform_it_says_how_to_name_one(types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PLATFORM_VARIABLE, raising=False)
    code, out, err = types()
    assert (code, out) == (2, "")
    assert err.startswith(
        "no platform is named. Give --environment NAME (the platform's SSM parameter is /pushtrain/NAME/platform), or"
    )
    assert err.endswith("\nFor this computer add --local\n")
