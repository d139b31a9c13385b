"""Every message of a fault stands whole in some test, in a golden file or on the page of messages.

What a message says by itself is looked for in order and on one line; what it is filled with may be anything. Taken for
messages of faults: what is raised, and each sentence of the rooms that say little but what is wrong.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "pushtrain"
TALKATIVE = {"cli", "cost", "graph", "local", "report", "starters"}  # only what they raise is looked at
BUGS = {"AssertionError", "RuntimeError"}
UNASKED = {"help", "description"}  # keywords of what is told without a fault
PATTERN = re.compile(r"\.[*+]|\]\+|\(\?|\w\|\w")  # a regex is no sentence
FILLED = re.compile(r"\0|\\\d|\{\w*\}")
SENTENCE = re.compile(r"(?<![\w.-])[a-z`']+,? [a-z`']+,? [a-z`']+(?![\w.-])")
NO_MESSAGES = {
    "config/schema.py": "titles in the schema for editors",
    "reuse/dynamic_names.py": "names of modules and functions; test_dynamic_names.py shows its reasons",
    "config/yaml/syntax.py": "words of YAML's parser, by which its errors are told apart; its own are raised elsewhere",
}


def text_of(node: ast.AST) -> str:
    """A text as it stands, with NUL for what is filled in; empty for anything else."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "\0" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def spoken(node: ast.AST, *, raised: bool = False) -> Iterator[tuple[int, str, bool]]:
    """Line, text, and whether it is raised; but no docstring, no help, and nothing that is only compared with."""
    if isinstance(node, ast.Compare) or (isinstance(node, ast.keyword) and node.arg in UNASKED):
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        if ast.unparse(node.exc.func) in BUGS:
            return
        raised = True
    if text := text_of(node).strip():
        yield getattr(node, "lineno", 0), text, raised
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant)):
            yield from spoken(child, raised=raised)


def messages() -> Iterator[tuple[str, str]]:
    """Place and text of what may be said of a fault."""
    for folder in (SOURCE, ROOT / "lambda", ROOT / "templates"):
        for file in sorted(folder.rglob("*.py")):
            name = file.relative_to(folder).as_posix()
            if folder == SOURCE and (name in NO_MESSAGES or re.match(r"starters/\w+/", name)):
                continue
            talkative = folder == SOURCE and name.partition("/")[0] in TALKATIVE
            for line, text, raised in spoken(ast.parse(file.read_text("utf-8"))):
                few = len(re.findall(r"[a-z]{2,}", FILLED.sub(" ", text))) < 2  # one word is a name
                sentence = not talkative and SENTENCE.search(FILLED.sub("_", text)) and not PATTERN.search(text)
                if sentence or (raised and not few):
                    yield f"{file.relative_to(ROOT)}:{line}", text


def everything_shown() -> str:
    """All texts of all tests, what is filled in left out, and the files that tests compare with."""
    files = [file for file in sorted((ROOT / "tests").rglob("*")) if file != Path(__file__)]
    shown = [(ROOT / "docs" / "faq.md").read_text("utf-8")]
    shown += [file.read_text("utf-8") for file in files if "golden" in file.parts and file.suffix in {".txt", ".json"}]
    for file in files:
        if file.suffix == ".py":
            shown += [text_of(node).replace("\0", "_") for node in ast.walk(ast.parse(file.read_text("utf-8")))]
    return "\n".join(filter(None, shown))


def is_shown(text: str, shown: str) -> bool:
    """Whether what the text says by itself stands in order on one line."""
    parts = FILLED.split(text)
    whole, longest = re.compile(".*?".join(map(re.escape, parts))), max(parts, key=len)
    found = (match.start() for match in re.finditer(re.escape(longest), shown))
    return any(whole.search(shown, max(0, at - 800), at + 800) for at in found)


def test_every_message_of_a_fault_is_shown_whole_by_some_test() -> None:
    shown = everything_shown()
    missing = [f"{place}  {text.replace(chr(0), '…')}" for place, text in messages() if not is_shown(text, shown)]
    assert missing == [], "cause each as a user would, and compare the whole text:\n" + "\n".join(missing)
