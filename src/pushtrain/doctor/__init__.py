"""Doctor: checks that an installation on AWS, or this computer, can run models. It changes nothing.

In: a platform, the folder of a local store, or a definition. Out: Findings, in the order in which to fix them.
"""

from typing import TYPE_CHECKING

from pushtrain.lazy import build_getattr

if TYPE_CHECKING:
    from pushtrain.doctor.definition import check_definition
    from pushtrain.doctor.finding import Finding
    from pushtrain.doctor.installation import check_credentials, check_installation, run_check
    from pushtrain.doctor.this_computer import check_this_computer

NAMES = {
    ".definition": ("check_definition",),
    ".finding": ("Finding",),
    ".installation": ("check_credentials", "check_installation", "run_check"),
    ".this_computer": ("check_this_computer",),
}

__all__ = ["Finding", "check_credentials", "check_definition", "check_installation", "check_this_computer", "run_check"]

__getattr__ = build_getattr(__name__, NAMES)
