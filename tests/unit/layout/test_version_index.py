"""The index of versions lies where no job may write, and a team cannot have the name of the one without teams."""

from __future__ import annotations

from pushtrain import layout
from pushtrain.teams import TEAM_NAME


def test_the_index_without_teams_is_that_of_no_team() -> None:
    key = layout.build_version_index_key("")
    assert key == ".versions/all-models"
    assert TEAM_NAME.fullmatch(key.rpartition("/")[2]) is None
