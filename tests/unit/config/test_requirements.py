"""requirements.txt before a push: what pip cannot read is a problem, what it probably refuses a warning."""

from __future__ import annotations

import pytest

from pushtrain.config import check_requirements


def check(content: bytes) -> tuple[list[str], list[str]]:
    problems, warnings = check_requirements({"requirements.txt": content}, folder="churn")
    return [str(problem) for problem in problems], [str(warning) for warning in warnings]


@pytest.mark.parametrize(
    "line",
    [
        *("", "# a comment", "numpy", "numpy==1.26.4", "numpy >= 1.2, < 2 # why", "numpy~=1.2;python_version<'3.12'"),
        *(
            "uvicorn[standard]==0.30",
            "tool @ https://example.com/x.whl",
            "tool@file:x.whl",
            "pkg (>=1.0)",
            "a",
            "x==1.*",
        ),
        *("-r base.txt", "--no-binary :all:", "./vendor/x.whl", "vendor/x.tar.gz", "git+https://example.com/x.git"),
        *(
            "numpy==1.0 --hash=sha256:abc",
            "numpy==1.0 \\\n    --hash=sha256:abc",
            "${MIRROR}/x.whl",
            "torch===2.6.0+cu118",
        ),
        *("https://example.com/x.whl", "x.whl", "scikit_learn>=1,", "C:\\wheels\\x.whl", "foo.bar!=1.0"),
    ],
)
def test_what_pip_reads_is_left_alone(line: str) -> None:
    assert check(f"{line}\n".encode()) == ([], [])


@pytest.mark.parametrize(
    "line", ["numpy ==== 1 !!", "numpy 1.26", "scikit learn", "numpy=1.2", "_x", "pip install numpy"]
)
def test_what_pip_probably_refuses_is_a_warning(line: str) -> None:
    message = f"pip probably does not understand {line!r}. Write NAME==VERSION, such as numpy==1.26.4"
    assert check(f"pandas\n{line}\n".encode()) == ([], [f"churn/requirements.txt:2  {message}"])


def test_a_file_that_is_not_utf_8_is_a_problem() -> None:
    assert check("numpy\n# 훈련\n".encode("cp949"))[0] == [
        "churn/requirements.txt:2  the file is not UTF-8, but probably CP949 (byte 9 is 0xc8). Save it as UTF-8"
    ]
    assert check("numpy\n".encode("utf-16"))[0] == [
        "churn/requirements.txt:1  the file is UTF-16, not UTF-8. Save it as UTF-8"
    ]
    assert check(b"\xef\xbb\xbfnumpy\n") == ([], [])
