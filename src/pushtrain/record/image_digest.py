"""Which image a URI named when a run started. Pure."""

from __future__ import annotations

from msgspec import Struct

SHOWN = len("sha256:") + 12  # characters of a digest that people see; `runs list --image` accepts them
GONE_CODES = frozenset({"ImageNotFound", "RepositoryNotFoundException"})  # of ECR


class ImageDigest(Struct, frozen=True, kw_only=True):
    """The digest of an image, `sha256:` and 64 hex digits. If it is not known it is None, and `reason` says why.

    `reason` is ECR's error code, such as `AccessDeniedException`, or a text.
    """

    digest: str | None
    reason: str = ""

    @property
    def is_gone(self) -> bool:
        """True if the registry has no such image."""
        return self.reason in GONE_CODES

    def __str__(self) -> str:
        """Return `sha256:4b825dc642cb`, or `unknown (AccessDeniedException)`."""
        return self.digest[:SHOWN] if self.digest else f"unknown ({self.reason})"


def describe_digest(digest: ImageDigest | None) -> str:
    """Return the text of a digest. None means that nobody asked, as an earlier pushtrain."""
    return str(digest) if digest else "unknown"
