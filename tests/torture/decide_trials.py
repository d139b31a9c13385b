"""Runs that call on_decide. Step Functions repeats the call only after the errors that the state's Retry names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pushtrain import aws
from pushtrain.layout import build_verdict_key
from pushtrain.local.storage.store import Store
from pushtrain.workflow.states import LAMBDA_RETRY
from tests.embedded.evaluation_jobs import add_evaluation_job
from tests.embedded.launch.plain import PLATFORM
from tests.torture.fault_trials import Trial, import_handler
from tests.torture.faulty_aws import Killed

handler = import_handler("on_decide")

EVALUATION = b'{"auc": 1}'
RETRIED = LAMBDA_RETRY[0]["ErrorEquals"]
# Which of them Step Functions says when the process of a function dies depends on Lambda's runtime.
DEATHS = ("Lambda.Unknown", "Runtime.ExitError")


class RunFailed(Exception):
    """Step Functions does not repeat the call: the run fails, though nothing is wrong with its model."""


class DecideTrial(Trial):
    """The verdict about a model of its own, which passes its gate."""

    def __init__(self, store: Store, number: int) -> None:
        self.model, self.summaries = f"model-{number}", list[dict[str, Any]]()
        self.is_failed = False
        for key, body in (
            ("train/j/output/model.tar.gz", b"model"),
            ("evaluate/j/evaluation/evaluation.json", EVALUATION),
        ):
            aws.client("s3").put_object(Bucket=PLATFORM.artifact_bucket, Key=f"{self.model}/runs/r1/{key}", Body=body)

        self.job = f"pushtrain-{self.model}-evaluate"
        add_evaluation_job(store, PLATFORM, self.job, {"evaluation.json": EVALUATION})

    def deliver(self) -> None:
        if self.is_failed:
            raise RunFailed
        self.is_failed = True
        try:
            self.summaries.append(handler(self._build_payload(), None))
        except Killed:
            self.is_failed = not all(name in RETRIED for name in DEATHS)
            raise
        except Exception as error:
            self.is_failed = type(error).__name__ not in RETRIED
            raise
        self.is_failed = False

    def deliver_meanwhile(self, operation: str) -> None:
        """Call the function a second time in between. Step Functions does so if it has lost the first answer."""
        self.summaries.append(handler(self._build_payload(), None))

    def find_problems(self) -> Iterator[str]:
        key = build_verdict_key(self.model, "r1")
        listed = aws.client("s3").list_object_versions(Bucket=PLATFORM.artifact_bucket, Prefix=key).get("Versions", ())
        if len(listed) != 1:
            yield f"{'doubled' if listed else 'lost'}: {len(listed)} verdicts"
            return
        verdict = json.loads(aws.client("s3").get_object(Bucket=PLATFORM.artifact_bucket, Key=key)["Body"].read())
        if any(summary["passed"] != verdict["passed"] or not verdict["passed"] for summary in self.summaries):
            yield f"untrue: {self.summaries} and {verdict}"

    def _build_payload(self) -> dict[str, Any]:
        runs = f"{self.model}/runs/r1"
        return {
            "model": self.model,
            "run": "r1",
            "artifact": {
                "step": "train",
                "path": "/opt/ml/model",
                "key": f"{runs}/train/j/output/model.tar.gz",
                "job": "j",
            },
            "evaluation": {
                "step": "evaluate",
                "path": "/opt/ml/processing/evaluation",
                "key": f"{runs}/evaluate/j/evaluation/evaluation.json",
                "job": self.job,
            },
            "conditions": [{"metric": "auc", "at_least": 0.9}],
            "inference": {"image": "image", "environment": {}},
        }
