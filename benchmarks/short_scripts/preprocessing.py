"""Write a row for each split. What it takes is the start of Python."""

from pathlib import Path

PROCESSING = Path("/opt/ml/processing")

for split in ("train", "test"):
    (PROCESSING / split / "rows.csv").write_text("1,0\n")
print("2 rows")
