"""Doctor: checks that an installation on AWS, or this computer, can run models. It changes nothing.

In: a platform, or the folder of a local store. Out: Findings, in the order in which to fix them.
"""

from pushtrain.doctor.finding import Finding
from pushtrain.doctor.installation import check_credentials, check_installation, run_check
from pushtrain.doctor.this_computer import check_this_computer

__all__ = ["Finding", "check_credentials", "check_installation", "check_this_computer", "run_check"]
