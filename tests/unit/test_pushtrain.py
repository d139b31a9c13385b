"""`import pushtrain`: its public names, and what it does not import."""

from __future__ import annotations

import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import pushtrain
from pushtrain.errors import ConfigError, PushError, UsageError
from pushtrain.platform import Platform

ROOT = Path(__file__).parents[2]
PLAIN = ROOT / "tests" / "embedded" / "repos" / "plain"
NAMES = ["__version__", "compile", "models", "open_platform", "plan", "push", "reproduce", "run", "runs", "validate"]
FUNCTIONS = ("compile", "open_platform", "plan", "push", "reproduce", "run", "validate")


def modules_after(code: str) -> set[str]:
    """Top-level modules that a fresh interpreter holds after `code`; site packages of the test run aside."""
    script = f"import sys; before = set(sys.modules)\n{code}\nprint(*{{name for name in sys.modules}} - before)"
    output = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    return set(output.stdout.split())


def test_the_public_names() -> None:
    assert sorted(pushtrain.__all__) == NAMES
    assert set(NAMES) <= set(dir(pushtrain))
    assert all(callable(getattr(pushtrain, name)) for name in FUNCTIONS)
    assert all(inspect.ismodule(getattr(pushtrain, name)) for name in ("models", "runs"))
    assert pushtrain.__version__.count(".") == 2


def test_the_public_functions_and_modules_are_documented() -> None:
    for module in (pushtrain.models, pushtrain.runs):
        assert all(getattr(module, name) is not None for name in module.__all__)
    for function in (*(getattr(pushtrain, name) for name in FUNCTIONS), pushtrain.models.approve_version):
        assert inspect.getdoc(function)


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'pushtrain' has no attribute 'deploy'"):
        getattr(pushtrain, "deploy")  # noqa: B009 - mypy knows that there is none


def test_no_module_has_the_name_of_a_function() -> None:
    """Importing such a module would replace the function."""
    assert not {module.name for module in pkgutil.iter_modules(pushtrain.__path__)} & set(FUNCTIONS)


def test_importing_pushtrain_imports_nothing_else() -> None:
    assert modules_after("import pushtrain") == {"pushtrain"}
    assert "pushtrain.model_repo.check" in modules_after("from pushtrain import validate")


def test_the_library_needs_no_command_line_and_validate_no_aws() -> None:
    modules = modules_after(f"import pushtrain; pushtrain.validate({str(PLAIN)!r})")
    assert not {name.partition(".")[0] for name in modules} & {"boto3", "botocore", "click", "moto"}
    loaded = modules_after(
        "from pushtrain import compile, models, open_platform, plan, push, reproduce, run, runs, validate"
    )
    assert not {name for name in loaded if name.partition(".")[0] == "click" or name.startswith("pushtrain.cli")}


def test_validate_lists_problems_and_the_others_raise_them(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("model: m\ntemplate: trian\ntrain: {framework: sklearn 1.2-1}\n")
    (tmp_path / "train.py").write_text("")
    check = pushtrain.validate(str(tmp_path))
    assert (check.valid, [(problem.key, problem.line) for problem in check.problems]) == (False, [("template", 2)])
    for function in (pushtrain.compile, pushtrain.run):
        with pytest.raises(ConfigError) as raised:
            function(tmp_path)
        assert raised.value.problems == check.problems
    with pytest.raises(PushError):
        pushtrain.validate(tmp_path / "nosuch")


def test_an_environment_that_the_file_does_not_have_is_a_warning() -> None:
    assert not pushtrain.validate(PLAIN).warnings
    (warning,) = pushtrain.validate(PLAIN, environment="prod").warnings
    assert warning.message == "there is none, and 'prod' was asked for, so the file applies as it stands"


def test_compile_returns_the_definition_for_a_platform() -> None:
    assert pushtrain.compile(PLAIN)["StartAt"] == "start"
    assert pushtrain.compile(PLAIN, Platform.local()) == pushtrain.compile(PLAIN)


def test_a_push_to_this_computer_is_refused() -> None:
    with pytest.raises(UsageError) as raised:
        pushtrain.push(PLAIN, Platform.local())
    assert str(raised.value) == (
        "a push goes to AWS, and this platform is this computer. Use pushtrain.run(folder) instead"
    )
