"""A bank sheet that does not say how it must be read: refused together with what to decide."""

from collections.abc import Sequence

from dunwell.formats.bank.statement import StatementError
from dunwell.formats.decisions import Decision


class UndecidedError(StatementError):
    """The file fits several readings; `decisions` hold the questions a profile must answer."""

    def __init__(self, file: str, decisions: Sequence[Decision]) -> None:
        """The reason is the first question, with the number of the others."""
        first = decisions[0]
        more = f" ({len(decisions) - 1} more questions)" if len(decisions) > 1 else ""
        super().__init__(file, first.part or "whole file", first.question + more)
        self.decisions = tuple(decisions)
