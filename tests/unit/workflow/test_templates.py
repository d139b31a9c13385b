"""Templates as plug-ins bring them: what they may return, and how their failures are told."""

from __future__ import annotations

import os
import subprocess
import sys
import types
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from pushtrain.config import load_config
from pushtrain.errors import TemplateError
from pushtrain.platform import Platform
from pushtrain.workflow import Pipeline, build_job_name, build_state, chain, compile_workflow
from pushtrain.workflow import templates as loading

PASS = {"StartAt": "only", "States": {"only": {"Type": "Pass", "End": True}}}
Use = Callable[..., dict[str, Any]]


class Plugin(EntryPoint):
    """An entry point of another distribution."""

    dist = types.SimpleNamespace(name="their-templates")  # type: ignore[assignment]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """`use(template)`: compile a config that names `template`, published as the plug-in `theirs`."""

    def compiled(template: object, *, kind: type[EntryPoint] = Plugin) -> dict[str, Any]:
        module = types.ModuleType("their_module")
        module.template = template  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "their_module", module)
        point = kind("theirs", "their_module:template", loading.ENTRY_POINT_GROUP)
        monkeypatch.setattr(loading, "_list_templates", lambda: {"theirs": point})
        text = b"model: churn\ntemplate: theirs\ndata: {raw: s3://lake/}\ntrain: {framework: sklearn 1.2-1}\n"
        return compile_workflow(load_config(text).config, Platform.local())

    return compiled


def test_a_template_returns_a_definition_or_a_fragment(use: Use) -> None:
    assert use(lambda _: PASS) == PASS
    fragment = use(lambda _: build_state("only", {"Type": "Pass"}))
    assert fragment == {"Comment": "churn: template theirs", **PASS}


def test_a_template_returns_what_the_step_functions_sdk_is_made_of(use: Use) -> None:
    steps = pytest.importorskip("stepfunctions.steps", reason="extra sdk")
    wanted = {"Comment": "churn: template theirs", **PASS}
    for built in (steps.Pass("only"), steps.Chain([steps.Pass("only")]), steps.Graph(steps.Pass("only"))):
        assert use(lambda _, built=built: built) == wanted
    assert use(lambda _: steps.Graph(steps.Pass("only"), comment="theirs"))["Comment"] == "theirs"
    assert use(lambda _: steps.FrozenGraph(PASS)) == wanted


def test_two_states_of_one_name_are_refused(use: Use) -> None:
    with pytest.raises(TemplateError) as told:
        use(lambda _: chain(build_state("only", {"Type": "Pass"}), build_state("only", {"Type": "Pass"})))
    assert str(told.value) == "two states are named 'only': a state's name must be unique"


def test_a_step_of_a_name_that_no_job_can_have_is_refused(use: Use) -> None:
    with pytest.raises(TemplateError) as told:
        use(lambda pipeline: build_job_name(pipeline, "전처리"))
    assert str(told.value) == "step '전처리': a step's name needs an ASCII letter or digit"


@pytest.mark.parametrize("built", [None, "text", [PASS]])
def test_anything_else_is_refused(use: Use, built: object) -> None:
    with pytest.raises(TemplateError) as told:
        use(lambda _: built)
    assert str(told.value) == (
        "template: it returns neither a Fragment, nor a definition, nor a Chain or Graph of the Step Functions SDK, "
        f"but {type(built).__name__}"
    )


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("{}['no such thing']", "KeyError: 'no such thing'"),
        ("[].index(1)", "ValueError: 1 is not in list"),
        ("__import__('sys').exit()", "SystemExit"),
    ],
)
def test_a_plug_in_s_failure_names_package_and_its_own_line(use: Use, fault: str, said: str) -> None:
    made: dict[str, Any] = {"__name__": "their_module"}
    exec(compile(f"def broken(_):\n    return {fault}", "theirs.py", "exec"), made)  # noqa: S102  a module of another file
    with pytest.raises(TemplateError) as told:
        use(made["broken"])
    assert str(told.value) == f"template: 'theirs' of package their-templates failed in theirs.py, line 2: {said}"


def test_a_plug_in_that_is_no_function_is_told_of(use: Use) -> None:
    with pytest.raises(TemplateError) as told:
        use("no function")
    assert (
        str(told.value)
        == "template: 'theirs' of package their-templates failed: TypeError: 'str' object is not callable"
    )


def test_a_built_in_template_s_failure_is_our_bug(use: Use) -> None:
    def broken(_: Pipeline) -> object:
        raise KeyError("ours")

    class OwnPoint(EntryPoint):
        dist = types.SimpleNamespace(name="pushtrain")  # type: ignore[assignment]

    with pytest.raises(KeyError):
        use(broken, kind=OwnPoint)


@pytest.mark.parametrize("missing", ["stepfunctions", "sagemaker.estimator", "pkg_resources"])
def test_without_the_extra_one_line_says_how_to_install_it(use: Use, missing: str) -> None:
    def asks(_: Pipeline) -> object:
        raise ModuleNotFoundError(f"No module named {missing!r}", name=missing)

    with pytest.raises(TemplateError) as told:
        use(asks)
    assert str(told.value) == (
        f"template: 'theirs' needs AWS's SDKs ({missing} is missing). Install them with: pip install 'pushtrain[sdk]'; "
        "the Lambda gets them with: make bundle SDK=1"
    )


def test_another_missing_module_is_named_with_its_package(use: Use) -> None:
    def asks(_: Pipeline) -> object:
        raise ModuleNotFoundError("No module named 'theirs'", name="theirs")

    with pytest.raises(TemplateError) as told:
        use(asks)
    assert str(told.value) == "template: 'theirs' of package their-templates needs the module theirs"


def test_the_environment_is_as_it_was(use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, str] = {}
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.delenv("SAGEMAKER_SUPPRESS_V2_WARNING", raising=False)
    before = dict(os.environ)
    use(lambda _: seen.update(os.environ) or PASS)
    assert (seen["AWS_EC2_METADATA_DISABLED"], seen["SAGEMAKER_SUPPRESS_V2_WARNING"]) == ("true", "1")
    assert "AWS_PROFILE" not in seen
    assert dict(os.environ) == before


@pytest.mark.slow
@pytest.mark.parametrize("template", ["train", "train-sdk"])
def test_compile_is_quiet_and_imports_the_sdks_for_those_who_ask(template: str, tmp_path: Path) -> None:
    """No banner, no credentials looked for (a profile that does not exist would be an error), one document."""
    config = f"model: churn\ntemplate: {template}\ndata: {{raw: s3://lake/}}\ntrain: {{framework: sklearn 1.2-1}}\n"
    (tmp_path / "config.yaml").write_text(config, encoding="utf-8")
    (tmp_path / "train.py").touch()
    code = (
        "import sys; from pushtrain.cli import run_command, program\n"
        f"run_command(lambda: program.main(['compile', {str(tmp_path)!r}], standalone_mode=False))\n"
        "print(bool({'stepfunctions', 'sagemaker', 'pandas'} & set(sys.modules)), file=sys.stderr)"
    )
    environment = os.environ | {"AWS_PROFILE": "no-such-profile", "PYTHONWARNINGS": "default", "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("{")
    assert done.stderr.splitlines()[-1] == str(template == "train-sdk")
    assert not [line for line in done.stderr.splitlines()[:-1] if "agemaker" in line or "Warning" in line]
