"""The models that have runs, and their runs, as folders."""

from __future__ import annotations

from typing import Any

from pushtrain.platform import Platform
from pushtrain.runs import list_folders, list_models

PLATFORM = Platform.local()


class Pages:
    """S3 that lists two pages, and remembers what it was asked."""

    def __init__(self, *pages: dict[str, Any]) -> None:
        self.pages = pages
        self.request: dict[str, str] = {}

    def get_paginator(self, _: str) -> Pages:
        return self

    def paginate(self, **request: str) -> tuple[dict[str, Any], ...]:
        self.request = request
        return self.pages


def test_names_of_folders_come_from_all_pages() -> None:
    s3 = Pages(
        {"CommonPrefixes": [{"Prefix": "churn/runs/a1/"}]}, {}, {"CommonPrefixes": [{"Prefix": "churn/runs/a2/"}]}
    )
    assert list(list_folders(s3, PLATFORM, "churn/runs/", "a")) == ["a1", "a2"]
    assert s3.request == {"Bucket": PLATFORM.artifact_bucket, "Prefix": "churn/runs/a", "Delimiter": "/"}


def test_folders_of_pushtrain_itself_are_no_models() -> None:
    folders = [{"Prefix": name} for name in (".forgotten/", ".runs/", "basket/", "churn/")]
    assert list_models(Pages({"CommonPrefixes": folders}), PLATFORM) == ["basket", "churn"]
