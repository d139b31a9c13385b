"""Translate pip's settings for uv, so that uv downloads from the same index as pip.

Companies configure pip (pip.conf, PIP_* variables): index, proxy, certificates. uv reads none of these settings.
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
# These settings change what pip prints or how often it tries, but not what it installs, nor from where.
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
    """The settings of `uv pip install`.

    `variables` and `index_options` say where packages come from. `version_options` limit their versions. `untranslated`
    are pip settings that uv does not have, such as `prefer-binary`. If there are any, pip must install the packages.
    """

    variables: Mapping[str, str]
    index_options: tuple[str, ...]
    version_options: tuple[str, ...]
    untranslated: tuple[str, ...]


def read_pip_settings(listing: str) -> dict[str, str]:
    """Read the output of `pip config list`, such as {"index-url": "https://pypi.example/simple"}."""
    by_section: dict[str, dict[str, str]] = {section: {} for section in SECTIONS}
    for line in listing.splitlines():
        if (match := LINE.fullmatch(line.strip())) and (setting := str(ast.literal_eval(match["text"])).strip()):
            by_section[match["section"]][match["name"].lower().replace("_", "-")] = setting
    return by_section["global"] | by_section["install"] | by_section[":env:"]


def translate(settings: Mapping[str, str], environment: Mapping[str, str]) -> UvSettings:
    """Return uv's options and variables for pip's `settings`. pip would run with the variables of `environment`."""
    index_flags = (flag for name, flag in INDEX_FLAGS.items() if _is_on(settings, name))
    version_flags = (flag for name, flag in VERSION_FLAGS.items() if _is_on(settings, name))
    return UvSettings(
        variables=_build_variables(settings, environment),
        index_options=(*(option for flag in index_flags for option in flag), *_build_options(settings, OPTIONS)),
        version_options=(
            *(option for flag in version_flags for option in flag),
            *_build_options(settings, VERSION_OPTIONS),
        ),
        untranslated=tuple(sorted(name for name in settings if not _is_translated(settings, name))),
    )


def _is_translated(settings: Mapping[str, str], name: str) -> bool:
    if name == "use-feature":
        return settings[name] == "truststore"  # uv always uses the system's certificates here
    flags = INDEX_FLAGS | VERSION_FLAGS
    tables = (IRRELEVANT, INDEX_VARIABLES, OPTIONS, VERSION_OPTIONS, flags, ("cert", "default-timeout", "timeout"))
    return name == "proxy" or any(name in table for table in tables)


def _is_on(settings: Mapping[str, str], name: str) -> bool:
    return settings.get(name, "").lower() in TRUE


def _build_options(settings: Mapping[str, str], names: Mapping[str, str]) -> Iterator[str]:
    """Yield an option for each part of a list. Like pip, split lists at white space."""
    for name, option in names.items():
        for part in settings.get(name, "").split():
            yield from (option, part)


def _build_variables(settings: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    variables = {
        # pip takes the best version of all indexes. By default, uv uses only the first index that has the package.
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_NO_CONFIG": "1",
        **_find_certificates(settings, environment),
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


def _find_certificates(settings: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variable for the file of `cert`, else for the file of requests, else for the system's certificates."""
    if certificates := settings.get("cert"):
        return {"SSL_CERT_FILE": certificates}
    if "SSL_CERT_FILE" in environment:
        return {}
    for name in CERTIFICATES:
        if environment.get(name):
            return {"SSL_CERT_FILE": environment[name]}
    return {"UV_SYSTEM_CERTS": "1"}
