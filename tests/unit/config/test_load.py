"""What a data scientist sees of a file that can be read: defaults, environments, warnings, lines."""

from __future__ import annotations

import pytest

from pushtrain.config import (
    Config,
    DataSource,
    Distribution,
    Mpi,
    find_missing_paths,
    find_repo_warnings,
    find_serving_framework,
    load_config,
)
from pushtrain.errors import ConfigError

SMALL = "model: churn\ntrain: {framework: pytorch 2.6}\n"
FULL = """\
model: churn
data: {raw: s3://lake/churn/, small: ./data//sample/, both: {s3: s3://lake/x/, local: data/x.csv}}
preprocess: {framework: sklearn 1.2-1, outputs: [train, test]}
train:
  framework: pytorch 2.6
  instance: ml.g5.xlarge
  max_runtime: 2h
  hyperparameters: {lr: 1e-3, layers: {first: 10, second: 20}}
evaluate: {framework: sklearn 1.2-1}
register:
  when: [{metric: accuracy, at_least: 0.9}]
  inference: {instances: [ml.g5.xlarge]}
environments:
  prod:
    train: {instances: 2, distribution: mpi, hyperparameters: {layers: {second: 30}}}
    preprocess: null
    data: {small: null}
  dev: {train: {spot: true}}
"""


def load(text: str, environment: str = "") -> Config:
    return load_config(text.encode(), environment=environment).config


def warnings(text: str, environment: str = "") -> list[str]:
    return [str(warning) for warning in load_config(text.encode(), environment=environment).warnings]


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        load_config(text.encode())
    return [str(problem) for problem in raised.value.problems]


def test_the_smallest_config_has_a_default_for_everything() -> None:
    train = load(SMALL).train
    assert (train.script, train.instance, train.instances, train.volume) == ("train.py", "ml.m5.xlarge", 1, 30)
    assert (train.max_runtime, train.max_wait, train.checkpoint) == (86_400, None, None)


def test_data_is_an_address_a_path_or_both() -> None:
    assert load(FULL).data == {
        "raw": DataSource(s3="s3://lake/churn/"),
        "small": DataSource(local="data/sample"),
        "both": DataSource(s3="s3://lake/x/", local="data/x.csv"),
    }


def test_spot_decides_max_wait_and_checkpoint_together() -> None:
    train = load(FULL, "dev").train
    assert (train.max_wait, train.checkpoint) == (3 * 3600, "/opt/ml/checkpoints")
    given = load("model: m\ntrain: {framework: pytorch 2.6, spot: true, max_wait: 30h, checkpoint: /tmp/state/}")
    assert (given.train.max_wait, given.train.checkpoint) == (30 * 3600, "/tmp/state")


def test_numbers_of_hyperparameters_stay_numbers() -> None:
    assert load(FULL).train.hyperparameters["lr"] == 0.001


def test_an_environment_merges_mappings_replaces_values_and_removes_by_null() -> None:
    prod = load(FULL, "prod")
    assert prod.train.instances == 2
    assert prod.train.distribution == Distribution(mpi=Mpi())
    assert prod.train.hyperparameters["layers"] == {"first": 10, "second": 30}
    assert prod.preprocess is None
    assert set(prod.data) == {"raw", "both"}
    assert load(FULL).train.instances == 1


def test_an_unknown_environment_is_the_file_as_it_stands_with_a_word() -> None:
    assert load(FULL, "qa") == load(FULL)
    assert (
        "config.yaml:13  environments: there is no environment 'qa' (there are: prod, dev)" in warnings(FULL, "qa")[0]
    )
    assert warnings(SMALL, "qa") == warnings(SMALL)


@pytest.mark.parametrize("environment", ["prdo", "Prod", "production", "prod-eu", "de"])
def test_an_environment_that_is_all_but_named_is_refused(environment: str) -> None:
    with pytest.raises(
        ConfigError, match=rf"config.yaml:13  environments: there is no environment '{environment}'. Did you mean '.*'"
    ):
        load_config(FULL.encode(), environment=environment)


