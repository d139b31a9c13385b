"""Names in a script that make it read files which its imports do not show. Pure data, and how to look names up.

Three kinds: names that import or run code by a computed name, names that start other programs, and functions that read
a pickle. A pickle names the modules of its classes, and Python imports them. A name is written in full, such as
`os.system`, or as its module, such as `subprocess`, which stands for all in it.
"""

from __future__ import annotations

from collections.abc import Iterator

IMPORTS = "imports or runs code by a computed name"
STARTS = "starts other programs"
PICKLES = "reads a file whose classes can be in any module"
PATHS = "changes where Python looks for modules"
FILES = "names Python files by a computed path"

_BY_REASON = {
    IMPORTS: """
        exec eval compile execfile __import__ __builtins__ __loader__ __spec__ get_ipython
        builtins.exec builtins.eval builtins.compile builtins.__import__
        runpy imp pkgutil zipimport code codeop importlib logging.config torch.package
        importlib.metadata.entry_points pkg_resources stevedore pluggy sys.meta_path sys.path_hooks
        sys.path_importer_cache pytest unittest.main unittest.TestLoader unittest.defaultTestLoader doctest
        hydra jsonargparse gin mmengine mmcv detectron2 kedro lightning.pytorch.cli pytorch_lightning.cli
        pytorch_lightning.utilities.cli fairseq torch.hub ray dask.distributed distributed pyspark pydoc.locate
        papermill nbformat nbconvert nbclient IPython timeit.timeit timeit.repeat timeit.Timer trace.Trace
        import_ipynb nbimporter importnb pyximport lazy_loader lazy_import apipkg werkzeug.utils.import_string
        cProfile.run cProfile.runctx profile.run profile.runctx pdb.run pdb.runcall bdb
        """,
    STARTS: """
        subprocess pty pexpect plumbum sh invoke fabric _posixsubprocess posix
        os.system os.popen os.execl os.execle os.execlp os.execlpe os.execv os.execve os.execvp os.execvpe
        os.spawnl os.spawnle os.spawnlp os.spawnlpe os.spawnv os.spawnve os.spawnvp os.spawnvpe
        os.posix_spawn os.posix_spawnp os.startfile sys.executable
        asyncio.create_subprocess_exec asyncio.create_subprocess_shell asyncio.subprocess
        multiprocessing.set_executable multiprocessing.spawn torch.distributed.run torch.distributed.launch
        torch.distributed.launcher torch.distributed.elastic mlflow.run mlflow.projects accelerate.commands
        accelerate.launchers deepspeed.launcher
        """,
    PATHS: "sys.path __path__ site.addsitedir site.main",
    PICKLES: """
        pickle.load pickle.loads pickle.Unpickler _pickle cPickle cloudpickle.load cloudpickle.loads dill shelve
        joblib.load torch.load pandas.read_pickle sklearn.externals.joblib fastai
        """,
}


def _read_names(text: str) -> frozenset[str]:
    return frozenset(text.split())


REASONS = {name: reason for reason, names in _BY_REASON.items() for name in names.split()}
# Parts of the modules above that only look at what is loaded already, or that the caller examines itself.
HARMLESS = _read_names(
    """
    importlib.import_module importlib.resources importlib.metadata importlib.reload importlib.invalidate_caches
    importlib.util.find_spec torch.hub.get_dir torch.hub.download_url_to_file
    """
)
# A script that gives one of these to another function can do everything with it.
WATCHED_MODULES = frozenset(
    {"os", "sys", "importlib", "importlib.util", "builtins", "asyncio", "multiprocessing", "pickle", "joblib"}
)
# Methods that read a pickle in most libraries, also as methods of objects: `model.load(path)`.
LOADING_METHODS = _read_names(
    """
    load loads load_model load_learner load_pickle read_pickle from_pickle load_object load_from_checkpoint unpickle
    full_load unsafe_load full_load_all unsafe_load_all load_all Unpickler
    """
)
# Modules whose functions of these names read no classes.
SAFE_LOADERS = _read_names(
    """
    json tomllib tomli toml orjson ujson simplejson rapidjson onnx safetensors librosa soundfile torch.jit xgboost
    lightgbm catboost
    """
)
# Keywords of calls that name a script, or run code of a folder.
KEYWORDS = {
    "entry_point": STARTS,
    "trust_remote_code": IMPORTS,
    "allow_pickle": PICKLES,
}
# Libraries that other libraries import: a module of the same name beside a script takes their place.
LIBRARIES = _read_names(
    """
    numpy pandas scipy sklearn torch torchvision tensorflow keras jax xgboost lightgbm catboost transformers datasets
    tokenizers accelerate peft safetensors sentencepiece huggingface_hub joblib cloudpickle dill pyarrow fsspec s3fs
    boto3 botocore sagemaker sagemaker_training requests urllib3 yaml tqdm packaging six attr attrs typing_extensions
    dateutil pytz regex psutil PIL cv2 matplotlib seaborn mlflow wandb tensorboard pip setuptools wheel pkg_resources
    threadpoolctl jinja2 filelock sympy networkx statsmodels pydantic click rich
    """
)


def find_reason(name: str) -> str:
    """Return why a full name such as `os.system` is dynamic, or "". What is in a dynamic module is dynamic, too."""
    for prefix in _list_prefixes(name):
        if prefix in HARMLESS:
            return ""
        if prefix in REASONS:
            return REASONS[prefix]
    return ""


def is_known(name: str) -> bool:
    """Return True if a name without dots, such as `exec`, or the module of that name needs a look."""
    return name in REASONS or name in WATCHED_MODULES


def has_dynamic_names(module: str) -> bool:
    """Return True if `from module import *` can bring a dynamic name."""
    return module in WATCHED_MODULES or any(name.startswith(f"{module}.") for name in REASONS)


def is_safe_loader(name: str) -> bool:
    """Return True if a full name such as `json.load` belongs to a module that reads no classes."""
    return any(prefix in SAFE_LOADERS for prefix in _list_prefixes(name))


def _list_prefixes(name: str) -> Iterator[str]:
    """Yield `a.b.c`, `a.b`, `a`."""
    while name:
        yield name
        name = name.rpartition(".")[0]
