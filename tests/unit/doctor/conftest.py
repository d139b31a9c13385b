"""What the tests of the doctor share: an AWS that answers as a sound installation does."""

from __future__ import annotations

import pytest

from pushtrain import aws
from tests.unit.doctor.aws_answers import Installation


@pytest.fixture
def installation(monkeypatch: pytest.MonkeyPatch) -> Installation:
    installation = Installation()
    monkeypatch.setattr(aws, "client", installation.client)
    return installation
