"""Rules about `register.inference.code`: the training job must be able to put it into the model. Pure."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from pushtrain.config.dataflow import build_step_path, find_model_source, find_trainer
from pushtrain.config.issue import Issue, KeyPath, format_key_path, quote
from pushtrain.config.model import Config
from pushtrain.config.values.inference_code import FOLDER, FOLDER_VARIABLE, format_code

INFERENCE: KeyPath = ("register", "inference")
CODE: KeyPath = (*INFERENCE, "code")
MAX_VARIABLE = 512  # characters in a value of CreateTrainingJob.Environment


def check_names(config: Config) -> Iterator[Issue]:
    """No two entries have one name in code/, and the list fits into an environment variable of the training job."""
    code = _find_code(config)
    names = [] if isinstance(code, str) else [posixpath.basename(entry) for entry in code]
    for index, name in enumerate(names):
        if name in names[:index]:
            message = f"{quote(name)} is given twice: entries lie in code/ by their last name. Rename one"
            yield Issue(path=(*CODE, index), message=message)
    if len(format_code(code)) > MAX_VARIABLE:
        message = f"has more than {MAX_VARIABLE} characters. Put the files into one folder, and name that"
        yield Issue(path=CODE, message=message)


def check_training_adds_code(config: Config) -> Iterator[Issue]:
    """Pushtrain's own file starts the training script, and puts the code into the model when that has ended."""
    trainer, source = find_trainer(config), find_model_source(config)
    if not _find_code(config) or trainer is None or source is None:
        return
    step = format_key_path(build_step_path(source.step))
    if not trainer.has_script:
        message = (
            f"{step} has `script: none`: its image trains with a program of its own, and nothing can add code to the "
            "model. Remove `code`"
        )
        yield Issue(path=CODE, message=message)
    elif trainer.distribution is not None:
        message = (
            f"{step} has `distribution`: a launcher starts the script in each process, and pushtrain adds no code to "
            f"the model. Remove `code`, and let {trainer.script} copy the files to SM_MODEL_DIR/code"
        )
        yield Issue(path=CODE, message=message)


def check_folder(config: Config) -> Iterator[Issue]:
    """The code lies in code/ of the model, so no variable may lead elsewhere."""
    environment = config.registration.inference.environment if config.registration else {}
    folder = environment.get(FOLDER_VARIABLE, FOLDER)
    if _find_code(config) and posixpath.normpath(folder) != FOLDER:
        message = f"`code` puts the files into {FOLDER}, and {quote(folder)} is another folder. Remove the variable"
        yield Issue(path=(*INFERENCE, "environment", FOLDER_VARIABLE), message=message)


def _find_code(config: Config) -> tuple[str, ...] | str:
    return (config.registration.inference.code or ()) if config.registration else ()
