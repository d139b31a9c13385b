"""The files of `register.inference.code` in the model repo."""

from __future__ import annotations

import pytest

from pushtrain.config import find_inference_code_problems, load_config

CONFIG = """
model: churn
train: {framework: sklearn 1.2-1}
evaluate: {framework: sklearn 1.2-1}
register:
  inference:
    code: CODE
candidates:
  base: {}
  other:
    register:
      inference:
        code: [inference.py]
        environment: {SAGEMAKER_PROGRAM: inference.py}
choose: {maximize: auc}
"""
PATHS = ["train.py", "inference.py", "features/a.py", "serving/handler.py", "other/inferenc.py"]
NO_PROGRAM = (
    "has no 'inference.py', the program that serves (code/ would have: {}). Add it, or name another program in "
    "`environment: {{SAGEMAKER_PROGRAM: NAME}}`"
)


@pytest.mark.parametrize(
    ("code", "problems"),
    [
        ("[inference.py, features/]", []),
        ("[serving/handler.py]\n    environment: {SAGEMAKER_PROGRAM: handler.py}", []),
        (
            "\n      - inference.py\n      - feature/",
            [(9, "there is no 'feature' in the model repo. Did you mean 'features'?")],
        ),
        (
            "[inference.py, secret.py]",
            [
                (
                    7,
                    "'secret.py' is not packed with the code: git or .pushtrainignore ignores it, it lies under "
                    "`data`, or it has no files",
                )
            ],
        ),
        (
            "inference.py",
            [
                (
                    7,
                    "'inference.py' is a file. Write a list, `code: [inference.py]`, or name the folder with "
                    "inference.py",
                )
            ],
        ),
        ("serving/", [(7, NO_PROGRAM.format("handler.py"))]),
        (
            "[other/inferenc.py]",
            [
                (
                    7,
                    "has no 'inference.py', the program that serves. Did you mean 'inferenc.py'? (code/ would have: "
                    "inferenc.py). Add it, or name another program in `environment: {SAGEMAKER_PROGRAM: NAME}`",
                )
            ],
        ),
        ("[features]", [(7, NO_PROGRAM.format("features/a.py"))]),
    ],
)
def test_each_entry_has_files_and_one_of_them_serves(code: str, problems: list[tuple[int, str]]) -> None:
    loaded = load_config(CONFIG.replace("CODE", code).encode())
    listed = find_inference_code_problems(loaded, PATHS, lambda path: path == "secret.py")
    assert [(problem.line, problem.message) for problem in listed] == problems


def test_the_line_is_that_of_the_candidate_whose_code_it_is() -> None:
    loaded = load_config(CONFIG.replace("CODE", "[train.py, inference.py]").encode())
    (base, other) = find_inference_code_problems(loaded, ["train.py"], lambda _: False)
    assert (base.line, other.line) == (7, 13)
