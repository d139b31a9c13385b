"""Only `job_kind`, `job_kinds` and `tuning_job` of `catalog` spell the names of operations and members of jobs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from pushtrain.catalog.job_kinds import KINDS

ROOT = Path(__file__).parents[2]
TABLES = {ROOT / "src/pushtrain/catalog" / name for name in ("job_kind.py", "job_kinds.py", "tuning_job.py")}
TABLES.add(ROOT / "src/pushtrain/record/parent_searches.py")  # records may not import the catalog
FOLDERS = ("src", "infra", "lambda", "templates")
_AWS_NAMES = "|".join(kind.aws_name for kind in KINDS)
_NAMES = "|".join(kind.name for kind in KINDS)
# Whole names, such as TrainingJobName, createTrainingJob, TrainingEndTime, create_training_job, training-job, and the
# parts of names that are put together: f"{kind}JobName", f"/aws/sagemaker/{kind}Jobs".
SPELLED = re.compile(rf"({_AWS_NAMES})(Job|StartTime|EndTime)|({_NAMES})[-_]job|^Job(Name|Arn|Status)|/aws/sagemaker/")


def find_docstrings(tree: ast.AST) -> set[ast.expr]:
    """Return the docstrings below `tree`: they may name AWS's operations."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, documented)]
    return {body[0].value for body in bodies if body and isinstance(body[0], ast.Expr)}


def find_spelled_names(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of each literal that spells a name of the table."""
    tree = ast.parse(text)
    docstrings = find_docstrings(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(literal)) if node not in docstrings and SPELLED.search(literal):
                yield node.lineno, literal


def test_no_other_module_spells_what_the_table_says() -> None:
    modules = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") if path not in TABLES]
    spelled = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in modules
        if "node_modules" not in path.parts
        for line, text in find_spelled_names(path.read_text(encoding="utf-8"))
    ]
    assert spelled == []
    assert modules


def test_a_second_table_is_found() -> None:
    text = '"""Source: CreateTrainingJob."""\nNAMES = {"training": "TrainingJobName"}\nGROUP = f"/aws/sagemaker/{x}"\n'
    assert list(find_spelled_names(text)) == [(2, "TrainingJobName"), (3, "/aws/sagemaker/")]
