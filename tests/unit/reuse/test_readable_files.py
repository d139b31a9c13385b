"""Which files of a model repo count for a step: its script, what that imports, and all if imports cannot tell."""

from __future__ import annotations

import time
import unicodedata
from typing import Any

import pytest

from pushtrain.reuse.readable_files import ReadableFiles, find_readable_files, find_unmatched_reads

OTHERS = ("requirements.txt", "sql/rows.sql")


def find(script: str = "train.py", /, **sources: Any) -> ReadableFiles:
    """`pkg__net` is the keyword for pkg/net.py; `pkg__` is pkg/__init__.py. Options work, too."""
    others = sources.pop("others", OTHERS)
    options = {option: sources.pop(option) for option in ("reads", "requirements", "reads_data") if option in sources}
    files = {_build_path(name): text for name, text in sources.items()}
    return find_readable_files(script, files, others, **options)


def _build_path(name: str) -> str:
    folder, _, module = name.rpartition("__")
    return f"{folder.replace('__', '/')}/{module or '__init__'}.py" if folder else f"{name}.py"


def find_modules(script: str = "train.py", /, **sources: str | None) -> list[str]:
    """Return the Python files that count, besides the script, if the imports decide."""
    readable = find(script, **sources)
    assert readable.whole_repo_because == ""
    assert readable.paths >= {script, *OTHERS}
    return sorted(readable.paths - {script, *OTHERS})


def find_reason(source: str, **sources: str | None) -> str:
    """Return why all files count for train.py."""
    readable = find(train=source, unrelated="x = 1", **sources)
    assert readable.whole_repo_because
    assert readable.paths == {"train.py", "unrelated.py", *OTHERS, *map(_build_path, sources)}
    return readable.whole_repo_because


def test_the_script_and_all_files_that_are_not_python_count() -> None:
    readable = find(train="import numpy, os.path\nprint('rows')", evaluate="x = 1", clean="x = 1")
    assert readable == ReadableFiles(frozenset({"train.py", *OTHERS}))


@pytest.mark.parametrize(
    "statement",
    [
        "import net",
        "import net as n",
        "import os, net",
        "from net import Net",
        "from net import *",
        "def f():\n    import net",
        "try:\n    import net\nexcept ImportError:\n    net = None",
        "if 'GPU' in os.environ:\n    import net",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import net",
        "class A:\n    from net import Net",
        "import importlib\nnet = importlib.import_module('net')",
        "from importlib import import_module as load_it\nnet = load_it('net')",
        "net = __import__('net')",
        "# -*- coding: cp949 -*-\nimport net  # 한글",
        "\ufeffimport net",
        "path = 'net.py'",
        "print(f'{folder}/net.py')",
        "target = 'net:Net'",
        "if x: import net\nelse: import json",
    ],
)
def test_ways_to_import_a_module(statement: str) -> None:
    assert find_modules(train=statement, net="x = 1", evaluate="x = 1") == ["net.py"]


