"""The run record of a push of the model repo churn."""

from __future__ import annotations

from pushtrain.record import RecordedConfig, RecordedData, RecordedGit, RunRecord

RECORD = RunRecord(
    run="a1b2c3d4e5f6-0a1b2c",
    model="churn",
    revision="a1b2c3d4e5f6" + "0" * 52,
    environment="prod",
    code="s3://artifacts/churn/source/abc/sourcedir.tar.gz",
    config=RecordedConfig(uri="s3://code/model-repos/churn/a1b2/config.yaml", version="v1", sha256="c" * 64),
    data={"raw": RecordedData(uri="s3://lake/raw/")},
    git=RecordedGit(commit="4222ba4d", repository="git@example.org:churn.git", dirty=False, author="kim@example.org"),
    pushed_by="AROAEXAMPLE:jenkins",
    trigger="push",
    pushtrain_version="0.1.0",
).with_metadata()
