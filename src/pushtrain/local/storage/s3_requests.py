"""Save the changes of every S3 request before the response is sent.

In: moto's S3 and an Objects. Out: moto's S3, which now saves its changes. Three errors of moto are corrected too: it
sent two notifications for a multipart upload; a copy of such an object had a checksum that no client accepts; and in
a conditional write, another request could write between the check and the write.
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
            patches.replace(S3Response, name, _wrap_response(getattr(S3Response, name), objects, after_request))
        patches.replace(S3Backend, "put_object", _wrap_put(S3Backend.put_object, objects))
        patches.replace(S3Backend, "delete_object", _wrap_delete(S3Backend.delete_object, objects))
        patches.replace(S3Backend, "put_object_tagging", _wrap_tagging(S3Backend.put_object_tagging, objects))
        patches.replace(S3Backend, "copy_object", _wrap_copy(S3Backend.copy_object))
        objects.refresh()
        yield
    finally:
        patches.undo()


def _wrap_response(original: Method, objects: Objects, after_request: Callable[[], None]) -> Method:
    def respond(self: Any, request: Any, full_url: str, headers: Any) -> Any:
        with objects.write_lock() if _is_conditional_write(request) else nullcontext():
            objects.refresh()
            try:
                response = original(self, request, full_url, headers)
            finally:
                objects.flush()
        after_request()
        return response

    return respond


def _is_conditional_write(request: Any) -> bool:
    """Return True if the request writes only under a condition on the object's ETag."""
    conditions = {"If-Match", "If-None-Match"}
    return request.method != "GET" and any(request.headers.get(name) for name in conditions)


def _wrap_put(original: Method, objects: Objects) -> Method:
    def put_object(self: Any, bucket_name: str, key_name: str, *arguments: Any, **options: Any) -> Any:
        objects.touch(bucket_name, key_name)
        if options.get("multipart") is not None:  # moto sends a notification itself when the upload is complete
            options["disable_notification"] = True
        return original(self, bucket_name, key_name, *arguments, **options)

    return put_object


def _wrap_delete(original: Method, objects: Objects) -> Method:
    def delete_object(self: Any, bucket_name: str, key_name: str, *arguments: Any, **options: Any) -> Any:
        objects.touch(bucket_name, key_name)
        return original(self, bucket_name, key_name, *arguments, **options)

    return delete_object


def _wrap_tagging(original: Method, objects: Objects) -> Method:
    def put_tagging(self: Any, key: Any, *arguments: Any, **options: Any) -> Any:
        objects.touch(key.bucket_name, key.name)
        return original(self, key, *arguments, **options)

    return put_tagging


def _wrap_copy(original: Method) -> Method:
    def copy(
        self: Any, src_key: Any, dest_bucket_name: str, dest_key_name: str, *arguments: Any, **options: Any
    ) -> None:
        original(self, src_key, dest_bucket_name, dest_key_name, *arguments, **options)
        if src_key.checksum_parts:  # a checksum over parts is wrong for the copy: boto3 would refuse to read the copy
            copied = self.get_bucket(dest_bucket_name).keys[dest_key_name]
            copied.checksum_algorithm = copied.checksum_value = None

    return copy
