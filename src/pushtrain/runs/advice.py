"""What to try when a run failed, for the failures that data scientists meet most. Pure.

In: the reason of a failure. Out: one sentence, empty where we have nothing better to say than the reason itself.
"""

from __future__ import annotations

import re

ADVICE: tuple[tuple[str, str], ...] = (
    (
        r"No module named '([\w.]+)'",
        r"name the package of \1 in requirements.txt; if it is your own, see that it lies in the model repo",
    ),
    (
        r"error: unrecognized arguments: (--?\S+)",
        r"take \1 out of `hyperparameters` or `arguments` in config.yaml, or add it to the script's parser",
    ),
    (
        r"error: the following arguments are required: (.+)",
        r"give \1 under `hyperparameters` (train) or `arguments` (preprocess, evaluate) in config.yaml",
    ),
    (r"KeyError: 'SM_CHANNEL_", "train gets the outputs of preprocess but `test`, or what `train.channels` names"),
    (r"(?i)cuda out of memory|OutOfMemoryError", "a smaller batch, or an instance with more GPU memory"),
    (
        r"MemoryError|(?i:exit code): (137|-9)\b|SIGKILL",
        "the machine had too little memory: a larger `instance`, or less data at once",
    ),
    (
        r"(No such file or directory|FileNotFoundError).*/opt/ml/(processing|input)",
        "folders are named as `data`, `outputs` and `channels` in config.yaml say",
    ),
    (r"No space left on device", "a larger `volume`"),
    (r"is not JSON serializable", "json.dump knows Python's own numbers: wrap the value in float() or call .tolist()"),
    (
        r"InstallRequirementsError(?!.*; mend)",
        "see whether every line of requirements.txt can be installed: the log has pip's own words",
    ),
    (r"CapacityError|InsufficientCapacity", "AWS has no such machine free now: try later, or another instance type"),
    (r"ResourceLimitExceeded", "ask for a higher quota of this instance type in Service Quotas"),
    (r"AccessDenied|is not authorized to perform", "the platform's role may not do this: show its operator the reason"),
)


def find_advice(reason: str) -> str:
    """What to try; empty where the reason says it, or nothing general can be said."""
    for pattern, text in ADVICE:
        if match := re.search(pattern, reason):
            return match.expand(text)
    return ""
