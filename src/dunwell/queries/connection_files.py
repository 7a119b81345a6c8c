"""Files of a remote folder as pages and the API show them, with what each became in the books."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext

from dunwell.models import BankFile, Company, ConnectionFile, EInvoiceFile, ImportBatch
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

SEEN = "seen"
"""Asked for as an outcome: it lies there and was not dealt with yet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionFileRow:
    """A file as it was found; `outcome` is seen until it was dealt with, then what became of it.

    `size` in bytes, `written_at` as the folder says; `rows` are those that were read, entries of a
    statement, None where it became nothing. `import_id`, `bank_file_id` and
    `einvoice_file_id` name what it became here, by its bytes; `item_id` the item of an electronic
    invoice that was taken.
    """

    id: int
    connection_id: int
    place: str
    size: int
    written_at: datetime
    seen_at: datetime
    outcome: str
    outcome_label: str
    told: str
    sha256: str
    dealt_at: datetime | None
    moved_to: str
    rows: int | None
    import_id: int | None
    bank_file_id: int | None
    einvoice_file_id: int | None
    item_id: int | None


def connection_file_rows(
    company: Company,
    *,
    connection_id: int,
    outcome: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[ConnectionFileRow]:
    """Return one page of the files of a connection, the newest first; four queries at most."""
    limit = page_limit(limit)
    found = ConnectionFile.objects.filter(connection=connection_id, connection__company=company)
    if outcome:
        found = found.filter(outcome="" if outcome == SEEN else outcome)
    files = list(found.filter(after(cursor, ("-id",), (int,))).order_by("-id")[: limit + 1])
    became = _became(company, {one.sha256 for one in files if one.sha256})
    rows = [_row(one, became.get(one.sha256, _Became())) for one in files]
    return page_of(rows, limit=limit, key=lambda row: (row.id,))


@dataclass(frozen=True, slots=True)
class _Became:
    """What one file is here by its bytes: how many rows were read, and the keys."""

    rows: int | None = None
    import_id: int | None = None
    bank_file_id: int | None = None
    einvoice_file_id: int | None = None
    item_id: int | None = None


def _became(company: Company, hashes: Collection[str]) -> dict[str, _Became]:
    """Return what files became, by the hash of their content."""
    if not hashes:
        return {}
    found: dict[str, _Became] = {}
    einvoices = EInvoiceFile.objects.filter(company=company, sha256__in=hashes)
    for sha256, key, item in einvoices.values_list("sha256", "pk", "item"):
        found[sha256] = _Became(rows=1, einvoice_file_id=key, item_id=item)
    banks = BankFile.objects.filter(company=company, sha256__in=hashes)
    for sha256, key, counts in banks.values_list("sha256", "pk", "counts"):
        found[sha256] = _Became(rows=counts.get("entries"), bank_file_id=key)
    # an import is known by the hash of the hashes of its files (actions.uploads.hash_of_files)
    alone = {hashlib.sha256(one.encode()).hexdigest(): one for one in hashes}
    batches = ImportBatch.objects.filter(company=company, sha256__in=alone)
    for sha256, key, counts in batches.order_by("pk").values_list("sha256", "pk", "counts"):
        found[alone[sha256]] = _Became(rows=counts.get("rows_read"), import_id=key)
    return found


def _row(one: ConnectionFile, became: _Became) -> ConnectionFileRow:
    return ConnectionFileRow(
        id=one.pk,
        connection_id=one.connection_id,
        place=one.place,
        size=one.size,
        written_at=datetime.fromtimestamp(one.written, UTC),
        seen_at=one.seen_at,
        outcome=one.outcome or SEEN,
        outcome_label=(
            str(ConnectionFile.Outcome(one.outcome).label)
            if one.outcome
            else gettext("Not taken yet")
        ),
        told=one.told,
        sha256=one.sha256,
        dealt_at=one.dealt_at,
        moved_to=one.moved_to,
        rows=became.rows,
        import_id=became.import_id,
        bank_file_id=became.bank_file_id,
        einvoice_file_id=became.einvoice_file_id,
        item_id=became.item_id,
    )
