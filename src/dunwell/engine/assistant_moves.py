"""What the assistant's dialogue remembers and does next, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Slot = str | int | date | tuple[int, str]
"""What fills a gap of a wording: a text of the ledger, a count, a day, or minor units and code."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DialogueState:
    """What a dialogue remembers between two texts; plain values, kept as JSON."""

    waiting: str = ""
    held: Mapping[str, Any] = field(default_factory=dict)
    failures: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Say:
    """A sentence by its key, with what fills its gaps."""

    key: str
    slots: Mapping[str, Slot] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tool:
    """What is to be done after a yes: `promise`, `plan`, `dispute` or `contact`, as read back."""

    name: str
    told: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """What is said next, done, remembered; `hand_over` is why a person goes on, empty for none."""

    say: tuple[Say, ...]
    state: DialogueState
    tool: Tool | None = None
    hand_over: str = ""


def spoken(*say: Say, state: DialogueState | None = None) -> Move:
    """Return a move that only says something; what was waited for is forgotten without `state`."""
    return Move(say=say, state=state or DialogueState())


def handed_over(reason: str) -> Move:
    """Return the move by which a person goes on."""
    return Move(say=(Say(key="hand_over"),), state=DialogueState(), hand_over=reason)
