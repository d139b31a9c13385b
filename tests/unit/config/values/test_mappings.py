"""Mappings with limits: each wrong entry is reported by its key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from pushtrain.config.values import mappings
from tests.unit.config.sample_configs import list_problems

Check = Callable[[str, Any], Iterator[str]]


@pytest.mark.parametrize(
    ("check", "key", "value"),
    [
        (mappings.check_tag, "team", "churn & co".replace("&", "+")),
        (mappings.check_tag, "팀", ""),
        (mappings.check_argument, "size", 5),
        (mappings.check_hyperparameter, "layers", {"first": 10}),
        (mappings.check_metric_regex, "loss", "loss=([0-9.]+)"),
        (mappings.check_data_name, "raw", None),
    ],
)
def test_accepted(check: Check, key: str, value: Any) -> None:
    assert list(check(key, value)) == []


@pytest.mark.parametrize(
    ("check", "key", "value", "message"),
    [
        (mappings.check_tag, "aws:x", "", "'aws:x' is not a tag key. Use 1 to 128 letters, digits, spaces and"),
        (mappings.check_tag, "x", "€", "the tag value is not valid. Use at most 256 letters, digits, spaces and"),
        (mappings.check_argument, "--size", 1, "write the name of an argument without its hyphens: size"),
        (
            mappings.check_argument,
            "a=b",
            1,
            "is not an argument name. Use at most 254 characters, without spaces and =",
        ),
        (mappings.check_argument, "x", "a\nb", "the value is not valid. Use at most 256 characters on one line"),
        (mappings.check_hyperparameter, "sagemaker_x", 1, "is set by pushtrain or SageMaker itself. Choose another"),
        (mappings.check_hyperparameter, "a b", 1, "is not a hyperparameter name. Use 1 to 256 characters without"),
        (mappings.check_hyperparameter, "x", "a" * 2500, "the value has 2502 characters as JSON; SageMaker accepts at"),
        (mappings.check_metric_regex, "", "(x)", "'' is not a metric name. Use 1 to 255 characters on one line"),
        (mappings.check_metric_regex, "x", "", "the regex has 0 characters; expected 1 to 500"),
        (mappings.check_metric_regex, "x", "(", "the regex is not valid: missing ), unterminated subpattern"),
        (mappings.check_data_name, "a b", None, "'a b' is not a data name"),
    ],
)
def test_refused(check: Check, key: str, value: Any, message: str) -> None:
    (text,) = check(key, value)
    assert message in text


def test_environment_variables_are_limited_in_number_and_length() -> None:
    adapter = TypeAdapter[dict[str, str]](Annotated[dict[str, str], mappings.limit_environment(10)])
    assert adapter.validate_python({"A": "b"}) == {"A": "b"}
    with pytest.raises(ValidationError) as raised:
        adapter.validate_python({"1A": "x" * 11})
    assert raised.value.errors()[0]["ctx"]["error"].errors == [
        (
            "1A",
            "'1A' is not the name of an environment variable. Use letters, digits and _, not starting with a digit",
        ),
        ("1A", "the value has 11 characters; SageMaker accepts at most 10"),
    ]
    with pytest.raises(ValidationError, match="101 environment variables are too many; at most 100 fit in the request"):
        adapter.validate_python({f"A{number}": "" for number in range(101)})


def test_a_raw_block_has_a_limited_size() -> None:
    values = ", ".join(["1"] * 501)
    (problem,) = list_problems(f"model: m\ntrain: {{framework: pytorch 2.6, sagemaker: {{Tagz: [{values}]}}}}")
    assert problem.endswith("train.sagemaker: the raw block has more than 500 values. Remove some")


def test_a_raw_block_holds_no_json_paths() -> None:
    with pytest.raises(ValueError, match=r"'B\.\$' takes its value from a JSON path; the raw block holds plain values"):
        mappings.check_raw_block({"A": [{"B.$": "$.x"}]})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "5"),
        (0.2, "0.2"),
        (True, "true"),
        ("reg:linear", "reg:linear"),
        ([1, "a"], '[1, "a"]'),
        ({"a": 1}, '{"a": 1}'),
    ],
)
def test_an_image_without_the_toolkit_gets_plain_values(value: object, text: str) -> None:
    assert mappings.format_plain(value) == text
