"""pip's own settings, translated for uv: uv downloads from where pip would.

A company configures pip (pip.conf, PIP_* variables): its index, its proxy, its certificates. uv reads none of that.
In: what `pip config list` prints, and the environment variables. Out: options and variables for `uv pip install`.
Pure; standard library only, because `scripts/set_up.py` uses it before anything is installed.
Source: https://pip.pypa.io/en/stable/topics/configuration/ and https://docs.astral.sh/uv/reference/environment/
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

LINE = re.compile(r"(?P<section>global|install|:env:)\.(?P<name>[A-Za-z0-9_-]+)=(?P<text>'.*'|\".*\")")
SECTIONS = ("global", "install", ":env:")  # the later one wins, as in pip
TRUE = frozenset({"1", "on", "t", "true", "y", "yes"})
# They change what pip prints or how often it tries, not what it installs nor from where.
IRRELEVANT = frozenset(
    {
        "break-system-packages",
        "cache-dir",
        "compile",
        "config-file",
        "debug",
        "disable-pip-version-check",
        "exists-action",
        "log",
        "no-color",
        "no-compile",
        "no-input",
        "no-python-version-warning",
        "no-warn-conflicts",
        "no-warn-script-location",
        "progress-bar",
        "quiet",
        "require-virtualenv",
        "retries",
        "root-user-action",
        "upgrade-strategy",
        "verbose",
    }
)
# Variables by which pip, through requests, finds certificates when its setting `cert` is not set.
CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
INDEX_VARIABLES = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "client-cert": "SSL_CLIENT_CERT"}
OPTIONS = {"find-links": "--find-links", "trusted-host": "--allow-insecure-host"}
INDEX_FLAGS = {"no-index": ("--no-index",), "no-cache-dir": ("--no-cache",)}
VERSION_OPTIONS = {"constraint": "--constraint", "no-binary": "--no-binary", "only-binary": "--only-binary"}
VERSION_FLAGS = {"pre": ("--prerelease", "allow")}


@dataclass(frozen=True, kw_only=True)
class UvSettings:
    """What `uv pip install` gets.

    `variables` and `index_options` say where packages come from; `version_options` narrow which version is taken.
    `untranslated` names the pip settings that uv has no counterpart for, such as `prefer-binary`: if there are any,
    only pip installs what the user configured.
    """

    variables: Mapping[str, str]
    index_options: tuple[str, ...]
    version_options: tuple[str, ...]
    untranslated: tuple[str, ...]


def read_pip_settings(listing: str) -> dict[str, str]:
    """Setting → value, such as `index-url` → `https://pypi.example/simple`, from the output of `pip config list`."""
    by_section: dict[str, dict[str, str]] = {section: {} for section in SECTIONS}
    for line in listing.splitlines():
        if (match := LINE.fullmatch(line.strip())) and (setting := str(ast.literal_eval(match["text"])).strip()):
            by_section[match["section"]][match["name"].lower().replace("_", "-")] = setting
    return by_section["global"] | by_section["install"] | by_section[":env:"]


def translate(settings: Mapping[str, str], environment: Mapping[str, str]) -> UvSettings:
    """Uv's options and variables for pip's `settings`. `environment` is what pip itself would run with."""
    index_flags = (flag for name, flag in INDEX_FLAGS.items() if _is_on(settings, name))
    version_flags = (flag for name, flag in VERSION_FLAGS.items() if _is_on(settings, name))
    return UvSettings(
        variables=_variables(settings, environment),
        index_options=(*(word for flag in index_flags for word in flag), *_options(settings, OPTIONS)),
        version_options=(*(word for flag in version_flags for word in flag), *_options(settings, VERSION_OPTIONS)),
        untranslated=tuple(sorted(name for name in settings if not _is_translated(settings, name))),
    )


def _is_translated(settings: Mapping[str, str], name: str) -> bool:
    if name == "use-feature":
        return settings[name] == "truststore"  # uv is told to use the system's certificates anyway
    flags = INDEX_FLAGS | VERSION_FLAGS
    tables = (IRRELEVANT, INDEX_VARIABLES, OPTIONS, VERSION_OPTIONS, flags, ("cert", "default-timeout", "timeout"))
    return name == "proxy" or any(name in table for table in tables)


def _is_on(settings: Mapping[str, str], name: str) -> bool:
    return settings.get(name, "").lower() in TRUE


def _options(settings: Mapping[str, str], names: Mapping[str, str]) -> Iterator[str]:
    """Pip parts a list at white space, so no folder of a list can have a space in its name."""
    for name, option in names.items():
        for word in settings.get(name, "").split():
            yield from (option, word)


def _variables(settings: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    variables = {
        # pip takes the best version of all indexes; uv, left alone, looks no further than the first that has the name.
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_NO_CONFIG": "1",
        **_certificates(settings, environment),
    }
    variables |= {
        INDEX_VARIABLES[name]: " ".join(settings[name].split()) for name in INDEX_VARIABLES if name in settings
    }
    if proxy := settings.get("proxy"):
        address = proxy if "://" in proxy else f"http://{proxy}"
        variables |= dict.fromkeys(("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"), address)
    seconds = settings.get("timeout") or settings.get("default-timeout") or ""
    if re.fullmatch(r"\d+(\.\d+)?", seconds):
        variables["UV_HTTP_TIMEOUT"] = str(max(1, int(float(seconds))))
    return variables


def _certificates(settings: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """The file of `cert`, else the file that requests would take, else the system's certificates."""
    if certificates := settings.get("cert"):
        return {"SSL_CERT_FILE": certificates}
    if "SSL_CERT_FILE" in environment:
        return {}
    for name in CERTIFICATES:
        if environment.get(name):
            return {"SSL_CERT_FILE": environment[name]}
    return {"UV_SYSTEM_CERTS": "1"}
