"""Whose model it is, and who asks: on a platform with four eyes nobody approves a model that they made.

In: a model version and an Identity. Out: RegistryError, or nothing. Who pushed is what S3 said in the event of the
push (`userIdentity.principalId`); the author of the commit is what git said, so a claim of whoever pushed.
Unknown on real AWS: that S3 names a role's session as STS does (`AROA…:session`); where it does not, nobody is found
to have pushed, and only the author is compared.
"""

from __future__ import annotations

from dataclasses import dataclass

from pushtrain import aws
from pushtrain.errors import RegistryError
from pushtrain.launch.execution_input import UNKNOWN, encode_metadata_value
from pushtrain.platform import Platform
from pushtrain.registry.versions import ModelVersion


@dataclass(frozen=True, kw_only=True)
class Identity:
    """`principal` is the unique id that AWS gives (UserId of STS), `name` the user's or the session's name."""

    principal: str
    name: str


def read_caller(platform: Platform) -> Identity:
    """Who this process is. Source: GetCallerIdentity, which needs no permission."""
    said = aws.client("sts", platform.region).get_caller_identity()
    return parse_identity(said["UserId"], said["Arn"])


def parse_identity(principal: str, arn: str) -> Identity:
    """From a unique id and an ARN, whose last part is the name of a user or of a role's session."""
    return Identity(principal=principal, name=arn.rpartition("/")[2])


def refuse_own_approval(platform: Platform, version: ModelVersion, who: Identity) -> None:
    """Raises RegistryError when the platform wants four eyes and `who` pushed the model or wrote its last commit."""
    if not platform.four_eyes:
        return
    pushed_by, author = (version.properties.get(key, UNKNOWN) for key in ("pushed_by", "author"))
    head = f"{version.model} version {version.version}"
    if pushed_by == UNKNOWN:
        raise RegistryError(f"{head}: nobody knows who pushed it, and this platform wants four eyes. Push it again")
    if pushed_by in {who.principal, encode_metadata_value(who.principal)} or _wrote(who.name, author):
        raise RegistryError(
            f"{head} is {who.name}'s own, and this platform wants four eyes: ask another approver to approve it"
        )


def _wrote(name: str, author: str) -> bool:
    """A name is the author's address, or what stands before its @."""
    return (
        bool(name) and author != UNKNOWN and name.casefold() in {author.casefold(), author.partition("@")[0].casefold()}
    )
