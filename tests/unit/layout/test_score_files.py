"""Keys of files that approved models answer."""

from __future__ import annotations

from fnmatch import fnmatchcase

from pushtrain import layout

ROWS = layout.build_score_rows_key("churn", "8c1f0d")
ANSWERS = f"{layout.build_score_answers_prefix('churn', '8c1f0d')}8c1f0d.out"


def test_the_pattern_of_rows_matches_no_answer_and_no_output_of_a_job() -> None:
    rows, answers = layout.build_score_rows_pattern("*"), layout.build_score_answers_pattern("*")
    assert (fnmatchcase(ROWS, rows), fnmatchcase(ANSWERS, rows)) == (True, False)
    assert (fnmatchcase(ROWS, answers), fnmatchcase(ANSWERS, answers)) == (False, True)
    assert not fnmatchcase(f"churn/runs/r/train/job/{ROWS}", rows)


def test_no_job_can_write_either() -> None:
    outputs = layout.build_job_outputs_pattern("*")
    assert not fnmatchcase(ROWS, outputs)
    assert not fnmatchcase(ANSWERS, outputs)


def test_one_rule_of_the_bucket_deletes_both() -> None:
    assert ROWS.startswith(layout.SCORES_PREFIX)
    assert ANSWERS.startswith(layout.SCORES_PREFIX)
