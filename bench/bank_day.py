"""A day's bank money on the bench's ledger, with the right answer for every line.

Of the shared ledger and its number of lines the generator's own file and truth are taken. Else
lines are drawn here from the items file, in the same patterns and shares, and written as camt.053.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

import polars as pl

from bench.workload import AS_OF, Workload

LINES = 1_000
"""Lines of a bank file when nothing else is asked for; the shared generator's number."""
SHARES = {
    "exact": 0.56, "mangled": 0.10, "several": 0.13, "short": 0.06, "over": 0.03,
    "unsaid": 0.09, "unrelated": 0.03,
}  # fmt: skip
"""Patterns of receipts, as the shared generator has them, without parents and credit notes."""
MOST_ITEMS = 6
ROWS = {
    "shared": ("customer_id", "invoice_no", "currency", "open_amount", "kind", "invoice"),
    "built-in": (
        *("Customer Name", "Document No", "Currency", "Open Amount"),
        *("Document Type", "Invoice"),
    ),
}
"""By origin: columns of customer, number, currency, open amount, kind; and the kind wanted."""
_BALANCE = (
    "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
    '<Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>'
)
_ENTRY = (
    '<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>'
    "<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>"
    "<AcctSvcrRef>L{line}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd>"
    "<SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><RltdPties><Dbtr>"
    "<Nm>{payer}</Nm></Dbtr></RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>"
    "</NtryDtls></Ntry>\n"
)
Truth = Mapping[str, frozenset[tuple[str, int]]]
"""Payment number -> (item number, minor units) it pays; nothing for unrelated money."""


@dataclass(frozen=True, slots=True)
class BankDay:
    """A bank file and what each of its lines pays."""

    file: Path
    truth: Truth


@dataclass(frozen=True, slots=True)
class _Line:
    amount_minor: int
    payer: str
    text: str
    pays: tuple[tuple[str, int], ...] = ()


def bank_day(load: Workload, lines: int) -> BankDay:
    """Return the bank file of a size, made when it is not there; at most a third of the items."""
    lines = min(lines, load.size // 3)
    if load.origin == "shared" and lines == min(LINES, load.size // 3):
        return BankDay(load.folder / "bank_camt053.xml", _truth(load.folder / "bank_truth.csv"))
    file = load.folder / f"bank-{lines}.xml"
    told = load.folder / f"bank-{lines}.csv"
    if not told.exists():
        drawn = _drawn(load, lines)
        file.write_text(_camt(drawn), encoding="utf-8")
        rows = [
            (n, number, amount / 100)
            for n, line in enumerate(drawn, start=1)
            for number, amount in line.pays or (("", 0),)
        ]
        schema = {"line_id": pl.Int64, "invoice_no": pl.String, "amount": pl.Float64}
        pl.DataFrame(rows, schema=schema, orient="row").write_csv(told)
    return BankDay(file, _truth(told))


def _truth(path: Path) -> Truth:
    rows = pl.read_csv(path, columns=["line_id", "invoice_no", "amount"]).with_columns(
        pl.col("invoice_no").cast(pl.String).fill_null("")
    )
    found: dict[str, dict[str, int]] = {}
    for line, number, amount in rows.iter_rows():
        pays, minor = found.setdefault(f"L{line}", {}), round(amount * 100)
        if number:
            pays[number] = minor
        elif any(one < 0 for one in pays.values()):
            # the generator pays the invoice before the credit note gives its amount back
            pays[next(iter(pays))] += minor
    return {number: frozenset(pays.items()) for number, pays in found.items()}


def _drawn(load: Workload, lines: int) -> list[_Line]:
    """Return the lines; every item is paid once."""
    chance = random.Random(load.size)  # noqa: S311  a seeded sample, nothing secret
    customer, number, currency, amount, kind, invoice = ROWS[load.origin]
    rows = pl.read_csv(
        load.items_file, columns=[customer, number, currency, amount, kind], infer_schema=False
    ).filter((pl.col(currency) == "EUR") & (pl.col(kind) == invoice))
    minor = (pl.col(amount).cast(pl.Float64) * 100).round().cast(pl.Int64)
    if load.origin == "shared":
        known = pl.read_csv(load.folder / "customers.csv", infer_schema=False)
        name = pl.col(customer).replace_strict(known[customer], known["name"])
        rows = rows.with_columns(name)
    owed = rows.select(customer, number, minor).filter(pl.col(amount) > 0).sort(customer)
    by_customer = [list(group) for _, group in groupby(owed.iter_rows(), key=lambda row: row[0])]
    chance.shuffle(by_customer)
    items = _in_turn(by_customer)
    patterns = chance.choices(list(SHARES), list(SHARES.values()), k=lines)
    return [_line(pattern, items, chance, n) for n, pattern in enumerate(patterns)]


def _in_turn(
    by_customer: list[list[tuple[str, str, int]]],
) -> Iterator[list[tuple[str, str, int]]]:
    """Yield the next items of each customer in turn; those not taken come again later."""
    while by_customer:
        by_customer = [items for items in by_customer if items]
        yield from by_customer


def _line(
    pattern: str, items: Iterator[list[tuple[str, str, int]]], chance: random.Random, n: int
) -> _Line:
    owed = next((one for one in items if one), None)
    if pattern == "unrelated" or owed is None:
        return _Line(chance.randrange(1_000, 500_000), "Interest and sundry", f"SUNDRY CREDIT {n}")
    count = chance.randrange(2, MOST_ITEMS) if pattern == "several" else 1
    paid = [owed.pop() for _ in range(min(count, len(owed)))]
    payer, numbers = paid[0][0], [number for _, number, _ in paid]
    total = sum(amount for _, _, amount in paid)
    pays = tuple((number, amount) for _, number, amount in paid)
    text = chance.choice(("", "PAYMENT ", "INV. ", "/RFB/", "Rg. ")) + " ".join(numbers)
    if pattern == "short":
        total = max(total * chance.choice((98, 97, 90, 50)) // 100, 1)
        pays = ((numbers[0], total),)
    elif pattern == "over":
        total += chance.choice((1, 100, 1_000, 5_000))
    elif pattern == "unsaid":
        text = chance.choice(("PAYMENT", "INVOICE SETTLEMENT", "THANK YOU", "Rechnung"))
    elif pattern == "mangled":
        whole = numbers[0]
        forms = (whole.replace("-", ""), whole[-6:], f"{whole[:-1]} {whole[-1]}")
        text = chance.choice(forms)
    return _Line(total, payer, text, pays)


def _camt(lines: list[_Line]) -> str:
    day = AS_OF.isoformat()
    total = sum(line.amount_minor for line in lines)
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M1</MsgId><CreDtTm>{day}T06:00:00</CreDtTm></GrpHdr><Stmt><Id>S1</Id>"
        f"<ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>{day}T06:00:00</CreDtTm>"
        "<Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct>"
    )
    balances = (("OPBD", 0), ("CLBD", total))
    parts = [head]
    parts += [_BALANCE.format(code=c, amount=_amount(one), day=day) for c, one in balances]
    parts += [
        _ENTRY.format(
            amount=_amount(line.amount_minor),
            day=day,
            line=n,
            payer=escape(line.payer),
            text=escape(line.text),
        )
        for n, line in enumerate(lines, start=1)
    ]
    return "".join(parts) + "</Stmt></BkToCstmrStmt></Document>\n"


def _amount(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"
