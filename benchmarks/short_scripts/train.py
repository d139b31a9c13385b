"""Write a model of a few bytes, and the metric of config.yaml."""

import os
from pathlib import Path

Path(os.environ["SM_MODEL_DIR"], "model.txt").write_text("1")
print("validation_accuracy=0.99;")
