"""Keys of the artifact bucket for files that approved models answer on AWS. S3 deletes them after some days. Pure.

Rows and answers lie in no model's folder, and not in the same one: the IAM pattern of the rows, which people write,
matches neither an answer nor an output of a job. Names of models contain no dot.
"""

SCORES_PREFIX = ".scores/"


def build_score_rows_key(model: str, score: str) -> str:
    """Return the key of rows that an approved model is to answer: `.scores/requests/churn/8c1f0d`."""
    return f"{SCORES_PREFIX}requests/{model}/{score}"


def build_score_answers_prefix(model: str, score: str) -> str:
    """Return the prefix of the answers to these rows: `.scores/answers/churn/8c1f0d/`."""
    return f"{SCORES_PREFIX}answers/{model}/{score}/"
