"""Download the answers of a batch and write them to a file, whole or not at all.

In: a StartedScore whose execution has succeeded. Out: the number of answers. Reads S3.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from pushtrain import aws
from pushtrain.errors import ScoreFailed, UsageError
from pushtrain.layout import build_uri
from pushtrain.local.inference.request_rows import Request
from pushtrain.local.inference.score import split_answer
from pushtrain.platform import Platform
from pushtrain.scoring.execution import StartedScore
from pushtrain.workflow.scoring import WHOLE

ENDING = ".out"  # SageMaker appends it to the name of the file


def fetch_answers(platform: Platform, started: StartedScore, target: Path) -> int:
    """Write the answers to `target`, one for each row, and return their number.

    [unverified] on AWS: the key of the answers. Any one that ends with .out is taken. Raises ScoreFailed if there is
    none or more than one, or if there are more or fewer answers than rows; UsageError if `target` cannot be written.
    """
    s3, uri = aws.client("s3", platform.region), build_uri(platform.artifact_bucket, started.answers)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=platform.artifact_bucket, Prefix=started.answers)
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", ())]
    answers = [key for key in keys if key.endswith(ENDING)]
    if len(answers) != 1:
        raise ScoreFailed(f"expected one file that ends with {ENDING} below {uri}, and there are {keys or 'none'}")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answers"
        s3.download_file(platform.artifact_bucket, answers[0], str(file))
        return _write(file, target, started, uri)


def _write(file: Path, target: Path, started: StartedScore, uri: str) -> int:
    partial, count = target.with_name(f"{target.name}.{uuid4().hex[:8]}"), 0
    try:
        with partial.open("wb") as output:
            for line in _read_answers(file, started):
                output.write(line + b"\n")
                count += 1
        if count != started.rows and started.plan.strategy != WHOLE:
            raise ScoreFailed(
                f"the model answered {started.rows} rows with {count} lines, so no answer belongs to a row. They are "
                f"below {uri}. If OUT is a name that does not end with .csv, each row is a request of its own"
            )
        partial.replace(target)
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}. The answers are below {uri}") from error
    finally:
        partial.unlink(missing_ok=True)
    return count


def _read_answers(file: Path, started: StartedScore) -> Iterator[bytes]:
    """Yield the lines of the file to write. SageMaker puts a line break after the answer to each request."""
    plan, row = started.plan, Request(body=b"", first=1, last=1, rows=1)
    if plan.strategy == WHOLE:
        yield from split_answer(file.read_bytes(), row, plan.accept)
        return
    with file.open("rb") as content:
        for line in content:
            if line.strip():
                yield from split_answer(line, row, plan.accept)
