"""The cost limit holds for a reproduction too."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from pushtrain.config import load_config
from pushtrain.errors import ConfigError
from pushtrain.local.aws import up
from pushtrain.platform import Platform
from pushtrain.reproduction.cost import estimate_reproduction

CONFIG = b"model: churn\ntrain: {framework: sklearn 1.2-1, instance: ml.m5.large}\n"


def test_a_run_that_may_cost_more_than_the_limit_is_refused(tmp_path: Path) -> None:
    platform = msgspec.structs.replace(Platform.local(), max_cost="0.01 USD")
    with up(tmp_path / "store", platform, handlers={}), pytest.raises(ConfigError):
        estimate_reproduction(platform, load_config(CONFIG))
