"""A config.yaml that is no YAML, or not the YAML that was meant: the mistake is told and shown where it was made."""

from __future__ import annotations

import click
import pytest

from pushtrain.cli.terminal.excerpt import draw_excerpt
from pushtrain.config import load_config
from pushtrain.errors import ConfigError

HEAD = "model: churn\ntrain:\n  framework: sklearn 1.2-1\n"
CASES = {
    "a quote left open to the end": (
        'model: "churn\ntrain: {framework: sklearn 1.2-1}\n',
        'config.yaml:1  this quote is never closed. Close it on its line\n  1 | model: "churn\n    |        ^',
    ),
    "a quote left open to the next one": (
        'model: "churn\ntrain:\n  framework: "sklearn 1.2-1"\n',
        'config.yaml:1  this quote is closed only on line 3. Close it on its line\n  1 | model: "churn\n    |        ^',
    ),
    "text after a quote": (
        'model: "churn" 2\n',
        "config.yaml:1  nothing may follow the closing quote. Quote the whole value\n"
        '  1 | model: "churn" 2\n    |                ^',
    ),
    "a bracket left open": (
        HEAD + "  hyperparameters: {trees: 1\nevaluate:\n  framework: sklearn 1.2-1\n",
        "config.yaml:4  this { is never closed. Add }\n"
        "  3 |   framework: sklearn 1.2-1\n  4 |   hyperparameters: {trees: 1\n    |                    ^",
    ),
    "a bracket left open over lines": (
        HEAD + "preprocess:\n  outputs: [\n    train,\n    test\n",
        "config.yaml:5  this [ is never closed. Add ]\n  4 | preprocess:\n  5 |   outputs: [\n    |            ^",
    ),
    "a bracket left open with nothing in it": (
        HEAD + "tags: {",
        "config.yaml:4  this { is never closed. Add }\n  3 |   framework: sklearn 1.2-1\n  4 | tags: {\n    |       ^",
    ),
    "the other bracket": (
        HEAD + "tags: {a: b]\n",
        "config.yaml:4  found ], but { is closed by }\n"
        "  3 |   framework: sklearn 1.2-1\n  4 | tags: {a: b]\n    |            ^",
    ),
    "a bracket too many": (
        HEAD + "tags: {a: b}}\n",
        "config.yaml:4  this } closes nothing. Remove it\n"
        "  3 |   framework: sklearn 1.2-1\n  4 | tags: {a: b}}\n    |             ^",
    ),
    "a comma left out": (
        HEAD + 'tags: {a: "b" c: d}\n',
        "config.yaml:4  a comma or } is missing before this\n"
        '  3 |   framework: sklearn 1.2-1\n  4 | tags: {a: "b" c: d}\n    |               ^',
    ),
    "a comma too many": (
        HEAD + "tags: {, a: b}\n",
        "config.yaml:4  there is no value before this comma. Remove it\n"
        "  3 |   framework: sklearn 1.2-1\n  4 | tags: {, a: b}\n    |        ^",
    ),
    "a tab": (
        "model: churn\ntrain:\n\tframework: sklearn 1.2-1\n",
        "config.yaml:3  found a tab; only spaces are allowed here. Indent with spaces\n"
        "  2 | train:\n  3 |  framework: sklearn 1.2-1\n    | ^",
    ),
    "a tab among spaces": (
        HEAD + "  \tspot: true\n",
        "config.yaml:4  found a tab; only spaces are allowed here. Indent with spaces\n"
        "  3 |   framework: sklearn 1.2-1\n  4 |    spot: true\n    |   ^",
    ),
    "a colon left out of a section": (
        "model: churn\ntrain\n  framework: sklearn 1.2-1\n",
        "config.yaml:2  expected `key: value`, found 'train'. Is the colon missing?\n"
        "  1 | model: churn\n  2 | train\n    | ^^^^^",
    ),
    "a colon left out of a value": (
        "model: churn\ntrain:\n  framework sklearn 1.2-1\n\n  # cheaper\n  spot: true\n",
        "config.yaml:3  expected `key: value`, found 'framework sklearn 1.2-1'. Is the colon missing?\n"
        "  2 | train:\n  3 |   framework sklearn 1.2-1\n    |   ^^^^^^^^^^^^^^^^^^^^^^^",
    ),
    "a colon left out at the end": (
        HEAD + "  spot\n",
        "config.yaml:4  expected `key: value`, found 'spot'. Is the colon missing?\n"
        "  3 |   framework: sklearn 1.2-1\n  4 |   spot\n    |   ^^^^",
    ),
    "no space after the colon": (
        "model: churn\ntrain:\n  framework:sklearn 1.2-1\n  spot: true\n",
        "config.yaml:3  a space is missing after the colon. Write `framework: sklearn 1.2-1`\n"
        "  2 | train:\n  3 |   framework:sklearn 1.2-1\n    |   ^^^^^^^^^^^^^^^^^^^^^^^",
    ),
    "no space after the colon in brackets": (
        HEAD + "  hyperparameters: {trees:200}\n",
        "config.yaml:4  train.hyperparameters.'trees:200': is empty. Put a space after the colon\n"
        "  3 |   framework: sklearn 1.2-1\n  4 |   hyperparameters: {trees:200}\n    |                     ^^^^^^^^^",
    ),
    "no space after the hyphen": (
        HEAD + "register:\n  when:\n    -metric: f1\n     at_least: 1\n",
        "config.yaml:6  a space is missing after the -. Write `- key: value`\n"
        "  5 |   when:\n  6 |     -metric: f1\n    |     ^^^^^^^^^^^",
    ),
    "two keys on a line": (
        "model: churn\ntrain:\n  framework: sklearn 1.2-1, spot: true\n",
        "config.yaml:3  this line has a second `: `. Quote the value, or begin a new line\n"
        "  2 | train:\n  3 |   framework: sklearn 1.2-1, spot: true\n    |                                 ^",
    ),
    "indented too deep": (
        HEAD + "    spot: true\n",
        "config.yaml:4  this line is indented deeper than the line above, which already has a value. Line it up\n"
        "  3 |   framework: sklearn 1.2-1\n  4 |     spot: true\n    |     ^^^^^^^^^^",
    ),
    "indented too little": (
        "model: churn\ntrain:\n    framework: sklearn 1.2-1\n  spot: true\n",
        "config.yaml:4  this line is indented like no line above it. Line it up with the lines it belongs to\n"
        "  3 |     framework: sklearn 1.2-1\n  4 |   spot: true\n    |   ^^^^^^^^^^",
    ),
    "a list's entry out of line": (
        HEAD + "register:\n  when:\n    - metric: f1\n     at_least: 1\n",
        "config.yaml:7  this line is indented like no line above it. Line it up with the lines it belongs to\n"
        "  6 |     - metric: f1\n  7 |      at_least: 1\n    |      ^^^^^^^^^^^",
    ),
    "the first line indented": (
        "  model: churn\ntrain: {framework: sklearn 1.2-1}\n",
        "config.yaml:1  the first key is indented, but others are not. Remove the spaces before it\n"
        "  1 |   model: churn\n    |   ^^^^^^^^^^^^",
    ),
    "a list among keys": (
        "model: churn\n- train: x\n",
        "config.yaml:2  this - begins a list, but a key is expected here. Write `key: value`\n"
        "  1 | model: churn\n  2 | - train: x\n    | ^",
    ),
    "a list beside its key": (
        HEAD + "preprocess:\n  outputs: - train\n",
        "config.yaml:5  a list cannot begin here. Begin it on a new line, or write [one, another]\n"
        "  4 | preprocess:\n  5 |   outputs: - train\n    |            ^",
    ),
    "a key given twice": (
        HEAD + "  instance: ml.m5.large\n  instance: ml.m5.xlarge\n",
        "config.yaml:5  train.instance: 'instance' is given twice (first on line 4)\n"
        "  4 |   instance: ml.m5.large\n  5 |   instance: ml.m5.xlarge\n    |   ^^^^^^^^",
    ),
    "a sign that means something": (
        "model: @churn\n",
        "config.yaml:1  a value cannot begin with @. Quote it\n  1 | model: @churn\n    |        ^",
    ),
    "a star": (
        HEAD + "data: {raw: *.csv}\n",
        "config.yaml:4  a value that begins with * needs quotes\n"
        "  3 |   framework: sklearn 1.2-1\n  4 | data: {raw: *.csv}\n    |             ^",
    ),
    "a backslash": (
        HEAD + '  metrics: {loss: "loss=(\\d+)"}\n',
        "config.yaml:4  a backslash in double quotes begins an escape. Double it, or use single quotes\n"
        '  3 |   framework: sklearn 1.2-1\n  4 |   metrics: {loss: "loss=(\\d+)"}\n    |                          ^',
    ),
    "what nobody foresaw": (
        HEAD + "model: |x\n",
        "config.yaml:4  this is not valid YAML: did not find expected comment or line break (while scanning a block "
        "scalar)\n  3 |   framework: sklearn 1.2-1\n  4 | model: |x\n    |         ^",
    ),
    "a forgotten hyperparameter": (
        HEAD + "  hyperparameters: {trees: }\n",
        "config.yaml:4  train.hyperparameters.trees: is empty. Give it a value or remove it\n"
        "  3 |   framework: sklearn 1.2-1\n  4 |   hyperparameters: {trees: }\n    |                     ^^^^^",
    ),
    "a forgotten value of an environment": (
        HEAD + "environments:\n  prod:\n    train:\n      framework:\n      image: x\n",
        "config.yaml:7  environments.prod.train.framework: is empty. "
        "Give it a value, or write null to remove it in this environment\n"
        "  6 |     train:\n  7 |       framework:\n    |       ^^^^^^^^^",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_mistake_is_shown_where_it_was_made(case: str) -> None:
    text, expected = CASES[case]
    with pytest.raises(ConfigError) as raised:
        load_config(text.encode())
    problem = raised.value.problems[0]
    assert "\n".join([str(problem), *map(click.unstyle, draw_excerpt(problem, text, 80))]) == expected


def test_text_nested_too_deep_to_draw_is_told_all_the_same() -> None:
    text = "[" * 200_000
    with pytest.raises(ConfigError) as raised:
        load_config(text.encode())
    (problem,) = raised.value.problems
    assert str(problem) == "config.yaml:1  values are nested more than 20 levels deep"
    assert draw_excerpt(problem, text, 80)  # libyaml's own tree of it ends the process


def test_a_tag_on_the_whole_file_is_a_problem_like_any_other() -> None:
    with pytest.raises(ConfigError) as raised:
        load_config(b"!mine\nmodel: churn\ntrain: 3\n")
    assert str(raised.value) == (
        "config.yaml:1  the tag !mine is not read. "
        "Remove it: text, numbers, true, false, lists and mappings need no tag"
    )