def test_it_is_taken_as_it_stands_once_the_file_says_so() -> None:
    assert load(FULL + "  prod-eu: {}\n", "prod-eu") == load(FULL)


def test_every_environment_is_checked_whichever_is_asked_for() -> None:
    broken = SMALL + "environments:\n  prod:\n    train: {instance: ml.g5.xlrge}\n"
    for environment in ("", "dev", "prod"):
        with pytest.raises(ConfigError, match=r"config.yaml:5  environments.prod.train.instance: 'ml.g5.xlrge'"):
            load_config(broken.encode(), environment=environment)


def test_a_problem_of_the_base_is_said_once() -> None:
    text = (
        "model: churn\ntrain: {framework: pytorch 2.666}\nenvironments: {a: {tags: {x: y}}, b: {train: {instances: 2}}}"
    )
    assert len(problems(text)) == 1


def test_a_problem_that_an_environment_repeats_is_said_for_it_too() -> None:
    text = "model: churn\ntrain: {framework: none 1}\nenvironments:\n  a: {train: {framework: none 1}}"
    assert [line.split(":")[1][:1] for line in problems(text)] == ["2", "4"]


def test_relations_are_looked_at_beside_wrong_values_but_not_on_top_of_them() -> None:
    text = (
        "model: churn\npreprocess: {framework: sklearn 1.2-1, outputs: [5]}\n"
        "train: {framework: sklearn 1.2-1, instance: ml.x, channels: [a], spot: true, keep_alive: 1h}\n"
    )
    keys = [line.split("  ")[1].split(":")[0] for line in problems(text)]
    assert keys == ["preprocess.outputs[0]", "train.instance", "train.keep_alive"]


def test_at_most_a_hundred_problems_are_listed() -> None:
    found = problems(SMALL + "".join(f"key{n}: 1\n" for n in range(300)))
    assert len(found) == 101
    assert found[-1].endswith("there are more problems; only the first 100 are listed")


def test_problems_carry_the_name_of_the_file() -> None:
    with pytest.raises(ConfigError, match=r"^model_repos/x/config\.yaml:1 "):
        load_config(b"model: a b\ntrain: {framework: pytorch 2.6}", file="model_repos/x/config.yaml")


def test_lines_of_keys_follow_the_environment() -> None:
    loaded = load_config(FULL.encode(), environment="prod")
    assert loaded.find_line("train.instances") == 15
    assert loaded.find_line("train.framework") == 5
    assert loaded.find_line("register.when[0].metric") == 11
    assert loaded.find_line("train.script") is None


@pytest.mark.parametrize(
    ("train", "expected"),
    [
        ("hyperparameters: {c: 1}", "train.hyperparameters.c: train.py gets this as -c"),
        ("framework: sklearn 1.2-1, instance: ml.g5.xlarge", "train.instance: ml.g5.xlarge has GPUs, but sklearn"),
        ("retries: 3", "train.retries: AWS may refuse RetryStrategy"),
        ("keep_alive: 2h", "train.keep_alive: warm instances cost money"),
        ("instances: 2", "train.instances: 2 instances without `distribution:`"),
        ("metrics: {loss: 'loss=.*'}", "train.metrics.loss: the regex has no (group)"),
        ("instance: ml.g5.xlarge, volume: 50GB", "train.volume: ml.g5.xlarge has disks of a fixed size"),
        ("channels: [raw]", "data.unused: no step reads this data"),
    ],
)
def test_what_is_legal_but_surprising_is_a_warning(train: str, expected: str) -> None:
    framework = "" if "framework" in train else "framework: pytorch 2.6, "
    text = f"model: m\ndata: {{raw: s3://lake/raw/, unused: data/x}}\ntrain: {{{framework}{train}}}\n"
    assert any(expected in warning for warning in warnings(text)), warnings(text)


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ("InfraCheckConfig: {EnableInfraCheck: true}", "InfraCheckConfig"),
        ("SessionChainingConfig: {EnableSessionTagChaining: true}", "SessionChainingConfig"),
        ("AlgorithmSpecification: {ContainerEntrypoint: [a]}", "AlgorithmSpecification.ContainerEntrypoint"),
        ("AlgorithmSpecification: {ContainerArguments: [a]}", "AlgorithmSpecification.ContainerArguments"),
    ],
)
def test_raw_fields_that_aws_is_not_known_to_take_are_warned_of(raw: str, field: str) -> None:
    text = f"model: m\ntrain: {{framework: sklearn 1.2-1, sagemaker: {{{raw}}}}}\n"
    assert any(f"train.sagemaker.{field}: AWS may refuse" in warning for warning in warnings(text)), warnings(text)


