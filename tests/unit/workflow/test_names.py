"""Names that AWS accepts, never collide, and never change by themselves."""

from __future__ import annotations

import re

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pushtrain.platform import Platform
from pushtrain.teams import Team
from pushtrain.workflow import names

PLATFORM = Platform.local()
LONGEST = msgspec.structs.replace(PLATFORM, prefix="abcdefghijklmnop")
TEAMS = msgspec.structs.replace(PLATFORM, prefix="abcdefgh", teams=(Team(name="shopper", models=("*",)),))
JOB_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")  # CreateTrainingJob.TrainingJobName
MODELS = st.from_regex(r"[a-zA-Z0-9](-?[a-zA-Z0-9]){0,31}", fullmatch=True)


def job(platform: Platform, model: str, step: str) -> str:
    run = names.build_run_id("f" * 64, "version")
    return f"{names.build_job_stem(platform, model, step)}-{run}-9-99"


@given(MODELS, st.sampled_from(["preprocess", "train", "evaluate", "a step with a very long name", "feature_store"]))
def test_every_job_name_is_one_that_sagemaker_accepts(model: str, step: str) -> None:
    for platform in (PLATFORM, LONGEST, TEAMS):
        name = job(platform, model, step)
        assert JOB_NAME.fullmatch(name), name
        assert len(name) <= 63


def test_models_with_a_long_common_beginning_do_not_share_job_names() -> None:
    one, two = (f"customer-churn-in-the-north-{end}" for end in ("east", "west"))
    assert job(LONGEST, one, "train") != job(LONGEST, two, "train")


def test_a_jobs_name_says_whose_it_is() -> None:
    assert job(TEAMS, "churn", "train").startswith("abcdefgh-shopper-churn-train-")


def test_state_machine_names_stay_within_80_characters() -> None:
    assert len(names.build_state_machine_name(LONGEST, "m" * 63)) <= 80
    assert names.build_state_machine_name(PLATFORM, "churn") == "pushtrain-churn"


def test_one_put_is_one_run_and_another_put_another() -> None:
    assert names.build_run_id("a" * 64, "v1") == names.build_run_id("a" * 64, "v1")
    assert names.build_run_id("a" * 64, "v1") != names.build_run_id("a" * 64, "v2")
    assert re.fullmatch(r"a{12}-[0-9a-f]{6}", names.build_run_id("a" * 64, "v1"))


@given(st.text(min_size=1, max_size=300))
def test_metadata_keys_fit_the_registry(text: str) -> None:
    key = names.build_metadata_key(text)
    assert 1 <= len(key) <= 128
    assert not set(key) & set("'\"{},\n\t\\")
