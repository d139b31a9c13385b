"""Embedded Step Functions parses each text of a definition once in a process: most tests run the same definition.

moto's parser takes a third of the processor time of a run. What it makes of the tree can run only once, so each run
still has a program of its own.
"""

from __future__ import annotations

import functools
from typing import Any

from pushtrain.local.states import definitions

MOST_TREES = 20  # a tree has some megabytes


def share_syntax_trees() -> None:
    """Patch moto's parser when a definition is parsed for the first time: importing it takes a second."""
    parse = definitions._parse

    def patch_and_parse(text: str) -> Any:
        _patch()
        return parse(text)

    definitions._parse = patch_and_parse


@functools.cache
def _patch() -> None:
    from moto.stepfunctions.parser.asl.antlr.runtime.ASLParser import ASLParser

    stock_state_machine: Any = ASLParser.state_machine
    trees: dict[str, Any] = {}

    def state_machine(self: Any) -> Any:
        text = self.getInputStream().tokenSource.inputStream.strdata
        if text in trees:
            return trees[text]
        tree = stock_state_machine(self)
        if self.getNumberOfSyntaxErrors() == 0:
            trees.update({text: tree} if len(trees) < MOST_TREES else {})
        return tree

    ASLParser.state_machine = state_machine
