"""Who somebody is to AWS, and whether two names are one person's. Pure.

One person has several roles, domains and ways to write a name, so people are compared by what is left of their names:
`Kim.Minji@a.example`, `kim-minji` and `7+kimminji@users.noreply.github.com` are one person. Two people with such names
are refused rather than one person with two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

# Session names that an SDK, SageMaker Studio or an instance makes up, ids without a name, and the root user. Sources:
# botocore's AssumeRoleCredentialFetcher, the credential providers of the other SDKs, IAM user guide (unique ids).
_NO_PERSON = re.compile(
    r"botocore-session-\d+|aws-[a-z-]*sdk-[a-z-]*\d+|\d{12,}|i-[0-9a-f]{8,}|[0-9a-f]{32}|sagemaker|A[A-Z]{3}[A-Z0-9]{12,}",
    re.IGNORECASE,
)


class Identity(Struct, frozen=True, kw_only=True):
    """An AWS caller. `principal` is the unique id (UserId of STS), such as `AROA…:kim`.

    `names` are all names that AWS knows for the caller: of the user or session, SourceIdentity, Studio profile.
    """

    principal: str
    names: tuple[str, ...]

    @property
    def text(self) -> str:
        """The caller for messages."""
        return self.names[0] if self.names else self.principal


NOBODY = Identity(principal="", names=())


def parse_identity(principal: str, arn: str, *names: str) -> Identity:
    """Build an Identity; the last part of the ARN is the name of a user or of a role's session."""
    all_names = (*names, arn.rpartition("/")[2])
    return Identity(principal=principal, names=tuple(dict.fromkeys(name for name in all_names if name)))


def read_user_context(context: Mapping[str, Any]) -> Identity:
    """Build the Identity of who changed something in the registry. Source: UserContext and IamIdentity."""
    identity = context.get("IamIdentity") or {}
    names = (context.get("UserProfileName") or "", identity.get("SourceIdentity") or "")
    return parse_identity(identity.get("PrincipalId") or "", identity.get("Arn") or "", *names)


def read_session_name(principal: str) -> str:
    """Return the name in a principal id of S3: `kim` of `AROA…:kim`. The id itself if it has none."""
    return principal.rpartition(":")[2]


def is_person(name: str) -> bool:
    """Return False for a name that a tool or an instance made up, and for an id: `botocore-session-1700000000`."""
    return bool(simplify_name(name)) and not _NO_PERSON.fullmatch(name)


def find_same_person(names: Iterable[str], other: str) -> str:
    """Return the first of `names` that may be the same person as `other`; empty if none is."""
    simple = simplify_name(other)
    return next((name for name in names if simple and simplify_name(name) == simple), "")


def simplify_name(name: str) -> str:
    """Return a name without case, domain (`@…`), tag (`+…`), GitHub's number (`7+…`) and punctuation."""
    local = unicodedata.normalize("NFKC", name).casefold().partition("@")[0]
    return re.sub(r"[\W_]", "", re.sub(r"^\d+\+(?=.)", "", local).partition("+")[0])
