"""Which files of a push count for which step."""

from __future__ import annotations

from pushtrain.config import list_steps, load_config
from pushtrain.launch.step_files import find_step_files
from pushtrain.layout import START_FILE
from pushtrain.pushes.revision import SourceArchive

CONFIG = """
model: churn
data: {raw: s3://lake/raw/}
defaults: {framework: sklearn 1.2-1}
preprocess: {}
train: {cache: true}
evaluate: {cache: true, reads: [rules/]}
"""
TEXTS = {
    "train.py": b"import net\n",
    "net.py": b"",
    "other.py": b"",
    "evaluation.py": b"# -*- coding: cp949 -*-\n# \xb0\xa1\nimport net\n",
    "preprocessing.py": b"",
    START_FILE: b"import runpy\n",
    "requirements.txt": b"pandas\n",
}
FILES = dict.fromkeys((*TEXTS, "rules/limits.sql"), "1" * 64)


def find_files(texts: dict[str, bytes] = TEXTS) -> dict[str, set[str]]:
    source = SourceArchive(uri="", files=FILES, texts=texts)
    steps = list_steps(load_config(CONFIG.encode()).config)
    return {step: set(files.paths) for step, files in find_step_files(steps, source).items()}


def test_a_step_with_cache_reads_what_its_script_imports_and_all_that_is_no_python() -> None:
    files = find_files()
    assert files["train"] == {"train.py", "net.py", "requirements.txt", "rules/limits.sql", START_FILE}
    assert files["evaluate"] == {"evaluation.py", "requirements.txt", "rules/limits.sql", START_FILE}


def test_inference_code_counts_for_the_step_that_trains_the_model() -> None:
    config = f"{CONFIG}register: {{inference: {{code: [other.py, serving/]}}}}\n"
    paths = (*FILES, "serving/a.py", "serving/b.py")
    source = SourceArchive(uri="", files=dict.fromkeys(paths, ""), texts=TEXTS | {"serving/a.py": b""})
    files = find_step_files(list_steps(load_config(config.encode()).config), source)
    assert {"other.py", "serving/a.py", "serving/b.py"} <= files["train"].paths
    assert not {"other.py", "serving/a.py", "serving/b.py"} & files["evaluate"].paths


def test_a_step_without_cache_counts_as_reading_everything() -> None:
    assert find_files()["preprocess"] == set(FILES)


def test_a_script_that_cannot_be_decoded_may_import_anything() -> None:
    assert find_files(TEXTS | {"train.py": b"\xff\xfe\xff"})["train"] == set(FILES)
