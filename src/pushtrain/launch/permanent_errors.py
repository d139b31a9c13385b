"""Errors of AWS that would come again with every delivery of a push. They refuse the push instead of being raised.

Other errors, such as throttling and ConflictException, are raised: Lambda delivers the event again.
Source: the errors of CreateStateMachine, UpdateStateMachine, TagResource and StartExecution (Step Functions API
Reference), of CreateModelPackageGroup (SageMaker API Reference), and the common errors of AWS APIs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pushtrain.errors import PushError
from pushtrain.platform import Platform

DEFINITION = (
    "Change what config.yaml adds with `sagemaker`, or the template. If the model repo uses a template of the platform "
    "and no `sagemaker` keys, tell the platform's operators"
)
PERMISSION = "Tell the platform's operators: a role of the platform lacks a permission"
LIMIT = "Tell the platform's operators: they can delete what is not used, or request a higher quota"
TAGS = "Remove some `tags` from config.yaml"
INSTALLATION = "Tell the platform's operators: `pushtrain doctor` checks the installation"
DELETION = "Wait until AWS has deleted the state machine"

REMEDIES = {
    **dict.fromkeys(("InvalidDefinition", "InvalidExecutionInput", "ValidationException"), DEFINITION),
    # [unverified] on AWS: which of these it says of a request of more than 1 MB, whose headers count too.
    **dict.fromkeys(("413", "RequestEntityTooLarge", "RequestEntityTooLargeException"), DEFINITION),
    **dict.fromkeys(("AccessDenied", "AccessDeniedException", "KmsAccessDeniedException"), PERMISSION),
    **dict.fromkeys(
        ("ResourceLimitExceeded", "ServiceQuotaExceededException", "StateMachineLimitExceeded"),
        LIMIT,
    ),
    **dict.fromkeys(
        (
            *("InvalidArn", "InvalidEncryptionConfiguration", "InvalidLoggingConfiguration", "InvalidName"),
            *("InvalidTracingConfiguration", "KmsInvalidStateException", "MissingRequiredParameter", "NoSuchBucket"),
            *("StateMachineDoesNotExist", "StateMachineTypeNotSupported"),
        ),
        INSTALLATION,
    ),
    "StateMachineDeleting": DELETION,
    "TooManyTags": TAGS,
}


@contextmanager
def refuse_permanent_errors(platform: Platform) -> Iterator[None]:
    """Turn each ClientError with a code of REMEDIES into a PushError that has AWS's words and the remedy."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        yield
    except ClientError as error:
        answer: Any = error.response["Error"]
        if answer["Code"] not in REMEDIES:
            raise
        retry = f"then push with --again{platform.cli_option}"
        message = f"AWS refuses {error.operation_name} ({answer['Code']}): {answer.get('Message', '').rstrip('.')}"
        raise PushError(f"{message}. {REMEDIES[answer['Code']]}, {retry}") from error
