"""Values of config.yaml that have a form of their own: names, paths, S3 addresses, ids. Pure.

Each check takes the text from config.yaml and returns it, sometimes normalised. It raises ValueError with what was
found, what is expected and what to do. Limits come from botocore's SageMaker model; each constant names its field.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from pushtrain.catalog.job_kinds import STEP_KINDS
from pushtrain.catalog.suggest import did_you_mean
from pushtrain.config.issue import quote
from pushtrain.config.values.metric import parse_metric

NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", re.ASCII)  # TrainingJobName, ModelPackageGroupName
CHANNEL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}")  # ChannelName, but without a first dot or hyphen
STEP = re.compile(r"[a-z][a-z0-9-]{0,19}")  # part of job names and of S3 prefixes
NO_SCRIPT = "none"  # the script of a training job whose image brings its own program
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
STANDARD_STEPS = ("preprocess", "train", "evaluate")  # each has a key of its own in config.yaml
STEPS = "steps"  # the key of config.yaml with a team's own steps
SERVING_TEST = "serving-test"  # the job of `register.inference.test`
_STATES = ("start", "decide", "gate", "register", "registered", "done")  # of every workflow, beside those of its steps
RESERVED_STEPS = {
    SERVING_TEST: "the job that tests a model before its registration has this name",
    **dict.fromkeys(_STATES, "every workflow has a state of this name"),
    "data": "`data.NAME` is a data entry",
    "checkpoints": "the checkpoints of every step are in a folder of this name",
}
CODE = "code"  # the input and the channel that hold the model repo
RESERVED_CHANNELS = frozenset({CODE, "input", "model", "evaluation"})
PROCESSING_FOLDER = "/opt/ml/processing"
SAGEMAKER_FOLDERS = ("input", "model", "output", "code")  # in /opt/ml, filled by SageMaker
MAX_ITEM = 256  # one item of ContainerArguments, a tag value, a content type
MAX_S3_URI = 1024
MAX_NAME = 255  # ContainerImage, MetricName
MAX_DESCRIPTION = 1024  # EntityDescription
MAX_CHECKPOINT = 4096  # DirectoryPath
MAX_MOUNT = 256  # ProcessingS3Input.LocalPath
MAX_PATH = 200  # a script with its folder is one item of ContainerEntrypoint, at most 256 characters

# Source: registries of Amazon ECR, and of its FIPS and China endpoints.
ECR_IMAGE = re.compile(r"(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/.+")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def check_model_name(text: str) -> str:
    """Return `text` if jobs, state machines and model package groups can have this name."""
    if NAME.fullmatch(text):
        return text
    suggestion = re.sub(r"[^a-zA-Z0-9]+", "-", _to_latin(text))[:63].strip("-")
    advice = f"'{suggestion}'" if NAME.fullmatch(suggestion) else "a name such as 'churn-2'"
    raise ValueError(
        f"{quote(text)} is not a model name. Use Latin letters, digits and inner hyphens, at most 63. Try {advice}"
    )


def _to_latin(text: str) -> str:
    """Return `text` without accents, with ss for ß, and with Hangul romanised: "고" becomes "go"."""
    composed = unicodedata.normalize("NFC", text)  # macOS stores a Hangul syllable as several characters
    composed = composed.replace("ß", "ss").replace("ẞ", "SS")
    romanised = (unicodedata.name(letter, "").partition("HANGUL SYLLABLE ")[2].lower() or letter for letter in composed)
    return "".join(
        letter
        for letter in unicodedata.normalize("NFKD", "".join(romanised))
        if letter.isascii() or not unicodedata.combining(letter)
    )


def check_repo_path(text: str) -> str:
    """Return the normalised path inside the model repo: "./data//x" becomes "data/x"."""
    if not text or CONTROL.search(text) or len(text) > MAX_PATH:
        raise ValueError(f"{quote(text)} is not a path. A path has 1 to 200 characters on one line")
    if "\\" in text:
        raise ValueError(f"{quote(text)} has a backslash. Separate folders with /")
    if text.startswith(("/", "~")) or re.match(r"[A-Za-z]:", text):
        raise ValueError(f"{quote(text)} is an absolute path. Write a path relative to config.yaml")
    if ".." in text.split("/"):
        raise ValueError(f"{quote(text)} leaves the model repo. Write a path inside it, without ..")
    path = posixpath.normpath(text)
    if path == "." or path.startswith("-"):
        raise ValueError(f"{quote(text)} is not a file or folder inside the model repo")
    return path


def check_script_path(text: str) -> str:
    """Return the normalised path of a Python script inside the model repo."""
    path = check_repo_path(text)
    if not path.endswith(".py") or posixpath.basename(path) == ".py":
        raise ValueError(f"{quote(text)} is not a Python script. Name a file that ends in .py")
    return path


def check_training_script(text: str) -> str:
    """Return the normalised path of a Python script, or NO_SCRIPT: the image brings its own program."""
    return text if text == NO_SCRIPT else check_script_path(text)


def check_marker_key(key: str) -> str:
    """Return the key of a marker below the address of its data. Raises ValueError for an address and for a folder."""
    if not key or "://" in key or key.startswith("/") or key.endswith("/"):
        raise ValueError("is the key of one object below the data, such as _SUCCESS or version.json")
    return key


def check_s3_uri(text: str) -> str:
    """Return `text` if it is an address `s3://bucket/prefix`."""
    scheme, _, address = text.partition("://")
    bucket, _, key = address.partition("/")
    if scheme != "s3" or CONTROL.search(text) or len(text) > MAX_S3_URI:
        raise ValueError(f"{quote(text)} is not an S3 address. Write s3://bucket/prefix/, at most 1024 characters")
    if not _BUCKET.fullmatch(bucket) or ".." in bucket:
        raise ValueError(
            f"{quote(bucket)} is not a bucket name. Use 3 to 63 lower-case letters, digits, dots and hyphens"
        )
    if key.startswith("/") or "//" in key:
        raise ValueError(f"{quote(text)} has an empty folder name (//). Remove one /")
    return text


def check_channel_name(text: str) -> str:
    """Return `text` if it can name an output of preprocess: a folder in the container and a training channel."""
    check_mount_name(text)
    if text in RESERVED_CHANNELS:
        raise ValueError(f"'{text}' is a folder that pushtrain itself uses. Choose another name")
    return text


def check_mount_name(text: str) -> str:
    """Return `text` if it can name data, an input or an output: a folder in the container or a training channel."""
    if not CHANNEL.fullmatch(text):
        raise ValueError(
            f"{quote(text)} is not a data name. Use letters, digits, _, . and -, at most 64, not starting with . or -"
        )
    if text == CODE:
        raise ValueError(f"'{text}' is a folder that pushtrain itself uses. Choose another name")
    return text


def check_source(text: str) -> str:
    """Return `text` if it can be the source of an input: data.NAME, STEP.OUTPUT, or one word in a standard step."""
    step, dot, output = text.partition(".")
    if dot and STEP.fullmatch(step) and CHANNEL.fullmatch(output):
        return text
    return check_mount_name(text)


def check_step_name(text: str) -> str:
    """Return `text` if it can name a step in `steps:`."""
    if text in STANDARD_STEPS:
        raise ValueError(
            f"{text!r} is a step with a key of its own. Write `{text}:` beside `steps:`, or choose another name"
        )
    if text in RESERVED_STEPS:
        raise ValueError(f"{text!r} cannot name a step: {RESERVED_STEPS[text]}. Choose another name")
    if not STEP.fullmatch(text):
        suggestion = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:20].rstrip("-")
        advice = f". Try {suggestion!r}" if STEP.fullmatch(suggestion) else ""
        raise ValueError(
            f"{quote(text)} is not a step name. Use lower-case letters, digits and hyphens, at most 20, "
            f"starting with a letter{advice}"
        )
    return text


def check_kind(text: str) -> str:
    """Return `text` if it is a kind of job that a step can be."""
    names = [kind.name for kind in STEP_KINDS]
    if text not in names:
        advice = did_you_mean(text, names) or f". Write {' or '.join(names)}"
        raise ValueError(f"{quote(text)} is not a kind of step{advice}")
    return text


def check_mount_path(text: str) -> str:
    """Return the normalised folder of an input or output in a processing container (LocalPath)."""
    path = posixpath.normpath(text)
    if (
        len(text) > MAX_MOUNT
        or CONTROL.search(text)
        or ".." in text.split("/")
        or not path.startswith(f"{PROCESSING_FOLDER}/")
    ):
        raise ValueError(
            f"{quote(text)} is not a folder of a processing job. "
            f"Write one inside {PROCESSING_FOLDER}, such as {PROCESSING_FOLDER}/input"
        )
    return path


def check_image_uri(text: str) -> str:
    """Return `text` if it can be a container image (ContainerImage, TrainingImage: at most 255, no spaces)."""
    if not 1 <= len(text) <= MAX_NAME or re.search(r"\s", text) or CONTROL.search(text):
        raise ValueError(f"{quote(text)} is not an image URI. Use 1 to 255 characters without spaces")
    scheme, separator, address = text.partition("://")
    if separator:
        raise ValueError(f"an image has no scheme. Write {quote(address)} without {scheme}://")
    return text


def check_kms_key(text: str) -> str:
    """Return `text` if it can be a KMS key id, ARN or alias."""
    if not re.fullmatch(r"[a-zA-Z0-9:/_-]{1,2048}", text):
        raise ValueError(f"{quote(text)} is not a KMS key. Write its id, its ARN or alias/name")
    return text


def check_vpc_id(text: str) -> str:
    """Return `text` if it can be the id of a subnet or a security group."""
    if not re.fullmatch(r"[-0-9a-zA-Z]{1,32}", text):
        raise ValueError(
            f"{quote(text)} is not a subnet or security group. Write an id such as subnet-0a1b2c3d or sg-0a1b2c3d"
        )
    return text


def check_metric_path(text: str) -> str:
    """Return `text` if it is a path into evaluation.json."""
    parse_metric(text)
    return text


def check_description(text: str) -> str:
    """Return a text for the model registry. The registry accepts no line breaks, so they become spaces."""
    text = " ".join(text.split())
    if len(text) > MAX_DESCRIPTION or any(unicodedata.category(letter)[0] == "C" for letter in text):
        raise ValueError("the description is not valid. Use at most 1024 printable characters")
    return text


def check_content_type(text: str) -> str:
    """Return `text` if it is a MIME type (ContentType: at most 256 characters)."""
    if not re.fullmatch(r"[!-~]+/[!-~]+", text) or len(text) > MAX_ITEM:
        raise ValueError(f"{quote(text)} is not a content type. Write a MIME type such as text/csv")
    return text


def check_scalar(value: object) -> object:
    """Return `value` if it is text, a number or a boolean.

    Without this check, pydantic would report one error for each type of the union.
    """
    if not isinstance(value, str | int | float | bool):
        kind = {dict: "a mapping", list: "a list", type(None): "nothing"}.get(type(value), "something else")
        raise ValueError(f"expected text, a number, true or false, found {kind}")  # noqa: TRY004  (pydantic collects ValueErrors)
    return value


def check_argument_value(value: object) -> object:
    """Return `value` if it is one scalar, a list of scalars (several values), or None (a flag, without a value)."""
    if not isinstance(value, list | tuple):
        return None if value is None else check_scalar(value)
    if not value:
        raise ValueError("an empty list gives the argument no value. Remove it, or write all arguments as a list")
    return tuple(check_scalar(part) for part in value)


def check_checkpoint_path(text: str) -> str:
    """Return the normalised folder for checkpoints (CheckpointConfig.LocalPath), outside SageMaker's own folders."""
    path = posixpath.normpath(text)
    if (
        not text.startswith("/")
        or len(text) > MAX_CHECKPOINT
        or CONTROL.search(text)
        or ".." in text.split("/")
        or path in {"/", "//"}
        or any(f"{path}/".startswith(f"/opt/ml/{folder}/") for folder in SAGEMAKER_FOLDERS)
    ):
        raise ValueError(
            f"{quote(text)} cannot hold checkpoints. Write a folder in the container such as /opt/ml/checkpoints"
        )
    return path


