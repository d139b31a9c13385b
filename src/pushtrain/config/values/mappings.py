"""Mappings of config.yaml with limits: environment variables, tags, arguments, hyperparameters, raw blocks. Pure.

A check of one entry takes its key and value and yields a message for each mistake. Limits come from botocore's
SageMaker model.
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
from pushtrain.config.values.fields import CONTROL, MAX_ITEM, MAX_NAME, check_mount_name

RESERVED_HYPERPARAMETERS = frozenset({"default_user_module_name", "_tuning_objective_metric"})
MAX_HYPERPARAMETERS = 90  # the API accepts 100; script mode and distribution need up to 10 of their own
MAX_ITEMS = 100  # ContainerArguments
MAX_ARGUMENTS = MAX_ITEMS // 2  # each argument of a mapping is two items: --name and value
MAX_HYPERPARAMETER = 2500
MAX_TAGS = 40  # the API accepts 50; the platform and pushtrain need some themselves
MAX_RAW = 500  # twice the number of fields in the largest request
MAX_REGEX = 500  # MetricRegex
MAX_TAG_KEY = 128

_VARIABLE = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_PUNCTUATION = "_.:/=+-@"


class EntryErrors(ValueError):
    """One or more entries of a mapping are wrong. `errors` holds (key, message) for each mistake."""

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{key}: {message}" for key, message in errors))


def accept_any(_key: str, _value: object) -> Iterator[str]:
    """Find no mistake: the types of key and value have checked them already."""
    return iter(())


def limit_entries(limit: int, noun: str, check: Callable[[str, Any], Iterator[str]] = accept_any) -> AfterValidator:
    """Return a pydantic validator for mappings with at most `limit` entries, each without messages from `check`.

    `noun` names the entries in messages: "tags". The validator raises ValueError or EntryErrors.
    """

    def validate(entries: dict[str, Any]) -> dict[str, Any]:
        if len(entries) > limit:
            raise ValueError(f"{len(entries)} {noun} are too many; at most {limit} fit in the request")
        if errors := [(key, message) for key, value in entries.items() for message in check(key, value)]:
            raise EntryErrors(errors)
        return entries

    return AfterValidator(validate)


def limit_environment(length: int) -> AfterValidator:
    """Return a validator for environment variables: at most 100, names and values of at most `length` characters."""

    def check(key: str, value: str) -> Iterator[str]:
        if not _VARIABLE.fullmatch(key) or len(key) > length:
            yield (
                f"{quote(key)} is not the name of an environment variable. "
                "Use letters, digits and _, not starting with a digit"
            )
        if len(value) > length:
            yield f"the value has {len(value)} characters; SageMaker accepts at most {length}"

    return limit_entries(100, "environment variables", check)


def format_argument(value: object) -> str:
    """Return a hyperparameter as the script gets it. A mapping becomes `key=value,key=value`.

    Source: aws/sagemaker-training-toolkit, mapping.py.
    """
    if isinstance(value, dict):
        return ",".join(f"{key}={member}" for key, member in sorted(value.items()))
    return "" if value is None else str(value)


def format_plain(value: object) -> str:
    """Return a hyperparameter of an image without SageMaker's toolkit: 5 → "5", true → "true", a list as JSON.

    Text has no quotes. Built-in algorithms document `true` and `false` in lower case.
    """
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def check_raw_block(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the `sagemaker:` block if it is not too large. `rules.jobs` compares its fields with the API model."""
    queue: list[Any] = [fields]
    for count, value in enumerate(queue):
        if count > MAX_RAW:
            raise ValueError(f"the raw block has more than {MAX_RAW} values. Remove some")
        if isinstance(value, dict):
            if path := next((key for key in value if key.endswith(".$")), None):
                raise ValueError(
                    f"{quote(path)} takes its value from a JSON path; the raw block holds plain values only"
                )
            queue.extend(value.values())
        elif isinstance(value, list):
            queue.extend(value)
    return fields


def check_data_name(key: str, _: object) -> Iterator[str]:
    """Check a key of `data:`."""
    try:
        check_mount_name(key)
    except ValueError as error:
        yield str(error)


