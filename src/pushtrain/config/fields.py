"""The values of config.yaml that have a shape of their own: names, paths, S3 addresses, maps with limits. Pure.

In: one value. Out: the value, tidied, or ValueError saying what was found, what was expected and the remedy.
Limits are those of botocore's SageMaker model; each constant says whose.
"""

from __future__ import annotations

import json
import math
import posixpath
import re
import unicodedata
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import AfterValidator

from pushtrain.config.finding import brief
from pushtrain.config.metric import parse_metric

Scalar = str | int | float | bool

NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", re.ASCII)  # TrainingJobName, ModelPackageGroupName
CHANNEL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}")  # ChannelName; a leading dot or hyphen makes a poor folder
RESERVED_CHANNELS = frozenset({"code", "input", "model", "evaluation"})
RESERVED_HYPERPARAMETERS = frozenset({"default_user_module_name", "_tuning_objective_metric"})
MAX_HYPERPARAMETERS = 90  # the API takes 100; script mode and distribution need up to 10 of their own
MAX_ARGUMENTS = 50  # ContainerArguments takes 100 items, and each argument is two: --name and value
MAX_HYPERPARAMETER = 2500
MAX_ITEM = 256  # one item of ContainerArguments, a tag value, a content type
MAX_TAGS = 40  # the API takes 50; the platform's and pushtrain's own need the rest
MAX_S3_URI = 1024
MAX_RAW = 500  # every field of a request, twice over
MAX_NAME = 255  # ContainerImage, MetricName
MAX_REGEX = 500  # MetricRegex
MAX_TAG_KEY = 128
MAX_DESCRIPTION = 1024  # EntityDescription
MAX_CHECKPOINT = 4096  # DirectoryPath
MAX_PATH = 200  # with its folder in front a script is one item of ContainerEntrypoint: 256 characters

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_VARIABLE = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_PUNCTUATION = "_.:/=+-@"


def model_name(text: str) -> str:
    """A name that jobs, state machine and model package group can bear."""
    if NAME.fullmatch(text):
        return text
    tidy = re.sub(r"[^a-zA-Z0-9]+", "-", text)[:63].strip("-")
    advice = f". Try '{tidy}'" if NAME.fullmatch(tidy) else ""
    raise ValueError(f"{brief(text)} is not a model name: letters, digits and inner hyphens, at most 63{advice}")


def repo_path(text: str) -> str:
    """A path inside the model repo, with `/` between folders; `./` is dropped."""
    if not text or _CONTROL.search(text) or len(text) > MAX_PATH:
        raise ValueError(f"{brief(text)} is not a path: 1 to 200 characters on one line")
    if "\\" in text:
        raise ValueError(f"{brief(text)} has a backslash. Write folders with /")
    if text.startswith(("/", "~")) or re.match(r"[A-Za-z]:", text):
        raise ValueError(f"{brief(text)} is absolute. Write it relative to config.yaml")
    if ".." in text.split("/"):
        raise ValueError(f"{brief(text)} leaves the model repo. Write a path inside it, without ..")
    tidy = posixpath.normpath(text)
    if tidy == "." or tidy.startswith("-"):
        raise ValueError(f"{brief(text)} is not a file or folder inside the model repo")
    return tidy


def script_path(text: str) -> str:
    """A Python script inside the model repo."""
    path = repo_path(text)
    if not path.endswith(".py") or posixpath.basename(path) == ".py":
        raise ValueError(f"{brief(text)} is not a Python script. Its name ends in .py")
    return path


def s3_uri(text: str) -> str:
    """`s3://bucket/prefix`."""
    head, _, rest = text.partition("://")
    bucket, _, key = rest.partition("/")
    if head != "s3" or _CONTROL.search(text) or len(text) > MAX_S3_URI:
        raise ValueError(f"{brief(text)} is not an S3 address. Write s3://bucket/prefix/, at most 1024 characters")
    if not _BUCKET.fullmatch(bucket) or ".." in bucket:
        raise ValueError(f"{brief(bucket)} is not a bucket name: 3 to 63 lower-case letters, digits, dots and hyphens")
    if key.startswith("/") or "//" in key:
        raise ValueError(f"{brief(text)} has an empty folder name (//). Remove one /")
    return text


