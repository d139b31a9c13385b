"""Whether the searches that `tune.from` names can be continued, as a push would find out. Reads S3, changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pushtrain.errors import Problem, PushError
from pushtrain.launch.parent_searches import freeze_parent_searches
from pushtrain.platform import Platform
from pushtrain.pushes.revision import to_problem
from pushtrain.record import RunRecord

if TYPE_CHECKING:
    from pushtrain.config import Config


def check_parent_searches(s3: Any, config: Config, record: RunRecord, platform: Platform) -> Problem | None:
    """Return why a push is refused because of an earlier search; None if it is not. `record` is that of `plan_reuse`.

    Raises AWS's errors unchanged.
    """
    try:
        freeze_parent_searches(s3, config, record, platform)
    except PushError as error:
        return to_problem(error)
    return None
