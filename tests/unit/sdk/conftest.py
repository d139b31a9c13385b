"""The SDKs are imported as templates are: alone, without their banners. Collecting the tests must not import them.

Their import takes seconds, in each worker that collects; so the tests of this folder import them when they run.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pushtrain.workflow.templates import isolate


@pytest.fixture(autouse=True)
def _as_a_template() -> Iterator[None]:
    with isolate():
        import pushtrain.sdk  # noqa: F401

        yield
