"""Run a batch transform job on this computer: a server with the model answers the rows of a file.

In: a CreateTransformJob request whose model exists in embedded AWS, an S3 client, an empty folder for the job. Out: a
JobResult, the answers to each file in S3 as `<file>.out`, and `folder/log.txt`. If it was one file, `latency.json`
beside the folder of the answers, and `features.json` if that file was pushed, as requests of a serving test are. A
request with a member of NOT_IMITATED fails: its answers would be others than those of AWS.
[unverified] on AWS: that the answers to `a/b.csv` below the prefix of the data are in `a/b.csv.out`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

from pushtrain import aws
from pushtrain.catalog.job_fields import read_path
from pushtrain.catalog.job_kinds import TRANSFORM
from pushtrain.decide import NOT_HERE
from pushtrain.errors import LocalError, UsageError
from pushtrain.layout import build_latency_key, build_served_features_key, parse_pushed_path, split_uri
from pushtrain.local.container import transfer
from pushtrain.local.container.contract import JobError, Status
from pushtrain.local.container.job_log import JobLog
from pushtrain.local.container.jobs import LOG, REASON_LENGTH, JobResult
from pushtrain.local.inference.container import find_framework
from pushtrain.local.inference.score import Score, score_file
from pushtrain.local.inference.served_features import read_features
from pushtrain.local.inference.server import ModelServer, serve
from pushtrain.local.inference.stored_model import StoredModel

STOP_CHECK_SECONDS = 0.1
NOT_IMITATED = (("DataProcessing",), ("TransformInput", "CompressionType"))


def run_transform(
    request: Mapping[str, Any],
    *,
    s3: Any,
    folder: Path,
    stop: Event,
    on_line: Callable[[str], None],
    match_image: bool = False,
) -> JobResult:
    """Run the transform job of a complete request, and wait for its end. `folder`, `stop`, `on_line`: see `run_job`."""
    started_at = time.time()
    folder.mkdir(parents=True, exist_ok=True)
    with JobLog(folder / LOG, on_line) as log:
        try:
            reason = _run(request, s3, folder, stop, log.write_line, match_image=match_image)
        except (JobError, LocalError, UsageError) as error:
            text = str(error)
            log.write_line(text)
            reason = text if isinstance(error, JobError) else f"AlgorithmError: {text}"
    status: Status = "Stopped" if stop.is_set() else "Failed" if reason else "Completed"
    return JobResult(
        status=status,
        secondary_status=status,
        failure_reason=reason[:REASON_LENGTH] if status == "Failed" else None,
        started_at=started_at,
        ended_at=time.time(),
    )


def _run(
    request: Mapping[str, Any],
    s3: Any,
    folder: Path,
    stop: Event,
    on_line: Callable[[str], None],
    *,
    match_image: bool,
) -> str:
    """Let the model answer, and store the answers. Return why this computer cannot imitate its image, or an empty text.

    Raises JobError or LocalError if the model does not serve.
    """
    container = _describe_container(s3, request["ModelName"])
    try:
        find_framework(container["Image"])
    except LocalError as error:
        on_line(str(error))
        return f"{NOT_HERE}: {error}"
    if unknown := [".".join(path) for path in NOT_IMITATED if read_path(request, path)]:
        reason = f"this computer does not imitate {' and '.join(unknown)} of a transform job. It works on AWS only"
        on_line(reason)
        return f"{NOT_HERE}: {reason}"
    model = _download_model(s3, container, folder / "model.tar.gz")
    uri = read_path(request, ("TransformInput", "DataSource", "S3DataSource"))["S3Uri"]
    rows = folder / "requests"
    transfer.download_prefix(s3, uri, rows)
    files = sorted(file for file in rows.rglob("*") if file.is_file())
    paths = [file.relative_to(rows).as_posix() for file in files]
    is_test = len(files) == 1 and bool(parse_pushed_path(split_uri(uri)[1]))
    serving = serve(model, match_image=match_image, notes_features=is_test, on_line=on_line)
    with serving as server, _stop_with(server, stop):
        scores = [_answer(server, request, rows / path, folder, path, uri) for path in paths]
        if is_test:
            _store(s3, request, build_served_features_key, read_features(server.features))
    for path in paths:
        transfer.upload_file(s3, _find_answers(folder, path), _build_target(request, f"{path}.out"))
    count, names = sum(score.rows for score in scores), f"{len(files)} file{'s' if len(files) > 1 else ''}"
    on_line(f"answered {count} rows of {names} in {sum(score.requests for score in scores)} requests")
    if len(scores) == 1:
        _store(s3, request, build_latency_key, {"p50": scores[0].p50, "p90": scores[0].p90})
    return ""


def _find_answers(folder: Path, path: str) -> Path:
    return folder / "answers" / f"{path}.out"


def _answer(server: ModelServer, request: Mapping[str, Any], file: Path, folder: Path, path: str, uri: str) -> Score:
    """Answer the file at `path` below the data at `uri`, into the folder of the job."""
    answers = _find_answers(folder, path)
    answers.parent.mkdir(parents=True, exist_ok=True)
    return score_file(
        server,
        file,
        answers,
        content_type=request["TransformInput"].get("ContentType", ""),
        accept=request["TransformOutput"].get("Accept", ""),
        one_by_one=request.get("BatchStrategy") == "SingleRecord",
        whole=request["TransformInput"].get("SplitType") == "None",
        verbatim=True,
        name=_name_file(uri, path),
    )


def _name_file(uri: str, path: str) -> str:
    """Return the path in the model repo of a file in the code bucket, or its path below the prefix of the data."""
    key = split_uri(uri)[1]
    pushed = parse_pushed_path(key)
    return pushed if pushed and key.endswith(path) else path


def _build_target(request: Mapping[str, Any], path: str) -> str:
    """Return the S3 URI of a file with answers."""
    return f"{read_path(request, TRANSFORM.outputs)['S3OutputPath'].rstrip('/')}/{path}"


def _describe_container(s3: Any, model: str) -> Mapping[str, Any]:
    """Return the container of a model. Raises JobError if there is no such model."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        described = aws.client("sagemaker", s3.meta.region_name).describe_model(ModelName=model)
    except ClientError as error:
        raise JobError(f"ClientError: Could not find model {model!r}") from error
    container: Mapping[str, Any] = described["PrimaryContainer"]
    return container


def _download_model(s3: Any, container: Mapping[str, Any], archive: Path) -> StoredModel:
    transfer.download_object(s3, container["ModelDataUrl"], archive)
    return StoredModel(
        model="",
        version=0,
        status="",
        image=container["Image"],
        environment=container.get("Environment", {}),
        region=s3.meta.region_name,
        archive=archive,
    )


def _store(s3: Any, request: Mapping[str, Any], build_key: Callable[[str], str], document: Mapping[str, Any]) -> None:
    """Store a document beside the folder of the answers."""
    bucket, prefix = split_uri(read_path(request, TRANSFORM.outputs)["S3OutputPath"])
    key = build_key(prefix.rstrip("/").rpartition("/")[0])
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(document, ensure_ascii=False).encode())


@contextmanager
def _stop_with(server: ModelServer, stop: Event) -> Iterator[None]:
    """End the server when the job is told to stop: then the request that waits for an answer fails."""
    done = Event()

    def watch() -> None:
        while not done.is_set():
            if stop.wait(STOP_CHECK_SECONDS):
                server.stop()
                return

    watcher = Thread(target=watch, name="stop of a transform job", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
