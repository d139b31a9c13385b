"""Create boto3 clients. No other code creates them. With embedded AWS the same clients reach this computer."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    import boto3
    from botocore.client import BaseClient

# S3's error codes of a conditional write: another writer was faster, or is writing now.
CONFLICT_CODES = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
ACCESS_DENIED = frozenset({"AccessDenied", "AccessDeniedException"})  # error codes: S3's, then that of other services
_creating = threading.Lock()  # threads may share clients, but boto3 must not create two at once
# boto3's default session -> what decides a client -> the client. A client keeps its connections, and creating one takes
# longer than a call. Embedded AWS begins with a new session, and so with new clients.
_clients: WeakKeyDictionary[boto3.Session, dict[tuple[str, ...], Any]] = WeakKeyDictionary()
_substitutes: list[Callable[[str], Any]] = []  # of `use_clients`; the last one counts


def client(service: str, region: str | None = None, *, seconds: float | None = None) -> Any:
    """Return the boto3 client of this process for a service and a region; see `create_client`.

    `seconds` is how long a connection and an answer may each take, for questions that need no answer: then a call is
    tried twice. None: as long as botocore waits.

    Threads may share it. Do not register event handlers on it: they would serve every other caller too.
    """
    if _substitutes:
        return _substitutes[-1](service)
    return find_boto3_client(service, region, seconds)


def find_boto3_client(service: str, region: str | None = None, seconds: float | None = None) -> Any:
    """Return what `client` returns where nothing else answers."""
    import boto3  # noqa: PLC0415

    with _creating:
        if (session := boto3.DEFAULT_SESSION) is None:
            boto3.DEFAULT_SESSION = session = _create_session()
        clients = _clients.setdefault(session, {})
        key = (
            service,
            region or "",
            str(seconds),
            *(f"{name}={os.environ[name]}" for name in sorted(os.environ) if _is_aws(name)),
        )
        if key not in clients:
            clients[key] = _create(service, region, seconds)
        return clients[key]


def create_client(service: str, region: str | None = None) -> Any:
    """Return a new boto3 client that retries throttled requests (botocore's standard mode).

    Without `region` it uses AWS_REGION, as AWS's other SDKs do; boto3 itself reads only AWS_DEFAULT_REGION and the
    configuration file. Imports boto3 on first use, so that commands without AWS stay fast.
    """
    if _substitutes:
        return _substitutes[-1](service)
    with _creating:
        return _create(service, region)


@contextmanager
def use_clients(find_client: Callable[[str], Any]) -> Iterator[Callable[[], None]]:
    """Let `client` return what `find_client` returns for a service, until the context ends.

    Yields a function that ends this earlier. Embedded AWS answers commands that only look in this way, without boto3.
    """
    _substitutes.append(find_client)

    def end() -> None:
        if find_client in _substitutes:
            _substitutes.remove(find_client)

    try:
        yield end
    finally:
        end()


def _create_session() -> boto3.Session:
    """Return a session that finds models fast, and reads times fast.

    botocore's own parser of times takes four fifths of the time to list objects. Measured with boto3 1.44.5: a page of
    1,000 objects took 0.21 s of CPU, and takes 0.04 s.
    """
    import boto3  # noqa: PLC0415
    from botocore.session import get_session  # noqa: PLC0415

    from pushtrain.service_models import find_loader  # noqa: PLC0415 - it imports botocore

    session = get_session()
    session.register_component("data_loader", find_loader(session.get_config_variable("data_path")))
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=parse_time)
    return boto3.Session(botocore_session=session)


def parse_time(text: Any) -> datetime:
    """Return a time in an answer of AWS, with its time zone: ISO 8601, or any other form that botocore reads."""
    try:
        time = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        time = None
    if time is not None and time.tzinfo is not None:
        return time
    from botocore.utils import parse_timestamp  # noqa: PLC0415

    other_time: datetime = parse_timestamp(text)
    return other_time


def _create(service: str, region: str | None, seconds: float | None = None) -> Any:
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    config = Config(retries={"mode": "standard", "max_attempts": 5})
    if seconds is not None:
        config = Config(
            retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=seconds, read_timeout=seconds
        )
    new_client: BaseClient = boto3.client(service, region_name=region or os.environ.get("AWS_REGION"), config=config)  # type: ignore[call-overload]
    return new_client


def _is_aws(name: str) -> bool:
    """Return True if the variable may decide a client: a region, an endpoint, a proxy, certificates.

    What Lambda says of a function (AWS_LAMBDA_FUNCTION_NAME and so on) decides none, so that on this computer all
    handlers of a run share clients.
    """
    return (
        (name.startswith("AWS_") and not name.startswith("AWS_LAMBDA_"))
        or name.lower().endswith("_proxy")
        or name == "REQUESTS_CA_BUNDLE"
    )
