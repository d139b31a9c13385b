"""What AWS says about a definition, in one line for each remark."""

from __future__ import annotations

from pushtrain.plans.validation import AwsAnswer, Diagnostic


def diagnostic(severity: str, location: str = "") -> Diagnostic:
    return Diagnostic(severity=severity, code="MISSING_END_STATE", message="No terminal state.", location=location)


def test_a_remark_is_one_line_with_awss_words() -> None:
    assert str(diagnostic("ERROR")) == "AWS refuses the definition (MISSING_END_STATE): No terminal state."
    assert str(diagnostic("WARNING", "/States/a")) == (
        "AWS warns about the definition at /States/a (MISSING_END_STATE): No terminal state."
    )


def test_only_an_error_is_a_refusal() -> None:
    assert AwsAnswer(diagnostics=(diagnostic("WARNING"), diagnostic("ERROR"))).is_refusal
    assert not AwsAnswer(diagnostics=(diagnostic("WARNING"),)).is_refusal
    assert not AwsAnswer(reason="no credentials").is_refusal
