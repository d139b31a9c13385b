"""Measures what the handler of pushes needs to list a data entry of 1,000,000 objects: time, processor time, memory.

A server on this computer answers ListObjectsV2 as S3 does, 1,000 objects a page, each page after LATENCY. The process
that lists runs the handler's code with real boto3. Lambda gives the handler a part of a processor (`infra/trigger.py`);
the last row says what that makes of the processor time.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from infra.handler import FULL_PROCESSOR
from infra.trigger import MEMORY
from pushtrain.pushes.data_version import MAX_OBJECTS

PAGE = 1_000  # objects
LATENCY = 0.1  # seconds that S3 takes for a page
LIMIT = 180  # seconds that the listing may take

LIST = """
import json, resource, time
from pushtrain import aws
from pushtrain.pushes.data_version import list_data
started = time.monotonic()
entry = list_data(aws.client("s3", "us-east-1"), {"raw": "s3://lake/raw/"})["raw"]
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([entry.objects, time.monotonic() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""


class _S3(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        match = re.search(r"continuation-token=(\d+)", self.path)
        first = int(match[1]) if match else 0
        body = build_page(first).encode()
        time.sleep(LATENCY)
        self.send_response(200)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Print nothing."""


def build_page(first: int) -> str:
    """Return the page whose first object has this number."""
    after = first + PAGE
    is_last = after >= MAX_OBJECTS
    objects = "".join(
        f"<Contents><Key>raw/part-{number:08}.parquet</Key><LastModified>2026-11-28T00:00:00.000Z</LastModified>"
        f"<ETag>&quot;{number:032x}&quot;</ETag><Size>{number}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        for number in range(first, after)
    )
    token = "" if is_last else f"<NextContinuationToken>{after}</NextContinuationToken>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Name>lake</Name><Prefix>raw/</Prefix><KeyCount>{PAGE}</KeyCount><MaxKeys>{PAGE}</MaxKeys>"
        f"<IsTruncated>{str(not is_last).lower()}</IsTruncated>{token}{objects}</ListBucketResult>"
    )


def measure() -> list[tuple[str, str, str]]:
    """Return rows of (subject, figure, note)."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _S3)
    Thread(target=server.serve_forever, daemon=True).start()
    keys = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
    address = {"AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{server.server_port}"}
    listed = subprocess.run(
        [sys.executable, "-c", LIST], env=os.environ | keys | address, capture_output=True, text=True, check=True
    )
    server.shutdown()
    count, seconds, processor, megabytes = json.loads(listed.stdout)
    assert count == MAX_OBJECTS
    part = min(1, MEMORY / FULL_PROCESSOR)
    on_lambda = LATENCY * count / PAGE + processor / part
    pages = f"{count // PAGE} pages, each after {LATENCY} s"
    return [
        (
            f"{count:,} objects of data listed and hashed",
            f"{seconds:.0f} s",
            f"{pages}; server on the same computer",
        ),
        ("processor time of it", f"{processor:.0f} s", f"with the imports; at most {megabytes:.0f} MB of memory"),
        (
            f"computed for the handler of pushes, {MEMORY} MB",
            f"{on_lambda:.0f} s",
            f"with {part:.2f} of a processor; goal: {LIMIT} s",
        ),
    ]
