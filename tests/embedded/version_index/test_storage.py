"""The index of versions in S3: many handlers write it at once, and none loses what another wrote."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from msgspec.structs import replace

from pushtrain import aws
from pushtrain.errors import StorageConflict
from pushtrain.platform import Platform
from pushtrain.registry import VersionSummary
from pushtrain.version_index import IndexedModel, VersionIndex, refresh_model, storage

PLATFORM = replace(Platform.local(), local_option="")


class Bucket:
    """S3 with one document, and a registry with one version of each model; `numbers` are those of the versions."""

    def __init__(self) -> None:
        self.body, self.etag = b"", 0
        self.lock = threading.Lock()
        self.barrier: threading.Barrier | None = None
        self.numbers: dict[str, int] = {}
        self.before_write: list[Any] = []

    def get_object(self, **_: Any) -> dict[str, Any]:
        with self.lock:
            body, etag = self.body, self.etag
        if not etag:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "no"}}, "GetObject")
        return {"Body": type("Body", (), {"read": lambda _: body})(), "ETag": str(etag)}

    def put_object(self, Body: bytes, IfMatch: str = "", **_: Any) -> None:  # noqa: N803 - as boto3 calls them
        if self.before_write:
            self.before_write.pop()()
        with self.lock:
            if IfMatch != (str(self.etag) if self.etag else ""):
                raise ClientError({"Error": {"Code": "PreconditionFailed", "Message": "no"}}, "PutObject")
            self.body, self.etag = Body, self.etag + 1

    def read(self, _: Platform, model: str) -> IndexedModel:
        version = VersionSummary(
            model=model, version=self.numbers.get(model, 1), status="Approved", created="", arn="", run="", revision="",
            environment="", metrics={"auc": 1}, gate_metrics=(), version_key=None,
        )  # fmt: skip
        return IndexedModel(versions=(version,), serves=None)

    @property
    def models(self) -> dict[str, int]:
        """The number of the version that the document has of each model."""
        models = VersionIndex.from_json(self.body).models
        return {name: model.versions[0].version for name, model in models.items()}


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    bucket = Bucket()
    monkeypatch.setattr(storage, "_read_model", bucket.read)
    monkeypatch.setattr(storage, "_wait", lambda _: None)
    with aws.use_clients(lambda _: bucket):
        yield bucket


def test_fifty_runs_that_end_at_once_are_all_in_the_index(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "ATTEMPTS", 50)  # without pauses, one of them may lose against each of the others
    models = [f"m{number}" for number in range(50)]
    start, errors = threading.Barrier(50), []

    def end(model: str) -> None:
        start.wait()
        try:
            refresh_model(PLATFORM, model)
        except StorageConflict as error:
            errors.append(error)

    threads = [threading.Thread(target=end, args=(model,)) for model in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert set(bucket.models) == set(models)


def test_of_two_handlers_of_one_model_the_one_that_asked_the_registry_later_wins(bucket: Bucket) -> None:
    def end_later() -> None:
        bucket.numbers["m0"] = 2
        refresh_model(PLATFORM, "m0")

    bucket.before_write = [end_later]
    refresh_model(PLATFORM, "m0")
    assert bucket.models == {"m0": 2}


def test_a_handler_that_loses_each_time_fails_so_that_its_event_comes_again(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "ATTEMPTS", 3)

    def end_another() -> None:
        bucket.etag += 1
        bucket.body = bucket.body or VersionIndex().to_json().encode()

    bucket.before_write = [end_another] * 3
    message = r"s3://\S+/\.versions/all-models was written by others 3 times meanwhile\. Deliver the event again"
    with pytest.raises(StorageConflict, match=message):
        refresh_model(PLATFORM, "m0")


def test_an_index_that_cannot_be_read_is_written_anew(bucket: Bucket, caplog: pytest.LogCaptureFixture) -> None:
    bucket.body, bucket.etag = b'{"schema": 7}', 1
    with caplog.at_level("WARNING", logger="pushtrain.documents"):
        refresh_model(PLATFORM, "m0")
    assert ".versions/all-models cannot be read, so the registry is asked instead: its schema is 7" in caplog.text
    assert bucket.models == {"m0": 1}
