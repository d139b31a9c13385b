"""pip's configuration as uv gets it, and the settings that only pip understands."""

from __future__ import annotations

import pytest

from pushtrain.local.container import installer
from pushtrain.local.container.pip_settings import read_pip_settings, translate

LISTING = r"""
WARNING: a line that is no setting
:env:.timeout='7.5'
global.index-url='https://user:secret@pypi.example/simple'
global.extra-index-url='\nhttps://one.example/simple\nhttps://two.example/simple'
global.timeout='60'
install.trusted-host='pypi.example one.example:8080'
download.no-index='true'
global.cert='/etc/company.pem'
global.proxy='proxy.example:3128'
global.find-links=''
"""


def test_a_later_section_wins_and_empty_settings_and_other_commands_do_not_count() -> None:
    assert read_pip_settings(LISTING) == {
        "index-url": "https://user:secret@pypi.example/simple",
        "extra-index-url": "https://one.example/simple\nhttps://two.example/simple",
        "timeout": "7.5",
        "trusted-host": "pypi.example one.example:8080",
        "cert": "/etc/company.pem",
        "proxy": "proxy.example:3128",
    }


def test_a_company_mirror_behind_a_proxy() -> None:
    settings = installer.read_uv_settings(LISTING, {})
    assert settings.variables == {
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_NO_CONFIG": "1",
        "UV_DEFAULT_INDEX": "https://user:secret@pypi.example/simple",
        "UV_INDEX": "https://one.example/simple https://two.example/simple",
        "UV_HTTP_TIMEOUT": "7",
        "SSL_CERT_FILE": "/etc/company.pem",
        "ALL_PROXY": "http://proxy.example:3128",
        "HTTPS_PROXY": "http://proxy.example:3128",
        "HTTP_PROXY": "http://proxy.example:3128",
        "https_proxy": "http://proxy.example:3128",
        "http_proxy": "http://proxy.example:3128",
    }
    assert settings.index_options == (
        "--allow-insecure-host",
        "pypi.example",
        "--allow-insecure-host",
        "one.example:8080",
    )
    assert settings.version_options == ()
    assert settings.untranslated == ()


@pytest.mark.parametrize(
    ("pip", "index_options", "version_options"),
    [
        ({"no-index": "true", "find-links": "a b"}, ("--no-index", "--find-links", "a", "--find-links", "b"), ()),
        ({"no-index": "0"}, (), ()),
        ({"no-cache-dir": "on"}, ("--no-cache",), ()),
        ({"pre": "1", "constraint": "c.txt"}, (), ("--prerelease", "allow", "--constraint", "c.txt")),
        ({"only-binary": ":all:"}, (), ("--only-binary", ":all:")),
        ({"no-binary": "numpy"}, (), ("--no-binary", "numpy")),
        ({"progress-bar": "off", "retries": "9", "use-feature": "truststore"}, (), ()),
    ],
)
def test_options(pip: dict[str, str], index_options: tuple[str, ...], version_options: tuple[str, ...]) -> None:
    settings = translate(pip, {})
    assert (settings.index_options, settings.version_options) == (index_options, version_options)
    assert settings.untranslated == ()


def test_what_only_pip_understands_is_named() -> None:
    settings = translate({"target": "/x", "use-feature": "fast-deps", "keyring-provider": "import"}, {})
    assert settings.untranslated == ("keyring-provider", "target", "use-feature")


@pytest.mark.parametrize(
    ("pip", "environment", "expected"),
    [
        ({"cert": "/pip.pem"}, {"SSL_CERT_FILE": "/other.pem"}, {"SSL_CERT_FILE": "/pip.pem"}),
        ({}, {"SSL_CERT_FILE": "/other.pem"}, {}),
        ({}, {"REQUESTS_CA_BUNDLE": "/requests.pem"}, {"SSL_CERT_FILE": "/requests.pem"}),
        ({}, {}, {"UV_SYSTEM_CERTS": "1"}),
    ],
)
def test_certificates(pip: dict[str, str], environment: dict[str, str], expected: dict[str, str]) -> None:
    variables = translate(pip, environment).variables
    assert {name: text for name, text in variables.items() if "CERT" in name} == expected
