"""Calls that are answered in this process: only those of the answerer's service, and only while the context lasts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pushtrain.aws import create_client
from pushtrain.local.aws import up
from pushtrain.local.direct_calls import Response, answer_directly
from pushtrain.platform import Platform

BUCKET = Platform.local().artifact_bucket


class Lists:
    """Answers ListBuckets, or passes it on."""

    def __init__(self) -> None:
        self.response: Response | None = {"Buckets": []}

    def is_plain(self, operation: str, parameters: Mapping[str, Any]) -> bool:
        return operation == "ListBuckets" and not parameters

    def answer(self, client: Any, operation: str, parameters: Mapping[str, Any]) -> Response | None:
        return self.response


def test_an_answerer_is_asked_first_and_may_pass_a_call_on(tmp_path: Path) -> None:
    lists = Lists()
    with up(tmp_path, Platform.local(), handlers={}, load_engine=False):
        s3 = create_client("s3")
        with answer_directly({"s3": lists}):
            assert s3.list_buckets() == {"Buckets": []}
            assert s3.head_bucket(Bucket=BUCKET)["ResponseMetadata"]["HTTPStatusCode"] == 200
            lists.response = None
            assert BUCKET in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
        lists.response = {"Buckets": []}
        assert s3.list_buckets() != {"Buckets": []}
