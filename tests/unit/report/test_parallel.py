"""Trials as parallel coordinates."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from pushtrain.record import Trial
from pushtrain.report.parallel import GAP, HEIGHT, LEFT, TOP, draw_trials
from pushtrain.report.translations import find_phrases

T = find_phrases("en")
RANGES = {
    "HyperParameterTuningJobConfig": {
        "ParameterRanges": {
            "ContinuousParameterRanges": [
                {"Name": "rate", "MinValue": "0.001", "MaxValue": "0.1", "ScalingType": "Logarithmic"}
            ],
            "IntegerParameterRanges": [{"Name": "depth", "MinValue": "2", "MaxValue": "8", "ScalingType": "Auto"}],
            "CategoricalParameterRanges": [{"Name": "kind", "Values": ['"a"', '"<b>"']}],
        }
    }
}


def build_trial(number: int, value: float | None, **hyperparameters: str) -> Trial:
    return Trial(
        number=number,
        name=f"t-{number}",
        arn="a",
        status="Completed" if value is not None else "Failed",
        seconds=1.0,
        metric="auc" if value is not None else "",
        value=value,
        rank=None if value is None else number,
        hyperparameters=hyperparameters,
        is_best=number == 1,
    )


TRIALS = (
    build_trial(1, 0.9, rate="0.01", depth="5", kind="<b>"),
    build_trial(2, 0.8, rate="0.1", depth="2", kind='"a"'),
    build_trial(3, None, rate="0.001", depth="8", kind="a"),
)


def read_lines(trials: tuple[Trial, ...] = TRIALS, request: Mapping[str, object] = RANGES) -> dict[str, list[float]]:
    """Return the heights of each trial on all axes, from 0 to 1, by the number of the trial."""
    text = str(draw_trials(trials, request, "d", T))
    lines = re.findall(r'points="([^"]+)"><title>Trial (\d+)', text)
    return {
        number: [round(1 - (float(point.partition(",")[2]) - TOP) / HEIGHT, 3) for point in points.split()]
        for points, number in lines
    }


def test_each_axis_has_the_scale_and_the_range_of_its_hyperparameter() -> None:
    text = str(draw_trials(TRIALS, RANGES, "d", T))
    points = " ".join(re.findall(r'points="([^"]+)"', text)).split()
    assert {float(point.partition(",")[0]) for point in points} == {LEFT + GAP * index for index in range(4)}
    lines = read_lines()  # auc, depth, kind, rate
    assert lines["1"] == [1.0, 0.5, 1.0, 0.5]
    assert lines["2"] == [0.0, 0.0, 0.0, 1.0]


def test_a_narrow_page_has_the_metric_in_sight() -> None:
    text = str(draw_trials(TRIALS, RANGES, "d", T))
    assert re.findall(r'class="across name" x="([^"]+)" y="14">([^<]+)<', text)[0] == (str(LEFT), "auc")


def test_a_trial_without_a_value_begins_below_the_axis_and_is_no_line_like_others() -> None:
    text = str(draw_trials(TRIALS, RANGES, "d", T))
    assert read_lines()["3"][0] < 0
    assert re.findall(r'class="(trial[^"]*)"', text) == ["trial failed", "trial", "trial best"]  # the best lies on top
    assert ">no value</text>" in text
    assert ">no value</text>" not in str(draw_trials(TRIALS[:2], RANGES, "d", T))


def test_what_a_trial_had_is_in_its_title_and_escaped() -> None:
    text = str(draw_trials(TRIALS, RANGES, "d", T))
    assert "<title>Trial 1: auc 0.9000, depth 5, kind &lt;b&gt;, rate 0.01</title>" in text
    assert "<b>" not in text
    assert "<script" not in text


def test_without_ranges_the_values_themselves_make_the_axes() -> None:
    assert read_lines(request={})["2"][1:3] == [0.0, 1.0]


@pytest.mark.parametrize("trials", [TRIALS[:1], (build_trial(1, 0.9), build_trial(2, 0.8))])
def test_too_little_to_compare_is_not_drawn(trials: tuple[Trial, ...]) -> None:
    assert draw_trials(trials, RANGES, "d", T) is None


def test_odd_values_are_drawn_as_far_as_their_axis_has_them() -> None:
    lines = read_lines((*TRIALS, build_trial(4, 0.85, rate="nan", depth="many", kind="other")))
    assert set(lines) == {"1", "2", "3", "4"}


def test_a_search_in_vain_has_no_scale_of_its_metric() -> None:
    lines = read_lines((build_trial(2, None, rate="0.1"), build_trial(3, None, rate="0.01")))
    assert all(points[0] < 0 for points in lines.values())