def channel_name(text: str) -> str:
    """A name of data: also a folder in the container and a training channel."""
    if not CHANNEL.fullmatch(text):
        raise ValueError(
            f"{brief(text)} is not a data name: letters, digits, _, . and -, at most 64, not starting with . or -"
        )
    if text in RESERVED_CHANNELS:
        raise ValueError(f"'{text}' is a folder pushtrain itself uses. Choose another name")
    return text


def evaluate_input(text: str) -> str:
    """A data name, or `model`."""
    return text if text == "model" else channel_name(text)


def image_uri(text: str) -> str:
    """A container image (ContainerImage and TrainingImage: at most 255 characters, no blanks)."""
    if not 1 <= len(text) <= MAX_NAME or re.search(r"\s", text) or _CONTROL.search(text):
        raise ValueError(f"{brief(text)} is not an image URI: 1 to 255 characters without blanks")
    return text


def kms_key(text: str) -> str:
    """A KMS key id, ARN or alias."""
    if not re.fullmatch(r"[a-zA-Z0-9:/_-]{1,2048}", text):
        raise ValueError(f"{brief(text)} is not a KMS key. Write its id, its ARN or alias/name")
    return text


def vpc_id(text: str) -> str:
    """A subnet or security group id."""
    if not re.fullmatch(r"[-0-9a-zA-Z]{1,32}", text):
        raise ValueError(f"{brief(text)} is not an id such as subnet-0a1b2c3d or sg-0a1b2c3d")
    return text


def metric_path(text: str) -> str:
    """A path into evaluation.json."""
    parse_metric(text)
    return text


def description(text: str) -> str:
    """Text for the registry, which takes no line breaks: they become spaces."""
    text = " ".join(text.split())
    if len(text) > MAX_DESCRIPTION or any(unicodedata.category(letter)[0] == "C" for letter in text):
        raise ValueError("a description has at most 1024 printable characters")
    return text


def content_type(text: str) -> str:
    """A MIME type (ContentType: at most 256 characters)."""
    if not re.fullmatch(r"[!-~]+/[!-~]+", text) or len(text) > MAX_ITEM:
        raise ValueError(f"{brief(text)} is not a content type such as text/csv")
    return text


