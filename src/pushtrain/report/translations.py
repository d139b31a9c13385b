"""The texts of the pages, in each language. Pure.

Names of AWS and of config.yaml (metrics, steps, instance types) are not translated, because users type them.
"""

from __future__ import annotations

from collections.abc import Mapping

from pushtrain.errors import UsageError
from pushtrain.report.english import ENGLISH
from pushtrain.report.korean import KOREAN

LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "ko": KOREAN}


def find_phrases(language: str) -> Mapping[str, str]:
    """Return the texts of a language. Raises UsageError if the pages do not exist in it."""
    if language not in LANGUAGES:
        raise UsageError(f"language {language!r}: the pages are written in {' and '.join(LANGUAGES)}")
    return LANGUAGES[language]
