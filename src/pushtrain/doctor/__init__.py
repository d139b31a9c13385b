"""Doctor: is an installation, or this machine, as it must be? Each thing looked at is a Finding. Changes nothing.

In: a platform, or a store's folder. Out: Findings, in the order in which a person would mend them.
"""

from pushtrain.doctor.finding import Finding, fine, note, wrong
from pushtrain.doctor.installation import examine, look, who
from pushtrain.doctor.this_computer import examine_machine

__all__ = ["Finding", "examine", "examine_machine", "fine", "look", "note", "who", "wrong"]
