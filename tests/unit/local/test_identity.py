"""The name and the ARN of the user on this computer."""

from __future__ import annotations

import pytest

from pushtrain.local import identity
from pushtrain.platform import Platform


def test_the_arn_has_the_login_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "minji")
    assert identity.user_name() == "minji"
    assert identity.user_arn(Platform.local()) == "arn:aws:iam::123456789012:user/minji"


@pytest.mark.parametrize("error", [KeyError("no such uid"), OSError("no name")])
def test_a_user_without_a_name_is_unknown(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail() -> str:
        raise error

    monkeypatch.setattr("getpass.getuser", fail)
    assert identity.user_name() == "unknown"
