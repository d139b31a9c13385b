"""How catalog/images.json lags behind the SageMaker SDK of the interpreter that runs this. Writes nothing.

Usage: `make sdk-drift`, which asks the newest SDK in an environment of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Scopes = dict[str, dict[str, dict[str, Any]]]


def records(document: dict[str, Any]) -> dict[str, Scopes]:
    """Framework → scope → version → record, with the accounts by region in place of the number of their table."""
    tables = document["accounts"]
    found: dict[str, Scopes] = {}
    for framework, scopes in document["images"].items():
        for scope, versions in scopes.items():
            whole = {name: record | {"accounts": tables[record["accounts"]]} for name, record in versions.items()}
            found.setdefault(framework, {})[scope] = whole
    return found


def drift(ours: dict[str, Any], theirs: dict[str, Any]) -> Iterator[str]:
    """One line for each framework and scope: versions that came, went and changed."""
    for framework, scopes in records(theirs).items():
        for scope, new in scopes.items():
            old = records(ours).get(framework, {}).get(scope, {})
            found = {
                "missing here": [name for name in new if name not in old],
                "gone from the SDK": [name for name in old if name not in new],
                "with other images or regions": [name for name in new if name in old and new[name] != old[name]],
            }
            told = "; ".join(f"{what}: {', '.join(names)}" for what, names in found.items() if names)
            yield f"{framework:12} {scope:10} {told or 'the same'}"


def main() -> None:
    from scripts import generate_images as images  # noqa: PLC0415  (imports the SDK)

    ours = json.loads(images.DATA.read_text("utf-8"))
    theirs = json.loads(json.dumps(images.compact(images.collect())))
    print(f"images.json is of {ours['source']}; this is {theirs['source']}")
    for line in drift(ours, theirs):
        print(line)


if __name__ == "__main__":
    main()
