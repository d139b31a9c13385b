"""Find the run whose id starts with a text. Reads S3 and Step Functions, changes nothing.

A run has a pointer, an empty object whose key names the run and its model. So the number of requests does not grow with
the number of models. A pointer is a hint: Step Functions is asked about the run. Without a pointer, as for a run that
somebody started by hand, it is asked about the runs of all models.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pushtrain import aws
from pushtrain.errors import RunNotFound
from pushtrain.layout import RUN_POINTERS_PREFIX, parse_run_pointer_key
from pushtrain.platform import Platform
from pushtrain.runs.evaluation import read_run_record
from pushtrain.runs.executions import list_executions
from pushtrain.runs.model import Run
from pushtrain.runs.read import read_run

SHORTEST = 8  # characters of a run id with which pointers are used: a run of another model could have shorter ones

ModelAndRun = tuple[str, str]


def find_run(platform: Platform, text: str) -> Run:
    """Return the run whose id starts with `text`. Raises RunNotFound if no run or more than one matches."""
    pointers = list_pointers(platform, text)
    if pointers:
        matches = _match_pointed_models(platform, text, pointers)
        if not matches and _has_record(platform, pointers):  # Step Functions keeps an execution for 90 days
            raise _build_error(platform, text, [])
        run = read_run(platform, *matches[0]) if len(matches) == 1 else None
        if run and (run.input.get("model"), run.input.get("run")) == (run.model, run.run):
            return run
    matches = _match(platform, text)
    if len(matches) != 1:
        raise _build_error(platform, text, matches)
    return read_run(platform, *matches[0])


def list_pointers(platform: Platform, text: str) -> list[ModelAndRun]:
    """Return the runs that have a pointer and whose id starts with `text`; none if `text` is too short."""
    if len(text) < SHORTEST:
        return []
    s3 = aws.client("s3", platform.region)
    page = s3.list_objects_v2(Bucket=platform.artifact_bucket, Prefix=f"{RUN_POINTERS_PREFIX}{text}")
    pointers = (parse_run_pointer_key(entry["Key"]) for entry in page.get("Contents", ()))
    return [pointer for pointer in pointers if pointer and pointer[1].startswith(text)]


def _match_pointed_models(platform: Platform, text: str, pointers: Collection[ModelAndRun]) -> list[ModelAndRun]:
    """Return the matching runs of the models that pointers name; none if they are those of another team."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        return _match(platform, text, sorted({model for model, _ in pointers}))
    except ClientError as error:
        if error.response["Error"]["Code"] not in aws.ACCESS_DENIED:
            raise
        return []


def _match(platform: Platform, text: str, models: Collection[str] | None = None) -> list[ModelAndRun]:
    """Return the runs of models, or of all, whose id is `text`; if there is none, those whose id starts with it."""
    states: Any = aws.client("stepfunctions", platform.region)
    matches = [
        (model, str(execution["name"]))
        for model, execution in list_executions(states, platform, models)
        if execution["name"].startswith(text)
    ]
    return [match for match in matches if match[1] == text] or matches


def _has_record(platform: Platform, pointers: Collection[ModelAndRun]) -> bool:
    return any(read_run_record(platform, model, run) for model, run in pointers)


def _build_error(platform: Platform, text: str, matches: Collection[ModelAndRun]) -> RunNotFound:
    names = ", ".join([name for _, name in matches][:5])
    message = f"more than one run begins with {text!r}: {names}" if matches else f"there is no run {text!r}"
    return RunNotFound(f"{message}. `pushtrain runs list{platform.cli_option}` shows them")
