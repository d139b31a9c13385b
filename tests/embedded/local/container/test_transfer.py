"""Copies between S3 and a job's folder: missing data, prefixes, and keys that cannot be file names."""

from __future__ import annotations

from tests.embedded.local.container.bench import Bench, channel


def test_missing_data_fails_naming_the_uri(bench: Bench) -> None:
    result = bench.train("", InputDataConfig=[channel("train", "nothing/")])
    assert result.failure_reason == (
        'ClientError: No S3 objects found under S3 URL "s3://bucket/nothing/" given in input data source'
    )
    gone = channel("train", "x/", S3Uri="s3://no-such-bucket/x/")
    reason = bench.train("", InputDataConfig=[gone]).failure_reason
    assert reason == "ClientError: Data download failed: NoSuchBucket: s3://no-such-bucket/x/"


def test_a_prefix_that_takes_in_its_sibling_is_refused(bench: Bench) -> None:
    bench.put("data/train/a")
    bench.put("data/train_labels/b")
    reason = bench.train("", InputDataConfig=[channel("train", "data/train")]).failure_reason
    assert reason == "ClientError: the prefix 'data/train' also matches 'data/train_labels/b'; end it with '/'"


def test_a_key_that_is_a_file_and_a_folder_is_refused(bench: Bench) -> None:
    bench.put("x/a", "1")
    bench.put("x/a/b", "2")
    assert (
        bench.train("", InputDataConfig=[channel("train", "x/")]).failure_reason
        == "ClientError: the object key 'x/a/b' is a file and a folder at once"
    )


def test_object_keys_that_climb_are_refused(bench: Bench) -> None:
    bench.put("x/../../evil", "")
    reason = bench.train("", InputDataConfig=[channel("train", "x/")]).failure_reason
    assert reason == "ClientError: the object key 'x/../../evil' cannot be a file name"


def test_a_bucket_that_is_gone_at_the_end_fails_the_job(bench: Bench) -> None:
    config = {"S3OutputPath": "s3://no-such-bucket/out"}
    result = bench.train("open('/opt/ml/model/m', 'w')", OutputDataConfig=config)
    assert (result.status, result.exit_code) == ("Failed", 0)
