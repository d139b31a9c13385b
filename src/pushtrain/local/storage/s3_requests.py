"""Stands around every S3 request: what it changed is written down before it is answered.

In: moto's S3 and an Objects. Out: moto's S3 with that duty, and three of its faults mended: a multipart upload was
announced twice, a copy of one carried a checksum that no client accepts, and between the look of a conditional write
and its writing another could write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from pushtrain.local.patches import Patches
from pushtrain.local.storage.objects import Objects

Method = Callable[..., Any]


@contextmanager
def persist_s3(objects: Objects, *, after_request: Callable[[], None]) -> Iterator[None]:
    """Keep moto's S3 and the store equal while the context lasts.

    `after_request` is called in the thread of each request after its change is stored: then notifications are sent,
    as on AWS.
    """
    from moto.s3.models import S3Backend  # noqa: PLC0415  moto is imported only when AWS comes up
    from moto.s3.responses import S3Response  # noqa: PLC0415

    patches = Patches()
    try:
        for name in ("bucket_response", "key_response"):
            patches.replace(S3Response, name, _answering(getattr(S3Response, name), objects, after_request))
        patches.replace(S3Backend, "put_object", _putting(S3Backend.put_object, objects))
        patches.replace(S3Backend, "delete_object", _deleting(S3Backend.delete_object, objects))
        patches.replace(S3Backend, "put_object_tagging", _tagging(S3Backend.put_object_tagging, objects))
        patches.replace(S3Backend, "copy_object", _copying(S3Backend.copy_object))
        objects.refresh()
        yield
    finally:
        patches.undo()


def _answering(original: Method, objects: Objects, after: Callable[[], None]) -> Method:
    def respond(self: Any, request: Any, full_url: str, headers: Any) -> Any:
        with objects.alone() if _conditional(request) else nullcontext():
            objects.refresh()
            try:
                answer = original(self, request, full_url, headers)
            finally:
                objects.flush()
        after()
        return answer

    return respond


def _conditional(request: Any) -> bool:
    """Whether a write goes ahead only if the object is, or is not, what the client believes."""
    conditions = {"If-Match", "If-None-Match"}
    return request.method != "GET" and any(request.headers.get(name) for name in conditions)


def _putting(original: Method, objects: Objects) -> Method:
    def put(self: Any, bucket_name: str, key_name: str, *rest: Any, **options: Any) -> Any:
        objects.touch(bucket_name, key_name)
        if options.get("multipart") is not None:  # moto announces its completion itself, and a Put before
            options["disable_notification"] = True
        return original(self, bucket_name, key_name, *rest, **options)

    return put


def _deleting(original: Method, objects: Objects) -> Method:
    def delete(self: Any, bucket_name: str, key_name: str, *rest: Any, **options: Any) -> Any:
        objects.touch(bucket_name, key_name)
        return original(self, bucket_name, key_name, *rest, **options)

    return delete


def _tagging(original: Method, objects: Objects) -> Method:
    def tag(self: Any, key: Any, *rest: Any, **options: Any) -> Any:
        objects.touch(key.bucket_name, key.name)
        return original(self, key, *rest, **options)

    return tag


def _copying(original: Method) -> Method:
    def copy(self: Any, src_key: Any, dest_bucket_name: str, dest_key_name: str, *rest: Any, **options: Any) -> None:
        original(self, src_key, dest_bucket_name, dest_key_name, *rest, **options)
        if src_key.checksum_parts:  # a checksum over parts is not the copy's: boto3 would refuse to read it
            copied = self.get_bucket(dest_bucket_name).keys[dest_key_name]
            copied.checksum_algorithm = copied.checksum_value = None

    return copy
