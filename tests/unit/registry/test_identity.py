"""Whom AWS means, and which names are one person's."""

from __future__ import annotations

import pytest

from pushtrain.registry.identity import (
    NOBODY,
    Identity,
    find_same_person,
    is_person,
    parse_identity,
    read_session_name,
    read_user_context,
)


@pytest.mark.parametrize(
    ("name", "other", "is_same"),
    [
        ("kim@a.example", "kim@b.example", True),
        ("kim", "kim@a.example", True),
        ("Kim", "kIM", True),
        ("Kim.Min-ji", "kim_minji@a.example", True),
        ("kim+push", "kim", True),
        ("12345+kim@users.noreply.github.com", "kim", True),
        ("김민지@a.example", "김민지", True),
        ("\uff4b\uff49\uff4d", "kim", True),  # letters of full width
        ("kim", "kim2", False),
        ("kim@a.example", "lee@a.example", False),
        ("kim+ml@a.example", "lee+ml@a.example", False),
        ("12345", "12345@a.example", True),  # an employee's number
        ("", "", False),
        ("@a.example", "@b.example", False),
    ],
)
def test_names_are_one_persons(name: str, other: str, is_same: bool) -> None:
    assert find_same_person(["park", name], other) == (name if is_same else "")
    assert find_same_person(["park", other], name) == (other if is_same else "")


@pytest.mark.parametrize(
    "name",
    [
        "botocore-session-1700000000",
        "aws-go-sdk-1700000000000000000",
        "aws-sdk-java-1700000000000",
        "aws-sdk-js-1700000000000",
        "1700000000000000000",
        "i-0123456789abcdef0",
        "0123456789abcdef0123456789abcdef",
        "SageMaker",
        "AIDAEXAMPLEEXAMPLE",
        "123456789012",  # the root user
        "",
        "@",
    ],
)
def test_names_that_tools_make_up_are_nobodys(name: str) -> None:
    assert not is_person(name)


@pytest.mark.parametrize("name", ["kim", "kim@a.example", "12345", "jenkins", "sagemaker-admin", "i-kim"])
def test_other_names_are_somebodys(name: str) -> None:
    assert is_person(name)


def test_the_registry_names_a_caller_by_profile_source_identity_and_session() -> None:
    identity = {
        "Arn": "arn:aws:sts::123456789012:assumed-role/studio/SageMaker",
        "PrincipalId": "AROAEXAMPLE:SageMaker",
        "SourceIdentity": "kim@a.example",
    }
    caller = read_user_context({"UserProfileName": "kim-1", "IamIdentity": identity})
    assert caller == Identity(principal="AROAEXAMPLE:SageMaker", names=("kim-1", "kim@a.example", "SageMaker"))
    assert read_user_context({}) == NOBODY
    assert NOBODY.text == ""


def test_a_name_that_comes_twice_is_kept_once() -> None:
    caller = parse_identity("AROAEXAMPLE:kim", "arn:aws:sts::123456789012:assumed-role/approvers/kim", "kim")
    assert (caller.names, caller.text) == (("kim",), "kim")


def test_the_session_name_is_the_end_of_a_principal_id() -> None:
    assert read_session_name("AROAEXAMPLE:kim") == "kim"
    assert read_session_name("AIDAEXAMPLE") == "AIDAEXAMPLE"
