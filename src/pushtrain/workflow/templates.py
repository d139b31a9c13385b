"""Templates: find one by its name, import it, and turn its return value into a definition.

In: the name that config.yaml gives. Out: the template, and a definition, not checked yet. A template is a function that
takes a Pipeline and returns a Fragment, a definition as plain values, or a Chain, State or Graph of AWS's Step
Functions SDK. Templates are entry points of the group `pushtrain.templates`; the built-in ones too.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from pushtrain.catalog.images import NoImage
from pushtrain.errors import PushtrainError, TemplateError
from pushtrain.workflow.context import Pipeline
from pushtrain.workflow.states import Fragment

ENTRY_POINT_GROUP = "pushtrain.templates"
KEY = "template"  # the key of config.yaml that names the template
OWN_PACKAGE = "pushtrain"  # the distribution with the built-in templates; if one fails, it is a bug of pushtrain
SDKS = {"stepfunctions", "sagemaker", "pkg_resources"}
# AWS's SDKs print a notice about their successor, and on import they create sessions, which look for credentials on the
# network and run the command that a profile names. A template needs none of this: it does not call AWS.
ISOLATED_VARIABLES = {
    "SAGEMAKER_SUPPRESS_V2_WARNING": "1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_PROFILE": None,
    "AWS_DEFAULT_PROFILE": None,
}

Definition = dict[str, Any]
Template = Callable[[Pipeline], object]


@contextmanager
def load_template(name: str) -> Iterator[Template]:
    """Yield the template of this name. Inside the block, AWS's SDKs see no credentials and print nothing.

    Raises TemplateError if there is no such template, and instead of any error of the block that is not pushtrain's:
    with the package at fault.
    """
    entry_point = find_template(name)
    with isolate(), _report_errors(entry_point):
        yield entry_point.load()


def find_template(name: str) -> EntryPoint:
    """Return the template of this name, not loaded yet. Raises TemplateError, with names that exist."""
    templates = _list_templates()
    if name not in templates:
        close = get_close_matches(name, templates, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else f"There are: {', '.join(sorted(templates))}"
        raise TemplateError(f"{name!r} is not a template. {hint}", key=KEY)
    return templates[name]


@cache
def _list_templates() -> Mapping[str, EntryPoint]:
    return {entry_point.name: entry_point for entry_point in entry_points(group=ENTRY_POINT_GROUP)}


def to_definition(built: object, comment: str) -> Definition:
    """Return what a template returned as a definition. Raises TemplateError if it is none."""
    if isinstance(built, Fragment):
        return built.build_definition(comment)
    if isinstance(built, Mapping):
        return dict(built)
    sdk = sys.modules.get("stepfunctions.steps.states")  # if it is not imported, `built` is none of its objects
    if sdk and isinstance(built, sdk.State | sdk.Chain):
        built = sdk.Graph(built)
    if sdk and isinstance(built, sdk.Graph):
        return {"Comment": comment, **built.to_dict()}
    raise TemplateError(
        "it returns neither a Fragment, nor a definition, nor a Chain or Graph of the Step Functions SDK, "
        f"but {type(built).__name__}",
        key=KEY,
    )


@contextmanager
def isolate() -> Iterator[None]:
    """Hide AWS profiles and credentials from the SDKs, and silence them: stdout may be one JSON document."""
    logging.getLogger("sagemaker.config").setLevel(logging.WARNING)  # else two lines on stdout
    previous = {name: os.environ.get(name) for name in ISOLATED_VARIABLES}
    _set_variables(ISOLATED_VARIABLES)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        _set_variables(previous)


def _set_variables(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@contextmanager
def _report_errors(entry_point: EntryPoint) -> Iterator[None]:
    """Turn any error of a template into a TemplateError of one line. Raise those of built-in ones: they are bugs."""
    try:
        yield
    except (PushtrainError, NoImage):
        raise
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] in SDKS:
            raise TemplateError(
                f"{entry_point.name!r} needs AWS's SDKs ({error.name} is missing). Install them with: "
                f"pip install 'pushtrain[sdk]'; the Lambda gets them with: make bundle SDK=1",
                key=KEY,
            ) from error
        if (package := _find_package(entry_point)) == OWN_PACKAGE:
            raise
        raise TemplateError(
            f"{entry_point.name!r} of package {package} needs the module {error.name}", key=KEY
        ) from error
    except (Exception, SystemExit) as error:
        if (package := _find_package(entry_point)) == OWN_PACKAGE:
            raise
        cause = f"{type(error).__name__}: {error}".removesuffix(": ")  # a SystemExit has no text
        location = _find_location(error, entry_point)
        raise TemplateError(f"{entry_point.name!r} of package {package} failed{location}: {cause}", key=KEY) from error


def _find_package(entry_point: EntryPoint) -> str:
    return entry_point.dist.name if entry_point.dist else OWN_PACKAGE


def _find_location(error: BaseException, entry_point: EntryPoint) -> str:
    """Return text such as ` in churn.py, line 7`: the last line of the template's package that ran, or ""."""
    package = entry_point.module.partition(".")[0]
    locations = [
        f" in {Path(frame.f_code.co_filename).name}, line {line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if str(frame.f_globals.get("__name__")).partition(".")[0] == package
    ]
    return locations[-1] if locations else ""