ModelName = Annotated[
    str,
    AfterValidator(check_model_name),
    WithJsonSchema({"type": "string", "pattern": r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$"}),
]
ScriptPath = Annotated[
    str, AfterValidator(check_script_path), WithJsonSchema({"type": "string", "pattern": r"^[^/~\\-][^\\]*\.py$"})
]
TrainingScript = Annotated[
    str,
    AfterValidator(check_training_script),
    WithJsonSchema({"type": "string", "pattern": r"^(none|[^/~\\-][^\\]*\.py)$"}),
]
S3Uri = Annotated[str, AfterValidator(check_s3_uri), WithJsonSchema({"type": "string", "pattern": "^s3://"})]
MarkerKey = Annotated[str, AfterValidator(check_marker_key)]
RepoPath = Annotated[str, AfterValidator(check_repo_path)]
DataName = Annotated[str, AfterValidator(check_channel_name)]
MountName = Annotated[str, AfterValidator(check_mount_name)]
SourceText = Annotated[str, AfterValidator(check_source)]
MountPath = Annotated[
    str, AfterValidator(check_mount_path), WithJsonSchema({"type": "string", "pattern": f"^{PROCESSING_FOLDER}/"})
]
ImageUri = Annotated[str, AfterValidator(check_image_uri)]
KmsKey = Annotated[str, AfterValidator(check_kms_key)]
VpcId = Annotated[str, AfterValidator(check_vpc_id)]
MetricPath = Annotated[str, AfterValidator(check_metric_path)]
Description = Annotated[str, AfterValidator(check_description)]
ContentType = Annotated[str, AfterValidator(check_content_type)]
_Scalar = str | int | float | bool
ArgumentValue = Annotated[
    _Scalar | tuple[_Scalar, ...] | None,
    BeforeValidator(check_argument_value, json_schema_input_type=_Scalar | list[_Scalar] | None),
]
StepName = Annotated[str, AfterValidator(check_step_name)]
KindName = Annotated[str, AfterValidator(check_kind)]
CheckpointPath = Annotated[str, AfterValidator(check_checkpoint_path)]
