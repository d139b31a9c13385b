"""Keys of the artifact bucket for the index of all versions. Pure.

It lies in no model's folder, so that no job can write it: names of models contain no dot. The keys are short, because
each team's policies have one.
"""

_PREFIX = ".versions/"


def build_version_index_key(team: str) -> str:
    """Return the key of the index of a team's versions: `.versions/fraud`.

    Without teams it is `.versions/all-models`: names of teams contain no hyphen.
    """
    return _PREFIX + (team or "all-models")
