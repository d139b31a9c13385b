"""Figures of a report: a chart and its values."""

from __future__ import annotations

from pushtrain.report.curves import Curve
from pushtrain.report.english import ENGLISH
from pushtrain.report.figures import ROWS, draw_curve, draw_plots, shade_matrix
from pushtrain.report.plots import Matrix, Plots


def test_a_curve_has_its_values_as_a_table_that_is_not_too_long() -> None:
    points = tuple((number, float(number)) for number in range(1, 101))
    figure = draw_curve(Curve(name="loss", points=points, count=100), 0, ENGLISH)
    assert (figure.title, figure.rows[0]) == ("loss", ("1", "1.0000"))
    assert len(figure.rows) == ROWS
    assert "100 values, from 1.0000 to 100" in figure.svg


def test_only_plots_that_exist_are_drawn() -> None:
    assert list(draw_plots(Plots(), ENGLISH)) == []
    roc = Plots(roc=((0.0, 0.0), (1.0, 1.0)), residuals=((1.0, 0.5), (2.0, -0.5)))
    assert [figure.title for figure in draw_plots(roc, ENGLISH)] == ["ROC curve", "Residuals"]


def test_the_darkest_cell_has_the_largest_share_of_its_row() -> None:
    matrix = shade_matrix(Matrix(labels=("yes", "no"), counts=((9.0, 1.0), (0.0, 1200.0))))
    assert [[(cell["text"], cell["kind"]) for cell in row["cells"]] for row in matrix["rows"]] == [
        [("9", "heat9"), ("1", "heat1")],
        [("0", "zero"), ("1,200", "heat9")],
    ]
