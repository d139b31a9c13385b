"""config.yaml against the platform; tests/unit/workflow/test_context.py has the other cases, in whole pipelines."""

from __future__ import annotations

import msgspec
import pytest

from pushtrain.config import list_steps, load_config
from pushtrain.errors import TemplateError
from pushtrain.platform import Platform
from pushtrain.workflow.checks.config import check_data, check_security, check_volume_key

CONFIG = """
model: churn
data: {raw: s3://pushtrain-artifacts/x/}
defaults: {framework: pytorch 2.6}
train: {}
evaluate: {}
candidates: {base: {}, fast: {train: {instance: [ml.g5.xlarge, ml.p3.2xlarge]}}}
choose: {maximize: auc}
"""


def test_the_message_names_the_key_of_the_candidate() -> None:
    config = load_config(CONFIG.encode()).config
    step = next(step for step in list_steps(config) if step.name == "fast-train")
    keyed = msgspec.structs.replace(Platform.local(), kms_key="alias/platform")
    with pytest.raises(TemplateError) as raised:
        check_volume_key(keyed, step)
    assert raised.value.key == "candidates.fast.train.instance"
    check_volume_key(Platform.local(), step)


def test_data_and_keys_are_those_that_the_platform_allows() -> None:
    config = load_config((CONFIG.partition("candidates:")[0] + "kms: {volume: alias/own}").encode()).config
    with pytest.raises(TemplateError, match="pushtrain-artifacts is a bucket of the platform"):
        check_data(config, Platform.local())
    with pytest.raises(TemplateError, match="alias/own is not this platform's key"):
        check_security(config, msgspec.structs.replace(Platform.local(), kms_key="alias/platform"))
