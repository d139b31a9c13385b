"""The packages that take the place of an image."""

from __future__ import annotations

import pytest

from pushtrain.local.container import packages


@pytest.mark.parametrize(
    ("requirements", "framework", "match", "expected"),
    [
        ("", None, False, ()),
        ("", ("sklearn", "1.2-1"), False, ("scikit-learn", "pandas<3", "numpy")),
        (
            "Scikit_Learn>=1.2 # mine\npandas",
            ("sklearn", "1.2-1"),
            True,
            ("scikit-learn==1.2.*", "pandas<2", "numpy<2"),
        ),
        ("", ("sklearn", "1.4-2"), True, ("scikit-learn==1.4.*", "pandas<3", "numpy<2")),
        ("", ("pytorch", "2.6.0"), True, ("torch==2.6.0",)),
        ("", ("xgboost", "1.7-1"), True, ("xgboost==1.7.*", "pandas<3", "scikit-learn")),
        ("", ("tensorflow", "2.16.2"), False, ("tensorflow",)),
        ("", ("huggingface", "4.49.0/pytorch2.5.1"), False, ("transformers", "datasets", "torch")),
        (
            "datasets==3",
            ("huggingface", "4.49.0/pytorch2.5.1"),
            True,
            ("transformers==4.49.0", "torch==2.5.1"),
        ),
        (
            "",
            ("huggingface", "4.26.0/tensorflow2.11.0"),
            True,
            ("transformers==4.26.0", "datasets", "tensorflow==2.11.0"),
        ),
        ("", ("mxnet", "1.9.0"), True, ()),
    ],
)
def test_what_a_framework_brings(
    requirements: str, framework: tuple[str, str] | None, match: bool, expected: tuple[str, ...]
) -> None:
    assert packages.list_lines(requirements, framework, match_image=match) == expected


def test_what_the_image_holds_is_added_if_the_script_imports_it() -> None:
    lines = packages.list_lines(
        "requests<3", ("sklearn", "1.2-1"), {"boto3", "requests", "os", "pandas"}, match_image=False
    )
    assert lines == ("scikit-learn", "pandas<3", "numpy", "boto3")
    assert packages.list_lines("", None, {"boto3"}, match_image=False) == ()


def test_a_file_of_comments_asks_for_nothing() -> None:
    assert packages.is_blank("# only words\n\n")
    assert not packages.is_blank("# words\npandas")


@pytest.mark.parametrize(("installed", "image", "same"), [("1.2.2", "1.2-1", True), ("1.3.0", "1.2-1", False)])
def test_an_image_tag_says_no_more_than_its_release(installed: str, image: str, same: bool) -> None:
    assert packages.is_same_version(installed, image) == same
