"""The mappings of config.yaml that have limits: environment variables, tags, arguments, hyperparameters. Pure.

In: one mapping. Out: the same, or EntryErrors saying what is wrong with which of its entries.
Limits are those of botocore's SageMaker model.
"""

from __future__ import annotations

import json
import re
import unicodedata
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import AfterValidator

from pushtrain.config.issue import quote
from pushtrain.config.values.fields import CONTROL, MAX_ITEM, MAX_NAME, check_channel_name

RESERVED_HYPERPARAMETERS = frozenset({"default_user_module_name", "_tuning_objective_metric"})
MAX_HYPERPARAMETERS = 90  # the API takes 100; script mode and distribution need up to 10 of their own
MAX_ARGUMENTS = 50  # ContainerArguments takes 100 items, and each argument is two: --name and value
MAX_HYPERPARAMETER = 2500
MAX_TAGS = 40  # the API takes 50; the platform's and pushtrain's own need the rest
MAX_RAW = 500  # every field of a request, twice over
MAX_REGEX = 500  # MetricRegex
MAX_TAG_KEY = 128

_VARIABLE = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_PUNCTUATION = "_.:/=+-@"


class EntryErrors(ValueError):
    """Several entries of one mapping are wrong: (key, what is wrong) each."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{key}: {message}" for key, message in faults))


def limit_entries(limit: int, what: str, check: Callable[[str, Any], Iterator[str]]) -> AfterValidator:
    """A validator of mappings: at most `limit` entries, each of which `check` finds nothing to say about."""

    def validate(values: dict[str, Any]) -> dict[str, Any]:
        if len(values) > limit:
            raise ValueError(f"{len(values)} {what}; at most {limit} fit in the request")
        if faults := [(key, fault) for key, value in values.items() for fault in check(key, value)]:
            raise EntryErrors(faults)
        return values

    return AfterValidator(validate)


def limit_environment(length: int) -> AfterValidator:
    """Environment variables of a container: at most 100, keys and values of at most `length` characters."""

    def check(key: str, value: str) -> Iterator[str]:
        if not _VARIABLE.fullmatch(key) or len(key) > length:
            yield f"{quote(key)} is not a variable name: letters, digits and _, not starting with a digit"
        if len(value) > length:
            yield f"the value has {len(value)} characters; SageMaker takes {length}"

    return limit_entries(100, "environment variables", check)


def check_raw_block(fields: dict[str, Any]) -> dict[str, Any]:
    """A `sagemaker:` block of bounded size; what its fields are is looked up in the API model later."""
    waiting: list[Any] = [fields]
    for count, value in enumerate(waiting):
        if count > MAX_RAW:
            raise ValueError(f"the raw block holds more than {MAX_RAW} values")
        if isinstance(value, dict):
            if path := next((key for key in value if key.endswith(".$")), None):
                raise ValueError(
                    f"{quote(path)} would take its value from a JSON path; the raw block holds plain values"
                )
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return fields


def check_data_name(key: str, _: object) -> Iterator[str]:
    """The keys of `data:`."""
    try:
        check_channel_name(key)
    except ValueError as error:
        yield str(error)


def check_tag(key: str, value: str) -> Iterator[str]:
    """AWS tags (Key 1..128, Value 0..256, letters, digits, blanks and _.:/=+-@)."""
    if not 1 <= len(key) <= MAX_TAG_KEY or not _plain(key) or key.lower().startswith(("aws:", "pushtrain:")):
        yield f"{quote(key)} is not a tag key: 1 to 128 letters, digits, blanks, {_PUNCTUATION}, not aws: or pushtrain:"
    if len(value) > MAX_ITEM or not _plain(value):
        yield f"a tag value takes at most 256 letters, digits, blanks and {_PUNCTUATION}"


def check_argument(name: str, value: object) -> Iterator[str]:
    """What a processing script gets as `--name value`, each one item of ContainerArguments."""
    if name.startswith("-"):
        yield f"an argument is written without its hyphens: {name.lstrip('-')[:60] or 'name'}"
    elif not re.fullmatch(r"[^\s\x00-\x1f\x7f=]+", name) or len(name) + 2 > MAX_ITEM:
        yield f"{quote(name)} is not an argument name: no blanks, no =, at most {MAX_ITEM - 2} characters"
    if len(text := str(value)) > MAX_ITEM or CONTROL.search(text):
        yield f"the value takes at most {MAX_ITEM} characters on one line"


def check_hyperparameter(name: str, value: object) -> Iterator[str]:
    """What train.py gets as `--name value`; values travel as JSON (HyperParameters: key 256, value 2500)."""
    if name.startswith("sagemaker_") or name in RESERVED_HYPERPARAMETERS:
        yield f"{quote(name)} is set by pushtrain or SageMaker itself. Choose another name"
    if not re.fullmatch(r"[^\s\x00-\x1f\x7f]{1,256}", name):
        yield f"{quote(name)} is not a hyperparameter name: no blanks, 1 to 256 characters"
    if len(text := json.dumps(value, ensure_ascii=False)) > MAX_HYPERPARAMETER:
        yield f"the value has {len(text)} characters as JSON; SageMaker takes {MAX_HYPERPARAMETER}"


def compile_regex(pattern: str) -> re.Pattern[str]:
    """`pattern` without Python's remarks on its style, which are not the user's concern."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return re.compile(pattern)


def check_metric_regex(name: str, pattern: str) -> Iterator[str]:
    """MetricDefinitions: Name 1..255, Regex 1..500 characters."""
    if not 1 <= len(name) <= MAX_NAME or CONTROL.search(name):
        yield f"{quote(name)} is not a metric name: 1 to 255 characters on one line"
    if not 1 <= len(pattern) <= MAX_REGEX:
        yield f"the regex has {len(pattern)} characters; expected 1 to 500"
        return
    try:
        compile_regex(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        yield f"the regex is wrong: {error}"


def _plain(text: str) -> bool:
    return all(letter in _PUNCTUATION or unicodedata.category(letter)[0] in "LZN" for letter in text)
