"""The state machine in which approved models answer files -> what its role and the role of its containers need."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra import names as n
from infra.names import Names
from pushtrain.platform import Platform
from pushtrain.teams import ONLY_TEAM
from pushtrain.workflow.scoring import build_score_definition
from tests.infra.calls import Needs
from tests.infra.definitions import Walk
from tests.infra.evaluator import Need


class ScoreWalk(Walk):
    """`run` and `jobs`, as those of Walk."""

    def __init__(self, names: Names, platform: Platform) -> None:
        self.names, self.platform, self.needs, self.created = names, platform, Needs(names), ""
        definition = build_score_definition(platform, ONLY_TEAM, names.role_arn(n.SCORE_JOBS))
        self.tasks = [state for state in definition["States"].values() if state["Type"] == "Task"]

    def run(self) -> Iterator[Need]:
        """What the role of the state machine needs. An approved copy may be missing."""
        yield from super().run()
        yield Need("s3:ListBucket", f"arn:aws:s3:::{self.platform.serving_bucket}")

    def jobs(self) -> Iterator[Need]:
        """What the role of the containers needs: that of a job without the secrets, and what the model of it takes."""
        yield from (need for need in super().jobs() if not need.action.startswith("secretsmanager:"))
        for task in self.tasks:
            if task["Resource"].endswith("sagemaker:createModel"):
                model = self.filled(task["Parameters"])
                yield from self._read(model["PrimaryContainer"]["ModelDataUrl"])
                yield from self._pull(model["PrimaryContainer"]["Image"])
                yield from self._join(model["VpcConfig"])

    def _task(self, resource: str, request: Mapping[str, Any]) -> Iterator[Need]:
        sample = self.filled(request)
        if resource == "aws-sdk:s3:getObject":
            yield from self.needs.read(sample["Bucket"], sample["Key"])
        elif resource == "aws-sdk:sagemaker:describeModelPackage":
            yield Need("sagemaker:DescribeModelPackage", sample["ModelPackageName"])
        else:
            yield from super()._task(resource, request)

    def _sample(self, expression: str) -> Any:
        if re.match(r"States\.", expression):
            return super()._sample(expression)
        registry = f"{self.platform.account}.dkr.ecr.{self.platform.region}.amazonaws.com"
        samples: dict[str, Any] = {
            "$.model": "churn",
            "$.version": "1",
            "$$.Execution.Name": "8c1f0d",
            "$.created.name": "pushtrain--score-8c1f0d",
            "$.resources": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeKmsKeyId": self.platform.kms_key},
            "$.approved.document.model_package": self.names.arn("sagemaker", "model-package/pushtrain-churn/1"),
            "$.approved.document.inference.image": f"{registry}/team/image:1",
        }
        return samples.get(expression, "sample")
