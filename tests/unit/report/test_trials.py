"""The tables of trials in a report."""

from __future__ import annotations

import msgspec

from pushtrain.catalog.job_kinds import TRAINING, TUNING
from pushtrain.record import Trial
from pushtrain.report.translations import find_phrases
from pushtrain.report.trials import TrialTable, build_trial_tables
from pushtrain.runs import Job, ReusedSearch
from tests.unit.report.report_facts import facts, page

T = find_phrases("en")


def build_trial(number: int, value: float | None, rank: int | None, reason: str = "") -> Trial:
    return Trial(
        number=number,
        name=f"t-{number}",
        arn="a",
        status="Completed",
        seconds=2.0,
        metric="auc" if rank else "",
        value=value,
        rank=rank,
        hyperparameters={"rate": "0.0123456", "kind": "a"},
        reason=reason,
        is_best=rank == 1,
    )


def build_job(*trials: Trial) -> Job:
    kind = TUNING if trials else TRAINING
    return Job(step="train", name="search", kind=kind, status="Completed", seconds=1.0, trials=trials)


def test_all_trials_are_listed_the_best_one_first() -> None:
    [table] = build_trial_tables(
        [build_job(), build_job(build_trial(1, None, None, "no"), build_trial(2, 0.9, 1))], (), T
    )
    assert table == TrialTable(
        step="train",
        drawing=table.drawing,
        head=("Trial", "auc", "kind", "rate", "Time", "Remark"),
        rows=(("2", "0.9000", "a", "0.01235", "2.0 s", "best"), ("1", "", "a", "0.01235", "2.0 s", "no")),
        best=0,
    )


def test_a_search_in_vain_has_no_best_trial() -> None:
    [table] = build_trial_tables([build_job(build_trial(1, None, None, "no"))], (), T)
    assert (table.head[1], table.best) == (T["value"], None)


def test_a_search_that_was_reused_names_its_run() -> None:
    search = ReusedSearch(step="embed", run="r1", trials=(build_trial(1, 0.9, 1), build_trial(2, 0.8, 2)))
    own, reused = build_trial_tables([build_job(build_trial(1, 0.7, 1))], (search,), T)
    assert [(own.step, own.run), (reused.step, reused.run)] == [("train", ""), ("embed", "r1")]
    assert [row[0] for row in reused.rows] == ["1", "2"]
    assert reused.drawing is not None
    assert "The search was part of run r1." in page(reused_searches=(search,))


def test_the_metrics_stay_beside_the_gate() -> None:
    """Gate and metrics share the width of the page; a wide table between them would push the metrics down."""
    run = facts().run
    assert run is not None
    text = page(run=msgspec.structs.replace(run, jobs=(build_job(build_trial(1, 0.9, 1)),)))
    assert text.index('id="gate"') < text.index('id="metrics"') < text.index('id="trials-1"')
