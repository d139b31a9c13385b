from __future__ import annotations

import pytest

from pushtrain.config.yaml.scalars import parse_scalar


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("False", False),
        ("0", 0),
        ("-12", -12),
        ("0x1f", 31),
        ("9223372036854775807", 2**63 - 1),
        ("1.50", 1.5),
        ("1e-3", 0.001),
        (".5", 0.5),
        ("5.", 5.0),
        ("1.2-1", "1.2-1"),
        ("2h", "2h"),
        ("1h 30m", "1h 30m"),
        ("y", "y"),
        ("n", "n"),
        ("nothing", "nothing"),
        ("once", "once"),
        ("1.2.3", "1.2.3"),
        ("-", "-"),
        ("4.49.0/pytorch2.5.1", "4.49.0/pytorch2.5.1"),
        ("데이터", "데이터"),
    ],
)
def test_values(text: str, value: object) -> None:
    assert parse_scalar(text) == value
    assert type(parse_scalar(text)) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "No",
        "ON",
        "off",
        "010",
        "-07",
        "0o17",
        "0b11",
        "1_000",
        "1_0.5",
        "1:30",
        "12:30:45",
        "2026-11-01",
        "2026-11-01T10:00:00Z",
        "2026-1-1 10:00",
    ],
)
def test_what_yaml_readers_disagree_about_is_to_be_quoted(text: str) -> None:
    with pytest.raises(ValueError, match=r"uote it: \"") as raised:
        parse_scalar(text)
    assert text in str(raised.value)


@pytest.mark.parametrize("text", [".nan", ".inf", "-.INF", "1e999", "9" * 20, "9" * 10_000, "0x" + "f" * 17])
def test_numbers_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"too large|not a finite") as raised:
        parse_scalar(text)
    assert len(str(raised.value)) < 100
