"""A command that a message names can be copied as it stands: it looks at the place that was looked at."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from pushtrain.aws import client
from pushtrain.cost import Prices
from pushtrain.errors import OperatorError
from pushtrain.local.aws import up
from pushtrain.local.platform import local_platform
from pushtrain.platform import LOCAL_OPTION, Platform
from pushtrain.runs import Run, redrive_run

Types = Callable[..., tuple[int, str, str]]
FAILED = [{"id": 1, "type": "FailStateEntered", "stateEnteredEventDetails": {"name": "over"}}]
PROGRAMS = ("plan", "prices.list")


@pytest.fixture
def types(tmp_path: Path, typed: Types, monkeypatch: pytest.MonkeyPatch) -> Types:
    """Exit code, stdout and stderr of `pushtrain <words>` in a folder that has a store named `my store`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PUSHTRAIN_STORE", raising=False)
    for name in PROGRAMS:
        monkeypatch.setattr(f"pushtrain.cli.commands.{name}.find_program", lambda: "pushtrain")
    for name in ("pushtrain.plans.plan", "pushtrain.cost"):  # the importer first: it must not import what is patched
        monkeypatch.setattr(f"{name}.read_prices", lambda _: Prices(tables=()))
    with up(tmp_path / "my store", Platform.local(), handlers={}):
        client("sagemaker").create_model_package_group(ModelPackageGroupName="pushtrain-churn")

    return typed


PLACES = [
    (("--local",), " --local"),
    (("--local", "--store", ".pushtrain"), " --local"),
    (("--local", "--store", "my store"), " --local --store 'my store'"),
    (("--local", "--environment", "dev"), " --local --environment dev"),
]


@pytest.mark.parametrize(("place", "option"), PLACES)
def test_a_hint_says_where_it_looked(place: tuple[str, ...], option: str, types: Types) -> None:
    said = f"there is no run 'nosuch'. `pushtrain runs list{option}` shows them\n"
    assert types("runs", "show", "nosuch", *place) == (1, "", said)
    fetched = "pushtrain prices fetch --region us-east-1 -o prices.yaml"
    code, out, _ = types("prices", "list", *place)
    assert (code, out) == (
        0,
        f"no price is known in us-east-1: {fetched}, then pushtrain prices use prices.yaml{option}\n",
    )


@pytest.mark.parametrize(("place", "option"), PLACES[:3])
def test_a_plan_without_prices_says_how_to_give_them(place: tuple[str, ...], option: str, types: Types) -> None:
    types("init", "churn", "--starter", "sklearn")
    code, out, _ = types("plan", "churn", *place)
    assert code == 0
    assert out.endswith(f"    prices are given with: pushtrain prices use FILE{option}\n")
    config = Path("churn/config.yaml")
    config.write_text(f"{config.read_text()}\nlimits: {{max_cost: 1 USD}}\n")
    remedy = f"Give prices (`pushtrain prices use FILE{option}`) and push --again, or remove the limit"
    assert json.loads(types("plan", "churn", *place, "--json")[1])["refused"].endswith(remedy)


def test_a_store_that_the_environment_names_is_found_without_an_option(
    types: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUSHTRAIN_STORE", "my store")
    assert types("runs", "show", "nosuch", "--local")[2].endswith("`pushtrain runs list --local` shows them\n")
    elsewhere = types("runs", "show", "nosuch", "--local", "--store", ".pushtrain")[2]
    assert elsewhere.endswith("`pushtrain runs list --local --store .pushtrain` shows them\n")


def test_nothing_approved_says_where_to_look(types: Types, tmp_path: Path) -> None:
    with up(tmp_path / "my store", Platform.local(), handlers={}):
        container = {"Image": "image", "ModelDataUrl": "s3://pushtrain-artifacts/m"}
        client("sagemaker").create_model_package(
            ModelPackageGroupName="pushtrain-churn",
            InferenceSpecification={"Containers": [container]},
            ModelApprovalStatus="PendingManualApproval",
        )
    place = ("--local", "--store", "my store")
    where = "See `pushtrain models list churn --local --store 'my store'`\n"
    assert types("models", "fetch", "churn", *place)[2] == f"no version of churn is approved. {where}"
    said = types("models", "fetch", "churn", "--version", "1", *place)[2]
    assert said == f"churn version 1 was never approved. {where}"


def test_a_run_of_this_machine_is_started_anew_with_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run(model="m", run="r", status="FAILED", started=0, seconds=0, outcome="failed")
    monkeypatch.setattr(sys.modules["pushtrain.runs.redrive"], "read_events", lambda *_: FAILED)
    with (
        up(tmp_path / "s", local_platform("dev", tmp_path / "s"), handlers={}) as machine,
        pytest.raises(OperatorError) as raised,
    ):
        redrive_run(machine.platform, run)
    assert str(raised.value).endswith(f"pushtrain run DIR --store {tmp_path / 's'} --environment dev")


def test_what_names_this_machine_is_not_published() -> None:
    local = Platform.local("dev")
    assert local.cli_option == f"{LOCAL_OPTION} --environment dev"
    assert Platform.from_json(local.to_json()).cli_option == " --environment dev"
    assert Platform.from_json(local.to_json(include_local_option=True)).cli_option == local.cli_option
    assert Platform.from_json(local.to_json()) == replace(local, local_option="")
