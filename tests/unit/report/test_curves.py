from __future__ import annotations

from pushtrain.report.curves import POINTS, read_curves

LOSS = {"Name": "loss", "Regex": r"loss=([0-9.a-z]+)"}


def test_a_curve_is_every_value_of_the_log_in_order() -> None:
    lines = ["loss=0.9; acc=0.1", "saving", "loss=0.5; acc=0.2", "loss=nan", "loss=0.4"]
    (curve,) = read_curves(lines, [LOSS, {"Name": "never", "Regex": "no such (.*)"}])
    assert (curve.name, curve.points, curve.count) == ("loss", ((1, 0.9), (2, 0.5), (3, 0.4)), 3)


def test_one_value_is_no_curve_and_a_bad_expression_finds_nothing() -> None:
    definitions = [LOSS, {"Name": "broken", "Regex": "("}, {"Name": "groupless", "Regex": "loss"}]
    assert read_curves(["loss=1"], definitions) == ()


def test_a_long_curve_is_thinned_and_keeps_its_ends() -> None:
    (curve,) = read_curves((f"loss={n}" for n in range(5001)), [LOSS])
    assert (curve.count, curve.points[0], curve.points[-1]) == (5001, (1, 0.0), (5001, 5000.0))
    assert POINTS / 2 < len(curve.points) <= POINTS