def test_imports_are_followed_and_cycles_end() -> None:
    assert find_modules(train="import a", a="import b", b="import c, a", c="import train", d="") == [
        "a.py",
        "b.py",
        "c.py",
    ]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("import pkg", ["pkg/__init__.py"]),
        ("import pkg.sub.net as n", ["pkg/__init__.py", "pkg/sub/__init__.py", "pkg/sub/net.py"]),
        ("from pkg import rows", ["pkg/__init__.py", "pkg/rows.py"]),
        ("from pkg import sub", ["pkg/__init__.py", "pkg/sub/__init__.py"]),
        ("from pkg.sub import net, Other", ["pkg/__init__.py", "pkg/sub/__init__.py", "pkg/sub/net.py"]),
        ("from pkg.rows import read", ["pkg/__init__.py", "pkg/rows.py"]),
        ("from pkg import *", ["pkg/__init__.py", "pkg/rows.py", "pkg/sub/__init__.py"]),
        ("factory = 'pkg.rows.read'", ["pkg/__init__.py", "pkg/rows.py"]),
        ("factory = 'pkg.unknown'", []),
        ("text = 'train.csv'", []),
        ("from space import net", ["space/net.py"]),
        ("import space.net", ["space/net.py"]),
        ("import space.deep.net", ["space/deep/net.py"]),
        ("import space", []),
    ],
)
def test_packages_and_folders_without_init(statement: str, expected: list[str]) -> None:
    files = {
        "pkg__": "",
        "pkg__rows": "",
        "pkg__sub__": "",
        "pkg__sub__net": "",
        "space__net": "",
        "space__deep__net": "",
    }
    assert find_modules(train=statement, evaluate="", **files) == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("from . import rows", ["pkg/rows.py"]),
        ("from .rows import read", ["pkg/rows.py"]),
        ("from .. import top", ["top.py"]),
        ("from ..other import net", ["other/net.py"]),
        ("from .sub import *", ["pkg/sub/__init__.py", "pkg/sub/net.py"]),
        ("from ... import beyond", []),
        ("import importlib\nimportlib.import_module('.rows', __package__)", ["pkg/rows.py"]),
    ],
)
def test_relative_imports(statement: str, expected: list[str]) -> None:
    files = {"pkg__rows": "", "pkg__sub__": "", "pkg__sub__net": "", "top": "", "other__net": "", "beyond": ""}
    found = find_modules(train="import pkg.main", pkg__="", pkg__main=statement, **files)
    assert found == sorted(["pkg/__init__.py", "pkg/main.py", *expected])


def test_a_module_and_a_package_of_one_name_both_count() -> None:
    assert find_modules(train="import net", net="", net__="", net__layers="") == ["net.py", "net/__init__.py"]


def test_a_script_in_a_folder_finds_modules_of_its_folder_and_of_the_root() -> None:
    files = {"steps__rows": "", "shared": "", "other__rows": "", "steps__": "", "net": "", "steps__net": ""}
    found = find_modules("steps/train.py", steps__train="import rows, shared, net", **files)
    assert found == ["net.py", "shared.py", "steps/__init__.py", "steps/net.py", "steps/rows.py"]


def test_every_package_around_a_file_counts() -> None:
    packages = ["a/__init__.py", "a/b/__init__.py"]
    files = {"a__": "", "a__b__": "", "a__b__c__net": "", "other": ""}
    assert find_modules("a/b/c/train.py", a__b__c__train="x = 1", **files) == packages
    assert find_modules(train="import net", **files) == [*packages, "a/b/c/net.py"]
    assert find_modules(train="copy('net.py')", **files) == [*packages, "a/b/c/net.py"]


def test_a_module_in_no_folder_of_python_counts_wherever_it_lies() -> None:
    """The image can have a PYTHONPATH, or a requirement can be the model repo itself."""
    assert find_modules(train="from churn.net import Net", src__churn__="", src__churn__net="", lib__net="") == [
        "src/churn/__init__.py",
        "src/churn/net.py",
    ]
    assert find_readable_files("train.py", {"train.py": "import net", "src/net.py": "", "net.py": ""}, ()).paths == {
        "train.py",
        "net.py",
    }
    roots = find_readable_files(
        "train.py", {"train.py": "import net", "src/net.py": "", "net.py": ""}, (), source_roots=("", "src/")
    )
    assert roots.paths == {"train.py", "net.py", "src/net.py"}


def test_modules_that_shadow_python_or_a_library_count_always() -> None:
    """A library imports `random`, and finds the model repo's, because its folders come first."""
    files = {
        "random": "import helper",
        "helper": "",
        "yaml__": "",
        "yaml__reader": "",
        "deep__json": "",
        "email__parser": "",
    }
    expected = ["helper.py", "random.py", "yaml/__init__.py", "yaml/reader.py"]
    assert find_modules(train="import pandas", **files) == expected
    assert find_modules(train="import json", json="") == ["json.py"]


def test_startup_modules_count_always_with_what_they_import() -> None:
    files = {"sitecustomize": "import hook", "hook": "", "deep__usercustomize": ""}
    assert find_modules(train="x = 1", **files) == ["deep/usercustomize.py", "hook.py", "sitecustomize.py"]
    assert find(train="", reads=[], **files).paths == {
        "train.py",
        "requirements.txt",
        "sitecustomize.py",
        "deep/usercustomize.py",
    }


