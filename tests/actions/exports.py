"""Small ledger exports as a system would write them, read by the real reader."""

from dunwell.actions.gate import system
from dunwell.actions.imports import import_ledger
from dunwell.formats.ledger import read_ledger
from tests.conftest import AT, TODAY

HEAD = (
    "Customer No;Customer Name;Invoice No;Type;Invoice Date;Due Date;Currency;Amount;Open Amount"
)


def items_csv(*lines):
    """An items file; each line is `customer;name;number;type;issued;due;currency;amount;open`."""
    return "\n".join([HEAD, *lines]).encode() + b"\n"


def ledger(*files):
    """Read (name, bytes) pairs, or bytes alone, as one export."""
    named = [f if isinstance(f, tuple) else (f"items{n}.csv", f) for n, f in enumerate(files, 1)]
    return read_ledger(named)


def merged(company, *files, at=AT, as_of=TODAY):
    """Import the files as the system itself."""
    return import_ledger(actor=system(company), ledger=ledger(*files), as_of=as_of, at=at)


def findings(batch):
    """The batch's findings that say what happened to a row, as (code, row, action)."""
    found = batch.findings.exclude(row=None).order_by("pk")
    return list(found.values_list("code", "row", "action"))


def item_totals(batch):
    """The batch's control totals of the items by currency, as in, imported, known, refused."""
    names = ("in_minor", "imported_minor", "known_minor", "refused_minor")
    return {
        total["currency"]: tuple(total[name] for name in names)
        for total in batch.totals
        if total["role"] == "items"
    }
