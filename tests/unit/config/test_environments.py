"""`environments:`: which overlay applies, and what is said about its name."""

from __future__ import annotations

import pytest

from pushtrain.config import Distribution, Mpi, load_config
from pushtrain.errors import ConfigError
from tests.unit.config.sample_configs import FULL, SMALL, list_problems, list_warnings, load, load_train


def test_an_environment_merges_mappings_replaces_values_and_removes_by_null() -> None:
    prod = load(FULL, "prod")
    train = load_train(FULL, "prod")
    assert train.instances == 2
    assert train.distribution == Distribution(mpi=Mpi())
    assert train.hyperparameters["layers"] == {"first": 10, "second": 30}
    assert prod.preprocess is None
    assert set(prod.data) == {"raw", "both"}
    assert load_train(FULL).instances == 1


def test_without_an_overlay_of_its_name_the_base_applies_with_a_warning() -> None:
    assert load(FULL, "qa") == load(FULL)
    assert list_warnings(FULL, "qa") == [
        "config.yaml:13  environments: there is no environment 'qa' (there are: prod, dev), so no overlay applies"
    ]
    assert list_warnings(SMALL, "qa") == list_warnings(SMALL)


@pytest.mark.parametrize("environment", ["prdo", "Prod", "production", "prod-eu", "de"])
def test_a_name_that_is_similar_to_another_is_refused(environment: str) -> None:
    message = rf"config.yaml:13  environments: there is no environment '{environment}'. Did you mean '(prod|dev)'\?"
    with pytest.raises(ConfigError, match=message):
        load_config(FULL.encode(), environment=environment)


def test_a_similar_name_is_accepted_once_the_file_has_it() -> None:
    assert load(FULL + "  prod-eu: {}\n", "prod-eu") == load(FULL)


def test_twenty_environments_are_enough() -> None:
    many = "".join(f"  e{number}: {{train: {{instances: 2}}}}\n" for number in range(21))
    assert list_problems(f"{SMALL}environments:\n{many}") == [
        "config.yaml:3  environments: 21 environments are too many. Write at most 20"
    ]


def test_a_gate_that_loses_a_condition_is_a_warning() -> None:
    gate = "evaluate: {framework: sklearn 1.2-1}\nregister:\n  when:\n    - {metric: auc, at_least: 0.9}\n"
    gate += "    - {metric: loss, at_most: 2}\n"
    text = f"{SMALL}{gate}environments:\n  dev:\n    register:\n      WHEN\n  prod: {{train: {{instances: 2}}}}\n"
    loose = text.replace("WHEN", "when: [{metric: auc, at_least: 0.5}]")
    (warning,) = [warning for warning in list_warnings(loose, "dev") if "environments" in warning]
    assert warning == (
        "config.yaml:11  environments.dev.register.when: replaces the whole gate, so the condition on 'loss' in line 7 "
        "does not apply in this environment. Repeat it here to keep it"
    )
    both = "when: [{metric: loss, at_most: 5}, {metric: auc, at_least: 0.5}]"
    for environment, overlay in {"dev": both, "prod": "when: []", "": "when: []"}.items():
        warnings = list_warnings(text.replace("WHEN", overlay), environment)
        assert not [warning for warning in warnings if "whole gate" in warning]
    assert len([w for w in list_warnings(text.replace("WHEN", "when: []"), "dev") if "whole gate" in w]) == 2
    new = f"{SMALL}environments:\n  dev: {{evaluate: {{image: x}}, register: {{when: [{{metric: a, above: 1}}]}}}}\n"
    assert not [warning for warning in list_warnings(new, "dev") if "whole gate" in warning]
