"""The documents of the serving bucket."""

from __future__ import annotations

import json

import pytest

from pushtrain.errors import RegistryError
from pushtrain.platform import Platform
from pushtrain.serving import receive
from tests.embedded.serving.approvals import (
    PLATFORM,
    Bus,
    approved,
    register,
)


def test_a_platform_without_serving_bucket_is_told_so(bus: Bus) -> None:
    [arn] = register()
    bare = Platform.from_json(json.dumps({**json.loads(PLATFORM.to_json()), "serving_bucket": ""}))
    with pytest.raises(RegistryError) as raised:
        receive(approved(bus, arn), bare)
    assert str(raised.value) == "this platform has no serving bucket. Deploy it again with this version of pushtrain"
