"""The SDKs are imported as templates are: alone, without their banners."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pushtrain.workflow.templates import isolate

with isolate():
    import pushtrain.sdk  # noqa: F401


@pytest.fixture(autouse=True)
def _as_a_template() -> Iterator[None]:
    with isolate():
        yield
