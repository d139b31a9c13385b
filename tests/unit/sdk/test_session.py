"""The session cannot call AWS."""

from __future__ import annotations

from pathlib import Path

import pytest

from pushtrain.platform import Platform

PLATFORM = Platform.local()


def test_the_session_has_no_way_to_aws(tmp_path: Path) -> None:
    """The SDK lists the whole folder before it asks for a client, so the folder is an empty one."""
    from pushtrain.sdk import OfflineSession

    with pytest.raises(AttributeError):
        OfflineSession(PLATFORM).upload_data(str(tmp_path), bucket="b")
    with pytest.raises(AttributeError):
        OfflineSession(PLATFORM).account_id()