class Entries(ValueError):
    """Several entries of one mapping are wrong: (key, what is wrong) each."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{key}: {message}" for key, message in faults))


def entries(limit: int, what: str, check: Callable[[str, Any], Iterator[str]]) -> AfterValidator:
    """A validator of mappings: at most `limit` entries, each of which `check` finds nothing to say about."""

    def validate(values: dict[str, Any]) -> dict[str, Any]:
        if len(values) > limit:
            raise ValueError(f"{len(values)} {what}; at most {limit} fit in the request")
        if faults := [(key, fault) for key, value in values.items() for fault in check(key, value)]:
            raise Entries(faults)
        return values

    return AfterValidator(validate)


def environment(length: int) -> AfterValidator:
    """Environment variables of a container: at most 100, keys and values of at most `length` characters."""

    def check(key: str, value: str) -> Iterator[str]:
        if not _VARIABLE.fullmatch(key) or len(key) > length:
            yield f"{brief(key)} is not a variable name: letters, digits and _, not starting with a digit"
        if len(value) > length:
            yield f"the value has {len(value)} characters; SageMaker takes {length}"

    return entries(100, "environment variables", check)


def raw_block(fields: dict[str, Any]) -> dict[str, Any]:
    """A `sagemaker:` block of bounded size; what its fields are is looked up in the API model later."""
    waiting: list[Any] = [fields]
    for count, value in enumerate(waiting):
        if count > MAX_RAW:
            raise ValueError(f"the raw block holds more than {MAX_RAW} values")
        if isinstance(value, dict):
            if path := next((key for key in value if key.endswith(".$")), None):
                raise ValueError(
                    f"{brief(path)} would take its value from a JSON path; the raw block holds plain values"
                )
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return fields


def data_name(key: str, _: object) -> Iterator[str]:
    """The keys of `data:`."""
    try:
        channel_name(key)
    except ValueError as error:
        yield str(error)


def tag(key: str, value: str) -> Iterator[str]:
    """AWS tags (Key 1..128, Value 0..256, letters, digits, blanks and _.:/=+-@)."""
    if not 1 <= len(key) <= MAX_TAG_KEY or not _plain(key) or key.lower().startswith(("aws:", "pushtrain:")):
        yield f"{brief(key)} is not a tag key: 1 to 128 letters, digits, blanks, {_PUNCTUATION}, not aws: or pushtrain:"
    if len(value) > MAX_ITEM or not _plain(value):
        yield f"a tag value takes at most 256 letters, digits, blanks and {_PUNCTUATION}"


def argument(name: str, value: object) -> Iterator[str]:
    """What a processing script gets as `--name value`, each one item of ContainerArguments."""
    if name.startswith("-"):
        yield f"an argument is written without its hyphens: {name.lstrip('-')[:60] or 'name'}"
    elif not re.fullmatch(r"[^\s\x00-\x1f\x7f=]+", name) or len(name) + 2 > MAX_ITEM:
        yield f"{brief(name)} is not an argument name: no blanks, no =, at most {MAX_ITEM - 2} characters"
    if len(text := str(value)) > MAX_ITEM or _CONTROL.search(text):
        yield f"the value takes at most {MAX_ITEM} characters on one line"


def hyperparameter(name: str, value: object) -> Iterator[str]:
    """What train.py gets as `--name value`; values travel as JSON (HyperParameters: key 256, value 2500)."""
    if name.startswith("sagemaker_") or name in RESERVED_HYPERPARAMETERS:
        yield f"{brief(name)} is set by pushtrain or SageMaker itself. Choose another name"
    if not re.fullmatch(r"[^\s\x00-\x1f\x7f]{1,256}", name):
        yield f"{brief(name)} is not a hyperparameter name: no blanks, 1 to 256 characters"
    if len(text := json.dumps(value, ensure_ascii=False)) > MAX_HYPERPARAMETER:
        yield f"the value has {len(text)} characters as JSON; SageMaker takes {MAX_HYPERPARAMETER}"


def compiled(pattern: str) -> re.Pattern[str]:
    """`pattern` without Python's remarks on its style, which are not the user's concern."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return re.compile(pattern)


def metric_regex(name: str, pattern: str) -> Iterator[str]:
    """MetricDefinitions: Name 1..255, Regex 1..500 characters."""
    if not 1 <= len(name) <= MAX_NAME or _CONTROL.search(name):
        yield f"{brief(name)} is not a metric name: 1 to 255 characters on one line"
    if not 1 <= len(pattern) <= MAX_REGEX:
        yield f"the regex has {len(pattern)} characters; expected 1 to 500"
        return
    try:
        compiled(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        yield f"the regex is wrong: {error}"


def scalar(value: object) -> object:
    """Text, a number or a truth value; the union that pydantic knows would answer with four errors."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("expected a finite number")
    if not isinstance(value, Scalar):
        found = {dict: "a mapping", list: "a list", type(None): "nothing"}.get(type(value), "something else")
        raise ValueError(f"expected text, a number, true or false, found {found}")  # noqa: TRY004  (pydantic collects ValueErrors)
    return value


def _plain(text: str) -> bool:
    return all(letter in _PUNCTUATION or unicodedata.category(letter)[0] in "LZN" for letter in text)


def checkpoint_path(text: str) -> str:
    """CheckpointConfig.LocalPath: a folder of the container, outside the ones SageMaker itself fills."""
    tidy = posixpath.normpath(text)
    if (
        not text.startswith("/")
        or len(text) > MAX_CHECKPOINT
        or _CONTROL.search(text)
        or ".." in text.split("/")
        or tidy in {"/", "//"}
    ):
        raise ValueError(f"{brief(text)} is not a folder in the container such as /opt/ml/checkpoints")
    return tidy
