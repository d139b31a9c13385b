"""Simulates 1,000 pushes of new models within a minute: with the push queue, and as S3 would invoke Lambda itself.

In: the synthesised template (concurrency, deliveries, retries), the AWS calls that the real handler makes for a push,
botocore's own pauses between retries, the handler's own pauses between deliveries, and AWS's published quotas.
Out: rows of a table. Time is simulated, so nothing waits and nothing is measured.

`make torture` prints the table; `tests/torture/test_bursts.py` checks that no push is lost. Unknown is how long the
handler takes on AWS, so there are figures for several durations.
"""

from __future__ import annotations

import heapq
import json
import random
import tempfile
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError
from botocore.retries.quota import RetryQuota
from botocore.retries.standard import ExponentialBackoff, RetryQuotaChecker
from msgspec import Struct

from infra.app import build_app
from infra.settings import ENVIRONMENTS
from pushtrain import aws
from pushtrain.errors import PushError
from pushtrain.launch.deliveries import choose_pause, receive_message
from pushtrain.launch.permanent_errors import refuse_permanent_errors
from pushtrain.local.aws import up
from pushtrain.local.storage.notifications import build_queue_event
from pushtrain.model_repo.contents import read_model_repo
from pushtrain.platform import Platform
from pushtrain.pushes.upload import upload

ROOT = Path(__file__).parents[1]
PLATFORM = Platform.local()
PUSHES, WITHIN = 1_000, 60.0  # pushes, seconds in which they arrive
DURATIONS = (1.0, 3.0, 10.0)  # seconds that a push takes beside the time in which AWS throttles it
# API actions of Step Functions: bucket size, refill per second, for each account and region.
# Source: Step Functions developer guide, "Step Functions service quotas", column of the smaller regions.
QUOTAS = {
    "CreateStateMachine": (100, 1),
    "UpdateStateMachine": (100, 1),
    "TagResource": (200, 1),
    "DescribeStateMachine": (200, 20),
    "DescribeExecution": (250, 10),
    "StartExecution": (800, 150),
}
THROTTLED = "ThrottlingException"
Process = Generator[float, None, None]  # yields the seconds that it waits
# Lambda developer guide, "How Lambda handles errors and retries with asynchronous invocation".
ASYNCHRONOUS_PAUSES = (60.0, 120.0)  # seconds


class Bucket(Struct):
    """A token bucket of AWS: `tokens` now, `refill` more each second, at most `size`."""

    size: float
    refill: float
    tokens: float = 0.0
    time: float = 0.0

    def __post_init__(self) -> None:
        self.tokens = self.size

    def take(self, now: float) -> bool:
        """Take a token; False if there is none."""
        self.tokens, self.time = min(self.size, self.tokens + (now - self.time) * self.refill), now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class Installation(Struct, frozen=True, kw_only=True):
    """What the template says about pushes: pushes handled at once, deliveries, retries without a queue."""

    at_once: int
    deliveries: int
    retries: int


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of the pushes. `seconds` is when the last run started, `most` the most deliveries of one push."""

    started: int
    failed: int
    seconds: float
    throttled: int
    most: int


def read_installation() -> Installation:
    """Synthesise the stack with the settings of dev, and read the numbers from its template."""
    with tempfile.TemporaryDirectory() as folder:
        build_app(ENVIRONMENTS / "dev.yaml", ROOT / "lambda", folder).synth()
        [template] = Path(folder).glob("*.template.json")
        resources = json.loads(template.read_text())["Resources"].values()

    def find(kind: str, key: str) -> Any:
        return next(r["Properties"][key] for r in resources if r["Type"] == kind and key in r["Properties"])

    return Installation(
        at_once=find("AWS::Lambda::EventSourceMapping", "ScalingConfig")["MaximumConcurrency"],
        deliveries=find("AWS::SQS::Queue", "RedrivePolicy")["maxReceiveCount"],
        retries=find("AWS::Lambda::EventInvokeConfig", "MaximumRetryAttempts"),
    )


def record_calls() -> list[str]:
    """Return the calls of Step Functions that the handler makes for the first push of a model, in order."""
    calls: list[str] = []
    plain_client = aws.client

    def client(service: str, region: str | None = None, *, seconds: float | None = None) -> Any:  # noqa: ARG001
        new_client = aws.create_client(service, region)  # one that nobody shares
        if service == "stepfunctions":
            new_client.meta.events.register("before-call", lambda model, **_: calls.append(model.name))
        return new_client

    with tempfile.TemporaryDirectory() as folder, up(Path(folder), PLATFORM, handlers={}):
        push = upload(read_model_repo(ROOT / "model_repos" / "breast-cancer"), "breast-cancer", PLATFORM).push
        s3_object = {"key": f"{push.prefix}config.yaml", "versionId": push.version}
        record = {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": push.bucket}, "object": s3_object}}
        event = build_queue_event(PLATFORM.push_queue_arn, json.dumps({"Records": [record]}))
        aws.client = client
        try:
            delivery = receive_message(event["Records"][0], PLATFORM)
        finally:
            aws.client = plain_client
    if delivery.error:
        raise delivery.error
    return [call for call in calls if call in QUOTAS]


def is_retried(code: str) -> bool:
    """Return whether a push that got this error of AWS is delivered again: the handler's own rule."""
    error = ClientError({"Error": {"Code": code, "Message": ""}}, "CreateStateMachine")
    try:
        with refuse_permanent_errors(PLATFORM):
            raise error
    except PushError:
        return False
    except ClientError:
        return True


