"""What newcomers look for and pushtrain does not do, and what to do instead. Pure.

The command line and the errors of config.yaml answer with it, and docs/not-offered.md is a table of it. When pushtrain
learns one of these, its row goes away: a test fails if a word is a command, an option or a key.
"""

from __future__ import annotations

from msgspec import Struct


class NotOffered(Struct, frozen=True, kw_only=True):
    """One thing that pushtrain does not do.

    `words` are those that people type for it, as a command, an option or a key of config.yaml. `text` ends the sentence
    "pushtrain does not …". `instead` is what to do.
    """

    words: tuple[str, ...]
    text: str
    instead: str


NOT_OFFERED = (
    NotOffered(
        words=("schedule", "cron", "trigger", "triggers", "retrain"),
        text="start runs by itself: each push starts one",
        instead="Let the scheduler of your CI call `pushtrain push DIR --again`, which runs the same code on new data.",
    ),
    NotOffered(
        words=("deploy", "endpoint", "endpoints", "rollback"),
        text="start endpoints",
        instead="`pushtrain models serve MODEL` answers requests on this computer. For an endpoint, an approved model "
        "is in the serving bucket: `pushtrain models fetch MODEL` copies it, and approved.json has the image and the "
        "variables. An approval of an earlier version puts that one back.",
    ),
    NotOffered(
        words=("drift", "monitor", "monitoring", "alert"),
        text="watch a model that serves",
        instead="SageMaker Model Monitor watches endpoints. The conditions of the gate judge the model on new data at "
        "the next push.",
    ),
)


_SCORE = (
    "`pushtrain models score MODEL FILE -o OUT` lets a model answer a file, with --on-aws on AWS. In a run, a step of "
    "`kind: transform` does it."
)
_TUNE = "A search is a key of config.yaml, `train.tune`; `pushtrain run` and `pushtrain push` do it."

# Words that are no command of their own, and what to type.
OTHER_WORDS = {
    "approve": "Versions are approved: `pushtrain models approve MODEL VERSION`.",
    "compare": "Runs are compared: `pushtrain runs compare RUN RUN`; versions: `pushtrain models compare MODEL V1 V2`.",
    "fetch": "Approved models are copied: `pushtrain models fetch MODEL`.",
    "logs": "Logs belong to a run: `pushtrain runs logs RUN`.",
    "report": "Reports belong to a run or a version: `pushtrain runs report RUN`, `pushtrain models report MODEL`.",
    "hpo": _TUNE,
    "sweep": _TUNE,
    "tune": _TUNE,
    "tuning": _TUNE,
    "batch": _SCORE,
    "predict": _SCORE,
    "score": _SCORE,
    "transform": _SCORE,
    "set": "Values of config.yaml are set for one run on this computer: `pushtrain run DIR --set KEY=VALUE`.",
}


def answer_command(word: str) -> str:
    """Return what to type or do for a word that is no command; empty for words that nobody means."""
    return answer_word(word) or OTHER_WORDS.get(word.casefold(), "")


def answer_word(word: str) -> str:
    """Return `pushtrain does not … <what to do instead>` for a command or an option; empty for all other words."""
    return next((_format(entry) for entry in NOT_OFFERED if word.casefold() in entry.words), "")


def answer_key(key: str) -> str:
    """Return the same for a key of config.yaml."""
    return answer_word(key)


def _format(entry: NotOffered) -> str:
    return f"pushtrain does not {entry.text}. {entry.instead}"
