"""Which operations answer: those that change nothing for a command that looks, all for a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain import aws
from pushtrain.local.api import RequestScope
from pushtrain.local.aws import up
from pushtrain.local.lookup.clients import NotAnswered
from pushtrain.local.lookup.operations import build_find_client, list_lookup_operations
from pushtrain.local.platform import local_platform
from pushtrain.local.storage.store import Store

PLATFORM = local_platform("", Path(".pushtrain"))


def test_logs_of_jobs_are_answered_and_other_groups_are_left_to_boto3(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        scope = RequestScope(account=PLATFORM.account, region=PLATFORM.region)
        describe = list_lookup_operations(store, PLATFORM)["logs"]["describe_log_streams"]
        assert describe({"logGroupName": "/aws/sagemaker/TrainingJobs"}, scope) == {"logStreams": []}
        with pytest.raises(NotAnswered):
            describe({"logGroupName": "/aws/lambda/mine"}, scope)


def test_a_command_that_looks_gets_no_operation_that_changes_something(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        operations = list_lookup_operations(store, PLATFORM)
    changing = {"create_", "delete_", "put_", "start_", "stop_", "update_"}
    assert not [name for names in operations.values() for name in names if name.partition("_")[0] + "_" in changing]


def test_each_service_has_one_client_that_names_its_region() -> None:
    find_client = build_find_client({}, PLATFORM, lambda service: service)
    assert find_client("s3") is find_client("s3")
    assert find_client("s3").meta.region_name == PLATFORM.region


def test_a_run_writes_and_reads_without_moto(tmp_path: Path) -> None:
    with up(tmp_path, PLATFORM, handlers={}, load_engine=False, load_moto=False):
        s3, sagemaker = aws.client("s3", PLATFORM.region), aws.client("sagemaker", PLATFORM.region)
        s3.put_object(Bucket=PLATFORM.artifact_bucket, Key="a", Body=b"1")
        assert s3.get_object(Bucket=PLATFORM.artifact_bucket, Key="a")["Body"].read() == b"1"
        sagemaker.create_model_package_group(ModelPackageGroupName="churn")
        groups = sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]
        assert [group["ModelPackageGroupName"] for group in groups] == ["churn"]
        assert aws.client("stepfunctions", PLATFORM.region).list_state_machines()["stateMachines"] == []
