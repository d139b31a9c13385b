"""What AWS refuses for good refuses the push, in AWS's words; anything else is raised, so that Lambda tries again."""

from __future__ import annotations

import botocore.session
import pytest
from botocore.exceptions import ClientError

from pushtrain.errors import PushError
from pushtrain.launch.permanent_errors import REMEDIES, refuse_permanent_errors
from pushtrain.platform import Platform

PLATFORM = Platform.local("dev")
CALLS = ("CreateStateMachine", "UpdateStateMachine", "TagResource", "StartExecution", "DescribeStateMachine")
HANDLED = {"StateMachineAlreadyExists", "ExecutionAlreadyExists"}
TRANSIENT = {"ConflictException", "ExecutionLimitExceeded", "KmsThrottlingException", "ResourceNotFound"}
COMMON = {
    *("AccessDenied", "AccessDeniedException", "NoSuchBucket", "ResourceLimitExceeded"),
    *("413", "RequestEntityTooLarge", "RequestEntityTooLargeException"),
}


def refuse(code: str, words: str = "No.", operation: str = "CreateStateMachine") -> None:
    with refuse_permanent_errors(PLATFORM):
        raise ClientError({"Error": {"Code": code, "Message": words}}, operation)


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (
            "InvalidDefinition",
            "Change what config.yaml adds with `sagemaker`, or the template. If the model repo uses a template of the "
            "platform and no `sagemaker` keys, tell the platform's operators",
        ),
        ("AccessDeniedException", "Tell the platform's operators: a role of the platform lacks a permission"),
        (
            "StateMachineLimitExceeded",
            "Tell the platform's operators: they can delete what is not used, or request a higher quota",
        ),
        ("TooManyTags", "Remove some `tags` from config.yaml"),
        ("InvalidArn", "Tell the platform's operators: `pushtrain doctor` checks the installation"),
        ("StateMachineDeleting", "Wait until AWS has deleted the state machine"),
    ],
)
def test_a_permanent_error_has_awss_words_and_says_who_can_do_what(code: str, remedy: str) -> None:
    with pytest.raises(PushError) as caught:
        refuse(code, "The state 'train' is wrong.")
    again = f"then push with --again{PLATFORM.cli_option}"
    assert str(caught.value) == (
        f"AWS refuses CreateStateMachine ({code}): The state 'train' is wrong. {remedy}, {again}"
    )


@pytest.mark.parametrize("code", sorted(TRANSIENT | {"ThrottlingException", "InternalServerError", "SlowDown"}))
def test_an_error_that_may_pass_is_raised(code: str) -> None:
    with pytest.raises(ClientError, match=code):
        refuse(code)


def test_every_error_of_these_operations_is_known() -> None:
    """botocore's model may get new errors: each is permanent, handled where it arises, or worth another try."""
    model = botocore.session.get_session().get_service_model("stepfunctions")
    errors = {error.name for call in CALLS for error in model.operation_model(call).error_shapes}
    assert errors - set(REMEDIES) == HANDLED | TRANSIENT
    assert set(REMEDIES) - errors == COMMON