def test_names_that_are_not_ascii() -> None:
    decomposed = unicodedata.normalize("NFD", "데이터")  # as macOS writes it
    sources = {"학습.py": "import 데이터", f"{decomposed}.py": "", "평가.py": ""}
    assert find_readable_files("학습.py", sources, ()).paths == {"학습.py", f"{decomposed}.py"}


@pytest.mark.parametrize(
    "name",
    ["fast.so", "fast.cpython-311-x86_64-linux-gnu.so", "fast.pyc", "fast.pyd", "fast/__init__.pyc"],
)
def test_a_compiled_module_can_import_everything(name: str) -> None:
    readable = find_readable_files("train.py", {"train.py": "import fast", "other.py": ""}, [name])
    assert readable == ReadableFiles(frozenset({"train.py", "other.py", name}), f"{name} is a compiled module")


def test_a_compiled_module_that_nobody_imports_is_a_file_like_others() -> None:
    readable = find_readable_files("train.py", {"train.py": "", "other.py": ""}, ["fast.so"])
    assert readable == ReadableFiles(frozenset({"train.py", "fast.so"}))


def test_all_files_count_if_a_file_cannot_be_examined() -> None:
    assert find_reason("import net", net="def f(:") == "net.py line 1 is not valid Python: invalid syntax"
    assert find_reason("import net", net=None) == "net.py cannot be decoded"
    assert find_reason("\0").startswith("train.py ")
    assert find_reason("(" * 5000).startswith("train.py ")
    assert find_reason("x = 1\n" * 200_000) == "train.py is too long to be examined"
    assert find("train.sh", other="", others=["train.sh"]).whole_repo_because == "train.sh is not a Python file"
    assert find("notebook.ipynb", other="").whole_repo_because == "notebook.ipynb is not a Python file"


def test_a_broken_file_that_nobody_imports_does_not_matter() -> None:
    assert find_modules(train="x = 1", broken="def f(:", undecodable=None) == []


def test_the_reason_names_file_line_and_expression() -> None:
    source = "x = 1\n\nimport importlib\nmodule = importlib.import_module(\n    x)"
    reason = find_reason("import net", net=source)
    assert reason == "net.py line 4 imports or runs code by a computed name: importlib.import_module("
    assert find_reason("\ufeffexec(x)") == "train.py line 1 imports or runs code by a computed name: exec(x)"
    reason = find_reason(f"exec({'x' * 100})")
    assert reason == f"train.py line 1 imports or runs code by a computed name: exec({'x' * 74}…"


def test_own_modules_may_have_the_names_of_libraries_and_functions() -> None:
    """What an own function `load` does is examined in its own file."""
    assert find_modules(train="import ray\nray.start()", ray="") == ["ray.py"]
    assert find_modules(train="import data\nrows = data.load('x')", data="def load(path): ...") == ["data.py"]
    assert find_modules(train="from pkg import data\nrows = data.load('x')", pkg__="", pkg__data="") == [
        "pkg/__init__.py",
        "pkg/data.py",
    ]
    assert "reads a file" in find_reason("import data\nx = data.Net.load('x')", data="")
    assert "reads a file" in find_reason("import data\ndata = f()\ndata.load('x')", data="")
    assert "reads a file" in find_reason("import data\nimport pickle\npickle.load(f)", data="")
    assert "starts other" in find_reason("import subprocess", subprocess="")


def test_pickles_of_other_steps_have_their_classes_in_the_keys_of_those_steps() -> None:
    """A step can only pickle classes of modules that it imports. Its key has these files, and is part of our key."""
    files = {"train": "import rows", "rows": "import joblib\nx = joblib.load(f)", "net": ""}
    reason = "rows.py line 2 reads a file whose classes can be in any module: joblib.load(f)"
    assert find(**files).whole_repo_because == reason
    assert find(**files, reads_data=False).paths == {"train.py", "rows.py", *OTHERS}
    assert find(**files, reads_data=False, others=["a.sql", "scaler.pkl"]).whole_repo_because == reason
    assert find(train="import subprocess", net="", reads_data=False).whole_repo_because


