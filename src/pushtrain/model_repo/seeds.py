"""Find scripts that use random numbers without a seed: each run then gives another result. Pure; nothing is run.

In: a Config and the sources of the Python files. Out: one remark, or none. A script counts with the modules of the
model repo that it imports. Whatever looks like a seed counts as one, also a hyperparameter of that name: a remark that
is wrong costs more than one that is missing. XGBoost, LightGBM and CatBoost have a fixed seed of their own.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from posixpath import dirname, join

from msgspec import Struct

from pushtrain.catalog.job_kinds import TRAINING
from pushtrain.config import Config, Step, list_steps
from pushtrain.config.scripts import parse_script
from pushtrain.errors import Problem

SEED = re.compile(r"seed|random_?state", re.IGNORECASE)
WORD = re.compile(r"[\w.-]+")  # `--seed`, not a sentence about seeds
GENERATORS = frozenset(
    {"default_rng", "RandomState", "Random", "PCG64", "PRNGKey", "key"}
)  # their argument is the seed
# Training with these starts from random weights; what to call, by the first word of the module.
LEARNING = {
    "torch": "`torch.manual_seed(7)`",
    "tensorflow": "`tensorflow.keras.utils.set_random_seed(7)`",
    "keras": "`keras.utils.set_random_seed(7)`",
    "lightning": "`lightning.seed_everything(7)`",
    "pytorch_lightning": "`pytorch_lightning.seed_everything(7)`",
}
FUNCTIONS = {
    "random.": "`random.seed(7)`",
    "numpy.random.": "`numpy.random.seed(7)` or `default_rng(7)`",
    "torch.rand": LEARNING["torch"],
}
# Estimators and functions of scikit-learn whose result depends on random_state with their default settings.
ESTIMATORS = re.compile(
    r"(RandomForest|ExtraTrees?|GradientBoosting|Bagging|AdaBoost|DecisionTree|MLP|SGD|PassiveAggressive)"
    r"(Classifier|Regressor)|Perceptron|IsolationForest|RandomTreesEmbedding|(MiniBatch|Bisecting)?KMeans"
    r"|(Bayesian)?GaussianMixture|TSNE|NMF|FastICA|DictionaryLearning|TruncatedSVD|LatentDirichletAllocation"
    r"|RandomizedSearchCV|train_test_split|(Stratified|Group)?ShuffleSplit|shuffle|resample"
)


class RandomUse(Struct, frozen=True, kw_only=True):
    """What draws random numbers in a script, such as `RandomForestClassifier`, its line, and how to set its seed."""

    name: str
    line: int
    seed: str


def find_unseeded_scripts(config: Config, sources: Mapping[str, bytes], *, folder: str) -> tuple[Problem, ...]:
    """Return one remark about the scripts that use random numbers without a seed; none if there are none.

    `sources` maps paths of Python files in the model repo to their content; `folder` is put before these paths.
    """
    uses: dict[str, RandomUse] = {}
    for step in list_steps(config):
        path = step.settings.script if step.settings.has_script else ""
        if path in sources and path not in uses and not _has_seed_setting(step):
            trees = _parse_with_imports(path, sources)
            use = next(_list_random_uses(trees[path], is_training=step.kind is TRAINING), None)
            if use and not any(_sets_seed(tree) for tree in trees.values()):
                uses[path] = use
    if not uses:
        return ()
    (path, use), *others = uses.items()
    message = f"no seed is set, so {use.name} gives another result in each run. Set one: {use.seed}"
    if others:
        message += f". The same holds for {', '.join(path for path, _ in others)}"
    return (Problem(message=message, line=use.line, file=f"{folder}/{path}"),)


def _has_seed_setting(step: Step) -> bool:
    """Return True if a hyperparameter, argument or variable of config.yaml looks like a seed."""
    settings = step.settings.model_dump(mode="json", include={"hyperparameters", "arguments", "environment"})
    return any(SEED.search(str(value)) for value in settings.values() if value)


def _parse_with_imports(path: str, sources: Mapping[str, bytes]) -> dict[str, ast.Module]:
    """Return the syntax trees of a script and of the modules that it imports, and that they import."""
    trees: dict[str, ast.Module] = {}
    paths = [path]
    while paths:
        if (current := paths.pop()) not in trees:
            trees[current] = parse_script(sources[current])
            paths += [file for name in _list_imports(trees[current]) for file in _list_files(name, path, current)]
            paths = [file for file in paths if file in sources]
    return trees


def _list_imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" if node.module else alias.name for alias in node.names)


def _list_files(module: str, script: str, importer: str) -> Iterator[str]:
    """Yield where a module may lie: beside the script, beside the file that imports it, or at the root."""
    name = module.replace(".", "/")
    for folder in (dirname(script), dirname(importer), ""):
        yield from (join(folder, f"{name}.py"), join(folder, name, "__init__.py"))


def _list_random_uses(tree: ast.Module, *, is_training: bool) -> Iterator[RandomUse]:
    """Yield what draws random numbers: libraries that begin with random weights, and calls."""
    aliases, libraries = _read_imports(tree)
    if is_training:
        for name, line in libraries.items():
            if name in LEARNING:
                yield RandomUse(name=name, line=line, seed=LEARNING[name])
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    for call in sorted(calls, key=lambda call: call.lineno):
        function = ast.unparse(call.func)
        first, dot, rest = function.partition(".")
        if not WORD.fullmatch(function):  # a method of what another call returns
            continue
        if use := _find_use(f"{aliases.get(first, '')}{dot}{rest}", call.lineno):
            yield use


def _find_use(name: str, line: int) -> RandomUse | None:
    """Return the random numbers that the function of this full name draws, such as `numpy.random.rand`."""
    function = name.rpartition(".")[2]
    if name.startswith("sklearn.") and ESTIMATORS.fullmatch(function):
        return RandomUse(name=function, line=line, seed=f"`random_state=7` in {function}")
    seed = next((seed for prefix, seed in FUNCTIONS.items() if name.startswith(prefix)), "")
    return RandomUse(name=name, line=line, seed=seed) if seed else None


def _read_imports(tree: ast.Module) -> tuple[dict[str, str], dict[str, int]]:
    """Return the full names of what a script imports, by its own names, and the first line of each library."""
    aliases: dict[str, str] = {}
    libraries: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            pairs = ((alias.asname, alias.name) for alias in node.names)
            names = {own or _cut(name): name if own else _cut(name) for own, name in pairs}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        else:
            continue
        aliases |= names
        for name in names.values():
            libraries.setdefault(_cut(name), node.lineno)
    return aliases, libraries


def _cut(name: str) -> str:
    """Return the first word of a module's name: `torch` of `torch.nn`."""
    return name.partition(".")[0]


def _sets_seed(tree: ast.Module) -> bool:
    return any(_is_seed(node) for node in ast.walk(tree))


def _is_seed(node: ast.AST) -> bool:
    """Return True for a name that looks like a seed, unless it is set to None, and for a generator with an argument."""
    match node:
        case ast.keyword(arg=str(name), value=value):
            return bool(SEED.search(name)) and not (isinstance(value, ast.Constant) and value.value is None)
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.alias(name=name):
            return bool(SEED.search(name))
        case ast.Constant(value=str(text)):
            return bool(WORD.fullmatch(text) and SEED.search(text))
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[_, *_]):
            return name in GENERATORS
    return False
