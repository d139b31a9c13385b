"""Advice on the failures that data scientists meet most often. Pure.

Input: the reason of a failure. Output: one sentence, or an empty string if there is no advice beyond the reason itself.
"""

from __future__ import annotations

import re

from pushtrain.runs.real_error import NO_INDEX

ADVICE: tuple[tuple[str, str], ...] = (
    (
        r"No module named '([\w.]+)'",
        r"name the package of \1 in requirements.txt; if it is your own, put it into the model repo",
    ),
    (
        r"error: unrecognized arguments: ([Tt]rue|[Ff]alse)\b",
        r"the script declares a flag (store_true or store_false), and config.yaml gives it the value \1: "
        "read the text in the script instead, as the guide shows",
    ),
    (
        r"error: unrecognized arguments: (--?\S+)",
        r"take \1 out of `hyperparameters` or `arguments` in config.yaml, or add it to the script's parser",
    ),
    (
        r"error: the following arguments are required: (.+)",
        r"give \1 under `hyperparameters` (train) or `arguments` (preprocess, evaluate) in config.yaml",
    ),
    (
        r"KeyError: 'SM_CHANNEL_",
        "train gets the outputs of preprocess except `test`, or the channels in `train.channels`",
    ),
    (r"(?i)cuda out of memory|OutOfMemoryError", "a smaller batch, or an instance with more GPU memory"),
    (
        r"MemoryError|(?i:exit code): (137|-9)\b|SIGKILL",
        "the instance had too little memory: a larger `instance`, or less data at once",
    ),
    (
        r"(No such file or directory|FileNotFoundError).*/opt/ml/(processing|input)",
        "the folders have the names of `data`, `outputs` and `channels` in config.yaml",
    ),
    (r"No space left on device", "a larger `volume`"),
    (
        r"could not convert string to float: b'[^' ]+,",
        "this is CSV, and XGBoost reads data without a content type as libsvm: write `content_type: text/csv` "
        "beside the channel's `source`",
    ),
    (
        r"is not JSON serializable",
        "json.dump takes only Python's own numbers: wrap the value in float() or call .tolist()",
    ),
    (
        r"No S3 objects found under S3 URL .*/runs/[^/]+/([a-z0-9-]+)/[^/]+/output/model\.tar\.gz",
        r"\1 left no model: its script must save one in SM_MODEL_DIR (/opt/ml/model)",
    ),
    (
        r"No S3 objects found under S3 URL .*/runs/[^/]+/([a-z0-9-]+)/[^/]+/(?:output/)?([\w.-]+)",
        r"\1 wrote nothing to the folder of its output `\2`: /opt/ml/processing/\2, unless `outputs` names another",
    ),
    (r"No S3 objects found under S3 URL", "nothing is stored at this address: compare it with `data` in config.yaml"),
    (
        NO_INDEX,
        "the job reaches no package index: ask the platform's operator about the network, or set PIP_INDEX_URL "
        "under `environment`",
    ),
    (
        r"(?:No matching distribution found for|that satisfies the requirement) ([\w.=<>~!\[\]-]+)",
        r"correct the line of \1 in requirements.txt: pip finds no such version for the Python of the image",
    ),
    (r"^ERROR: ", "correct requirements.txt: this is the message of pip"),
    (
        r"InstallRequirementsError(?!.*; correct)",
        "check that every line of requirements.txt can be installed: the log has pip's own message",
    ),
    (
        r"CapacityError|InsufficientCapacity",
        "AWS has no free instance of this type now: write `wait_for_capacity`, try later, or use another instance type",
    ),
    (
        r"ResourceInUse",
        "an answer of AWS about this job was lost, and the job may run on: look at runs show, then redrive the run",
    ),
    (r"ResourceLimitExceeded", "ask for a higher quota of this instance type in Service Quotas"),
    (r"AccessDenied|is not authorized to perform", "the platform's role may not do this: show its operator the reason"),
)


def find_advice(reason: str) -> str:
    """Return what to try; empty if the reason already says it or no advice fits."""
    for pattern, text in ADVICE:
        if match := re.search(pattern, reason):
            return match.expand(text)
    return ""
