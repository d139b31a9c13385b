"""Compare catalog/images.json with the SageMaker SDK of this interpreter, and print the differences. Writes nothing.

Usage: `make sdk-drift`, which installs the newest SDK into its own virtual environment.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Scopes = dict[str, dict[str, dict[str, Any]]]


def expand_records(document: dict[str, Any]) -> dict[str, Scopes]:
    """Return framework → scope → version → record. Records get the accounts by region instead of the table's index."""
    tables = document["accounts"]
    expanded: dict[str, Scopes] = {}
    for framework, scopes in document["images"].items():
        for scope, versions in scopes.items():
            expanded.setdefault(framework, {})[scope] = {
                name: record | {"accounts": tables[record["accounts"]]} for name, record in versions.items()
            }
    return expanded


def compare_catalogs(catalog: dict[str, Any], sdk: dict[str, Any]) -> Iterator[str]:
    """Yield one line for each framework and scope: versions that are new, removed or changed in the SDK."""
    for framework, scopes in expand_records(sdk).items():
        for scope, new in scopes.items():
            old = expand_records(catalog).get(framework, {}).get(scope, {})
            differences = {
                "missing in images.json": [name for name in new if name not in old],
                "removed from the SDK": [name for name in old if name not in new],
                "with other images or regions": [name for name in new if name in old and new[name] != old[name]],
            }
            text = "; ".join(f"{title}: {', '.join(names)}" for title, names in differences.items() if names)
            yield f"{framework:12} {scope:10} {text or 'the same'}"


def main() -> None:
    from scripts import generate_images as images  # noqa: PLC0415  (imports the SDK)

    catalog = json.loads(images.DATA.read_text("utf-8"))
    with images.silence_sdk():
        sdk = json.loads(json.dumps(images.build_document(images.collect_records())))
    print(f"images.json comes from {catalog['source']}; this is {sdk['source']}")
    for line in compare_catalogs(catalog, sdk):
        print(line)


if __name__ == "__main__":
    main()
