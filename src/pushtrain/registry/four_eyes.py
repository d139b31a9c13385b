"""Four eyes: on such a platform nobody may approve a model that they made themselves.

Who pushed a revision comes from S3's event (`userIdentity.principalId`). The commit's author comes from git, so it is
only what the pusher claims.
Not confirmed on AWS: S3 names the session of a role as STS does (`AROA…:session`). If it does not, the pusher never
matches, and only the author is compared. S3's event has no SourceIdentity; the registry has that of the approver.
"""

from __future__ import annotations

from pushtrain import aws
from pushtrain.errors import RegistryError
from pushtrain.layout import build_input_key
from pushtrain.platform import Platform
from pushtrain.record import UNKNOWN, RunRecord
from pushtrain.registry.identity import Identity, find_same_person, is_person, parse_identity, read_session_name
from pushtrain.registry.missing import find_missing_error
from pushtrain.registry.versions import ModelVersion
from pushtrain.runs import read_run_record

_REQUIRED = "and this platform requires four eyes"


def read_caller(platform: Platform) -> Identity:
    """Return who this process is to AWS. Source: GetCallerIdentity, which needs no permission."""
    response = aws.client("sts", platform.region).get_caller_identity()
    return parse_identity(response["UserId"], response["Arn"])


def refuse_own_approval(platform: Platform, version: ModelVersion, approver: Identity) -> None:
    """Raise RegistryError if the platform has `four_eyes` and `approver` pushed the model or wrote its commit.

    Also if one of the three is not known: pusher and author come from the run record, because an approver may change
    the metadata in the registry. A record that may still be written is told apart from one that never will.
    """
    if not platform.four_eyes:
        return
    version_name = f"{version.model} version {version.version}"
    record = read_run_record(platform, version.model, version.run) if version.run else None
    if record is None and version.run:
        key = build_input_key(version.model, version.run)
        if error := find_missing_error(platform, version, key, "record"):
            raise error
    if record is None:
        raise RegistryError(f"{version_name}: it is not known who pushed it, {_REQUIRED}. Push it again")
    _refuse_maker(version_name, record, approver)
    _refuse_unknown(version_name, record, approver)


def _refuse_maker(version_name: str, record: RunRecord, approver: Identity) -> None:
    """Raise RegistryError if the approver may be the person who pushed the version or wrote its commit."""
    people = [name for name in approver.names if is_person(name)]
    makers = ((read_session_name(record.pushed_by), "pushed it"), (record.git.author, "wrote its commit"))
    for maker, verb in makers:
        name = "" if maker == UNKNOWN else find_same_person(people, maker)
        if not name and verb == "pushed it" and approver.principal == record.pushed_by != UNKNOWN:
            name = approver.text
        if name:
            raise RegistryError(
                f"{version_name}: {maker} {verb}, and the approver is {name}. This platform requires four eyes, and "
                "takes names that differ only in case, punctuation or e-mail domain for one person. Ask another "
                "approver to approve it"
            )


def _refuse_unknown(version_name: str, record: RunRecord, approver: Identity) -> None:
    """Raise RegistryError if pusher, author or approver is nobody whom AWS or git knows by name."""
    for person, verb in ((record.pushed_by, "pushed it"), (record.git.author, "wrote its commit")):
        if person == UNKNOWN:
            raise RegistryError(f"{version_name}: it is not known who {verb}, {_REQUIRED}. Push it again")
    if not is_person(pusher := read_session_name(record.pushed_by)):
        raise RegistryError(
            f"{version_name} was pushed as {pusher}, which is not a person's or system's name, {_REQUIRED}. Set "
            "role_session_name in the AWS configuration that pushes, and push it again"
        )
    if not any(map(is_person, approver.names)):
        raise RegistryError(
            f"{version_name}: the approver is {approver.text}, which is not a person's name, {_REQUIRED}. Set "
            "role_session_name in the AWS configuration to your name, and approve it again"
        )
