"""Errors of AWS that may be gone a moment later. If `decide` raises StorageUnavailable, Step Functions calls it again.

Source: Amazon S3 API reference, "List of error codes": SlowDown and other errors with a status of 500 and above.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pushtrain.errors import StorageUnavailable

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

SERVER_ERROR = 500  # the first HTTP status of an error of AWS's own
THROTTLING_CODES = frozenset({"RequestLimitExceeded", "SlowDown", "Throttling", "ThrottlingException"})


@contextmanager
def name_temporary_errors() -> Iterator[None]:
    """Raise StorageUnavailable instead of an error that may be gone a moment later."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        yield
    except ClientError as error:
        if not is_temporary(error):
            raise
        raise _build_error(error) from error
    except BotoCoreError as error:  # no answer has arrived: a timeout, or a connection that was closed
        raise _build_error(error) from error


def is_temporary(error: ClientError) -> bool:
    """Return True if AWS throttles the call or has an error of its own."""
    response: Any = error.response
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= SERVER_ERROR or response["Error"]["Code"] in THROTTLING_CODES


def _build_error(error: Exception) -> StorageUnavailable:
    return StorageUnavailable(
        f"AWS did not answer: {error}. Step Functions repeats the call a few times. If the run has failed, redrive it: "
        "pushtrain runs redrive RUN"
    )
