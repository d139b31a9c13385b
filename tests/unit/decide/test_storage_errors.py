"""Which errors of S3 let Step Functions call `decide` again."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from pushtrain.decide.storage_errors import name_temporary_errors
from pushtrain.errors import StorageUnavailable
from pushtrain.workflow.states import LAMBDA_RETRY


def build_error(code: str, status: int) -> ClientError:
    metadata = {"HTTPStatusCode": status}
    return ClientError({"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": metadata}, "GetObject")  # type: ignore[typeddict-item]


@pytest.mark.parametrize(("code", "status"), [("SlowDown", 503), ("InternalError", 500), ("ThrottlingException", 400)])
def test_an_error_that_may_be_gone_a_moment_later_has_a_name_that_step_functions_retries(
    code: str, status: int
) -> None:
    with pytest.raises(StorageUnavailable) as raised, name_temporary_errors():
        raise build_error(code, status)
    assert str(raised.value) == (
        f"AWS did not answer: An error occurred ({code}) when calling the GetObject operation: no. Step Functions "
        "repeats the call a few times. If the run has failed, redrive it: pushtrain runs redrive RUN"
    )
    assert type(raised.value).__name__ in LAMBDA_RETRY[0]["ErrorEquals"]


def test_a_lost_connection_is_tried_again() -> None:
    with pytest.raises(StorageUnavailable, match="Read timeout"), name_temporary_errors():
        raise ReadTimeoutError(endpoint_url="https://aws.example.com")


def test_what_s3_refuses_for_good_keeps_its_name() -> None:
    with pytest.raises(ClientError), name_temporary_errors():
        raise build_error("AccessDenied", 403)
