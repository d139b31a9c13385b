"""The run result of a run of the model repo churn that registered version 3."""

from __future__ import annotations

from pushtrain.record import RecordedCost, RecordedJob, RecordedTimes, RunResult

PREPARED = RecordedJob(
    step="preprocess",
    kind="processing",
    name="pushtrain-churn-preprocess-a1b2c3d4e5f6-0a1b2c-0-0",
    status="Completed",
    seconds=61.5,
    times=RecordedTimes(started="2026-11-27T08:00:05.000+00:00", ended="2026-11-27T08:01:06.500+00:00"),
    instance="ml.m5.large",
    instances=1,
    image="683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3",
    prefix="churn/runs/a1b2c3d4e5f6-0a1b2c/preprocess/pushtrain-churn-preprocess-a1b2c3d4e5f6-0a1b2c-0-0",
    outputs={"train": "s3://artifacts/churn/runs/a1b2c3d4e5f6-0a1b2c/preprocess/job/train/"},
    cost=RecordedCost(amount="0.01", currency="USD", as_of="2026-11-01"),
    packages={"numpy": "1.26.4"},
)
RESULT = RunResult(
    run="a1b2c3d4e5f6-0a1b2c",
    model="churn",
    status="SUCCEEDED",
    outcome="registered",
    reason="",
    failed_step=None,
    model_version=3,
    model_package="arn:aws:sagemaker:us-east-1:123456789012:model-package/pushtrain-churn/3",
    definition_version=1,
    redrives=0,
    times=RecordedTimes(started="2026-11-27T08:00:00.000+00:00", ended="2026-11-27T08:02:00.000+00:00"),
    seconds=120.0,
    jobs=(PREPARED,),
    verdict={"passed": True},
    cost=RecordedCost(amount="0.01", currency="USD", as_of="2026-11-01"),
)