def check_tag(key: str, value: str) -> Iterator[str]:
    """Check an AWS tag: key of 1 to 128 characters, value of at most 256; letters, digits, spaces and _.:/=+-@."""
    if not 1 <= len(key) <= MAX_TAG_KEY or not _is_tag_text(key) or key.lower().startswith(("aws:", "pushtrain:")):
        yield (
            f"{quote(key)} is not a tag key. Use 1 to 128 letters, digits, spaces and {_PUNCTUATION}, "
            "not starting with aws: or pushtrain:"
        )
    if len(value) > MAX_ITEM or not _is_tag_text(value):
        yield f"the tag value is not valid. Use at most 256 letters, digits, spaces and {_PUNCTUATION}"


def list_words(value: object) -> tuple[object, ...]:
    """Return the values of an argument: several for a tuple, none for None, which is a flag."""
    return () if value is None else value if isinstance(value, tuple) else (value,)


def check_argument(name: str, value: object) -> Iterator[str]:
    """Check an argument of a processing script: `--name` and value are one item of ContainerArguments each."""
    if name.startswith("-"):
        yield f"write the name of an argument without its hyphens: {name.lstrip('-')[:60] or 'name'}"
    elif not re.fullmatch(r"[^\s\x00-\x1f\x7f=]+", name) or len(name) + 2 > MAX_ITEM:
        yield f"{quote(name)} is not an argument name. Use at most {MAX_ITEM - 2} characters, without spaces and ="
    for text in map(str, list_words(value)):
        if len(text) > MAX_ITEM or CONTROL.search(text):
            yield f"the value is not valid. Use at most {MAX_ITEM} characters on one line"


def check_argument_count(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return `arguments` if their names and values are at most MAX_ITEMS (ContainerArguments)."""
    count = len(arguments) + sum(len(list_words(value)) for value in arguments.values())
    if count > MAX_ITEMS:
        raise ValueError(f"{count} names and values are too many; at most {MAX_ITEMS} fit in the request")
    return arguments


def check_argument_text(text: str) -> str:
    """Return `text` if it can be one item of ContainerArguments. It reaches the script as it is."""
    if len(text) > MAX_ITEM or CONTROL.search(text):
        raise ValueError(f"{quote(text)} is not an argument. Use at most {MAX_ITEM} characters on one line")
    return text


def check_hyperparameter_name(name: str, _: object) -> Iterator[str]:
    """Check the name of a hyperparameter."""
    if name.startswith("sagemaker_") or name in RESERVED_HYPERPARAMETERS:
        yield f"{quote(name)} is set by pushtrain or SageMaker itself. Choose another name"
    if not re.fullmatch(r"[^\s\x00-\x1f\x7f]{1,256}", name):
        yield f"{quote(name)} is not a hyperparameter name. Use 1 to 256 characters without spaces"


def check_hyperparameter(name: str, value: object) -> Iterator[str]:
    """Check a hyperparameter. Its value is sent as JSON (HyperParameters: key at most 256, value at most 2500)."""
    yield from check_hyperparameter_name(name, value)
    if len(text := json.dumps(value, ensure_ascii=False)) > MAX_HYPERPARAMETER:
        yield f"the value has {len(text)} characters as JSON; SageMaker accepts at most {MAX_HYPERPARAMETER}"


def compile_regex(pattern: str) -> re.Pattern[str]:
    """Compile `pattern` without Python's warnings about its style. Raises re.error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return re.compile(pattern)


def check_metric_regex(name: str, pattern: str) -> Iterator[str]:
    """Check an entry of MetricDefinitions: Name of 1 to 255, Regex of 1 to 500 characters."""
    if not 1 <= len(name) <= MAX_NAME or CONTROL.search(name):
        yield f"{quote(name)} is not a metric name. Use 1 to 255 characters on one line"
    if not 1 <= len(pattern) <= MAX_REGEX:
        yield f"the regex has {len(pattern)} characters; expected 1 to 500"
        return
    try:
        compile_regex(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        yield f"the regex is not valid: {error}"


def _is_tag_text(text: str) -> bool:
    return all(letter in _PUNCTUATION or unicodedata.category(letter)[0] in "LZN" for letter in text)
