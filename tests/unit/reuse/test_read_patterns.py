"""`reads` has the dialect of .gitignore, without `!`."""

from __future__ import annotations

import unicodedata

import pytest
from pathspec import GitIgnoreSpec

from pushtrain.reuse.read_patterns import find_matches, find_unmatched_reads

PATHS = [
    "net.py",
    "model/net.py",
    "model/deep/net.py",
    "model/a-b.py",
    "model/[x].py",
    "model/deep/x1.py",
    "features/a.sql",
    "features/deep/b.sql",
    "features.sql",
    "a/features/c.json",
    "x+y.txt",
    "été.py",
    "model/ü/ö.sql",
    "a/b/c/d.py",
    "a/x/d.py",
    "a/d.py",
]
PATTERNS = [
    "net.py",
    "/net.py",
    "model/net.py",
    "model",
    "model/",
    "/model/",
    "features/",
    "features/*.sql",
    "*.sql",
    "features/**/*.sql",
    "**/net.py",
    "model/**",
    "a/**/d.py",
    "a/*/d.py",
    "m*l/*.py",
    "?et.py",
    "model/deep/x[0-9].py",
    "model/deep/x[!2].py",
    "model/deep/x[^1].py",
    "model/\\[x\\].py",
    "x+y.txt",
    "*",
    "**",
    "[mn]et.py",
    "été.py",
    "ö.sql",
    "model/a-b.py",
    "*.p?",
    "deep/",
    "deep",
    "features/**/",
    "a/**/",
    "net.*",
    "[a-m]odel/",
    "no.py",
    "x[]1].py",
    ".py",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns_match_as_in_gitignore(pattern: str) -> None:
    spec = GitIgnoreSpec.from_lines([pattern])
    assert sorted(find_matches([pattern], PATHS)) == sorted(spec.match_files(PATHS))


def test_a_leading_dot_is_the_root() -> None:
    assert find_matches(["./model/deep/"], PATHS) == {"model/deep/net.py", "model/deep/x1.py"}


def test_a_set_stays_within_a_folder() -> None:
    assert find_matches(["/model[!x]net.py"], PATHS) == set()


def test_patterns_add_up() -> None:
    assert find_matches(["/net.py", "features.sql"], PATHS) == {"net.py", "features.sql"}
    assert find_matches([], PATHS) == set()


def test_both_forms_of_a_letter_match() -> None:
    decomposed = unicodedata.normalize("NFD", "학습.py")
    assert find_matches(["학습.py"], [decomposed]) == {decomposed}
    assert find_matches([decomposed], ["학습.py"]) == {"학습.py"}


@pytest.mark.parametrize("pattern", ["", "/", "!net.py", "nets/", "net", "[", "a]b", "[z-a].py", "[]", "\\"])
def test_patterns_that_match_nothing_are_found(pattern: str) -> None:
    assert find_unmatched_reads([pattern, "net.py"], PATHS) == (pattern,)
