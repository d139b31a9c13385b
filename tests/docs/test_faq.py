"""Every message on docs/faq.md and on its translation is exactly what pushtrain prints.

Comments above a block: `refused [ENVIRONMENT]`: a config.yaml; the next block has its problems. `advice`: a failure and
what to try. `message NAME`: the function NAME of `faq_messages` causes this message.
"""

from __future__ import annotations

import inspect
import re
from itertools import pairwise

import pytest

from pushtrain.config import load_config
from pushtrain.errors import ConfigError
from pushtrain.runs.advice import find_advice
from tests.docs import faq_messages
from tests.docs.pages import PAGES, Block, blocks

ALL = [block for page in PAGES for block in blocks(page)]
REFUSED = [(block, after) for block, after in pairwise(ALL) if block.marks[:1] == ("refused",)]
ADVICE = [block for block in ALL if block.marks == ("advice",)]
MESSAGES = [block for block in ALL if block.marks[:1] == ("message",)]
MARKS = {"aws", "costs", "into", "local", "refused", "output", "message", "advice", "json", "server"}


@pytest.mark.parametrize(("config", "problems"), REFUSED, ids=str)
def test_a_refused_config_has_the_problems_on_the_page(config: Block, problems: Block) -> None:
    with pytest.raises(ConfigError) as raised:
        load_config(config.text.encode(), environment="".join(config.marks[1:]))
    assert f"{raised.value}\n" == problems.text


@pytest.mark.parametrize("block", ADVICE, ids=str)
def test_the_advice_is_that_of_the_failure(block: Block) -> None:
    failure, advice = block.text.splitlines()
    (reason,) = re.findall(r"^failed  \w+: (.*)$", failure)
    assert advice == f"try         {find_advice(reason)}"


@pytest.mark.parametrize("block", MESSAGES, ids=lambda block: f"{block}-{block.marks[1]}")
def test_a_message_is_what_pushtrain_prints(block: Block, request: pytest.FixtureRequest) -> None:
    name = block.marks[1].replace("-", "_")
    assert block.text.rstrip("\n") in getattr(faq_messages, name)(request)


def test_a_test_checks_every_block_of_the_faq() -> None:
    checked = {
        id(block) for block in (*(refused_block for pair in REFUSED for refused_block in pair), *ADVICE, *MESSAGES)
    }
    assert [str(block) for block in ALL if block.page.name == "faq.md" and id(block) not in checked] == []
    assert len(ADVICE) > 9
    assert len(REFUSED) > 9


def test_every_comment_above_a_block_is_known() -> None:
    assert {block.marks[0] for block in ALL if block.marks} <= MARKS


def test_every_message_of_faq_messages_is_on_the_page() -> None:
    functions = [function for _, function in inspect.getmembers(faq_messages, inspect.isfunction)]
    names = {function.__name__ for function in functions if function.__module__ == faq_messages.__name__}
    public_names = {name for name in names if not name.startswith("_")}
    assert public_names == {block.marks[1].replace("-", "_") for block in MESSAGES}