def test_a_python_file_that_is_copied_counts_with_what_it_imports_but_does_not_run() -> None:
    files = {"inference": "import net, joblib\nm = joblib.load(f)", "net": "x = 'more.py'", "more": "", "other": ""}
    assert find_modules(train="copy('inference.py')", **files) == ["inference.py", "more.py", "net.py"]
    assert "joblib.load" in find(train="copy('inference.py')\nimport inference", **files).whole_repo_because
    assert "inference.py line 1 starts" in find_reason("copy('inference.py')", inference="import subprocess")


def test_setup_py_at_the_root_is_installed_by_the_training_toolkit() -> None:
    readable = find(train="x = 1", setup="", other="", requirements={})
    assert readable.paths == {"train.py", "setup.py", "other.py", *OTHERS}
    assert readable.whole_repo_because == "setup.py installs the model repo as a package, which can rename modules"


def test_a_project_file_matters_only_if_a_requirement_may_install_it() -> None:
    others = ["pyproject.toml", "requirements.txt"]
    reason = find(train="", others=others).whole_repo_because
    assert reason == "pyproject.toml can install the model repo as a package, which can rename modules"
    assert find(train="", others=others, requirements={"requirements.txt": "numpy==1\n"}).whole_repo_because == ""
    assert find(train="", lib__setup="", requirements={}).whole_repo_because == ""
    assert find(train="", lib__setup="").whole_repo_because.startswith("lib/setup.py can install")


@pytest.mark.parametrize(
    "line",
    [
        ".",
        "./lib",
        "-e .",
        "--editable=lib",
        ".[train]",
        "churn @ file:///opt/ml/code",
        "file:lib",
        "../lib",
        "lib/churn",
        "-r missing.txt",
        "-c more/missing.txt",
        "/opt/ml/code",
        "lib/",
        "git+file:///opt/ml/code",
    ],
)
def test_requirements_that_may_install_the_model_repo(line: str) -> None:
    reason = find(train="", other="", requirements={"requirements.txt": f"# ours\n{line}\n"}).whole_repo_because
    assert reason == f"requirements.txt line 2 can install a folder of the model repo: {line}"


def test_requirements_that_do_not_install_the_model_repo() -> None:
    text = "numpy==1.2\n# ./lib\n-r base.txt\n./vendor/x-1.0-py3-none-any.whl\nx @ https://h/y ; z == 'a'\n--index-url https://h/s\n"
    requirements = {"requirements.txt": text, "base.txt": "pandas>=2,<3\ntorch ~= 2.1  # a/b\n"}
    assert find(train="", other="", requirements=requirements).whole_repo_because == ""
    assert find(train="", requirements={"requirements.txt": None}).whole_repo_because == (
        "requirements.txt cannot be decoded"
    )


def test_reads_replaces_the_imports() -> None:
    readable = find(
        "steps/train.py",
        steps__train="import other\nexec(x)",
        other="",
        features__a="",
        features__deep__b="",
        others=["requirements.txt", "steps/requirements-gpu.txt", "lib/requirements.txt", "sql/a.sql", "b.sql"],
        reads=["features/", "sql/*.sql"],
    )
    assert readable == ReadableFiles(
        frozenset(
            {
                "steps/train.py",
                "features/a.py",
                "features/deep/b.py",
                "sql/a.sql",
                "requirements.txt",
                "steps/requirements-gpu.txt",
            }
        )
    )


def test_reads_may_be_empty_and_tells_what_matches_nothing() -> None:
    assert find(train="import net", net="", reads=[]).paths == {"train.py", "requirements.txt"}
    assert find_unmatched_reads(["net.py", "nets/", "*.sql"], ["net.py", "sql/a.sql"]) == ("nets/",)


def test_two_thousand_files() -> None:
    """Measured on one core: 0.02 s if two are imported, 0.5 s if all are. Ten times that is no noise."""
    body = "import numpy as np\n\n\ndef f(x, y):\n    return np.add(x, y)\n"
    sources = {f"pkg/m{number}.py": f"from pkg import m{number + 1}\n{body}" for number in range(2000)}
    sources |= {"train.py": "import pkg.m0", "pkg/__init__.py": ""}
    start = time.process_time()
    readable = find_readable_files("train.py", sources, ())
    assert time.process_time() - start < 5
    assert len(readable.paths) == 2002
