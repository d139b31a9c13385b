"""The champion of a push: the version in service, with which its gate would compare. Reads approved.json.

A push reads it anew: another version may be approved before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from pushtrain.aws import ACCESS_DENIED
from pushtrain.config import compares_champion
from pushtrain.launch.champion import find_champion
from pushtrain.platform import Platform
from pushtrain.record import RecordedChampion

if TYPE_CHECKING:
    from pushtrain.config import Config


class PlannedChampion(Struct, frozen=True, kw_only=True):
    """The version in service, None without one. `is_known` is False if AWS denies access to approved.json.

    `without` is what conditions about the champion do without one: `pass` or `fail`.
    """

    version: RecordedChampion | None
    is_known: bool
    without: str

    @property
    def text(self) -> str:
        """What a run would compare with, for people."""
        if not self.is_known:
            return "AWS denies access to approved.json, so the version in service is not known"
        if self.version is None:
            return f"no version is in service; conditions about the champion then {self.without} (`without_champion`)"
        if self.version.fault:
            return f"version {self.version.version} cannot be evaluated: {self.version.fault}"
        values = ", ".join(f"{name} {value:.4g}" for name, value in self.version.metrics.items())
        registered = f" (registered with {values})" if values else ""
        return f"the run evaluates version {self.version.version} again, the one in service{registered}"


def plan_champion(s3: Any, config: Config, platform: Platform) -> PlannedChampion | None:
    """Return the champion of a push; None if no condition of its gate depends on one."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - botocore is slow to import

    if config.registration is None or not compares_champion(config):
        return None
    without = config.registration.without_champion
    try:
        return PlannedChampion(version=find_champion(s3, config, platform), is_known=True, without=without)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ACCESS_DENIED:
            raise
        return PlannedChampion(version=None, is_known=False, without=without)
