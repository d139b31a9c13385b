"""Stores that tests of several commands read."""

from __future__ import annotations

from pathlib import Path

from pushtrain.aws import client
from pushtrain.local.aws import up
from tests.embedded.registered import PLATFORM, build_execution_arn, write_verdict


def fill_with_reports(folder: Path) -> Path:
    """Register two versions of churn, the first with a report, and one of fraud whose report lies elsewhere."""
    with up(folder, PLATFORM, handlers={}):
        sagemaker, s3 = client("sagemaker"), client("s3")
        for model, run in (("churn", "one"), ("churn", "two"), ("fraud", "one")):
            if run == "one":
                sagemaker.create_model_package_group(ModelPackageGroupName=f"pushtrain-{model}")
            bucket = PLATFORM.artifact_bucket if model == "churn" else "somebody-elses"
            sagemaker.create_model_package(
                ModelPackageGroupName=f"pushtrain-{model}",
                InferenceSpecification={"Containers": [{"Image": "image", "ModelDataUrl": "s3://b/k"}]},
                ModelApprovalStatus="PendingManualApproval",
                CustomerMetadataProperties={"run": run, "report": f"s3://{bucket}/{model}/runs/{run}/report.html"},
                MetadataProperties={"GeneratedBy": build_execution_arn(model, run)},
            )
        body = "<p>보고서</p>".encode()
        s3.put_object(Bucket=PLATFORM.artifact_bucket, Key="churn/runs/one/report.html", Body=body)
    return folder


def fill_with_artifacts(folder: Path) -> Path:
    """Register three versions of churn; the artifact of the second is gone."""
    with up(folder, PLATFORM, handlers={}):
        sagemaker, s3 = client("sagemaker"), client("s3")
        sagemaker.create_model_package_group(ModelPackageGroupName="pushtrain-churn")
        versions = {}
        for key in ("one", "two", "three"):
            container = {"Image": "image", "ModelDataUrl": f"s3://{PLATFORM.artifact_bucket}/{key}"}
            response = s3.put_object(Bucket=PLATFORM.artifact_bucket, Key=key, Body=key.encode())
            versions[key] = response["VersionId"]
            write_verdict("churn", key, key)
            sagemaker.create_model_package(
                ModelPackageGroupName="pushtrain-churn",
                InferenceSpecification={"Containers": [container]},
                ModelApprovalStatus="PendingManualApproval",
                MetadataProperties={"GeneratedBy": build_execution_arn("churn", key)},
            )
        s3.delete_object(Bucket=PLATFORM.artifact_bucket, Key="two", VersionId=versions["two"])
    return folder
