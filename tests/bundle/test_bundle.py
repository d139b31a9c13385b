"""The bundle of the Lambda functions: its contents, that it works on its own, and that builds are reproducible."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pushtrain.config import load_config
from pushtrain.local.container import installer
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow, serialize_definition
from scripts import bundle as bundle_script
from scripts import locks, measure_bundle
from scripts.measure_bundle import compute_content_hash, link_runtime, measure_unzipped_size

ROOT = Path(__file__).parents[2]
HANDLERS = sorted(path.stem for path in (ROOT / "lambda").glob("*.py"))
CONFIG = (ROOT / "model_repos" / "breast-cancer" / "config.yaml").read_bytes()
WITH_SDK = b"template: train-sdk\n" + CONFIG
COMPILE = """
from pushtrain.config import load_config
from pushtrain.platform import Platform
from pushtrain.workflow import compile_workflow, serialize_definition
sys.stdout.reconfigure(encoding="utf-8")
print(serialize_definition(compile_workflow(load_config({!r}).config, Platform.local())))"""
runs_on_this_computer = pytest.mark.skipif(
    (platform.system(), platform.machine()) != ("Linux", "x86_64"), reason="the bundle is for Linux on x86_64"
)


def run_in(bundle: Path, python: str, code: str, *options: str, also: Path | None = None) -> str:
    """Return what `code` prints in an interpreter that sees only the bundle (and `also`)."""
    paths = [str(bundle), *([str(also)] if also else [])]
    command = [python, "-I", "-S", *options, "-c", f"import sys; sys.path[:0] = sys.argv[1:]\n{code}", *paths]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    return process.stdout.strip()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def pinned(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9.-]+)==([^ ;]+)", text, flags=re.MULTILINE))


# Without a build


def test_the_lambda_runs_the_versions_that_are_tested() -> None:
    everything, bundled = pinned("requirements.lock"), pinned("requirements-lambda.lock")
    assert {"pydantic", "pydantic-core", "pyyaml"} <= bundled.keys()
    assert bundled.items() <= everything.items()
    assert not bundled.keys() & {"boto3", "botocore", "click", "pathspec", "rich", "moto"}


def test_a_missing_interpreter_is_named() -> None:
    with pytest.raises(SystemExit, match=r"no-such-python does not run.*needs Python 3\.13"):
        bundle_script.find_python("no-such-python")


def test_an_interpreter_of_another_version_is_refused(tmp_path: Path) -> None:
    old_python = tmp_path / "python"
    old_python.write_text("#!/bin/sh\necho 3.12 /usr/bin/python3.12\n", encoding="utf-8")
    old_python.chmod(0o755)
    with pytest.raises(SystemExit, match=r"is Python 3\.12; the Lambda runs 3\.13"):
        bundle_script.find_python(str(old_python))


def test_with_the_sdks_the_lambda_runs_the_versions_that_are_tested_too() -> None:
    everything, bundled = pinned("requirements.lock"), pinned("requirements-lambda-sdk.lock")
    assert {"stepfunctions", "sagemaker", "boto3", *pinned("requirements-lambda.lock")} <= bundled.keys()
    assert bundled.items() <= everything.items()
    assert "setuptools" not in bundled


def test_an_extra_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SystemExit, match=r"there is no extra 'gpu'\. Extras: sdk"):
        bundle_script.find_lock("gpu")


def test_only_a_wheel_of_pure_python_is_put_in(tmp_path: Path) -> None:
    for name in ("templates.tar.gz", "templates-1-cp313-cp313-linux_x86_64.whl", "missing-1-py3-none-any.whl"):
        with pytest.raises(SystemExit, match="is not a pure Python wheel"):
            bundle_script.unpack_wheel(tmp_path / name, tmp_path)


def test_a_lock_is_split_by_name() -> None:
    entry = "{}==1 \\\n    --hash=sha256:0\n"
    wheels, sources = locks.split(
        "".join(entry.format(name) for name in ("a", "stepfunctions", "z")), locks.SOURCES_ONLY
    )
    assert (wheels, sources) == (entry.format("a") + entry.format("z"), entry.format("stepfunctions"))


def test_a_folder_that_is_no_bundle_is_not_replaced(tmp_path: Path) -> None:
    mine = tmp_path / "on_push.py"
    mine.write_text("mine", encoding="utf-8")
    with pytest.raises(SystemExit, match="is not a bundle, so it is not replaced"):
        bundle_script.build_bundle(tmp_path, sys.executable)
    assert mine.read_text(encoding="utf-8") == "mine"


def test_the_hash_tells_contents_and_names_and_nothing_else(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "elsewhere" / "two"
    for folder in (one, two):
        (folder / "inner").mkdir(parents=True)
        (folder / "inner" / "a.py").write_text("a = 1\n", encoding="utf-8")
    os.utime(two / "inner" / "a.py", (1, 1))
    (two / "inner" / "a.py").chmod(0o600)
    equal = compute_content_hash(one)
    assert compute_content_hash(two) == equal
    (two / "inner" / "a.py").write_text("a = 2\n", encoding="utf-8")
    assert compute_content_hash(two) != equal
    (one / "inner" / "a.py").rename(one / "inner" / "b.py")
    assert compute_content_hash(one) != equal


# With a build


@pytest.mark.slow
def test_two_builds_are_equal(bundle: Path, python: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another folder, another time, pip instead of uv, and a umask that hides files from Lambda's user."""
    second = tmp_path / "another folder" / "lambda"
    monkeypatch.setattr(installer, "find_uv", lambda: None)
    umask = os.umask(0o077)
    try:
        bundle_script.build_bundle(second, python)
    finally:
        os.umask(umask)
    assert contents(second) == contents(bundle)
    assert compute_content_hash(second) == compute_content_hash(bundle)
    assert all(path.stat().st_mode & 0o004 for path in (second, *second.rglob("*")))


