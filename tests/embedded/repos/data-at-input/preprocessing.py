from pathlib import Path

processing = Path("/opt/ml/processing")
numbers = (processing / "input" / "numbers.txt").read_text().split()
(processing / "train" / "numbers.txt").write_text("\n".join(numbers[::2]))
(processing / "test" / "numbers.txt").write_text("\n".join(numbers[1::2]))
print(f"{len(numbers)} numbers")
