"""Every message on docs/faq.md (and on its translation) is what the code says, to the letter.

Comments above a block: `refused`: a config.yaml, and the block after it is what is found wrong; what follows is the
environment it is read for. `tries`: a reason, and what to try. `says NAME`: the function of that name in
`faq_messages`.
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
TRIES = [block for block in ALL if block.marks == ("tries",)]
MESSAGES = [block for block in ALL if block.marks[:1] == ("says",)]
MARKS = {"answer", "aws", "costs", "into", "local", "refused", "said", "says", "tries"}


@pytest.mark.parametrize(("config", "problems"), REFUSED, ids=str)
def test_a_config_that_is_refused_is_refused_so(config: Block, problems: Block) -> None:
    with pytest.raises(ConfigError) as raised:
        load_config(config.text.encode(), environment="".join(config.marks[1:]))
    assert f"{raised.value}\n" == problems.text


@pytest.mark.parametrize("block", TRIES, ids=str)
def test_what_to_try_is_what_is_said_of_that_reason(block: Block) -> None:
    failed, tried = block.text.splitlines()
    (reason,) = re.findall(r"^failed  \w+: (.*)$", failed)
    assert tried == f"try         {find_advice(reason)}"


@pytest.mark.parametrize("block", MESSAGES, ids=lambda block: f"{block}-{block.marks[1]}")
def test_a_message_is_what_the_code_says(block: Block, request: pytest.FixtureRequest) -> None:
    name = block.marks[1].replace("-", "_")
    assert block.text.rstrip("\n") in getattr(faq_messages, name)(request)


def test_nothing_on_the_page_of_messages_goes_unchecked() -> None:
    checked = {
        id(block) for block in (*(refused_block for pair in REFUSED for refused_block in pair), *TRIES, *MESSAGES)
    }
    assert [str(block) for block in ALL if block.page.name == "faq.md" and id(block) not in checked] == []
    assert len(TRIES) > 9
    assert len(REFUSED) > 9


def test_every_comment_above_a_block_is_one_that_some_test_reads() -> None:
    assert {block.marks[0] for block in ALL if block.marks} <= MARKS


def test_every_message_that_is_made_here_is_on_the_page() -> None:
    functions = [function for _, function in inspect.getmembers(faq_messages, inspect.isfunction)]
    names = {function.__name__ for function in functions if function.__module__ == faq_messages.__name__}
    public_names = {name for name in names if not name.startswith("_")}
    assert public_names == {block.marks[1].replace("-", "_") for block in MESSAGES}
