"""Sums and counts a file states of itself against those that were read."""

from dataclasses import dataclass

import polars as pl

from dunwell.formats.books.exact import exact_text
from dunwell.formats.findings import FindingLog

PLACE = {"file": pl.String, "part": pl.String, "row": pl.Int64}
MOST_UNBALANCED = 50
"""Bookings that do not balance are listed up to this many; the rest is counted."""


def of_file(name: str) -> pl.DataFrame:
    """Return the place of a finding about a whole file."""
    return pl.DataFrame({"file": [name], "part": [""], "row": [None]}, schema=PLACE)


def placed(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return rows of a file with its name, as findings about them need it."""
    return rows.with_columns(pl.lit(name).alias("file"), pl.lit("").alias("part"))


def note_foreign(log: FindingLog, name: str, count: int) -> None:
    """Log how many lines state an amount in another currency than the books."""
    if count:
        log.rows(
            of_file(name),
            code="foreign_currency_lines",
            value=str(count),
            action="kept",
            severity="warning",
            reason="so many lines state an amount in another currency too; they are kept in the "
            "currency of the books, which is what control totals and balances are in",
        )


def note_unbalanced(log: FindingLog, places: pl.DataFrame, *, entry: pl.Expr, count: int) -> None:
    """Log the first bookings whose sides differ, at their places; `count` is how many do."""
    log.rows(
        places.head(MOST_UNBALANCED),
        code="booking_unbalanced",
        value=entry,
        action="kept",
        severity="error",
        reason=f"debit and credit of the booking differ; {count} bookings of the file do. "
        "Export it again, or correct them in the ledger",
    )


@dataclass(kw_only=True, slots=True)
class Control:
    """What one part of a file states (texts as they stand there) and what was read of it."""

    part: str
    stated_entries: int | None = None
    stated_debit: int | None = None
    stated_credit: int | None = None
    entries: int = 0
    debit: int = 0
    credit: int = 0
    unreadable: int = 0

    def compared(self) -> list[str]:
        """Return each difference in words; none where all that is stated was read."""
        found = []
        if self.stated_entries not in {None, self.entries}:
            found.append(f"entries {self.stated_entries} stated, {self.entries} read")
        for words, stated, read in (
            ("total debit", self.stated_debit, self.debit),
            ("total credit", self.stated_credit, self.credit),
        ):
            if stated is not None and stated != read:
                found.append(f"{words} {exact_text(stated)} stated, {exact_text(read)} read")
        return found

    def report(self, *, name: str, log: FindingLog, detected: dict[str, str | int]) -> None:
        """Log each difference; note in `detected` where everything agrees."""
        rows = of_file(name)
        for difference in self.compared():
            log.rows(
                rows,
                code="control_total_differs",
                column=self.part,
                value=difference,
                action="kept",
                severity="error",
                reason="the file's own control total does not agree with its lines, so it is cut "
                "off, changed, or wrong. Export it again",
            )
        if self.unreadable:
            log.rows(
                rows,
                code="control_unreadable",
                column=self.part,
                value=str(self.unreadable),
                action="refused",
                severity="error",
                reason="so many lines have an amount that is none; they are left out. Export anew",
            )
        stated = {self.stated_entries, self.stated_debit, self.stated_credit} - {None}
        if stated and not self.compared():
            detected[f"control totals of {self.part}"] = "as stated"
