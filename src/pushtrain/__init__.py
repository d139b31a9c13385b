"""pushtrain: a push becomes a trained, evaluated, registered model.

The names in `__all__` are for Python code; docs/python.md shows them. Each is imported when it is first used, so that
`import pushtrain` stays fast.
"""

TYPE_CHECKING = False  # as in typing, which is slow to import; type checkers take it for True

if TYPE_CHECKING:
    from pushtrain import models, runs
    from pushtrain.access import open_platform
    from pushtrain.local.run import run
    from pushtrain.model_repo.check import compile_model_repo as compile  # noqa: A004 - `pushtrain.compile` says what it is
    from pushtrain.model_repo.check import validate
    from pushtrain.plans.plan import plan_push as plan
    from pushtrain.pushes.push import push
    from pushtrain.reproductions import reproduce

    __version__: str

__all__ = ["__version__", "compile", "models", "open_platform", "plan", "push", "reproduce", "run", "runs", "validate"]

_FUNCTIONS = {
    "compile": "pushtrain.model_repo.check:compile_model_repo",
    "open_platform": "pushtrain.access:open_platform",
    "plan": "pushtrain.plans.plan:plan_push",
    "push": "pushtrain.pushes.push:push",
    "reproduce": "pushtrain.reproductions:reproduce",
    "run": "pushtrain.local.run:run",
    "validate": "pushtrain.model_repo.check:validate",
}
_MODULES = ("models", "runs")

if not TYPE_CHECKING:  # a type checker would accept any name if it saw this function

    def __getattr__(name: str) -> object:
        """Import a public name when it is first used (PEP 562)."""
        from importlib import import_module  # noqa: PLC0415 - `import pushtrain` imports nothing

        if name in _MODULES:
            return import_module(f"pushtrain.{name}")
        if name in _FUNCTIONS:
            module, _, attribute = _FUNCTIONS[name].partition(":")
            value = getattr(import_module(module), attribute)
        elif name == "__version__":
            from importlib.metadata import version  # noqa: PLC0415

            value = version("pushtrain")
        else:
            raise AttributeError(f"module 'pushtrain' has no attribute {name!r}")
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    """List the public names, also those that are not imported yet."""
    return sorted({*globals(), *__all__})
