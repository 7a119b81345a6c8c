"""Verify the books: every invariant that exists yet, and the rows that break it.

The proofs are plain SQL. Nothing here uses the code that writes the ledger; the chain of
events is hashed again from its definition.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from dunwell.models import (
    ChainHead,
    Company,
    Event,
    ImportBatch,
    Message,
    ModelVersion,
    PredictionLog,
)
from dunwell.queries.events import hash_of
from dunwell.queries.mirror_proof import mirror_breaks
from dunwell.queries.proofs.balances import BALANCES
from dunwell.queries.proofs.charges import CHARGES
from dunwell.queries.proofs.check import Check
from dunwell.queries.proofs.closing import CLOSING
from dunwell.queries.proofs.desk import DESK
from dunwell.queries.proofs.disputes import DISPUTES
from dunwell.queries.proofs.history import HISTORY
from dunwell.queries.proofs.legal import LEGAL
from dunwell.queries.proofs.merges import MERGES
from dunwell.queries.proofs.plans import PLANS
from dunwell.queries.proofs.postings import POSTINGS
from dunwell.queries.proofs.predictions import PREDICTIONS
from dunwell.queries.proofs.provisions import PROVISIONS
from dunwell.queries.proofs.refunds import REFUNDS
from dunwell.queries.proofs.settlements import SETTLEMENTS
from dunwell.queries.statements import changed_statements

MOST_ROWS = 50
"""So many breaking rows are shown of each check; all are counted."""
CHECKS: tuple[Check, ...] = (
    *POSTINGS,
    *BALANCES,
    *REFUNDS,
    *CHARGES,
    *HISTORY,
    *CLOSING,
    *DESK,
    *PLANS,
    *SETTLEMENTS,
    *DISPUTES,
    *LEGAL,
    *MERGES,
    *PREDICTIONS,
    *PROVISIONS,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """One check's answer: how many rows break the rule, and the first of them as texts."""

    id: str
    proves: str
    broken: int
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Verification:
    """All checks of one company."""

    company: str
    proofs: tuple[Proof, ...]

    @property
    def broken(self) -> int:
        """Return how many checks found something."""
        return sum(1 for proof in self.proofs if proof.broken)


def verify_books(company: Company) -> Verification:
    """Return the answer of every check for a company, in the order of the list."""
    proofs = [_run(check, company) for check in CHECKS]
    proofs += [
        _listed(
            "I28",
            "The chain of events is unbroken: no event is missing, changed or out of order.",
            ("seq", "break"),
            _chain_breaks(company),
        ),
        _listed(
            "D5.words",
            "The words of every message are the words that were written.",
            ("message", "break"),
            _changed_words(company),
        ),
        _listed(
            "D3.import",
            "In every import what came in is what was imported, known or refused.",
            ("import", "currency", "break"),
            _loose_totals(company),
        ),
        _listed(
            "P5",
            "Every log of predictions and every trained model is what was hashed when written.",
            ("row", "break"),
            _changed_contents(company),
        ),
        _listed(
            "S1",
            "Every issued statement of account can be made again from the ledger, to the byte.",
            ("statement", "break"),
            changed_statements(company),
        ),
        _listed(
            "M1",
            "The columnar mirror, where there is one, holds the rows of the ledger.",
            ("frame", "key", "break"),
            mirror_breaks(company),
        ),
    ]
    return Verification(company=company.name, proofs=tuple(proofs))


def _run(check: Check, company: Company) -> Proof:
    query = check.on(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(query, {"company": company.pk})
        columns = tuple(str(column[0]) for column in cursor.description or ())
        rows = cursor.fetchmany(MOST_ROWS)
        broken = len(rows)
        while more := cursor.fetchmany(10_000):
            broken += len(more)
    return Proof(
        id=check.id,
        proves=check.proves,
        broken=broken,
        columns=columns if rows else (),
        rows=tuple(tuple(map(_text, row)) for row in rows),
    )


def _listed(
    name: str, proves: str, columns: tuple[str, ...], breaks: Iterator[tuple[str, ...]]
) -> Proof:
    rows, broken = [], 0
    for row in breaks:
        broken += 1
        if broken <= MOST_ROWS:
            rows.append(row)
    return Proof(
        id=name,
        proves=proves,
        broken=broken,
        columns=columns if rows else (),
        rows=tuple(rows),
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _chain_breaks(company: Company) -> Iterator[tuple[str, ...]]:
    """Yield where the chain breaks; after a break the stored hash carries on."""
    previous, expected = "0" * 64, 1
    for event in Event.objects.filter(company=company).order_by("seq").iterator(chunk_size=2000):
        if event.seq != expected:
            yield (str(event.seq), f"event {expected} is missing")
        if event.previous_hash != previous:
            yield (str(event.seq), "does not follow the event before it")
        if event.hash != hash_of(event):
            yield (str(event.seq), "was changed after it was written")
        previous, expected = event.hash, event.seq + 1
    head = ChainHead.objects.filter(company=company).first()
    if (head.seq, head.hash) != (expected - 1, previous) if head else expected > 1:
        yield (str(expected - 1), "is not the end that was noted: events are missing after it")


def _changed_words(company: Company) -> Iterator[tuple[str, ...]]:
    messages = Message.objects.filter(company=company).order_by("pk")
    columns = messages.values_list("pk", "body", "body_sha256")
    for key, body, expected in columns.iterator(chunk_size=2000):
        if hashlib.sha256(body.encode()).hexdigest() != expected:
            yield (str(key), "its text is not the text that was hashed")


def _changed_contents(company: Company) -> Iterator[tuple[str, ...]]:
    logs = PredictionLog.objects.filter(company=company).order_by("as_of")
    versions = ModelVersion.objects.filter(company=company).order_by("number")
    kept = (
        ("log of", logs.values_list("as_of", "content", "content_sha256")),
        ("version", versions.values_list("number", "artifact", "artifact_sha256")),
    )
    for what, rows in kept:
        for key, content, expected in rows.iterator(chunk_size=10):
            if hashlib.sha256(content).hexdigest() != expected:
                yield (f"{what} {key}", "its content is not the content that was hashed")


_IMPORTED = """
SELECT batch_id, currency, SUM(amount_minor) FROM dunwell_item
WHERE company_id = %(company)s AND batch_id IS NOT NULL GROUP BY batch_id, currency
"""


def _loose_totals(company: Company) -> Iterator[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_IMPORTED, {"company": company.pk})
        booked = {(batch, currency): int(total) for batch, currency, total in cursor.fetchall()}
    done = ImportBatch.objects.filter(company=company, status=ImportBatch.Status.DONE)
    for batch in done.order_by("pk"):
        for total in batch.totals:
            if total.get("role", "items") != "items":
                continue
            currency = total["currency"]
            parts = total["imported_minor"] + total["known_minor"] + total["refused_minor"]
            if total["in_minor"] != parts:
                yield (
                    str(batch.pk),
                    currency,
                    f"{total['in_minor']} came in, {parts} is explained",
                )
            found = booked.pop((batch.pk, currency), 0)
            if found != total["imported_minor"]:
                noted = total["imported_minor"]
                yield (str(batch.pk), currency, f"{noted} is noted, {found} is in the ledger")
    for (key, currency), found in sorted(booked.items()):
        yield (str(key), currency, f"{found} is in the ledger but in no total")
