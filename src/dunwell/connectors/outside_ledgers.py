"""What every outside ledger (an ERP, a bookkeeping program, a folder of files) can be asked."""

from collections.abc import Sequence
from typing import Protocol

from dunwell.formats.connection_rows import (
    OutsideChange,
    OutsideOpen,
    OutsideSystem,
    OutsideWrite,
    Pulled,
)


class OutsidePlace(Protocol):
    """What a connection leads to: signed in to with its settings and secret, and written to.

    Called by jobs alone, outside any transaction. Every call has a time-out and raises
    OutsideError. Nothing but `push` without `dry_run` writes there.
    """

    def system(self) -> OutsideSystem:
        """Sign in and say who answers; raise OutsideError for a version that is not known."""

    def push(self, changes: Sequence[OutsideChange], *, dry_run: bool) -> list[OutsideWrite]:
        """Return what each change would do, or do it; one answer per change, in their order."""


class OutsideLedger(OutsidePlace, Protocol):
    """An outside ledger of one company, read page by page and compared with our books."""

    def pull(self, cursor: str) -> Pulled:
        """Return the next page of what changed since the cursor; "" begins at the beginning."""

    def open_now(self) -> Sequence[OutsideOpen] | None:
        """Return everything open there now, for the tie-out; None where it cannot tell."""
