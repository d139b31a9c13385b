"""Rules about the serving test."""

from __future__ import annotations

from tests.unit.config.sample_configs import SMALL, list_problems, load

CORRECT = """register: {inference: {instances: [ml.t2.medium, ml.c5.xlarge], test: {requests: rows.csv}}}
"""


def test_a_correct_test_has_no_problems() -> None:
    load(SMALL + CORRECT)
    load(SMALL + CORRECT.replace("rows.csv", "rows.txt, content_type: text/csv"))


def check(file: str, instances: str = "") -> list[str]:
    return list_problems(f"{SMALL}register: {{inference: {{{instances}test: {{requests: {file}}}}}}}\n")


def test_the_ending_or_the_content_type_says_what_the_requests_are() -> None:
    assert check("rows.txt") == [
        "config.yaml:3  register.inference.test.requests: what is in 'rows.txt'? Add `content_type:`, or a name that "
        "ends with one of .csv, .json, .jsonl, .libsvm, .npy, .svm"
    ]


def test_what_is_compared_is_written_by_an_evaluation() -> None:
    test = "register: {inference: {test: {requests: rows.csv, compare: [predictions]}}}\n"
    assert list_problems(SMALL + test) == [
        "config.yaml:3  register.inference.test.compare: no step evaluates the model, so there is nothing to compare "
        "with. Add `evaluate:`, or remove the line"
    ]
    load(f"{SMALL}evaluate: {{framework: sklearn 1.2-1}}\n{test}")


def test_an_instance_that_serves_can_run_the_test() -> None:
    assert check("rows.csv", "instances: [ml.t2.medium], ") == [
        "config.yaml:3  register.inference.instances: on AWS the test is a batch transform job, and ml.t2.medium can "
        "run none. Add a type that can, such as ml.m5.large, or remove the test"
    ]
