"""A Fragment as a Chain of the Step Functions SDK, so that pushtrain's own parts can stand in an SDK graph. Pure.

The SDK has no class for some parts: to read metrics, to register a model version, a Fail state with CausePath.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stepfunctions.steps import Catch, Chain, Choice
from stepfunctions.steps.choice_rule import BaseRule
from stepfunctions.steps.states import State

from pushtrain.errors import TemplateError
from pushtrain.workflow import Fragment
from pushtrain.workflow.definition import list_transitions

LINKS = ("Next", "Default", "End")


def embed(fragment: Fragment) -> Chain:
    """Return the states from the fragment's first to its open end, as a Chain. Link the states beside this line to it.

    Raises TemplateError for a fragment with several open ends: a Chain has one.
    """
    if not fragment.states:
        return Chain([])
    line = _list_line(fragment)
    if fragment.ends not in {(), (line[-1],)}:
        raise TemplateError(f"a block with several open ends cannot be embedded: {', '.join(fragment.ends)}")
    sdk_states = {name: _build_state(name, state) for name, state in fragment.states.items()}
    for name, state in fragment.states.items():
        _link(sdk_states, name, state, on_line=name in line)
    return Chain([sdk_states[name] for name in line])


class PlainState(State):  # type: ignore[misc]
    """A state that is given as plain values."""

    def __init__(self, name: str, state: Mapping[str, Any]) -> None:
        super().__init__(name, state["Type"])
        self._state = {key: value for key, value in state.items() if key not in LINKS}

    def to_dict(self) -> dict[str, Any]:
        """Return the plain values, with the links that the Chain sets."""
        links: dict[str, Any] = {key: value for key, value in super().to_dict().items() if key in LINKS}
        return self._state | links


class PlainRule(BaseRule):  # type: ignore[misc]
    """A rule that is given as plain values."""

    def __init__(self, rule: Mapping[str, Any]) -> None:
        self._rule = {key: value for key, value in rule.items() if key != "Next"}

    def to_dict(self) -> dict[str, Any]:
        """Return the plain values."""
        return dict(self._rule)


def _build_state(name: str, state: Mapping[str, Any]) -> State:
    if state["Type"] == "Choice":
        return Choice(name)
    return PlainState(name, state)


def _link(sdk_states: Mapping[str, State], name: str, state: Mapping[str, Any], *, on_line: bool) -> None:
    """Link the rules of a Choice or a Catch, and a state beside the line. Chain links the line itself."""
    for rule in state.get("Choices", ()):
        sdk_states[name].add_choice(PlainRule(rule), sdk_states[rule["Next"]])
    for rule in state.get("Catch", ()):  # PlainState writes the rule; the SDK follows the link
        sdk_states[name].catches.append(Catch(sdk_states[rule["Next"]], error_equals=rule["ErrorEquals"]))
    if not on_line and (target := _find_next(state)):
        sdk_states[name].next(sdk_states[target])


def _list_line(fragment: Fragment) -> list[str]:
    """Return the names from the first state to the open end, along Next and Default."""
    names = [fragment.start]
    while target := _find_next(fragment.states[names[-1]]):
        names.append(target)
    return names


def _find_next(state: Mapping[str, Any]) -> str | None:
    return next((target for _, target in list_transitions(state, "Next", "Default")), None)
