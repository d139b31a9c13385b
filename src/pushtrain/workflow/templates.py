"""Templates by name: found as entry points, imported quietly, called, and what they return made a plain definition.

In: a Pipeline, whose config names the template. Out: a definition, unchecked. A template is `Pipeline -> built`, where
built is a Fragment (this package's blocks), a whole definition as plain values, or a Chain, State or Graph of AWS's
Step Functions SDK. It is published under the entry point group `pushtrain.templates`; built-in ones are found likewise.
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
OWN_PACKAGE = "pushtrain"  # the distribution whose failures are our bugs
SDKS = {"stepfunctions", "sagemaker", "pkg_resources"}
# AWS's SDKs announce their successor wherever one of their classes is made; on import they make sessions, which look
# for credentials on the network and run what a profile names. A template needs neither: it reaches no AWS.
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


def build_definition(pipeline: Pipeline) -> Definition:
    """What the template of the config's name makes of the pipeline. Raises TemplateError, saying whose fault it is."""
    name = pipeline.config.template
    point = find_template(name)
    comment = f"{pipeline.config.model}: template {name}"
    with isolate(), _blamed(point):
        template: Template = point.load()
        return _definition(template(pipeline), comment)


def find_template(name: str) -> EntryPoint:
    """The template of that name, not yet loaded. Raises TemplateError with the known names."""
    known = _templates()
    if name not in known:
        close = get_close_matches(name, known, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else f"There are: {', '.join(sorted(known))}"
        raise TemplateError(f"{name!r} is not a template. {hint}", key=KEY)
    return known[name]


@cache
def _templates() -> Mapping[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP)}


def _definition(built: object, comment: str) -> Definition:
    if isinstance(built, Fragment):
        return built.definition(comment)
    if isinstance(built, Mapping):
        return dict(built)
    sdk = sys.modules.get("stepfunctions.steps.states")  # not loaded: then nobody can have returned its objects
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
    """No banners (stdout may hold one JSON document), and nothing of this machine: a definition hangs on no profile."""
    logging.getLogger("sagemaker.config").setLevel(logging.WARNING)  # else two lines on stdout
    before = {name: os.environ.get(name) for name in ISOLATED_VARIABLES}
    _set(ISOLATED_VARIABLES)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        _set(before)


def _set(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@contextmanager
def _blamed(point: EntryPoint) -> Iterator[None]:
    """Failures of a template are told in one line; those of the built-in ones are bugs, but for a missing extra."""
    package = point.dist.name if point.dist else OWN_PACKAGE
    try:
        yield
    except (PushtrainError, NoImage):
        raise
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] in SDKS:
            raise TemplateError(
                f"{point.name!r} needs AWS's SDKs ({error.name} is missing). Install them with: "
                f"pip install 'pushtrain[sdk]'; the Lambda gets them with: make bundle SDK=1",
                key=KEY,
            ) from error
        if package == OWN_PACKAGE:
            raise
        raise TemplateError(f"{point.name!r} of package {package} needs the module {error.name}", key=KEY) from error
    except (Exception, SystemExit) as error:
        if package == OWN_PACKAGE:
            raise
        said = f"{type(error).__name__}: {error}".removesuffix(": ")  # SystemExit says nothing more
        at = _place(error, point)
        raise TemplateError(f"{point.name!r} of package {package} failed{at}: {said}", key=KEY) from error


def _place(error: BaseException, point: EntryPoint) -> str:
    """The last line of the template's own package that was at work; none where its module cannot even be read."""
    package = point.module.partition(".")[0]
    own = [
        f" in {Path(frame.f_code.co_filename).name}, line {line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if str(frame.f_globals.get("__name__")).partition(".")[0] == package
    ]
    return own[-1] if own else ""
