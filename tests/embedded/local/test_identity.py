"""GetCallerIdentity returns the user of this computer."""

from __future__ import annotations

from pushtrain.aws import client
from pushtrain.local.aws import LocalAws
from pushtrain.local.identity import user_arn


def test_the_caller_is_the_user(aws: LocalAws) -> None:
    caller = client("sts").get_caller_identity()
    assert (caller["Account"], caller["Arn"]) == (aws.platform.account, user_arn(aws.platform))
