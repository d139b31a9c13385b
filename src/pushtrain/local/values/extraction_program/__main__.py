"""Write the values of some files of a model.

Arguments: MODEL_FOLDER MEMBERS_FILE OUTPUT_FOLDER. MEMBERS_FILE is a JSON list of paths in the model. OUTPUT_FOLDER
gets the files that `dump` describes.
"""

import json
import sys
from pathlib import Path

from .dump import Dump
from .extract import extract_members

model, members, output = map(Path, sys.argv[1:])
with Dump(output) as dump:
    extract_members(model, json.loads(members.read_text("utf-8")), dump)
