"""Start the script of a step in a SageMaker container: install the packages that it needs, then run it.

pushtrain packs this file into the root of every code archive. It runs with the Python of the container's image, in the
folder of the unpacked archive, so it uses only the standard library of Python 3.6.

Processing: the entrypoint runs `python3 pushtrain_start.py SCRIPT [ARGUMENT...]`.
Training: the sagemaker-training toolkit runs `python3 pushtrain_start.py [ARGUMENT...]`, or, if
there is a setup.py, `python3 -m pushtrain_start [ARGUMENT...]`. The variable PUSHTRAIN_SCRIPT names the script.
"""

import os
import subprocess
import sys
from typing import List

SCRIPT = "PUSHTRAIN_SCRIPT"  # set for training jobs only
READY = "PUSHTRAIN_ENVIRONMENT_READY"  # set on this computer, where pushtrain has installed the packages
REQUIREMENTS = "requirements.txt"


def main(arguments: List[str]) -> None:
    """Replace this process by the script. Exit with pip's message and 1 if its packages cannot be installed."""
    is_training = SCRIPT in os.environ
    script, arguments = (os.environ.pop(SCRIPT), arguments) if is_training else (arguments[0], arguments[1:])
    if not os.environ.get(READY):
        install(find_requirements(script, is_root_installed=is_training))
    if is_training:
        set_toolkit_variables(script)
    else:
        os.environ["PYTHONPATH"] = os.getcwd()  # a script in a folder can import modules of the root
    os.execv(sys.executable, [sys.executable, script] + arguments)


def find_requirements(script: str, *, is_root_installed: bool) -> str:
    """Return the path of the requirements.txt beside the script, else of the one at the root, else "".

    The toolkit of training jobs has installed the one at the root.
    """
    beside = os.path.join(os.path.dirname(script), REQUIREMENTS)
    root = "" if is_root_installed else REQUIREMENTS
    return next((path for path in (beside, root) if os.path.isfile(path)), "")


def install(path: str) -> None:
    """Install a requirements.txt. pip runs in its folder, as it does for the `source_dir` of the SageMaker SDK."""
    if not path:
        return
    command = [sys.executable, "-m", "pip", "install", "-r", REQUIREMENTS]
    code = subprocess.call(command, cwd=os.path.dirname(path) or None)
    if code:
        sys.exit("InstallRequirementsError: pip could not install {} (exit code {})".format(path, code))


def set_toolkit_variables(script: str) -> None:
    """Name the script in the variables in which the toolkit names its program. Here that is this file."""
    os.environ["SM_USER_ENTRY_POINT"] = script
    os.environ["SM_MODULE_NAME"] = os.path.splitext(script)[0]


if __name__ == "__main__":
    main(sys.argv[1:])
