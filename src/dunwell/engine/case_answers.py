"""A case that travels with a policy, beside what the policy answers to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


class StatedCase(Protocol):
    """What somebody states and expects: names of what should follow."""

    @property
    def name(self) -> str:
        """Return what the case is called."""

    @property
    def expect(self) -> tuple[str, ...]:
        """Return the names of what should follow."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseAnswer:
    """A case of a policy and what the policy answers."""

    case: StatedCase
    found: tuple[str, ...]

    @property
    def is_passed(self) -> bool:
        """Return whether the answer is the expected one."""
        return self.found == self.case.expect

    def message(self) -> str:
        """Return the name with what was expected and what came out."""
        expected, found = (", ".join(told) or "nothing" for told in (self.case.expect, self.found))
        return f"{self.case.name}: expected {expected}, found {found}"


class AskedCase(Protocol):
    """What somebody states and expects: the values of some of the answers."""

    @property
    def name(self) -> str:
        """Return what the case is called."""

    @property
    def expect(self) -> Mapping[str, str | int]:
        """Return the values expected, by the name of the answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseValues:
    """A case of a policy and the values the policy answers to what it asks."""

    case: AskedCase
    found: Mapping[str, str | int]

    @property
    def is_passed(self) -> bool:
        """Return whether every answer asked for is the expected one."""
        return dict(self.found) == dict(self.case.expect)

    def message(self) -> str:
        """Return the name with what was expected and what came out."""
        expected, found = (
            ", ".join(f"{name} {value}" for name, value in told.items())
            for told in (self.case.expect, self.found)
        )
        return f"{self.case.name}: expected {expected}, found {found}"
