"""General ledger of an SAF-T file: lines on receivable accounts, proofs, balances of customers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl
from lxml import etree

from dunwell.formats.books.controls import Control, note_unbalanced, of_file, placed
from dunwell.formats.books.exact import exact_amount, exact_text
from dunwell.formats.books.lines import LINE
from dunwell.formats.books.row_store import RowStore
from dunwell.formats.books.xml_records import local_name, value
from dunwell.formats.findings import FindingLog

MONEY: Mapping[str, tuple[str, ...]] = {
    "NO": ("19",),
    "PT": ("11", "12", "13"),
    "AO": ("43", "45"),
    "RO": ("51", "53"),
    "LT": ("27",),
    "BG": ("50",),
}
"""Country -> beginnings of accounts for cash and banks in its chart of accounts."""
RECEIVABLE: Mapping[str, tuple[str, ...]] = {
    "NO": ("15",),
    "PT": ("21",),
    "AO": ("31",),
    "RO": ("411", "418", "419"),
    "LT": ("24",),
    "BG": ("411", "412"),
}
"""Country -> beginnings of receivable accounts, where the file's customers name none."""
KEYS: Mapping[str, type[pl.DataType]] = {
    **LINE,
    "reference": pl.String,
    "crossing": pl.String,
    "source": pl.String,
}


@dataclass(slots=True)
class _Booking:
    """The booking whose lines are being read."""

    entry: str
    day: str
    customer: str
    text: str
    lines: list[tuple[object, ...]] = field(default_factory=list)
    debit: int = 0
    credit: int = 0
    has_money: bool = False
    has_tax: bool = False


class SaftLedger:
    """Collects the general ledger; accounts and customers are read before its lines come."""

    def __init__(self) -> None:
        """Begin without a line."""
        self.country = ""
        self.currency = ""
        self.start = ""
        self.control = Control(part="general ledger")
        self.customers: dict[str, tuple[int, int, bool]] = {}
        self._accounts: set[str] = set()
        self._owners: dict[str, str] = {}
        self._standard: dict[str, str] = {}
        self._balances: dict[str, int] = {}
        self._rows = RowStore(KEYS)
        self._booking: _Booking | None = None
        self._unbalanced: list[str] = []
        self._count = 0
        self.foreign = 0

    def take_account(self, account: etree._Element) -> None:
        """Note an account of the chart: its standard number and its opening balance."""
        number = value(account, "AccountID")
        standard = value(account, "StandardAccountID", "GroupingCode", "TaxonomyCode")
        self._standard[number] = standard
        self._balances[number] = _balance(account, "Opening")

    def take_customer(self, number: str, customer: etree._Element) -> None:
        """Note a customer's receivable accounts and balances."""
        own = customer.findall("{*}BalanceAccount") or [customer]
        opening = closing = 0
        states = False
        for balance in own:
            account = value(balance, "AccountID")
            if account and account.casefold() != "desconhecido":
                self._accounts.add(account)
                self._owners[account] = "" if account in self._owners else number
            opening += _balance(balance, "Opening")
            closing += _balance(balance, "Closing")
            states = states or bool(value(balance, "ClosingDebitBalance", "ClosingCreditBalance"))
        self.customers[number] = (opening, closing, states)

    def take_line(self, line: etree._Element) -> None:
        """Take one line of a booking; which one it belongs to is told by what stands around it."""
        booking = self._booking or self._begin(line)
        cells = {local_name(one): one for one in line}
        debit, credit = _amount(cells.get("DebitAmount")), _amount(cells.get("CreditAmount"))
        self._count += 1
        if debit is None or credit is None:
            self.control.unreadable += 1
            return
        booking.debit += debit
        booking.credit += credit
        booking.has_tax = booking.has_tax or "TaxInformation" in cells
        account = _text(cells.get("AccountID"))
        booking.has_money = booking.has_money or self._starts(account, MONEY)
        customer = self._customer(account, _text(cells.get("CustomerID")), booking.customer)
        if customer and debit != credit:
            self.foreign += any(
                value(cells[one], "CurrencyCode") != ""
                for one in ("DebitAmount", "CreditAmount")
                if one in cells
            )
            reference = _text(cells.get("ReferenceNumber"))
            source = _text(cells.get("SourceDocumentID"))
            booking.lines.append(
                (
                    self._count,
                    booking.entry,
                    customer,
                    None,
                    reference or source or None,
                    _text(cells.get("Description")) or booking.text or None,
                    None,
                    None,
                    booking.day,
                    None,
                    _text(cells.get("DueDate")) or None,
                    self.currency or None,
                    debit - credit,
                    reference or None,
                    _text(cells.get("CrossReference")) or None,
                    source or None,
                )
            )

    def end_booking(self) -> None:
        """Close the booking: prove that it balances, and keep its receivable lines."""
        self.control.entries += 1
        booking, self._booking = self._booking, None
        if booking is None:
            return
        self.control.debit += booking.debit
        self.control.credit += booking.credit
        if booking.debit != booking.credit:
            self._unbalanced.append(
                f"{booking.entry}: {exact_text(booking.debit)} debit, "
                f"{exact_text(booking.credit)} credit"
            )
        is_money = booking.has_money if self.country in MONEY else not booking.has_tax
        for line in booking.lines:
            self._rows.add((*line[:13], is_money, False, *line[13:]))

    def lines(self) -> pl.DataFrame:
        """Return the receivable lines with opening balances, grouped by what they refer to."""
        for number, (stated, _, _) in self.customers.items():
            owned = [one for one, owner in self._owners.items() if owner == number]
            opening = stated or sum(self._balances.get(one, 0) for one in owned)
            if opening:
                day = self.start or None
                self._rows.add(
                    (
                        *(None, None, number, None, None, "opening balance", None, None, day),
                        *(None, None, self.currency or None, opening, False, True),
                        *(None, None, None),
                    )
                )
        return _grouped(self._rows.frame())

    def report(
        self, lines: pl.DataFrame, *, name: str, log: FindingLog, detected: dict[str, str | int]
    ) -> None:
        """Log bookings that do not balance and customers whose lines miss the stated balance."""
        self.control.report(name=name, log=log, detected=detected)
        unbalanced = pl.DataFrame({"entry": self._unbalanced}, schema={"entry": pl.String})
        note_unbalanced(
            log,
            placed(unbalanced, name).with_columns(pl.lit(None, dtype=pl.Int64).alias("row")),
            entry=pl.col("entry"),
            count=unbalanced.height,
        )
        sums: dict[str, int] = dict(
            lines.group_by("customer").agg(pl.col("amount").sum()).iter_rows()
        )
        agree = 0
        for number, (_, closing, states) in self.customers.items():
            if not states:
                continue
            if closing == sums.get(number, 0):
                agree += 1
                continue
            log.rows(
                of_file(name),
                code="closing_balance_differs",
                value=number,
                action="kept",
                severity="error",
                reason="opening balance and lines of the customer come to "
                f"{exact_text(sums.get(number, 0))}, the file states {exact_text(closing)}. Ask "
                "for the file again, whole",
            )
        if agree:
            detected["customers whose balance agrees"] = agree

    def _begin(self, line: etree._Element) -> _Booking:
        around = line.getparent()
        if around is not None and local_name(around) == "Lines":
            around = around.getparent()
        told = line if around is None else around
        self._booking = _Booking(
            entry=value(told, "TransactionID"),
            day=value(told, "GLPostingDate", "TransactionDate")[:10],
            customer=value(told, "CustomerID"),
            text=value(told, "Description"),
        )
        return self._booking

    def _customer(self, account: str, named: str, around: str) -> str:
        """Return whose receivable a line is; "" for every other line."""
        owner = self._owners.get(account, "")
        if self._accounts:
            is_receivable = account in self._accounts
        elif self.country in RECEIVABLE:
            is_receivable = self._starts(account, RECEIVABLE)
        else:
            is_receivable = bool(named)
        return (named or owner or around) if is_receivable else ""

    def _starts(self, account: str, beginnings: Mapping[str, tuple[str, ...]]) -> bool:
        told = beginnings.get(self.country, ())
        return account.startswith(told) or self._standard.get(account, "").startswith(told)


