"""Calls whose arguments decide what they do."""

from __future__ import annotations

import ast

import pytest

from pushtrain.reuse.calls import find_loader_reason, read_literal_import, reads_no_classes
from pushtrain.reuse.dynamic_names import PICKLES
from pushtrain.reuse.module_index import Import


def parse_call(source: str) -> ast.Call:
    call = ast.parse(source, mode="eval").body
    assert isinstance(call, ast.Call)
    return call


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        ("torch.load", "f(x, weights_only=True)", True),
        ("torch.load", "f(x, weights_only=1)", False),
        ("torch.load", "f(x)", False),
        ("numpy.load", "f(x, 'r')", True),
        ("numpy.load", "f(x, None, True)", False),
        ("numpy.load", "f(x, **options)", False),
        ("yaml.load", "f(x, SafeLoader)", True),
        ("yaml.load_all", "f(x, Loader=yaml.CSafeLoader)", True),
        ("yaml.load", "f(x, Loader=yaml.Loader)", False),
        ("yaml.load", "f(x)", False),
        ("joblib.load", "f(x, weights_only=True)", False),
    ],
)
def test_reads_no_classes(name: str, source: str, expected: bool) -> None:
    assert reads_no_classes(name, parse_call(source)) is expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("f('pkg.net')", Import("pkg.net")),
        ("f('.net', __package__)", Import("net", level=1)),
        ("f('..', __package__)", Import("", level=2)),
        ("f('.net')", None),
        ("f('.net', 'pkg')", None),
        ("f(name)", None),
        ("f(name='net')", None),
        ("f()", None),
    ],
)
def test_literal_imports(source: str, expected: Import | None) -> None:
    assert read_literal_import(parse_call(source), has_package=True) == expected


def test_only_import_module_has_a_package() -> None:
    assert read_literal_import(parse_call("f('.net', __package__)"), has_package=False) is None
    assert read_literal_import(None, has_package=True) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("keras.models.load_model", PICKLES),
        ("torch.load", ""),
        ("churn.data.load", ""),
        ("safetensors.torch.load", ""),
        ("torch.nn", ""),
    ],
)
def test_imported_loaders(name: str, reason: str) -> None:
    assert find_loader_reason(name) == reason
