"""Definition -> what AWS says about it, asked before a push. Creates nothing.

Source: ValidateStateMachineDefinition (Step Functions API Reference): up to 100 diagnostics, each with a severity
(ERROR or WARNING), a code, a message and mostly a location. AWS may add codes at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from pushtrain import aws
from pushtrain.platform import Platform
from pushtrain.workflow import serialize_definition

ERROR = "ERROR"


class Diagnostic(Struct, frozen=True, kw_only=True):
    """One remark of AWS about a definition. `location` is a path such as `/States/train/Retry`, or empty."""

    severity: str
    code: str
    message: str
    location: str

    def __str__(self) -> str:
        verb = "refuses" if self.severity == ERROR else "warns about"
        where = f" at {self.location}" if self.location else ""
        return f"AWS {verb} the definition{where} ({self.code}): {self.message}"


class AwsAnswer(Struct, frozen=True, kw_only=True):
    """What AWS said about a definition. `reason` is empty if AWS was asked, else why it could not be asked."""

    diagnostics: tuple[Diagnostic, ...] = ()
    reason: str = ""

    @property
    def is_refusal(self) -> bool:
        """True if AWS would not create a state machine with this definition."""
        return any(diagnostic.severity == ERROR for diagnostic in self.diagnostics)


def ask_aws(definition: Mapping[str, Any], platform: Platform) -> AwsAnswer:
    """Let AWS validate a definition. If it does not answer, for example without credentials, the answer says why."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        states = aws.client("stepfunctions", platform.region)
        response = states.validate_state_machine_definition(definition=serialize_definition(definition))
    except (BotoCoreError, ClientError) as error:
        return AwsAnswer(reason=" ".join(str(error).split()))
    return AwsAnswer(diagnostics=tuple(map(_read_diagnostic, response["diagnostics"])))


def _read_diagnostic(diagnostic: Mapping[str, str]) -> Diagnostic:
    return Diagnostic(
        severity=diagnostic["severity"],
        code=diagnostic["code"],
        message=diagnostic["message"],
        location=diagnostic.get("location", ""),
    )
