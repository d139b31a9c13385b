"""Decision: the handler that a run invokes between evaluation and registration. It turns metrics into the verdict.

In: the role of the handler, the shared settings of handlers. Out: a Decision.
"""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra import names as n
from infra.handler import Handler, HandlerSettings

MEMORY = 1024  # MB; evaluation.json has at most 16 MB, and as Python objects up to twenty times as much
TIMEOUT = Duration.minutes(
    5
)  # to read evaluation.json of 16 MB takes about 10 seconds, and a run has up to ten candidates


class Decision(Construct):
    """`handler`: the handler of decisions. A run waits for its answer, so no events and no queue belong to it.

    It has no SnapStart: a second more is nothing beside the minutes of a run.
    """

    def __init__(self, scope: Construct, name: str, shared: HandlerSettings, *, role: iam.IRole) -> None:
        super().__init__(scope, name)
        self.handler = Handler(
            self,
            "Decide",
            shared,
            kind=n.DECIDE,
            role=role,
            failures=None,
            memory=MEMORY,
            timeout=TIMEOUT,
            snap_start=False,
        )