class Simulation:
    """Handlers that share AWS's quotas. `now` is the simulated time in seconds."""

    def __init__(self, calls: Sequence[str], seconds: float, quotas: Mapping[str, tuple[int, int]] = QUOTAS) -> None:
        self.calls, self.seconds = calls, seconds
        self.buckets = {name: Bucket(size, refill) for name, (size, refill) in quotas.items()}
        self.attempts = aws.client("stepfunctions", PLATFORM.region).meta.config.retries["total_max_attempts"]
        always_throttled: Any = SimpleNamespace(is_throttling_error_from_context=lambda _: True)
        self.backoff = ExponentialBackoff(throttling_detector=always_throttled)
        self.detector = always_throttled
        self.throttled = 0
        self.now = 0.0
        self._order = count()
        self._events: list[tuple[float, int, Process]] = []

    def add(self, process: Process, at: float) -> None:
        """Run a process from a time on. It yields the seconds that it waits."""
        heapq.heappush(self._events, (at, next(self._order), process))

    def run(self) -> None:
        """Run until no process is left."""
        while self._events:
            self.now, _, process = heapq.heappop(self._events)
            pause = next(process, None)
            if pause is not None:
                self.add(process, self.now + pause)

    def handle(self, retry_quota: RetryQuota) -> Generator[float, None, bool]:
        """One delivery of a push: its work, then its calls, each with botocore's retries. Return whether it started.

        `retry_quota` is that of the client, which a Lambda process keeps: many retries use it up.
        """
        yield self.seconds
        checker = RetryQuotaChecker(retry_quota, self.detector)
        for call in self.calls:
            request: Any = {}  # botocore notes here what a retry took from the quota
            for attempt in range(1, self.attempts + 1):
                if self.buckets[call].take(self.now):
                    break
                self.throttled += 1
                context: Any = SimpleNamespace(
                    attempt_number=attempt,
                    http_response=None,
                    request_context=request,
                    add_retry_metadata=lambda **_: None,
                )
                if attempt == self.attempts or not checker.acquire_retry_quota(context):
                    return False
                yield self.backoff.delay_amount(context)
            checker.release_retry_quota(request, SimpleNamespace(status_code=200))
        return True


