"""Compare, approve and reject as an approver types them, over versions made by hand."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pushtrain.aws import client
from pushtrain.cli import outcome, program
from pushtrain.errors import RegistryError
from pushtrain.local.aws import up
from pushtrain.local.identity import user_name
from pushtrain.platform import PLATFORM_VARIABLE, Platform
from pushtrain.registry import decide

PLATFORM = Platform.local()
CONFIG = """
model: churn
train: {{framework: sklearn 1.2-1, instance: {instance}, hyperparameters: {{depth: {depth}}}}}
evaluate: {{framework: sklearn 1.2-1}}
register: {{when: [{{metric: auc, at_least: {bound}}}]}}
"""
DONE = json.dumps({"StartAt": "done", "States": {"done": {"Type": "Succeed"}}})
Types = Callable[..., tuple[int, str, str]]


def told(
    run: str,
    *,
    bound: float = 0.9,
    depth: int = 4,
    data: str = "s3://lake/10/",
    instance: str = "ml.m5.large",
    dirty: bool = False,
) -> None:
    """What a run leaves behind: its config.yaml and input.json."""
    s3, key = client("s3"), f"model-repos/churn/{run}/config.yaml"
    body = CONFIG.format(bound=bound, depth=depth, instance=instance).encode()
    version = s3.put_object(Bucket=PLATFORM.code_bucket, Key=key, Body=body)["VersionId"]
    document = {
        "config": {"uri": f"s3://{PLATFORM.code_bucket}/{key}", "version": version},
        "data": {"raw": data},
        "git": {"dirty": dirty},
    }
    place = f"churn/runs/{run}/input.json"
    s3.put_object(Bucket=PLATFORM.artifact_bucket, Key=place, Body=json.dumps(document).encode())


def register(run: str, metrics: dict[str, float], commit: str = "", **properties: str) -> str:
    s3, place = client("s3"), f"churn/runs/{run}"
    s3.put_object(Bucket=PLATFORM.artifact_bucket, Key=f"{place}/model.tar.gz", Body=b"model")
    s3.put_object(Bucket=PLATFORM.artifact_bucket, Key=f"{place}/e.json", Body=json.dumps(metrics).encode())
    uri = f"s3://{PLATFORM.artifact_bucket}/{place}"
    arn: str = client("sagemaker").create_model_package(
        ModelPackageGroupName="churn",
        InferenceSpecification={"Containers": [{"Image": "image", "ModelDataUrl": f"{uri}/model.tar.gz"}]},
        ModelApprovalStatus="PendingManualApproval",
        ModelMetrics={"ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": f"{uri}/e.json"}}},
        MetadataProperties={"CommitId": commit or "unknown", "Repository": "git@example.org:churn.git"},
        CustomerMetadataProperties={"run": run, "revision": run, **properties},
    )["ModelPackageArn"]
    return arn


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Three versions: the second is better and of other data, the third's config.yaml is gone."""
    folder = tmp_path / "store"
    with up(folder, PLATFORM, handlers={}):
        client("sagemaker").create_model_package_group(ModelPackageGroupName="churn")
        told("one")
        told("two", depth=8, data="s3://lake/11/", bound=0.92, instance="ml.m5.xlarge", dirty=True)
        register("one", {"auc": 0.95, "loss": 0.3, "oddity": 1.5}, commit="a" * 40)
        register("two", {"auc": 0.97, "loss": 0.4, "oddity": 2.5}, commit="b" * 40)
        register("three", {"auc": 0.97})
    return folder


@pytest.fixture
def types(store: Path, typed: Types) -> Types:
    """Exit code, stdout and stderr of `pushtrain models <words> --local`."""

    return lambda *words: typed("models", *words, "--local", "--store", store)


# --- compare