@pytest.mark.slow
@runs_on_this_computer
def test_the_command_prints_sizes_and_import_times(
    bundle: Path, python: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bundle_script, "build_bundle", lambda *_: None)  # it is built
    monkeypatch.setattr(measure_bundle, "REPETITIONS", 1)
    monkeypatch.setattr("sys.argv", ["bundle", "--output", str(bundle), "--python", python])
    bundle_script.main()
    first, sizes, *imports = capsys.readouterr().out.splitlines()
    assert first.endswith(f" files, content {compute_content_hash(bundle)}")
    assert re.fullmatch(r"unzipped \d+\.\d\d MB, zipped \d+\.\d\d MB", sizes)
    assert [line.split(":")[0] for line in imports] == [f"import {handler}" for handler in HANDLERS]


@pytest.mark.slow
def test_it_contains_only_what_the_handlers_need(bundle: Path) -> None:
    top = {path.name for path in bundle.iterdir() if path.suffix != ".dist-info"}
    needed = {"annotated_types", "pydantic", "pydantic_core", "typing_extensions.py", "typing_inspection"}
    own = {"pushtrain", "pushtrain_templates", *(f"{name}.py" for name in HANDLERS)}
    assert top == needed | own | {"jinja2", "markupsafe", "msgspec", "regex", "yaml", "_yaml", "__pycache__"}
    pages = bundle / "pushtrain" / "report" / "pages"
    assert {path.name for path in pages.iterdir()} >= {"base.html", "report.html", "style.css"}
    rooms = {path.name for path in (bundle / "pushtrain").iterdir()}
    assert rooms >= {"catalog", "config", "workflow", "launch"}
    assert not rooms & {"cli", "doctor", "graph", "local", "starters", "__main__.py"}
    assert not [name for name in contents(bundle) if re.search(r"(^|/)(tests?|bin)/|\.pyi$", name)]


