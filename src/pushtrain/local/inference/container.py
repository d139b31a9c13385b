"""The container of a model server, without a container: the model in a sandbox, its Python environment, its command.

In: a StoredModel and an empty folder. Out: ServerCommand. The image decides by which rules the server works; an image
of one's own, or TensorFlow's, cannot be imitated on this computer.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event

from msgspec import Struct

from pushtrain.catalog.images import identify_image
from pushtrain.config.values.inference_code import FOLDER_VARIABLE, PROGRAM, PROGRAM_VARIABLE
from pushtrain.errors import LocalError
from pushtrain.local.container import archives, environments
from pushtrain.local.container.contract import JobError, build_clean_environment
from pushtrain.local.container.imports import list_modules
from pushtrain.local.container.requirements import REQUIREMENTS, read_requirements
from pushtrain.local.container.sandbox import Environment, Sandbox, create_sandbox
from pushtrain.local.inference.stored_model import StoredModel

MODEL = "/opt/ml/model"
SERVER = "/opt/ml/server"
PACKAGE = "pushtrain_server"
TOOLKIT_FRAMEWORKS = ("pytorch", "huggingface")  # PROGRAM is their default; sklearn and xgboost have none
FEATURES = "features.jsonl"  # in the folder of the server
SERVER_PROGRAM = Path(__file__).with_name("server_program")


class ServerCommand(Struct, frozen=True, kw_only=True):
    """The program of a server: its command line for this computer, its folder and its environment variables."""

    argv: list[str]
    cwd: Path
    environment: Mapping[str, str]


def find_framework(image: str) -> tuple[str, str]:
    """Return name and version of the framework whose image it is, such as ("sklearn", "1.2-1").

    Raises LocalError for an image that cannot be imitated on this computer.
    """
    identified = identify_image(image)
    if identified is None:
        raise LocalError(
            f"the image {image} is not one of AWS's framework images: what it runs is not known, and this computer "
            "starts no containers. Test it on AWS, with an endpoint or a batch transform job"
        )
    framework = identified[0]
    if framework.name == "tensorflow":
        raise LocalError(
            "the TensorFlow image serves with TensorFlow Serving, which does not run on this computer. Test the model "
            "on AWS, with an endpoint or a batch transform job"
        )
    return framework.name, framework.full_version


def prepare_container(
    model: StoredModel,
    folder: Path,
    *,
    port: int,
    token: str,
    match_image: bool,
    notes_features: bool = False,
    on_line: Callable[[str], None],
) -> ServerCommand:
    """Unpack the model, create its Python environment if there is none, and return the command of the server.

    Raises LocalError if the model cannot be unpacked or served on this computer.
    """
    framework = find_framework(model.image)
    sandbox = create_sandbox(folder)
    try:
        archives.unpack(model.archive, sandbox.local_path(MODEL))
    except JobError as error:
        raise LocalError(f"{model.label}: {error}") from error
    model.archive.unlink()
    code, program = _find_code(model, framework[0], sandbox)
    python = _find_python(code, program, framework, match_image=match_image, on_line=on_line)
    shutil.copytree(SERVER_PROGRAM, sandbox.local_path(SERVER) / PACKAGE, ignore=shutil.ignore_patterns("__pycache__"))
    features = FEATURES if notes_features else ""
    arguments = (framework[0], str(port), MODEL, code_path(model), program, token, features)
    return _build_command(model, sandbox, python, arguments)


def code_path(model: StoredModel) -> str:
    """Return the folder of the inference code, as the container sees it."""
    return model.environment.get(FOLDER_VARIABLE) or f"{MODEL}/code"


def _find_code(model: StoredModel, framework: str, sandbox: Sandbox) -> tuple[Path, str]:
    """Return the folder of the inference code on this computer, and the name of its module; empty without code."""
    try:
        folder = sandbox.local_path(code_path(model))
    except ValueError:
        raise LocalError(
            f"{FOLDER_VARIABLE} is {code_path(model)}: on this computer the inference code must be in the model, "
            f"{MODEL}/code"
        ) from None
    program = model.environment.get(PROGRAM_VARIABLE, "")
    if not program and framework == "sklearn":
        raise LocalError(
            f"the scikit-learn image does not start without the variable {PROGRAM_VARIABLE}. Add to config.yaml:\n"
            f"  register: {{inference: {{code: [{PROGRAM}]}}}}"
        )
    if not program and framework in TOOLKIT_FRAMEWORKS and (folder / PROGRAM).is_file():
        program = PROGRAM
    return folder, program.removesuffix(".py")


def _find_python(
    code: Path, program: str, framework: tuple[str, str], *, match_image: bool, on_line: Callable[[str], None]
) -> Path:
    """Return an interpreter with the packages of the image and of code/requirements.txt."""
    modules = list_modules(code, f"{program}.py") if program else frozenset()
    requirements = (read_requirements(code, REQUIREMENTS),) if (code / REQUIREMENTS).is_file() else ()
    return environments.prepare_python(
        requirements,
        framework,
        modules=modules | {"numpy"},
        match_image=match_image,
        on_line=on_line,
        stop=Event(),
    )


def _build_command(model: StoredModel, sandbox: Sandbox, python: Path, arguments: tuple[str, ...]) -> ServerCommand:
    scratch, changes = (sandbox.folder / name for name in ("scratch", "changes"))
    for folder in (scratch, changes):
        folder.mkdir()
    environment = build_clean_environment(python, scratch, model.region)
    environment |= {"SAGEMAKER_BASE_DIR": sandbox.root, "SM_MODEL_DIR": f"{sandbox.root}/model"}
    environment |= {name: sandbox.rewrite(text) for name, text in model.environment.items()}
    shared = environments.find_folder(python)
    protected = Environment(folder=shared, scratch=changes) if shared else None
    argv = sandbox.wrap((str(python), "-m", PACKAGE, *arguments), SERVER, protected)
    return ServerCommand(argv=argv, cwd=sandbox.local_path(SERVER), environment=environment)
