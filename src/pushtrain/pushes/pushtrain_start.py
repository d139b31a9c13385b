"""Start the script of a step in a SageMaker container: install the packages that it needs, then run it.

pushtrain packs this file into the root of every code archive. It runs with the Python of the container's image, in the
folder of the unpacked archive, so it uses only the standard library of Python 3.6. Each job runs it, so modules are
imported where they are used: all of them would take longer than the start of Python.

Processing: the entrypoint runs `python3 pushtrain_start.py SCRIPT [ARGUMENT...]`.
Training: the sagemaker-training toolkit runs `python3 pushtrain_start.py [ARGUMENT...]`, or, if
there is a setup.py, `python3 -m pushtrain_start [ARGUMENT...]`. The variable PUSHTRAIN_SCRIPT names the script, and
PUSHTRAIN_INFERENCE_CODE what goes into the model's code/ when it has ended well.

Before the script starts, the installed packages are printed as lines of JSON. pushtrain takes them from the log when
the run ends.

The job of the evaluation step tells SageMaker the SHA-256 of what its script wrote, because other jobs can write to its
address in S3: SageMaker returns the job's message as ExitMessage, which no other job can change.
"""

import os
import sys

MYPY = False  # only a type checker reads what follows
if MYPY:
    from typing import Dict, Iterator, List, Tuple, Union  # noqa: F401 - in a comment

SCRIPT = "PUSHTRAIN_SCRIPT"  # set for training jobs only
READY = "PUSHTRAIN_ENVIRONMENT_READY"  # set on this computer, where pushtrain has installed the packages
INFERENCE_CODE = "PUSHTRAIN_INFERENCE_CODE"  # JSON: a folder, or a list of files and folders
EVALUATION = "PUSHTRAIN_EVALUATION"  # set for the evaluation step only: the folder with its files
MESSAGE = "PUSHTRAIN_MESSAGE"  # set with it: the file that SageMaker reads when the container ends
REQUIREMENTS = "requirements.txt"
PACKAGES = "pushtrain-packages"  # begins the lines that list the installed packages
PACKAGES_PER_LINE = 200  # less than 16 KB, above which a log may split a line
METADATA = r"(?P<name>.+?)-(?P<version>[^-]+)(-py\d[.\d]*)?\.(dist|egg)-info"
EVALUATION_FILES = ("evaluation.json", "plots.json", "request_predictions.csv", "request_features.csv")


def main(arguments: "List[str]") -> None:
    """Run the script and exit with its code. Exit with pip's message and 1 if its packages cannot be installed."""
    is_training = SCRIPT in os.environ
    script, arguments = (os.environ.pop(SCRIPT), arguments) if is_training else (arguments[0], arguments[1:])
    if not os.environ.get(READY):
        install(find_requirements(script, is_root_installed=is_training))
        print_packages()
    if is_training:
        set_toolkit_variables(script)
    else:
        os.environ["PYTHONPATH"] = os.getcwd()  # a script in a folder can import modules of the root
    command = [sys.executable, script] + arguments
    folder, message = os.environ.pop(EVALUATION, ""), os.environ.pop(MESSAGE, "")
    packed = read_inference_code(os.environ.pop(INFERENCE_CODE, ""))
    if not folder and not packed:
        os.execv(sys.executable, command)
    code = run(command)
    if code == 0 and folder:
        name_files(folder, message)
    if code == 0:
        write_inference_code(packed, os.environ.get("SM_MODEL_DIR", "/opt/ml/model"))
    sys.exit(code)


def run(command: "List[str]") -> int:
    """Run a command and return its exit code, as a shell gives it. SIGTERM, which stops a job, is passed on."""
    import signal

    child = os.spawnv(os.P_NOWAIT, command[0], command)
    signal.signal(signal.SIGTERM, lambda number, _: os.kill(child, number))
    status = os.waitpid(child, 0)[1]
    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def read_inference_code(text: str) -> "Dict[str, bytes]":
    """Return the files by their path in the model's code/. They are read before the script can change them."""
    files = {}  # type: Dict[str, bytes]
    if not text:
        return files
    import json

    entries = json.loads(text)  # type: Union[str, List[str]]
    if isinstance(entries, str):
        return dict(read_folder(entries, ""))
    for entry in entries:
        if os.path.isdir(entry):
            files.update(read_folder(entry, os.path.basename(entry)))
        else:
            files[os.path.basename(entry)] = read_file(entry)
    return files