@pytest.mark.slow
def test_nothing_in_it_names_the_computer_that_built_it(bundle: Path) -> None:
    traces = [str(ROOT).encode(), str(bundle.parent).encode(), b".bundle-"]
    assert not [name for name, body in contents(bundle).items() if any(trace in body for trace in traces)]


@pytest.mark.slow
def test_everything_is_compiled_with_the_paths_of_lambda(bundle: Path) -> None:
    files = contents(bundle)
    for name in (name for name in files if name.endswith(".py")):
        folder, _, file = name.rpartition("/")
        compiled = files[f"{folder}/__pycache__/{file[:-3]}.cpython-313.pyc".lstrip("/")]
        assert compiled[4:8] == b"\x01\0\0\0", f"{name}: Lambda would compare it with the source"  # PEP 552
        assert f"/var/task/{name}".encode() in compiled


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of bytecode that begins empty: each module is compiled anew, once, because compiling warns too."""
    return tmp_path_factory.mktemp("compiled")


@pytest.mark.slow
@runs_on_this_computer
@pytest.mark.parametrize("handler", HANDLERS)
def test_handlers_import_from_the_bundle_alone_without_a_warning(
    bundle: Path, python: str, compiled: Path, handler: str
) -> None:
    strict = ("-W", "error", "-X", f"pycache_prefix={compiled}")
    code = f"import {handler}; print(callable({handler}.handler), 'boto3' in sys.modules)"
    assert run_in(bundle, python, code, *strict) == "True False"


@pytest.mark.slow
@runs_on_this_computer
def test_clients_are_made_with_the_boto3_of_the_runtime(bundle: Path, python: str) -> None:
    with link_runtime() as runtime:
        code = "from pushtrain import aws; print(aws.client('s3', 'eu-west-1').meta.region_name)"
        assert run_in(bundle, python, code, "-B", also=runtime) == "eu-west-1"


@pytest.mark.slow
@runs_on_this_computer
def test_templates_are_found_and_compile_to_the_same_definition(bundle: Path, python: str) -> None:
    definition = serialize_definition(compile_workflow(load_config(CONFIG).config, Platform.local()))
    assert run_in(bundle, python, COMPILE.format(CONFIG), "-B") == definition


@pytest.mark.slow
@runs_on_this_computer
def test_without_the_sdks_it_says_how_to_bundle_them(bundle: Path, python: str) -> None:
    code = f"try:\n    {COMPILE.format(WITH_SDK).strip().replace(chr(10), chr(10) + '    ')}\n"
    code += "except Exception as error:\n    print(type(error).__name__, error)"
    message = run_in(bundle, python, code, "-B")
    assert message.startswith("TemplateError")
    assert "make bundle SDK=1" in message


@pytest.mark.slow
@runs_on_this_computer
def test_with_the_sdks_it_fits_and_compiles_what_is_written_with_them(python: str, tmp_path: Path) -> None:
    wheel = tmp_path / "theirs-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("theirs.py", "def template(pipeline): return {}\n")
        archive.writestr("theirs-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: theirs\nVersion: 1\n")
        archive.writestr("theirs-1.dist-info/entry_points.txt", "[pushtrain.templates]\ntheirs = theirs:template\n")
    bundle_script.build_bundle(tmp_path / "lambda", python, bundle_script.find_lock("sdk"), [wheel])
    assert measure_unzipped_size(tmp_path / "lambda") < bundle_script.SIZE_LIMIT - 40_000_000
    names = {path.name for path in (tmp_path / "lambda").iterdir()}
    assert {"stepfunctions", "sagemaker", "boto3", "pkg_resources.py"} <= names
    assert not names & {"setuptools", "bin"}
    find = "from pushtrain.workflow import templates; print(templates.find_template('theirs').module)"
    assert run_in(tmp_path / "lambda", python, find, "-B") == "theirs"
    definition = serialize_definition(compile_workflow(load_config(WITH_SDK).config, Platform.local()))
    assert run_in(tmp_path / "lambda", python, COMPILE.format(WITH_SDK), "-B") == definition