def simulate_queue(simulation: Simulation, installation: Installation, pushes: int = PUSHES) -> Outcome:
    """S3 → push queue → handler. A handler takes the next message when it is free."""
    waiting: list[tuple[float, int, int]] = [(pushes_at(n, pushes), n, 1) for n in range(pushes)]
    heapq.heapify(waiting)
    starts: dict[int, float] = {}
    deliveries: Counter[int] = Counter()
    failures: set[int] = set()
    open_messages = set(range(pushes))

    def work() -> Process:
        retry_quota = RetryQuota()
        while open_messages:
            if not waiting or waiting[0][0] > simulation.now:
                yield 0.1  # all messages are hidden, or with other handlers
                continue
            _, push, delivery = heapq.heappop(waiting)
            deliveries[push] = delivery
            is_started = yield from simulation.handle(retry_quota)
            if not is_started and is_retried(THROTTLED) and delivery < installation.deliveries:
                heapq.heappush(waiting, (simulation.now + choose_pause(delivery), push, delivery + 1))
                continue
            open_messages.remove(push)
            if is_started:
                starts[push] = simulation.now
            else:
                failures.add(push)

    for _ in range(installation.at_once):
        simulation.add(work(), 0.0)
    simulation.run()
    return _summarise(simulation, starts, failures, deliveries)


def simulate_invocations(simulation: Simulation, installation: Installation, pushes: int = PUSHES) -> Outcome:
    """S3 → handler, without a queue: as many handlers as events, and Lambda's retries of asynchronous events."""
    starts: dict[int, float] = {}
    deliveries: Counter[int] = Counter()
    failures: set[int] = set()

    def invoke(push: int) -> Process:
        for pause in (*ASYNCHRONOUS_PAUSES[: installation.retries], None):
            deliveries[push] += 1
            if (yield from simulation.handle(RetryQuota())):
                starts[push] = simulation.now
                return
            if pause is None:
                failures.add(push)
            else:
                yield pause

    for push in range(pushes):
        simulation.add(invoke(push), pushes_at(push, pushes))
    simulation.run()
    return _summarise(simulation, starts, failures, deliveries)


def pushes_at(number: int, pushes: int) -> float:
    """Return when a push arrives, in seconds."""
    return WITHIN * number / pushes


def shortest_drain(pushes: int = PUSHES) -> float:
    """Return the seconds in which AWS lets so many state machines be created, if no token is ever lost."""
    size, refill = QUOTAS["CreateStateMachine"]
    return (pushes - size) / refill


def _summarise(
    simulation: Simulation, starts: Mapping[int, float], failures: set[int], deliveries: Counter[int]
) -> Outcome:
    return Outcome(
        started=len(starts),
        failed=len(failures),
        seconds=max(starts.values()),
        throttled=simulation.throttled,
        most=max(deliveries.values()),
    )


def measure() -> list[tuple[str, str, str]]:
    """Return rows of (subject, result, note) for the table of the page."""
    installation, calls = read_installation(), record_calls()
    random.seed(0)  # the same figures each time
    rows = [("calls of Step Functions for the first push of a model", ", ".join(calls), "of the real handler")]
    rows.append(("AWS lets 1,000 be created in", f"{shortest_drain():.0f} s", "100 at once, then one a second"))
    ways = {
        "S3 → Lambda, as before": (simulate_invocations, f"{1 + installation.retries} deliveries"),
        "S3 → SQS → Lambda": (
            simulate_queue,
            f"{installation.at_once} at once, at most {installation.deliveries} deliveries",
        ),
    }
    for seconds in DURATIONS:
        for way, (simulate, note) in ways.items():
            outcome = simulate(Simulation(calls, seconds), installation)
            subject = f"{way}: 1,000 new models in a minute, {seconds:.0f} s each"
            figure = f"{outcome.started} started, the last after {outcome.seconds:.0f} s; {outcome.failed} failed"
            rows.append((subject, figure, f"{note}; most: {outcome.most}; {outcome.throttled} calls throttled"))
    return rows


def main() -> None:
    """Print the table."""
    for row in measure():
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