def read_folder(folder: str, target: str) -> "Iterator[Tuple[str, bytes]]":
    """Yield the files of a folder without compiled ones, with their paths below `target`."""
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in sorted(folders) if name != "__pycache__"]
        for name in sorted(names):
            path = os.path.join(parent, name)
            yield os.path.normpath(os.path.join(target, os.path.relpath(path, folder))), read_file(path)


def read_file(path: str) -> bytes:
    """Return the content of a file."""
    with open(path, "rb") as file:
        return file.read()


def write_inference_code(files: "Dict[str, bytes]", model: str) -> None:
    """Write the files into code/ of the model. They replace what the script wrote there; the log says so."""
    for name, content in files.items():
        path = os.path.join(model, "code", name)
        if os.path.lexists(path):
            if os.path.isfile(path) and not os.path.islink(path) and read_file(path) == content:
                continue
            sys.stdout.write("code/{} of the script is replaced: register.inference.code names it\n".format(name))
            os.remove(path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)


def name_files(folder: str, message: str) -> None:
    """Put the SHA-256 of the evaluation's files before what the script wrote into the message, if there are any."""
    paths = [os.path.join(folder, name) for name in EVALUATION_FILES]
    files = ["{}={}".format(os.path.basename(path), hash_file(path)) for path in paths if os.path.isfile(path)]
    if not files:
        return
    own = b""
    if os.path.isfile(message):
        with open(message, "rb") as file:
            own = file.read()
    os.makedirs(os.path.dirname(message), exist_ok=True)
    with open(message, "wb") as file:
        file.write("pushtrain-files: {}\n".format(" ".join(files)).encode() + own)


def hash_file(path: str) -> str:
    """Return the SHA-256 of a file, which is read in pieces."""
    import hashlib

    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            digest.update(piece)
    return digest.hexdigest()


def find_requirements(script: str, *, is_root_installed: bool) -> str:
    """Return the path of the requirements.txt beside the script, else of the one at the root, else "".

    The toolkit of training jobs has installed the one at the root.
    """
    beside = os.path.join(os.path.dirname(script), REQUIREMENTS)
    paths = (beside, REQUIREMENTS)
    return next(
        (path for path in paths if os.path.isfile(path) and not (is_root_installed and path == REQUIREMENTS)), ""
    )


def install(path: str) -> None:
    """Install a requirements.txt. pip runs in its folder, as it does for the `source_dir` of the SageMaker SDK."""
    if not path:
        return
    import subprocess

    command = [sys.executable, "-m", "pip", "install", "-r", REQUIREMENTS]
    code = subprocess.call(command, cwd=os.path.dirname(path) or None)
    if code:
        sys.exit("InstallRequirementsError: pip could not install {} (exit code {})".format(path, code))


def print_packages() -> None:
    """Print the installed packages as `pushtrain-packages 1/2 {"numpy": "1.26.4"}`, line by line."""
    import json

    packages = sorted(find_packages().items())
    starts = range(0, max(len(packages), 1), PACKAGES_PER_LINE)
    for number, start in enumerate(starts, 1):
        part = json.dumps(dict(packages[start : start + PACKAGES_PER_LINE]))
        sys.stdout.write("{} {}/{} {}\n".format(PACKAGES, number, len(starts), part))
    sys.stdout.flush()


def find_packages() -> "Dict[str, str]":
    """Return the versions of the packages that Python finds, by normalized name. The first folder of the path wins."""
    import re

    packages = {}  # type: Dict[str, str]
    for folder in sys.path:
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
            match = re.fullmatch(METADATA, name)
            if match:
                packages.setdefault(re.sub(r"[-_.]+", "-", match.group("name")).lower(), match.group("version"))
    return packages


def set_toolkit_variables(script: str) -> None:
    """Name the script in the variables in which the toolkit names its program. Here that is this file."""
    os.environ["SM_USER_ENTRY_POINT"] = script
    os.environ["SM_MODULE_NAME"] = os.path.splitext(script)[0]


if __name__ == "__main__":
    main(sys.argv[1:])