def test_a_sound_config_has_no_warnings() -> None:
    assert warnings(FULL) == []


def test_a_missing_gate_is_a_warning() -> None:
    assert any("never registered" in warning for warning in warnings(SMALL))
    assert any("every model that trains is registered" in warning for warning in warnings(SMALL + "register: {}\n"))


def test_warnings_of_an_environment_lie_in_the_environment() -> None:
    (warning,) = warnings(FULL.replace(", distribution: mpi", ""), "prod")
    assert warning.startswith("config.yaml:15  environments.prod.train.instances: 2 instances")


def test_what_config_names_must_be_in_the_model_repo() -> None:
    loaded = load_config(FULL.encode())
    there = {"train.py", "preprocessing.py", "data/x.csv"}
    assert [str(problem) for problem in find_missing_paths(loaded, there.__contains__)] == [
        "config.yaml:9  evaluate.script: there is no 'evaluation.py' in the model repo",
        "config.yaml:2  data.small: there is no 'data/sample' in the model repo",
    ]


def test_isolated_containers_install_nothing() -> None:
    loaded = load_config((SMALL + "network: {isolation: true}\n").encode())
    (warning,) = find_repo_warnings(loaded, lambda path: path == "requirements.txt")
    assert str(warning) == (
        "config.yaml:3  network.isolation: isolated containers cannot install requirements.txt. "
        "Use an image that already has these packages"
    )
    assert find_repo_warnings(loaded, lambda path: False) == ()


def test_twenty_environments_are_enough() -> None:
    many = "".join(f"  e{number}: {{train: {{instances: 2}}}}\n" for number in range(21))
    assert problems(f"{SMALL}environments:\n{many}") == [
        "config.yaml:3  environments: 21 environments are too many. Write at most 20"
    ]


def test_the_version_that_trains_serves_unless_another_is_named() -> None:
    assert str(find_serving_framework(load(FULL))) == "pytorch 2.6.0"
    sklearn = FULL.replace("inference: {instances: [ml.g5.xlarge]", "inference: {framework: sklearn 1.2-1")
    assert str(find_serving_framework(load(sklearn))) == "sklearn 1.2-1"
    assert find_serving_framework(load(FULL.replace("inference: {", "inference: {image: mine, "))) is None
    assert find_serving_framework(load(SMALL)) is None


def test_a_raw_block_is_of_bounded_size() -> None:
    values = ", ".join(["1"] * 501)
    (problem,) = problems(f"model: m\ntrain: {{framework: pytorch 2.6, sagemaker: {{Tagz: [{values}]}}}}")
    assert problem.endswith("train.sagemaker: the raw block has more than 500 values. Remove some")


@pytest.mark.parametrize("key", ["00", "yes", "!!int '1'", '"a\\0b"'])
def test_a_key_that_cannot_be_read_spoils_only_itself(key: str) -> None:
    found = problems(f"{key}:\nmodel: a_b\ntrain: {{framework: pytorch 2.6}}\n")
    assert [line.split("  ")[0] for line in found] == ["config.yaml:1", "config.yaml:2"]
