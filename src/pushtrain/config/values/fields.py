"""The values of config.yaml that have a shape of their own: names, paths, S3 addresses, maps with limits. Pure.

In: one value. Out: the value, tidied, or ValueError saying what was found, what was expected and the remedy.
Limits are those of botocore's SageMaker model; each constant says whose.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata

from pushtrain.config.issue import quote
from pushtrain.config.values.metric import parse_metric

Scalar = str | int | float | bool

NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", re.ASCII)  # TrainingJobName, ModelPackageGroupName
CHANNEL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}")  # ChannelName; a leading dot or hyphen makes a poor folder
RESERVED_CHANNELS = frozenset({"code", "input", "model", "evaluation"})
MAX_ITEM = 256  # one item of ContainerArguments, a tag value, a content type
MAX_S3_URI = 1024
MAX_NAME = 255  # ContainerImage, MetricName
MAX_DESCRIPTION = 1024  # EntityDescription
MAX_CHECKPOINT = 4096  # DirectoryPath
MAX_PATH = 200  # with its folder in front a script is one item of ContainerEntrypoint: 256 characters

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def check_model_name(text: str) -> str:
    """A name that jobs, state machine and model package group can bear."""
    if NAME.fullmatch(text):
        return text
    tidy = re.sub(r"[^a-zA-Z0-9]+", "-", _latin(text))[:63].strip("-")
    advice = f"'{tidy}'" if NAME.fullmatch(tidy) else "a name such as 'churn-2'"
    raise ValueError(
        f"{quote(text)} is not a model name: Latin letters, digits and inner hyphens, at most 63. Try {advice}"
    )


def _latin(text: str) -> str:
    """`text` without accents, ß as ss, and Hangul as Unicode spells it: HANGUL SYLLABLE GO."""
    composed = (
        unicodedata.normalize("NFC", text).replace("ß", "ss").replace("ẞ", "SS")
    )  # file systems may keep a syllable as its parts
    spelt = (unicodedata.name(letter, "").partition("HANGUL SYLLABLE ")[2].lower() or letter for letter in composed)
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", "".join(spelt))
        if letter.isascii() or not unicodedata.combining(letter)
    )


def check_repo_path(text: str) -> str:
    """A path inside the model repo, with `/` between folders; `./` is dropped."""
    if not text or CONTROL.search(text) or len(text) > MAX_PATH:
        raise ValueError(f"{quote(text)} is not a path: 1 to 200 characters on one line")
    if "\\" in text:
        raise ValueError(f"{quote(text)} has a backslash. Write folders with /")
    if text.startswith(("/", "~")) or re.match(r"[A-Za-z]:", text):
        raise ValueError(f"{quote(text)} is absolute. Write it relative to config.yaml")
    if ".." in text.split("/"):
        raise ValueError(f"{quote(text)} leaves the model repo. Write a path inside it, without ..")
    tidy = posixpath.normpath(text)
    if tidy == "." or tidy.startswith("-"):
        raise ValueError(f"{quote(text)} is not a file or folder inside the model repo")
    return tidy


def check_script_path(text: str) -> str:
    """A Python script inside the model repo."""
    path = check_repo_path(text)
    if not path.endswith(".py") or posixpath.basename(path) == ".py":
        raise ValueError(f"{quote(text)} is not a Python script. Its name ends in .py")
    return path


def check_s3_uri(text: str) -> str:
    """`s3://bucket/prefix`."""
    head, _, rest = text.partition("://")
    bucket, _, key = rest.partition("/")
    if head != "s3" or CONTROL.search(text) or len(text) > MAX_S3_URI:
        raise ValueError(f"{quote(text)} is not an S3 address. Write s3://bucket/prefix/, at most 1024 characters")
    if not _BUCKET.fullmatch(bucket) or ".." in bucket:
        raise ValueError(f"{quote(bucket)} is not a bucket name: 3 to 63 lower-case letters, digits, dots and hyphens")
    if key.startswith("/") or "//" in key:
        raise ValueError(f"{quote(text)} has an empty folder name (//). Remove one /")
    return text


def check_channel_name(text: str) -> str:
    """A name of data: also a folder in the container and a training channel."""
    if not CHANNEL.fullmatch(text):
        raise ValueError(
            f"{quote(text)} is not a data name: letters, digits, _, . and -, at most 64, not starting with . or -"
        )
    if text in RESERVED_CHANNELS:
        raise ValueError(f"'{text}' is a folder pushtrain itself uses. Choose another name")
    return text


def check_evaluate_input(text: str) -> str:
    """A data name, or `model`."""
    return text if text == "model" else check_channel_name(text)


def check_image_uri(text: str) -> str:
    """A container image (ContainerImage and TrainingImage: at most 255 characters, no blanks)."""
    if not 1 <= len(text) <= MAX_NAME or re.search(r"\s", text) or CONTROL.search(text):
        raise ValueError(f"{quote(text)} is not an image URI: 1 to 255 characters without blanks")
    return text


def check_kms_key(text: str) -> str:
    """A KMS key id, ARN or alias."""
    if not re.fullmatch(r"[a-zA-Z0-9:/_-]{1,2048}", text):
        raise ValueError(f"{quote(text)} is not a KMS key. Write its id, its ARN or alias/name")
    return text


def check_vpc_id(text: str) -> str:
    """A subnet or security group id."""
    if not re.fullmatch(r"[-0-9a-zA-Z]{1,32}", text):
        raise ValueError(f"{quote(text)} is not an id such as subnet-0a1b2c3d or sg-0a1b2c3d")
    return text


def check_metric_path(text: str) -> str:
    """A path into evaluation.json."""
    parse_metric(text)
    return text


def check_description(text: str) -> str:
    """Text for the registry, which takes no line breaks: they become spaces."""
    text = " ".join(text.split())
    if len(text) > MAX_DESCRIPTION or any(unicodedata.category(letter)[0] == "C" for letter in text):
        raise ValueError("a description has at most 1024 printable characters")
    return text


def check_content_type(text: str) -> str:
    """A MIME type (ContentType: at most 256 characters)."""
    if not re.fullmatch(r"[!-~]+/[!-~]+", text) or len(text) > MAX_ITEM:
        raise ValueError(f"{quote(text)} is not a content type such as text/csv")
    return text


def check_scalar(value: object) -> object:
    """Text, a number or a truth value; the union that pydantic knows would answer with four errors."""
    if not isinstance(value, Scalar):
        found = {dict: "a mapping", list: "a list", type(None): "nothing"}.get(type(value), "something else")
        raise ValueError(f"expected text, a number, true or false, found {found}")  # noqa: TRY004  (pydantic collects ValueErrors)
    return value


def check_checkpoint_path(text: str) -> str:
    """CheckpointConfig.LocalPath: a folder of the container, outside the ones SageMaker itself fills."""
    tidy = posixpath.normpath(text)
    if (
        not text.startswith("/")
        or len(text) > MAX_CHECKPOINT
        or CONTROL.search(text)
        or ".." in text.split("/")
        or tidy in {"/", "//"}
        or any(f"{tidy}/".startswith(f"/opt/ml/{taken}/") for taken in ("input", "model", "output", "code"))
    ):
        raise ValueError(f"{quote(text)} is not a folder in the container such as /opt/ml/checkpoints")
    return tidy
