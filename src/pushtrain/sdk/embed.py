"""pushtrain's own blocks inside an SDK graph: a Fragment becomes a Chain of SDK states. Pure.

For what the SDK has no class for: reading metrics, registering a model version, a Fail state with CausePath.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stepfunctions.steps import Chain, Choice
from stepfunctions.steps.choice_rule import BaseRule
from stepfunctions.steps.states import State

from pushtrain.errors import TemplateError
from pushtrain.workflow import Fragment

LINKS = ("Next", "Default", "End")


def embed(fragment: Fragment) -> Chain:
    """The fragment's states, from its first to its open end; what leaves that line on the way comes along.

    Raises TemplateError for a fragment with several open ends, which no Chain can go on from.
    """
    if not fragment.states:
        return Chain([])
    line = _line(fragment)
    if fragment.ends not in {(), (line[-1],)}:
        raise TemplateError(f"a block with several open ends cannot be embedded: {', '.join(fragment.ends)}")
    made = {name: _state(name, state) for name, state in fragment.states.items()}
    for name, state in fragment.states.items():
        _link(made, name, state, on_line=name in line)
    return Chain([made[name] for name in line])


class _Plain(State):  # type: ignore[misc]
    """A state that is there already, as plain values."""

    def __init__(self, name: str, state: Mapping[str, Any]) -> None:
        super().__init__(name, state["Type"])
        self._state = {key: value for key, value in state.items() if key not in LINKS}

    def to_dict(self) -> dict[str, Any]:
        """The values, and where the chain goes on."""
        links: dict[str, Any] = {key: value for key, value in super().to_dict().items() if key in LINKS}
        return self._state | links


class _Rule(BaseRule):  # type: ignore[misc]
    def __init__(self, rule: Mapping[str, Any]) -> None:
        self._rule = {key: value for key, value in rule.items() if key != "Next"}

    def to_dict(self) -> dict[str, Any]:
        return dict(self._rule)


def _state(name: str, state: Mapping[str, Any]) -> State:
    if state["Type"] == "Choice":
        return Choice(name)
    if "Catch" in state:
        raise TemplateError(f"state {name!r}: a block with Catch cannot be embedded")
    return _Plain(name, state)


def _link(made: Mapping[str, State], name: str, state: Mapping[str, Any], *, on_line: bool) -> None:
    """Choices and side ways; the line itself is linked by Chain."""
    for rule in state.get("Choices", ()):
        made[name].add_choice(_Rule(rule), made[rule["Next"]])
    if not on_line and (onward := _onward(state)):
        made[name].next(made[onward])


def _line(fragment: Fragment) -> list[str]:
    """Names from the first state to the open end, by Next and Default."""
    names = [fragment.start]
    while onward := _onward(fragment.states[names[-1]]):
        names.append(onward)
    return names


def _onward(state: Mapping[str, Any]) -> str | None:
    found: str | None = state.get("Next", state.get("Default"))
    return found