def test_two_versions_side_by_side(types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert types("approve", "churn", 1)[0] == 0
    code, out, _ = types("compare", "churn", 1, 2)
    assert (code, out) == (
        0,
        """\
churn
          version 1 (serves)  version 2
  auc               0.9500     0.9700 *
  loss              0.3000 *   0.4000
  oddity            1.5000     2.5000
  * the better one, by the gate or the metric's common name
hyperparameters
         version 1 (serves)  version 2
  depth  4                   8
rest of config.yaml
                  version 1 (serves)  version 2
  train.instance  ml.m5.large         ml.m5.xlarge
  gate.auc        ≥ 0.9               ≥ 0.92
data
       version 1 (serves)  version 2
  raw  s3://lake/10/       s3://lake/11/
files
  train        unknown: no hashes of version 1, 2
  evaluate     unknown: no hashes of version 1, 2
  other code   unknown: no hashes of version 1, 2
  config.yaml  unknown: no hashes of version 1, 2
  data.raw     unknown: only its address is recorded, not what lay there
code: git log aaaaaaaaaaaa..bbbbbbbbbbbb
""",
    )


def test_the_json_of_a_comparison(types: Types) -> None:
    code, out, _ = types("compare", "churn", 2, 1, "--json")
    document = json.loads(out)
    assert code == 0
    assert [each["version"] for each in document["versions"]] == [2, 1]
    assert document["metrics"][:2] == [
        {"metric": "auc", "values": [0.97, 0.95], "better": "higher", "best": [2]},
        {"metric": "loss", "values": [0.4, 0.3], "better": "lower", "best": [1]},
    ]
    assert document["metrics"][2]["better"] is None
    assert document["hyperparameters"] == [{"name": "depth", "values": [8, 4]}]
    assert document["data"] == [{"name": "raw", "values": ["s3://lake/11/", "s3://lake/10/"]}]
    assert document["code"]["range"] == f"{'a' * 40}..{'b' * 40}"


def test_what_is_gone_is_not_called_the_same(types: Types) -> None:
    code, out, _ = types("compare", "churn", 1, 3)
    assert code == 0
    assert "  loss     0.3000          –\n" in out
    assert "hyperparameters: not known: the input of a run or its config.yaml is gone" in out
    assert "data: not known" in out
    assert "code: not known whether it differs, commits are not known: revisions version 1 one, version 3 three" in out


def test_a_narrow_terminal_gets_the_rest_below(types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "24")
    _, out, _ = types("compare", "churn", 1, 2)
    assert out.splitlines()[1:5] == [
        "          version 1",
        "  auc      0.9500",
        "  loss     0.3000 *",
        "  oddity   1.5000",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("churn", 1, 1), "a comparison needs two different versions or more"),
        (("churn", 1, 7, 9), "churn has no version 7, 9. There are: 1, 2, 3"),
        (("fraud", 1, 2), "there is no model 'fraud' in the registry. There are: churn"),
    ],
)
def test_what_cannot_be_compared(words: tuple[object, ...], said: str, types: Types) -> None:
    assert types("compare", *words) == (1, "", f"{said}\n")


# --- what is shown before a decision


def test_a_decision_shows_what_it_is_about(types: Types) -> None:
    code, out, said = types("approve", "churn", 1, "--note", "first")
    assert (code, out) == (0, "approved  churn version 1 · auc 0.95, loss 0.3, oddity 1.5\nserves    churn version 1\n")
    assert said.splitlines()[0].startswith("churn version 1 · registered 20")
    assert said.splitlines()[0].endswith(" · run one · commit aaaaaaaaaaaa")
    assert said.splitlines()[1:] == ["  ✓ auc 0.95 ≥ 0.9"]


def test_worse_than_what_serves_is_warned_of(types: Types) -> None:
    types("approve", "churn", 2)
    code, out, said = types("approve", "churn", 1, "--json")
    warning = "it is worse than version 2, which serves: auc is 0.9500, there 0.9700"
    assert (code, json.loads(out)["warnings"]) == (0, [warning])
    assert said.splitlines()[1:] == ["  ✓ auc 0.95 ≥ 0.9; version 2 0.97", f"warning: {warning}"]
    assert "warning" not in types("reject", "churn", 1)[2]


