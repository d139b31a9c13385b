import os
from pathlib import Path

numbers = [float(line) for line in Path(os.environ["SM_CHANNEL_TRAINING"], "numbers.txt").read_text().split()]
mean = sum(numbers) / len(numbers)
Path(os.environ["SM_MODEL_DIR"], "mean.txt").write_text(str(mean))
print(f"mean={mean};")
