"""Calls whose arguments decide what they do: torch.load(f, weights_only=True), import_module("net"). Pure.

In: the full name of a function and its call. Out: whether it reads a pickle, or what it imports.
"""

from __future__ import annotations

import ast

from pushtrain.reuse.dynamic_names import LIBRARIES, LOADING_METHODS, PICKLES, is_safe_loader
from pushtrain.reuse.module_index import Import

# Functions that read a pickle, or not, as their arguments say.
EXAMINED_CALLS = frozenset({"torch.load", "numpy.load", "yaml.load", "yaml.load_all"})


def find_loader_reason(name: str) -> str:
    """Return why `from library import load_model` is dynamic, or "". The names of torch and yaml need a look."""
    top, _, _ = name.partition(".")
    is_loader = name.rpartition(".")[2] in LOADING_METHODS and top in LIBRARIES and not is_safe_loader(name)
    return PICKLES if is_loader and name not in EXAMINED_CALLS else ""


def reads_no_classes(name: str, call: ast.Call) -> bool:
    """Return True for calls such as torch.load(…, weights_only=True), numpy.load(…) and yaml.load(…, SafeLoader)."""
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    if name == "torch.load":
        return isinstance(only := keywords.get("weights_only"), ast.Constant) and only.value is True
    if name == "numpy.load":  # the keyword `allow_pickle` is examined in every call
        return len(call.args) <= 2 and None not in keywords  # noqa: PLR2004 - the third is allow_pickle
    if name in {"yaml.load", "yaml.load_all"}:
        loader = keywords.get("Loader", call.args[1] if len(call.args) > 1 else None)
        return loader is not None and "Safe" in ast.unparse(loader)
    return False


def read_literal_import(call: ast.Call | None, *, has_package: bool) -> Import | None:
    """Return what import_module("pkg.net") and __import__("pkg") import; None if only the running script knows it."""
    match call:
        case ast.Call(args=[ast.Constant(value=str(name))], keywords=[]) if not name.startswith("."):
            return Import(name)
        case ast.Call(args=[ast.Constant(value=str(name)), ast.Name(id="__package__")], keywords=[]) if has_package:
            module = name.lstrip(".")
            return Import(module, level=len(name) - len(module))
    return None
