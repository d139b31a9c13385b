"""The session cannot call AWS."""

from __future__ import annotations

import pytest

from pushtrain.platform import Platform
from pushtrain.sdk import OfflineSession

PLATFORM = Platform.local()


def test_the_session_has_no_way_to_aws() -> None:
    with pytest.raises(AttributeError):
        OfflineSession(PLATFORM).upload_data("/tmp", bucket="b")
    with pytest.raises(AttributeError):
        OfflineSession(PLATFORM).account_id()