def test_todays_gate_is_that_of_the_newest_run(types: Types, store: Path) -> None:
    with up(store, PLATFORM, handlers={}) as machine:
        told("now", bound=0.96)
        states = client("stepfunctions")
        arn = states.create_state_machine(name="pushtrain-churn", definition=DONE, roleArn=PLATFORM.states_role)
        started = states.start_execution(stateMachineArn=arn["stateMachineArn"], name="now", input="{}")
        machine.wait(started["executionArn"])
    _, _, said = types("approve", "churn", 1)
    assert "warning: it no longer meets today's gate: auc is 0.9500, asked for is ≥ 0.9600" in said


def test_a_gate_that_nobody_knows_is_warned_of(types: Types) -> None:
    assert "warning: today's gate is not known" in types("approve", "churn", 3)[2]


def refuses(operation: str, code: str = "AccessDenied") -> Callable[..., Any]:
    def refused(*_: object, **__: object) -> Any:
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, operation)

    return refused


UNCOMPARED = "so this version was not compared with the one that serves"
APPROVED = "s3://pushtrain-serving/churn/approved.json could not be read (AccessDenied)"


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (
            "find_newest_run",
            "the runs could not be listed (AccessDenied), so the gate is that of this version's own run, not today's",
        ),
        ("read_serving_arns", f"{APPROVED}, {UNCOMPARED}"),
    ],
)
def test_what_may_not_be_read_is_a_warning_and_no_obstacle(
    what: str, said: str, types: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"pushtrain.report.review.{what}", refuses(what))
    code, out, err = types("approve", "churn", 1, "--json")
    assert (code, json.loads(out)["warnings"]) == (0, [said])
    assert err.splitlines()[1:] == ["  ✓ auc 0.95 ≥ 0.9", f"warning: {said}"]
    assert types("list", "--json")[1].count('"Approved"') == 1


