"""Any bytes give a LoadedConfig or a ConfigError within a second."""

from __future__ import annotations

import time

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pushtrain.config import LoadedConfig, load_config
from pushtrain.config.model import Condition, Config, Evaluate, Inference, Preprocess, Registration, Train
from pushtrain.config.validation_errors import list_keys
from pushtrain.errors import ConfigError, Problem

KEYS = sorted(
    {
        key
        for section in (Config, Preprocess, Train, Evaluate, Registration, Inference, Condition)
        for key in list_keys(section)
    }
)
SYNTAX = st.sampled_from(
    [*"{}[]:,-?&*!|>'\"%@`#\n\t \\", "\n  ", "<<: ", "*a", "&a ", "---\n", "!!str ", "~", "1e9", ".nan", "no"]
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.dates(),
    st.binary(max_size=5),
    st.sampled_from(["2h", "50GB", "ml.g5.xlarge", "pytorch 2.6", "s3://lake/x/", "train.py", "mpi", "model", "test"]),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=9), inner, max_size=6)
    ),
    max_leaves=25,
)
PLAIN = settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])


def check_load(data: bytes) -> None:
    start = time.process_time()
    problems: tuple[Problem, ...] = ()
    try:
        assert isinstance(load_config(data, environment="prod"), LoadedConfig)
    except ConfigError as error:
        problems = error.problems or (Problem(message="\n"),)
    assert not any("\n" in str(problem) for problem in problems)
    assert time.process_time() - start < 1


@PLAIN
@given(st.binary(max_size=400))
def test_bytes(data: bytes) -> None:
    check_load(data)


@PLAIN
@given(st.lists(SYNTAX | st.sampled_from(KEYS), max_size=60))
def test_pieces_of_yaml(pieces: list[str]) -> None:
    check_load("".join(pieces).encode())


@PLAIN
@given(st.dictionaries(st.sampled_from(KEYS), TREES, max_size=6), TREES)
def test_trees_of_known_keys(tree: dict[str, object], overlay: object) -> None:
    whole = {"model": "churn", "train": {"framework": "pytorch 2.6"}} | tree | {"environments": {"prod": overlay}}
    check_load(yaml.dump(whole, allow_unicode=True).encode("utf-8", "surrogatepass"))


@PLAIN
@given(st.sampled_from(["preprocess", "train", "evaluate", "register"]), st.dictionaries(st.sampled_from(KEYS), TREES))
def test_sections_of_known_keys(section: str, values: dict[str, object]) -> None:
    whole = {"model": "churn", "train": {"framework": "pytorch 2.6"}} | {
        section: {"framework": "sklearn 1.2-1"} | values
    }
    check_load(yaml.dump(whole).encode())
