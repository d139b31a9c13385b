"""Four eyes: on such a platform nobody may approve a model that they made themselves.

Who pushed a revision comes from S3's event (`userIdentity.principalId`). The commit's author comes from git, so it is
only what the pusher claims.
Not confirmed on AWS: S3 names the session of a role as STS does (`AROA…:session`). If it does not, the pusher never
matches, and only the author is compared.
"""

from __future__ import annotations

from dataclasses import dataclass

from pushtrain import aws
from pushtrain.errors import RegistryError
from pushtrain.platform import Platform
from pushtrain.record import UNKNOWN
from pushtrain.registry.versions import ModelVersion
from pushtrain.runs import read_run_record


@dataclass(frozen=True, kw_only=True)
class Identity:
    """An AWS caller: `principal` is the unique id (UserId of STS), `name` the user's or session's name."""

    principal: str
    name: str


def read_caller(platform: Platform) -> Identity:
    """Return who this process is to AWS. Source: GetCallerIdentity, which needs no permission."""
    response = aws.client("sts", platform.region).get_caller_identity()
    return parse_identity(response["UserId"], response["Arn"])


def parse_identity(principal: str, arn: str) -> Identity:
    """Build an Identity; the last part of the ARN is the name of a user or of a role's session."""
    return Identity(principal=principal, name=arn.rpartition("/")[2])


def refuse_own_approval(platform: Platform, version: ModelVersion, approver: Identity) -> None:
    """Raise RegistryError if the platform has `four_eyes` and `approver` pushed the model or wrote its commit.

    Also if it is not known who did: pusher and author come from the run record, because an approver may change the
    metadata in the registry. People are compared by name: one person may have several roles.
    """
    if not platform.four_eyes:
        return
    version_name = f"{version.model} version {version.version}"
    record = read_run_record(platform, version.model, version.run) if version.run else None
    pushed_by, author = (record.pushed_by, record.git.author) if record else (UNKNOWN, UNKNOWN)
    if _is_pusher(approver, pushed_by) or _is_author(approver.name, author):
        raise RegistryError(
            f"{version_name} is {approver.name}'s own, and this platform requires four eyes: ask another approver "
            "to approve it"
        )
    for person, verb in ((pushed_by, "pushed it"), (author, "wrote its commit")):
        if person == UNKNOWN:
            raise RegistryError(
                f"{version_name}: it is not known who {verb}, and this platform requires four eyes. Push it again"
            )


def _is_pusher(approver: Identity, pushed_by: str) -> bool:
    """Compare with S3's principal id, which is `AROA...:session` for a role and `AIDA...` for a user."""
    session = pushed_by.rpartition(":")[2]
    return approver.principal == pushed_by or (bool(approver.name) and approver.name.casefold() == session.casefold())


def _is_author(name: str, author: str) -> bool:
    """Compare a name with the author's address, or with the part of it before the @."""
    return (
        bool(name) and author != UNKNOWN and name.casefold() in {author.casefold(), author.partition("@")[0].casefold()}
    )
