"""A push asks ECR which image each URI names. Whatever ECR answers, the push goes on."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from msgspec.structs import replace

from pushtrain import aws
from pushtrain.launch.image_digests import find_digests
from pushtrain.platform import Platform
from pushtrain.record import ImageDigest

PLATFORM = replace(Platform.local(), local_option="")
REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
DIGEST = f"sha256:{'4b825dc6' * 8}"


class Ecr:
    """ECR that answers each question with `answer`, or raises it. Remembers the questions."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.requests: list[dict[str, Any]] = []

    def batch_get_image(self, **request: Any) -> Any:
        self.requests.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def open_ecr(monkeypatch: pytest.MonkeyPatch, answer: Any) -> Ecr:
    ecr = Ecr(answer)
    services: list[tuple[str, str]] = []

    def client(service: str, region: str, *, seconds: float) -> Ecr:
        services.append((service, region))
        assert 0 < seconds < 10
        return ecr

    monkeypatch.setattr(aws, "client", client)
    return ecr


def test_each_image_is_asked_for_once_in_its_own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    ecr = open_ecr(monkeypatch, {"images": [{"imageId": {"imageDigest": DIGEST, "imageTag": "1"}}]})
    image = f"{REGISTRY}/team/train:1"
    assert find_digests([image, image, None, f"{REGISTRY}/plain"], PLATFORM) == {
        image: ImageDigest(digest=DIGEST),
        f"{REGISTRY}/plain": ImageDigest(digest=DIGEST),
    }
    questions = {(r["registryId"], r["repositoryName"], r["imageIds"][0]["imageTag"]) for r in ecr.requests}
    assert questions == {("123456789012", "team/train", "1"), ("123456789012", "plain", "latest")}
    assert len(ecr.requests) == 2


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (ClientError({"Error": {"Code": "AccessDeniedException"}}, "BatchGetImage"), "AccessDeniedException"),
        (ConnectTimeoutError(endpoint_url="https://api.ecr.eu-west-1.amazonaws.com"), "ConnectTimeoutError"),
        ({"images": [], "failures": [{"failureCode": "ImageNotFound"}]}, "ImageNotFound"),
        ({}, "ECR gave no answer"),
    ],
)
def test_what_ecr_does_not_tell_is_unknown_with_the_reason(
    answer: Any, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_ecr(monkeypatch, answer)
    [digest] = find_digests([f"{REGISTRY}/team/train:1"], PLATFORM).values()
    assert digest == ImageDigest(digest=None, reason=reason)
    assert str(digest) == f"unknown ({reason})"
    assert digest.is_gone == (reason == "ImageNotFound")


def test_nobody_is_asked_if_the_uri_says_it_or_is_not_in_ecr(monkeypatch: pytest.MonkeyPatch) -> None:
    ecr = open_ecr(monkeypatch, {})
    pinned, elsewhere = f"{REGISTRY}/team/train@{DIGEST}", "docker.io/library/python:3.11"
    assert find_digests([pinned, elsewhere], PLATFORM) == {
        pinned: ImageDigest(digest=DIGEST),
        elsewhere: ImageDigest(digest=None, reason="not an image in ECR"),
    }
    assert find_digests([f"{REGISTRY}/team/train:1"], Platform.local()) == {}
    assert ecr.requests == []
