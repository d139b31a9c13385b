"""S3 URIs. Pure."""


def build_uri(bucket: str, key: str) -> str:
    """Return `s3://bucket/key`."""
    return f"s3://{bucket}/{key}"


def is_uri(text: str) -> bool:
    """Return True for `s3://bucket/key` and its beginnings from `s3://` on."""
    return text.startswith("s3://")


def split_uri(uri: str) -> tuple[str, str]:
    """Return bucket and key of `s3://bucket/key`. The key is empty if `uri` has none."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key
