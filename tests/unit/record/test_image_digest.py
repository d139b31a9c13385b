"""The text of a digest."""

from __future__ import annotations

from pushtrain.record import ImageDigest, describe_digest


def test_a_digest_is_short_or_says_why_it_is_not_known() -> None:
    assert describe_digest(ImageDigest(digest=f"sha256:{'4b825dc6' * 8}")) == "sha256:4b825dc64b82"
    assert describe_digest(ImageDigest(digest=None, reason="ImageNotFound")) == "unknown (ImageNotFound)"
    assert describe_digest(None) == "unknown"


def test_only_an_image_that_ecr_does_not_have_is_gone() -> None:
    reasons = ("ImageNotFound", "RepositoryNotFoundException", "AccessDeniedException", "")
    assert [ImageDigest(digest=None, reason=reason).is_gone for reason in reasons] == [True, True, False, False]
