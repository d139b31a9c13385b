from pathlib import Path

processing = Path("/opt/ml/processing")
numbers = (processing / "input" / "numbers" / "numbers.txt").read_text().split()
(processing / "rows" / "numbers.txt").write_text("\n".join(numbers))
print(f"{len(numbers)} numbers")
