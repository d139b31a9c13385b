"""Doctor: checks that an installation on AWS, or this computer, can run models. It changes nothing.

In: a platform, the folder of a local store, or a definition. Out: Findings, in the order in which to fix them.
"""

from pushtrain.doctor.definition import check_definition
from pushtrain.doctor.finding import Finding
from pushtrain.doctor.installation import check_credentials, check_installation, run_check
from pushtrain.doctor.this_computer import check_this_computer

__all__ = ["Finding", "check_credentials", "check_definition", "check_installation", "check_this_computer", "run_check"]
