"""Ask ECR which image each URI names now. Calls ECR, changes nothing, and never fails.

In: image URIs. Out: an ImageDigest for each; what ECR does not tell is unknown, with the reason.
Source: ECR API reference, BatchGetImage. A pull calls it too, so whoever may pull an image may ask for its digest.
"""

from __future__ import annotations

from collections.abc import Iterable

from pushtrain import aws
from pushtrain.config import ECR_IMAGE
from pushtrain.parallel import call_all
from pushtrain.platform import Platform
from pushtrain.record import ImageDigest

SECONDS = 3.0  # for a connection, and for an answer: a handler in a VPC may have no way to ECR
# Without these, ECR converts the manifest, and an image for several processors has another digest than its tag names.
MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)


def find_digests(images: Iterable[str | None], platform: Platform) -> dict[str, ImageDigest]:
    """Return the digest of each image by its URI; nothing on this computer, where no image is pulled."""
    uris = sorted({image for image in images if image})
    return {} if platform.local_option else dict(zip(uris, call_all(_find_digest, uris), strict=True))


def _find_digest(uri: str) -> ImageDigest:
    name, _, digest = uri.partition("@")
    if digest:
        return ImageDigest(digest=digest)
    match = ECR_IMAGE.fullmatch(name)
    if not match:
        return ImageDigest(digest=None, reason="not an image in ECR")
    repository, _, tag = name.partition("/")[2].partition(":")
    return _ask_ecr(match[1], match[2], repository, tag or "latest")


def _ask_ecr(account: str, region: str, repository: str, tag: str) -> ImageDigest:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - botocore is slow to import

    try:
        answer = aws.client("ecr", region, seconds=SECONDS).batch_get_image(
            registryId=account,
            repositoryName=repository,
            imageIds=[{"imageTag": tag}],
            acceptedMediaTypes=[*MANIFESTS],
        )
    except ClientError as error:
        return ImageDigest(digest=None, reason=error.response["Error"]["Code"])
    except BotoCoreError as error:  # no connection, no credentials
        return ImageDigest(digest=None, reason=type(error).__name__)
    for image in answer.get("images", ()):
        return ImageDigest(digest=image["imageId"]["imageDigest"])
    codes = [failure.get("failureCode", "") for failure in answer.get("failures", ())]
    return ImageDigest(digest=None, reason=next(filter(None, codes), "ECR gave no answer"))
