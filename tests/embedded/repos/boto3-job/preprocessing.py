"""Fetches the data itself instead of reading its mount, and leaves a copy in the lake, as many scripts do."""

from pathlib import Path

import boto3

processing = Path("/opt/ml/processing")
s3 = boto3.client("s3")
s3.download_file("lake", "churn/numbers.txt", "/tmp/numbers.txt")
numbers = Path("/tmp/numbers.txt").read_text().split()
(processing / "train" / "numbers.txt").write_text("\n".join(numbers[::2]))
(processing / "test" / "numbers.txt").write_text("\n".join(numbers[1::2]))
s3.upload_file("/tmp/numbers.txt", "lake", "churn-seen/numbers.txt")
print(f"{len(numbers)} numbers from S3")
