"""Open a platform: one that is deployed on AWS, or the one on this computer.

In: an environment name, or the store folder of this computer. Out: a Platform, which every function that reads runs
and models takes.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pushtrain.errors import UsageError
from pushtrain.platform import PLATFORM_VARIABLE, Platform, parameter_name

if TYPE_CHECKING:
    from pushtrain.local.aws import LocalAws

_VARIABLE_REMEDY = f"set {PLATFORM_VARIABLE} to what the deployment of the platform published"


@contextmanager
def open_platform(
    environment: str = "", *, store: str | Path | None = None, create_store: bool = False
) -> Iterator[Platform]:
    """Yield the platform of an environment on AWS, or with `store` (a folder) the one on this computer.

    On this computer embedded AWS starts as soon as a request needs more than the store. Approvals reach serving; a
    failure to serve is raised when the context ends. `create_store=True` creates the store if it is missing; otherwise
    it is only read.
    Raises UsageError if there is no such platform on AWS, LocalError if the store cannot be used.
    """
    if store is None:
        yield deployed_platform(environment)
        return
    from pushtrain.local.lookup.session import open_for_lookup  # noqa: PLC0415 - only for this computer
    from pushtrain.local.platform import local_platform  # noqa: PLC0415

    store = Path(store)
    with tempfile.TemporaryDirectory() as empty_folder:
        folder = store if create_store or store.exists() else Path(empty_folder)
        platform = local_platform(environment, store)
        with open_for_lookup(folder, platform, lambda: _start_aws(folder, platform)) as find_local_aws:
            yield platform
            local_aws = find_local_aws()
            for error in (call.error for call in (local_aws.invocations if local_aws else ()) if call.error):
                raise error


def _start_aws(folder: Path, platform: Platform) -> AbstractContextManager[LocalAws]:
    """Return embedded AWS, in which approvals reach serving. Its engine is loaded when a run starts."""
    from pushtrain.local.aws import up  # noqa: PLC0415 - moto is slow to import
    from pushtrain.local.triggers import HANDLERS, ON_APPROVAL  # noqa: PLC0415

    return up(folder, platform, handlers={ON_APPROVAL: HANDLERS[ON_APPROVAL]}, load_engine=False)


def deployed_platform(environment: str) -> Platform:
    """Return the deployed platform: from the variable PUSHTRAIN_PLATFORM, else from the SSM parameter of `environment`.

    Raises UsageError if neither exists, or if it describes another environment.
    """
    if PLATFORM_VARIABLE in os.environ:
        platform, origin = Platform.from_environment(), PLATFORM_VARIABLE
    elif environment:
        platform, origin = _published_platform(environment), parameter_name(environment)
    else:
        raise UsageError(
            "no platform is named. Give --environment NAME (the platform's SSM parameter is "
            f"{parameter_name('NAME')}), or {_VARIABLE_REMEDY}"
        )
    if environment and environment != platform.environment:
        raise UsageError(f"{origin} describes environment {platform.environment!r}, not {environment!r}")
    return platform


def _published_platform(environment: str) -> Platform:
    """Read the SSM parameter in the account and region of the user's AWS configuration."""
    from pushtrain import aws  # noqa: PLC0415 - only here is AWS needed

    ssm, name = aws.client("ssm"), parameter_name(environment)
    try:
        text = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    except ssm.exceptions.ParameterNotFound as error:
        region = ssm.meta.region_name
        raise UsageError(
            f"there is no SSM parameter {name} in {region}. Check that {environment!r} is deployed in this account and "
            f"region, or {_VARIABLE_REMEDY}"
        ) from error
    return Platform.from_json(text, origin=name)
