import json
import tarfile
from pathlib import Path

processing = Path("/opt/ml/processing")
with tarfile.open(processing / "model" / "model.tar.gz") as archive:
    archive.extractall(".")
mean = float(Path("mean.txt").read_text())
numbers = [float(line) for line in (processing / "test" / "numbers.txt").read_text().split()]
error = abs(sum(numbers) / len(numbers) - mean)
(processing / "evaluation" / "evaluation.json").write_text(json.dumps({"error": error}))
print(f"error {error}")
