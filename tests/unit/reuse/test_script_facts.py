"""What one Python file imports, names and does dynamically."""

from __future__ import annotations

import re

import pytest

from pushtrain.reuse.dynamic_names import FILES, IMPORTS, PATHS, PICKLES, STARTS
from pushtrain.reuse.module_index import Import
from pushtrain.reuse.script_facts import read_facts

DYNAMIC = {
    IMPORTS: [
        "exec(text)",
        "run = eval",
        "compile(text, 'x', 'exec')",
        "__import__(name)",
        "__import__('pkg', fromlist=['net'])",
        "import importlib; importlib.import_module(name)",
        "import importlib; importlib.import_module(f'pkg.{name}')",
        "import importlib; importlib.import_module('.net', package)",
        "import importlib; f = importlib.import_module",
        "import importlib as i; i.util.spec_from_file_location('n', path)",
        "from importlib.util import spec_from_file_location",
        "from importlib import util; util.spec_from_file_location('n', path)",
        "from importlib import *",
        "from os import *",
        "from lazy_loader import attach",
        "import importlib.machinery",
        "import runpy",
        "import pkgutil",
        "import builtins; builtins.exec(text)",
        "import os; call(os, 'system')",
        "import os; getattr(os, name)",
        "__builtins__['exec']",
        "from logging.config import dictConfig",
        "import logging.config",
        "import hydra",
        "from hydra.utils import instantiate",
        "import pytest",
        "get_ipython().system('x')",
        "AutoModel.from_pretrained(folder, trust_remote_code=True)",
        "import torch; torch.hub.load('.', 'net')",
        "from torch import hub",
        "import sys; sys.meta_path.append(x)",
        "from importlib.metadata import entry_points",
    ],
    STARTS: [
        "import subprocess",
        "import subprocess as sp",
        "from subprocess import run",
        "def f():\n    import subprocess",
        "import os; os.system('python x')",
        "import os as o; run = o.system",
        "from os import system",
        "from os import execv as go",
        "import os; os.execvp('python', [])",
        "import os; os.posix_spawn(x)",
        "from asyncio import create_subprocess_exec",
        "import asyncio; asyncio.create_subprocess_shell(x)",
        "import multiprocessing as mp; mp.set_executable(x)",
        "import sys; print(sys.executable)",
        "from sagemaker.pytorch import PyTorch\nPyTorch(entry_point=name)",
        "import torch.distributed.run",
        "from helpers import *\nos.system(x)",
    ],
    PATHS: [
        "import sys; sys.path.append('lib')",
        "from sys import path",
        "import sys as s; s.path[:0] = ['lib']",
        "__path__.append(x)",
        "import os; os.environ['PYTHONPATH'] = 'lib'",
        "import site; site.addsitedir('lib')",
    ],
    PICKLES: [
        "import pickle; pickle.load(f)",
        "import pickle; pickle.Unpickler(f).load()",
        "from pickle import loads",
        "import joblib; joblib.load(f)",
        "import cloudpickle as c; c.loads(f)",
        "import torch; torch.load(f)",
        "import torch; torch.load(f, weights_only=False)",
        "import torch; torch.load(f, weights_only=flag)",
        "from torch import load; load(f)",
        "import pandas as pd; pd.read_pickle(f)",
        "import numpy as np; np.load(f, allow_pickle=True)",
        "import numpy as np; np.load(f, None, True)",
        "import numpy as np; np.load(f, **options)",
        "import mlflow; mlflow.pyfunc.load_model(uri)",
        "from keras.models import load_model",
        "predictor.load(f)",
        "Net.load_from_checkpoint(f)",
        "Store().load(f)",
        "import yaml; yaml.load(f)",
        "import yaml; yaml.load(f, Loader=yaml.UnsafeLoader)",
        "from yaml import load; load(f, UnsafeLoader)",
        "import yaml; yaml.unsafe_load(f)",
        "import shelve",
    ],
    FILES: [
        "open(name + '.py')",
        "open(f'{name}.py')",
        "open(f'{name}_net.py')",
        "glob('*.py')",
        "'%s_net.py' % name",
        "'{}/net.py'.format(name)",
        "folder.glob('**/test_?.py')",
    ],
}


@pytest.mark.parametrize(
    ("reason", "source"), [(reason, source) for reason, sources in DYNAMIC.items() for source in sources]
)
def test_expressions_that_the_imports_do_not_show(reason: str, source: str) -> None:
    assert [dynamic.reason for dynamic in read_facts(source).dynamic][:1] == [reason]


@pytest.mark.parametrize(
    "source",
    [
        "import os; os.path.join(os.environ['A'], 'b'); os.makedirs('x')",
        "import sys; sys.exit(1); sys.argv; sys.modules[__name__]",
        "import importlib; importlib.import_module('net'); importlib.invalidate_caches()",
        "import importlib.resources; importlib.resources.files('pkg')",
        "from importlib.metadata import version",
        "from importlib.util import find_spec",
        "from importlib import util; util.find_spec('net')",
        "from . import data; data.load(f)",
        "__import__('net')",
        "model.eval(); frame.eval('a + b'); re.compile('x')",
        "import torch; torch.compile(model)",
        "import torch; torch.load(f, map_location='cpu', weights_only=True)",
        "from torch import load; load(f, weights_only=True)",
        "import numpy as np; np.load(f); np.load(f, allow_pickle=False)",
        "import json; json.load(f); json.loads(t)",
        "from json import load; load(f)",
        "import yaml; yaml.safe_load(f); yaml.load(f, Loader=yaml.CSafeLoader); yaml.load(f, yaml.SafeLoader)",
        "import pickle; pickle.dump(x, f)",
        "import joblib; joblib.dump(x, f)",
        "import multiprocessing as mp; mp.Pool(4); mp.set_start_method('spawn')",
        "from . import code; code.run()",
        "code = 1; print(code.real)",
        "def invoke(sh): return sh.x",
        "import logging; logging.basicConfig()",
        "import timeit; timeit.default_timer()",
        "from transformers import AutoModel; AutoModel.from_pretrained(f, trust_remote_code=False)",
        "'''Run exec() in *.py.'''",
        "def f():\n    'subprocess, {}.py'",
        "print(f'{folder}/net.py')",
        "import unittest.mock",
    ],
)
def test_expressions_that_are_not_dynamic(source: str) -> None:
    assert read_facts(source).dynamic == ()


def test_imports_and_texts() -> None:
    facts = read_facts(
        "import a.b as c\nfrom ..d import e, f\nimport a.b\nx = 'pkg.net.Net'\ny = 'run a.py,b/c.py: done'"
    )
    assert facts.imports == (Import("a.b"), Import("d", ("e", "f"), 2))
    assert facts.texts == {"pkg.net.Net", "a.py", "b/c.py"}


def test_the_first_expression_comes_first() -> None:
    lines = [
        dynamic.line
        for dynamic in read_facts("def f():\n    exec(x)\n\nimport runpy\nos.environ['PYTHONPATH']").dynamic
    ]
    assert lines == [2, 4, 5]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "x = 1\nprint 'x'",
            "line 2 is not valid Python: Missing parentheses in call to 'print'. Did you mean print(...)?",
        ),
        ("x = 1\n" * 180_000, "is too long to be examined"),
        ("-" * 20_000 + "1", "is not valid Python"),
    ],
)
def test_a_file_that_cannot_be_examined(source: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        read_facts(source)
