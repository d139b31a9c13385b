"""Run only while the script of the other branch runs too, then copy the rows."""

import os
import shutil
import time
from pathlib import Path


def wait_for(file: str) -> None:
    end = time.monotonic() + 60
    while not Path(file).exists():
        if time.monotonic() > end:
            raise TimeoutError(file)
        time.sleep(0.05)


Path(os.environ["OWN_FILE"]).touch()
wait_for(os.environ["OTHER_FILE"])
if "WAITS_FOR" in os.environ:
    wait_for(os.environ["WAITS_FOR"])
elif not Path(os.environ["FAILS_WITHOUT"]).exists():
    raise ValueError("the disk is full")
shutil.copytree("/opt/ml/processing/input/rows", "/opt/ml/processing/rows", dirs_exist_ok=True)
print("met")
