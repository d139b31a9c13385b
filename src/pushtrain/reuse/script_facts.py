"""What one Python file imports, names and does dynamically. Pure: the file is parsed, never run.

In: the text of a file. Out: its ScriptFacts. A name is followed through `import os as o` and `from os import system`.
What is only mentioned counts as used, so `run = os.system` is found, and code below `if TYPE_CHECKING` counts.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections import defaultdict

from msgspec import Struct

from pushtrain.reuse.calls import EXAMINED_CALLS, find_loader_reason, read_literal_import, reads_no_classes
from pushtrain.reuse.dynamic_names import (
    FILES,
    IMPORTS,
    KEYWORDS,
    LOADING_METHODS,
    PATHS,
    PICKLES,
    WATCHED_MODULES,
    find_reason,
    has_dynamic_names,
    is_known,
    is_safe_loader,
)
from pushtrain.reuse.module_index import Import

MAX_CHARACTERS = 1024 * 1024  # a longer file is not parsed: that takes seconds
_MAX_SHOWN = 80
_IMPORT_MODULE = "importlib.import_module"
_PYTHON_FILE = re.compile(r"[^\s'\",;:|()=<>&`]*\.py(?!\w)")
_COMPUTED = re.compile(r"[*?\[\]{}%$]|(^|/)\.py$")
_EXAMINED_NODES = frozenset(
    {ast.Import, ast.ImportFrom, ast.Name, ast.Attribute, ast.Call, ast.Constant, ast.JoinedStr, ast.Expr, ast.arg}
    | {ast.FunctionDef, ast.ClassDef, ast.ExceptHandler, ast.MatchAs}
)
_MODULE_TEXT = re.compile(r"[^\W\d]\w*([.:]\w+)+")


class Dynamic(Struct, frozen=True):
    """An expression that makes a file read others that its imports do not show, and its line, which counts from 1.

    `module` is the top-level module that the expression uses, such as `ray`; "" if it is not known.
    """

    line: int
    reason: str
    expression: str
    module: str = ""


class ScriptFacts(Struct, frozen=True):
    """`texts` are the texts in a file that may name a module or a Python file, such as `pkg.net.Net` and `train.py`."""

    imports: tuple[Import, ...] = ()
    texts: frozenset[str] = frozenset()
    dynamic: tuple[Dynamic, ...] = ()


def read_facts(source: str) -> ScriptFacts:
    """Return the facts of a Python file. Raises ValueError with the reason if the file cannot be parsed."""
    if len(source) > MAX_CHARACTERS:
        raise ValueError("is too long to be examined")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape such as "\d" is a warning, not an error
            tree = ast.parse(source.removeprefix("\ufeff"))
    except SyntaxError as error:
        raise ValueError(f"line {error.lineno or 1} is not valid Python: {error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:  # null bytes, too many brackets
        raise ValueError("is not valid Python") from error
    return _Examination(source, tree).examine()


def _walk(tree: ast.Module) -> list[ast.AST]:
    """Return all nodes of a tree, each before those in it. `ast.walk` takes three times as long."""
    nodes: list[ast.AST] = [tree]
    for node in nodes:
        for child in vars(node).values():
            if isinstance(child, list):
                nodes += [member for member in child if isinstance(member, ast.AST)]
            elif isinstance(child, ast.AST):
                nodes.append(child)
    return nodes


class _Examination:
    """Examines the syntax tree of one file."""

    def __init__(self, source: str, tree: ast.Module) -> None:
        self._source = source.removeprefix("\ufeff")
        self._nodes = [node for node in _walk(tree) if type(node) in _EXAMINED_NODES]
        self._imports: list[Import] = []
        self._texts: set[str] = set()
        self._dynamic: list[Dynamic] = []
        self._aliases: defaultdict[str, set[str]] = defaultdict(set)  # a name in the file to full names
        self._variables: set[str] = set()  # names that get a value other than by an import
        self._inner: set[int] = set()  # nodes that are a part of a longer name, and documentation
        self._calls: dict[int, ast.Call] = {}  # by the node of the function

    def examine(self) -> ScriptFacts:
        for node in self._nodes:
            self._read_structure(node)
        for node in self._nodes:
            match node:
                case ast.Name(id=name) if name not in self._aliases and not is_known(name):
                    pass
                case ast.Name() | ast.Attribute() if id(node) not in self._inner:
                    for name in self._find_full_names(node):
                        self._examine_name(node, name)
                case ast.Call():
                    self._examine_keywords(node)
                case ast.Constant(value=str(text)) if id(node) not in self._inner:
                    self._examine_text(node, text)
                case ast.JoinedStr():
                    self._examine_joined_text(node)
        expressions = sorted(self._dynamic, key=lambda dynamic: dynamic.line)
        return ScriptFacts(tuple(dict.fromkeys(self._imports)), frozenset(self._texts), tuple(expressions))

    def _read_structure(self, node: ast.AST) -> None:
        match node:
            case ast.Import():
                self._read_import(node)
            case ast.ImportFrom():
                self._read_from_import(node)
            case (
                ast.Name(id=str(name), ctx=ast.Store())
                | ast.arg(arg=str(name))
                | ast.FunctionDef(name=str(name))
                | ast.ClassDef(name=str(name))
                | ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
            ):
                self._variables.add(name)
            case ast.Attribute(value=ast.Name() | ast.Attribute()):
                self._inner.add(id(node.value))
            case ast.Call():
                self._calls[id(node.func)] = node
            case ast.Expr(value=ast.Constant() as documentation):
                self._inner.add(id(documentation))

    def _read_import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._imports.append(Import(alias.name))
            top = alias.name.partition(".")[0]
            self._aliases[alias.asname or top].add(alias.name if alias.asname else top)
            if alias.name not in WATCHED_MODULES:  # of these only what is used counts
                self._add(node, find_reason(alias.name), alias.name, module=top)

    def _read_from_import(self, node: ast.ImportFrom) -> None:
        module, names = node.module or "", tuple(alias.name for alias in node.names)
        self._imports.append(Import(module, names, node.level))
        if node.level:
            for alias in node.names:
                self._aliases[alias.asname or alias.name].add(f".{module}.{alias.name}")
            return
        for alias in node.names:
            name = f"{module}.{alias.name}"
            self._aliases[alias.asname or alias.name].add(name)
            if alias.name == "*":
                reason = find_reason(module) or (IMPORTS if has_dynamic_names(module) else "")
                self._add(node, reason, module, module=module.partition(".")[0])
            elif name not in WATCHED_MODULES:
                reason = find_reason(name) if name not in EXAMINED_CALLS else ""
                self._add(node, reason or find_loader_reason(name), name, module=module.partition(".")[0])

    def _find_full_names(self, node: ast.expr) -> set[str]:
        """Return the full names of `o.system`: os.system. A value that is no name is a `?`, as in `?.load`."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        starts = {"?"}
        if isinstance(node, ast.Name):
            own_name = "?" if node.id in self._variables else node.id
            starts = self._aliases.get(node.id, {own_name}) | ({own_name} - {node.id})
        return {".".join((start, *reversed(parts))) for start in starts}

    def _is_imported(self, node: ast.expr) -> bool:
        """Return True if a name such as `data.load` begins with an import, and has no class in it."""
        while isinstance(node, ast.Attribute):
            node = node.value
            last = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            if last[:1].isupper():
                return False
        return isinstance(node, ast.Name) and node.id in self._aliases

    def _examine_name(self, node: ast.Name | ast.Attribute, name: str) -> None:
        call = self._calls.get(id(node))
        if name in {_IMPORT_MODULE, "__import__", "builtins.__import__"}:
            imported = read_literal_import(call, has_package=name == _IMPORT_MODULE)
            if imported is None:
                self._add(call or node, IMPORTS, name)
            else:
                self._imports.append(imported)
        elif name in WATCHED_MODULES:
            self._add(node, IMPORTS, name)
        elif not (call and reads_no_classes(name, call)):
            is_method = isinstance(node, ast.Attribute) and node.attr in LOADING_METHODS and not is_safe_loader(name)
            is_method = is_method or name in EXAMINED_CALLS
            is_imported = self._is_imported(node)
            if not (name.startswith(".") and is_imported):  # what the model repo has itself is examined in its own file
                reason = find_reason(name) or (PICKLES if is_method else "")
                self._add(call or node, reason, name, module=name.partition(".")[0] if is_imported else "")

    def _examine_keywords(self, call: ast.Call) -> None:
        for keyword in call.keywords:
            is_off = isinstance(keyword.value, ast.Constant) and not keyword.value.value
            if keyword.arg in KEYWORDS and not is_off:
                self._add(call, KEYWORDS[keyword.arg])

    def _examine_text(self, node: ast.expr, text: str) -> None:
        if "PYTHONPATH" in text:
            self._add(node, PATHS)
        if ".py" in text:
            files = _PYTHON_FILE.findall(text)
            self._texts.update(files)
            if any(_COMPUTED.search(file) for file in files):
                self._add(node, FILES)
        elif _MODULE_TEXT.fullmatch(text):
            self._texts.add(text)

    def _examine_joined_text(self, node: ast.JoinedStr) -> None:
        """Find f-strings such as f"{name}_model.py". f"{folder}/model.py" names model.py."""
        for part in node.values:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                first = part.value.split(maxsplit=1)[0] if part.value.strip() else ""
                if _PYTHON_FILE.match(first) and "/" not in first and part is not node.values[0]:
                    self._add(node, FILES)

    def _add(self, node: ast.stmt | ast.expr, reason: str, name: str = "", *, module: str = "") -> None:
        if reason:
            segment = (ast.get_source_segment(self._source, node) or name).split("\n", 1)[0]
            shown = segment if len(segment) <= _MAX_SHOWN else f"{segment[: _MAX_SHOWN - 1]}…"
            self._dynamic.append(Dynamic(line=node.lineno, reason=reason, expression=shown, module=module))