def _grouped(rows: pl.DataFrame) -> pl.DataFrame:
    """Return lines with the group of each credit that names a debit of its customer, and back."""
    names = ("crossing", "reference", "source")
    debits = rows.filter(pl.col("amount") > 0)
    known = pl.concat(
        [debits.select("customer", pl.col(one).alias("group")) for one in names]
    ).drop_nulls()
    paid = rows.filter(pl.col("amount") < 0)
    named = _first_known(paid, known.unique(), names)
    used = named.select("customer", "group").drop_nulls().unique()
    owed = _first_known(debits, used, names)
    return pl.concat([named, owed]).sort("row", nulls_last=True).select(*LINE)


def _first_known(rows: pl.DataFrame, known: pl.DataFrame, names: tuple[str, ...]) -> pl.DataFrame:
    """Return rows with the first of their names that is known of their customer as the group."""
    # the rows themselves stay out of the joins: they are many and wide
    marked = known.with_columns(pl.col("group").alias(":known"))
    found = [
        rows.select("customer", one)
        .join(
            marked,
            left_on=["customer", one],
            right_on=["customer", "group"],
            how="left",
            maintain_order="left",
        )
        .get_column(":known")
        .alias(f":{one}")
        for one in names
    ]
    return rows.with_columns(pl.select(pl.coalesce(found)).to_series().alias("group"))


def _text(element: etree._Element | None) -> str:
    return element.text.strip() if element is not None and element.text else ""


def _amount(element: etree._Element | None) -> int | None:
    """Return the amount of an element or of the Amount in it; none is zero, a bad one None."""
    if element is None:
        return 0
    text = value(element, "Amount") or _text(element)
    return exact_amount(text) if text else 0


def _balance(element: etree._Element, when: str) -> int:
    debit, credit = (
        exact_amount(value(element, f"{when}{side}Balance") or "0") or 0
        for side in ("Debit", "Credit")
    )
    return debit - credit
