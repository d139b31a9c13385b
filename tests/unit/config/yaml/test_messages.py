"""PyYAML's own messages, which the explanations of YAML mistakes are chosen by. Red first when PyYAML rewords one."""

from __future__ import annotations

import inspect
import re

import pytest
import yaml

from pushtrain.config.yaml import syntax

FILE = f"src/{syntax.__name__.replace('.', '/')}.py"
# Text that FILE looks for -> (where: the error's problem or context, YAML that provokes it, whether the loader written
# in Python says it too; it is used only if PyYAML was built without libyaml).
MESSAGES = {
    "quoted scalar": ("context", 'model: "churn\n', True),
    "end of stream": ("problem", 'model: "churn\n', True),
    "expected": ("problem", "model: churn\n]\n", True),
    "while parsing a flow": ("context", "data: {a: b\nmodel: churn\n", True),
    "could not find expected ':'": ("problem", "model: churn\ntrain\nscript: a.py\n", True),
    "mapping values are not allowed": ("problem", "model: a: b\n", True),
    "expected key": ("problem", 'model: "a" b\n', False),
    "<document start>": ("problem", "  model: churn\ntrain: {}\n", True),
    "'-' indicator": ("problem", "- a\n- b\nc: d\n", False),
    "cannot start any token": ("problem", "model: @churn\n", True),
    "scanning an alias": ("context", "model: *\n", True),
    "scanning an anchor": ("context", "model: &\n", True),
    "sequence entries are not allowed": ("problem", "model: - a\n", True),
    "escape character": ("problem", 'model: "\\q"\n', True),
}
LOADERS = {"installed": syntax.LOADER, "in Python": yaml.SafeLoader}
CASES = [
    pytest.param(text, loader, id=f"{text}, {name}")
    for text, (_, _, both) in MESSAGES.items()
    for name, loader in LOADERS.items()
    if both or loader is not yaml.SafeLoader
]


@pytest.mark.parametrize(("text", "loader"), CASES)
def test_canary_pyyaml_still_says(text: str, loader: type[yaml.SafeLoader]) -> None:
    where, source, _ = MESSAGES[text]
    with pytest.raises(yaml.MarkedYAMLError) as raised:
        list(yaml.parse(source, Loader=loader))
    message = str(getattr(raised.value, where))
    assert text in message, f"PyYAML no longer says {text!r} for {source!r} but {message!r}; update {FILE}"


def test_every_text_that_is_looked_for_has_a_canary() -> None:
    matched = re.findall(r'"([^"]+)" (?:not )?in self\.(problem|context)', inspect.getsource(syntax))
    assert {(text, where) for text, (where, _, _) in MESSAGES.items()} == set(matched), f"list what {FILE} looks for"
