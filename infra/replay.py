"""Replay: the handler that hands failed events to their handlers again. An operator invokes it.

In: the role of the handler, the shared settings of handlers. Out: a Replay.
"""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra import names as n
from infra.handler import Handler, HandlerSettings

MEMORY = 512  # MB; it holds at most 1,000 events of 256 KB, and most are of one kilobyte
TIMEOUT = Duration.minutes(5)


class Replay(Construct):
    """`handler`: the handler of replays. A person waits for its answer, so no events and no queue belong to it."""

    def __init__(self, scope: Construct, name: str, shared: HandlerSettings, *, role: iam.IRole) -> None:
        super().__init__(scope, name)
        self.handler = Handler(
            self,
            "Replay",
            shared,
            kind=n.REPLAY,
            role=role,
            failures=None,
            memory=MEMORY,
            timeout=TIMEOUT,
            snap_start=False,
        )
