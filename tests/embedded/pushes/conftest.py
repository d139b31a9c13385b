"""The same fixtures as for launches: a revision is read from embedded AWS."""

from tests.embedded.launch.conftest import local_aws, repo

__all__ = ["local_aws", "repo"]
