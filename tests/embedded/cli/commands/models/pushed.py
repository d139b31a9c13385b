"""Push a model repo of a few small files and register a version of it, without training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from pushtrain.aws import client
from pushtrain.model_repo.contents import read_model_repo
from pushtrain.pushes.event import Push
from pushtrain.pushes.upload import upload
from pushtrain.record import RecordedConfig, RecordedData
from tests.embedded.registered import PLATFORM, build_execution_arn, write_record, write_result
from tests.sample_record import RECORD
from tests.sample_result import RESULT

CONFIG = """
model: churn
data: {raw: data/}
preprocess: {framework: sklearn 1.2-1}
train: {framework: sklearn 1.2-1, hyperparameters: {depth: 4}}
evaluate: {framework: sklearn 1.2-1}
"""
FILES = {
    "config.yaml": CONFIG,
    "preprocessing.py": "1",
    "train.py": "1",
    "evaluation.py": "1",
    "lib/net.py": "1",
    "data/rows.csv": "1",
}
RegisterPush = Callable[..., str]


def push_files(folder: Path, files: Mapping[str, str]) -> Push:
    """Upload FILES with `files` laid over them."""
    for name, text in {**FILES, **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return upload(read_model_repo(folder), "churn", PLATFORM, repeat=True).push


def register_run(
    push: Push,
    run: str,
    data: str,
    metadata: Mapping[str, str],
    code: str,
    version_key: str | None,
    data_hash: str | None,
) -> None:
    """Write input.json and result.json of a run of the push, and register a version of it."""
    prefix = f"s3://{push.bucket}/{push.prefix}"
    config = RecordedConfig(uri=f"{prefix}config.yaml", version=push.version, sha256="")
    git = msgspec.structs.replace(RECORD.git, dirty=None)
    record = msgspec.structs.replace(
        RECORD,
        run=run,
        environment="",
        code=code,
        config=config,
        data={"raw": RecordedData(uri=data, sha256=data_hash)},
        git=git,
        version_key=version_key,
    )
    write_record(record)
    write_result(msgspec.structs.replace(RESULT, run=run))
    properties = {"run": run, "revision": push.revision, "environment": "unknown", "data.raw": data}
    client("sagemaker").create_model_package(
        ModelPackageGroupName="pushtrain-churn",
        InferenceSpecification={"Containers": [{"Image": "image", "ModelDataUrl": f"{prefix}m"}]},
        ModelApprovalStatus="PendingManualApproval",
        CustomerMetadataProperties={**properties, **metadata},
        MetadataProperties={"GeneratedBy": build_execution_arn("churn", run)},
    )