def test_a_version_that_serves_and_cannot_be_described_is_a_warning(
    types: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    types("approve", "churn", 2)
    monkeypatch.setattr("pushtrain.report.review.find_version", refuses("DescribeModelPackage"))
    arn = "arn:aws:sagemaker:us-east-1:123456789012:model-package/churn/2"
    said = f"warning: {arn} could not be described (AccessDenied), {UNCOMPARED}"
    code, _, err = types("approve", "churn", 1)
    assert (code, err.splitlines()[1:]) == (0, ["  ✓ auc 0.95 ≥ 0.9", said])


def test_documents_that_cannot_be_read_are_warnings(types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pushtrain.report.review.read_run_input", refuses("GetObject", "KMS.DisabledException"))
    code, _, err = types("approve", "churn", 1)
    why = "(KMS.DisabledException)"
    assert (code, err.splitlines()[1:]) == (
        0,
        [
            f"warning: what this version's run was told could not be read {why}, so whether its commit lacks changes "
            "is not known",
            "warning: today's gate is not known: no config.yaml of this model's runs can be read any more",
        ],
    )
    types("reject", "churn", 1)
    monkeypatch.undo()
    monkeypatch.setattr("pushtrain.report.review.read_config", refuses("GetObject", "KMS.DisabledException"))
    code, _, err = types("approve", "churn", 1)
    assert (code, f"warning: config.yaml of run one could not be read {why}, so today's gate" in err) == (0, True)


# --- what is not there


@pytest.mark.parametrize(
    "words", [("show", 1), ("approve", 1), ("reject", 1), ("report", 1), ("compare", 1, 2), ("fetch",), ("list",)]
)
def test_a_mistyped_model_is_told_with_the_one_that_was_meant(words: tuple[object, ...], types: Types) -> None:
    said = "there is no model 'chrun' in the registry. Did you mean 'churn'?\n"
    assert types(words[0], "chrun", *words[1:]) == (1, "", said)


@pytest.mark.parametrize(
    "words", [("show", 7), ("approve", 7), ("reject", 7), ("report", 7), ("compare", 1, 7), ("fetch", "--version", 7)]
)
def test_a_version_that_is_not_there_is_told_with_those_that_are(words: tuple[object, ...], types: Types) -> None:
    assert types(words[0], "churn", *words[1:]) == (1, "", "churn has no version 7. There are: 1, 2, 3\n")


def test_many_models_and_versions_are_counted(types: Types, store: Path) -> None:
    with up(store, PLATFORM, handlers={}):
        for number in range(10):
            client("sagemaker").create_model_package_group(ModelPackageGroupName=f"other{number}")
        for _ in range(8):
            register("more", {})
    there = ", ".join(["churn", *(f"other{number}" for number in range(9))])
    assert types("show", "xyz", 1)[2] == f"there is no model 'xyz' in the registry. There are: {there} and 1 more\n"
    assert types("show", "churn", 99)[2] == "churn has no version 99. There are: 11, from 1 to 11\n"
    assert types("show", "other3", 1)[2] == "other3 has no version yet\n"


def test_who_may_not_list_models_gets_the_plain_message(types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "pushtrain.registry.not_found.list_model_names", refuses("ListModelPackageGroups", "AccessDeniedException")
    )
    assert types("show", "chrun", 1) == (1, "", "there is no model 'chrun' in the registry\n")
    monkeypatch.setattr("pushtrain.registry.versions._arns", refuses("ListModelPackages", "AccessDeniedException"))
    assert types("fetch", "chrun")[2].startswith("no version of chrun is approved. See `pushtrain models list chrun ")


def test_changes_that_the_commit_lacks_are_told_of(types: Types) -> None:
    assert types("approve", "churn", 2)[2].splitlines()[0].endswith(" · run two · commit bbbbbbbbbbbb and changes")
    assert f"  commit      {'b' * 40} and changes\n" in types("show", "churn", 2)[1]
    assert f"  commit      {'a' * 40}\n" in types("show", "churn", 1)[1]
    shown = [json.loads(types("show", "churn", version, "--json")[1]) for version in (1, 2, 3)]
    assert [each["dirty"] for each in shown] == [False, True, None]  # what the third was told is gone
    assert shown[1]["commit"] == "b" * 40


# --- what serves


def test_a_decision_ends_with_what_serves_now(types: Types) -> None:
    def last(*words: object) -> str:
        return types(*words)[1].splitlines()[-1]

    assert last("reject", "churn", 3) == "serves    nothing"
    assert last("approve", "churn", 1) == "serves    churn version 1"
    assert last("approve", "churn", 2) == "serves    churn version 2 (before: version 1)"
    assert last("approve", "churn", 2) == "serves    churn version 2"
    assert json.loads(types("reject", "churn", 2, "--json")[1])["serves"] == 1
    assert last("reject", "churn", 1) == "serves    nothing (before: version 1)"
    assert json.loads(types("reject", "churn", 1, "--json")[1])["serves"] is None


def test_on_aws_a_decision_tells_where_to_look(
    store: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dev = Platform.local("dev")
    monkeypatch.setenv(PLATFORM_VARIABLE, dev.to_json())
    monkeypatch.setattr("pushtrain.cli.commands.models.serving.find_program", lambda: "pushtrain")
    with up(store, dev, handlers={}):
        assert outcome(lambda: program.main(["models", "approve", "churn", "1"], standalone_mode=False)) == 0
        said = "serving   follows in a moment: pushtrain models list churn --environment dev"
        assert capsys.readouterr().out.splitlines()[-1] == said
        program.main(["models", "reject", "churn", "1", "--json"], standalone_mode=False)
        assert "serves" not in json.loads(capsys.readouterr().out)


def listing(types: Types) -> str:
    """What `models list` says, without the minute."""
    return re.sub(r"20\d\d-\d\d-\d\d \d\d:\d\d", "MINUTE", types("list", "churn")[1])


def test_the_version_that_serves_is_marked(types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    types("approve", "churn", 1)
    types("approve", "churn", 2)
    assert (
        listing(types)
        == """\
MODEL  VERSION  STATUS                 METRICS                         RUN    CREATED
churn  1        Approved               auc 0.95, loss 0.3, oddity 1.5  one    MINUTE
churn  2        Approved · serves      auc 0.97, loss 0.4, oddity 2.5  two    MINUTE
churn  3        PendingManualApproval  auc 0.97                        three  MINUTE
"""
    )
    assert [each["serves"] for each in json.loads(types("list", "--json")[1])] == [False, True, False]
    assert "  status      Approved · serves\n" in types("show", "churn", 2)[1]
    assert "  status      Approved\n" in types("show", "churn", 1)[1]
    assert [json.loads(types("show", "churn", each, "--json")[1])["serves"] for each in (1, 2)] == [False, True]


def test_a_narrow_list_goes_on_below(types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert (
        listing(types)
        == """\
MODEL  VERSION  STATUS
churn  1        PendingManualApproval
churn  2        PendingManualApproval
churn  3        PendingManualApproval
MODEL  VERSION  METRICS                         RUN
churn  1        auc 0.95, loss 0.3, oddity 1.5  one
churn  2        auc 0.97, loss 0.4, oddity 2.5  two
churn  3        auc 0.97                        three
MODEL  VERSION  CREATED
churn  1        MINUTE
churn  2        MINUTE
churn  3        MINUTE
"""
    )


def test_who_may_not_see_what_serves_still_gets_the_list(types: Types, monkeypatch: pytest.MonkeyPatch) -> None:
    types("approve", "churn", 1)

    def fails(code: str) -> None:
        def refused(*_: object) -> tuple[str, str]:
            raise ClientError({"Error": {"Code": code, "Message": "no"}}, "GetObject")

        monkeypatch.setattr("pushtrain.serving.read_serving_arns", refused)

    fails("AccessDenied")
    code, out, _ = types("list", "--json")
    assert (code, [each["serves"] for each in json.loads(out)]) == (0, [None, None, None])
    assert "serves" not in types("list")[1] + types("show", "churn", 1)[1]
    fails("SlowDown")
    assert types("list")[0] != 0  # what is not known for another reason is no answer


# --- four eyes


@pytest.fixture
def strict(store: Path) -> Iterator[Platform]:
    platform = dataclasses.replace(PLATFORM, four_eyes=True)
    with up(store, platform):
        yield platform


OWN = f"churn version 4 is {user_name()}'s own, and this platform wants four eyes: ask another approver to approve it"


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"pushed_by": user_name(), "author": "unknown"}, OWN),
        ({"pushed_by": "jenkins", "author": f"{user_name()}@example.org"}, OWN),
        ({}, "churn version 4: nobody knows who pushed it, and this platform wants four eyes. Push it again"),
    ],
)
def test_nobody_approves_their_own(properties: dict[str, str], said: str, strict: Platform) -> None:
    register("own", {"auc": 1}, **properties)
    with pytest.raises(RegistryError) as told:
        decide(strict, "churn", 4, "Approved")
    assert str(told.value) == said
    assert decide(strict, "churn", 4, "Rejected").status == "Rejected"  # which takes no second pair of eyes


def test_another_one_may_approve(strict: Platform) -> None:
    register("theirs", {"auc": 1}, pushed_by="jenkins", author="kim@example.org")
    assert decide(strict, "churn", 4, "Approved").status == "Approved"
    key = "churn/4/model.tar.gz"
    assert client("s3").head_object(Bucket=strict.serving_bucket, Key=key)["ContentLength"] == len(b"model")


def test_an_approval_by_other_means_does_not_reach_serving(strict: Platform, store: Path) -> None:
    arn = register("own", {"auc": 1}, pushed_by=user_name(), author="unknown")
    client("sagemaker").update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")  # Studio's button
    found: dict[str, Any] = client("s3").list_objects_v2(Bucket=strict.serving_bucket)
    assert found["KeyCount"] == 0
