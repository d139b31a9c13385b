"""Check the requirements.txt files of a model repo before the push. Pure; nothing is installed.

In: their contents. Out: Problems and warnings, with their lines. Source of the form of a line: PEP 508, and pip's
"Requirements File Format".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pushtrain.config.issue import quote
from pushtrain.config.text_encoding import find_encoding_mistake
from pushtrain.errors import Problem

_VERSION = r"(?:~=|===?|!=|<=?|>=?)\s*[^\s,;()]+"
_VERSIONS = rf"{_VERSION}(?:\s*,\s*{_VERSION})*\s*,?"
_REQUIREMENT = re.compile(
    rf"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\s*(?:\[[^\]]*\]\s*)?"
    rf"(?:@\s*\S+.*|(?:{_VERSIONS}|\(\s*{_VERSIONS}\s*\))?\s*(?:;.*)?)(?:\s+--.*)?"
)
_OTHER = re.compile(r"-|\.|/|[A-Za-z]:\\|\w+(\+\w+)?://|file:|.*\$\{|.*[/\\]|.*\.(whl|zip|tar\.gz)$")


def check_requirements(sources: Mapping[str, bytes], *, folder: str) -> tuple[list[Problem], list[Problem]]:
    """Return (problems, warnings) about requirements.txt files.

    `sources` maps their paths to their content. A file that is not UTF-8 is a problem: pip would read other names. A
    line that pip probably does not understand is a warning.
    """
    problems: list[Problem] = []
    warnings: list[Problem] = []
    for path, source in sources.items():
        file = f"{folder}/{path}"
        if mistake := find_encoding_mistake(source, "Save it as UTF-8"):
            problems.append(Problem(message=mistake.message, line=mistake.line, file=file))
            continue
        for line, text in _find_odd_lines(source.decode("utf-8-sig")):
            message = f"pip probably does not understand {quote(text)}. Write NAME==VERSION, such as numpy==1.26.4"
            warnings.append(Problem(message=message, line=line, file=file))
    return problems, warnings


def _find_odd_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield number and text of each line that is no requirement, option, path or address."""
    goes_on = False
    for number, line in enumerate(text.splitlines(), start=1):
        is_continued, goes_on = goes_on, line.rstrip().endswith("\\")
        requirement = re.sub(r"(^|\s)#.*$", "", line).rstrip().removesuffix("\\").strip()
        if requirement and not is_continued and not (_REQUIREMENT.fullmatch(requirement) or _OTHER.match(requirement)):
            yield number, requirement
