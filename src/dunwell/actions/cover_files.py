"""Covers in numbers: the lines of a file are recorded as requests, then granted together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.covers import CoverAsk, asked, grant_cover
from dunwell.actions.events import Fact, record_events
from dunwell.actions.gate import Actor, Refused
from dunwell.formats.cover_rows import CoverFileError, CoverLine, read_covers
from dunwell.models import Company, Cover, Customer

STANDING = (Cover.Status.REQUESTED, Cover.Status.GRANTED)


@dataclass(frozen=True, kw_only=True, slots=True)
class AddedCovers:
    """How many covers were recorded, and how many were known from before and stay as they are."""

    added: int
    known: int


@transaction.atomic
def add_covers(*, actor: Actor, name: str, data: bytes, as_of: date, at: datetime) -> AddedCovers:
    """Record every cover of a CSV or XLSX as a request; those known from before change nothing.

    Known is a requested or granted cover of the same customer, provider, number and first day.
    They count once somebody else grants them (`grant_asked`). Raises Refused for a file that is
    no table of covers, and naming the first row that cannot be added: then none is.
    """
    actor.require("cover.edit")
    try:
        lines = read_covers(data, name, home=actor.company.currency)
    except CoverFileError as error:
        raise Refused(str(error)) from error
    # one file at a time, so that the same one sent twice adds nothing twice
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    numbers = {line.customer_number for line in lines}
    customers = {
        one.number: one for one in Customer.objects.filter(company=company, number__in=numbers)
    }
    known = set(
        Cover.objects.filter(company=company, status__in=STANDING).values_list(
            "customer", "provider", "number", "from_on"
        )
    )
    new, repeated = [], 0
    for line in lines:
        cover = _cover(actor, line, customers, as_of=as_of, at=at)
        key = (cover.customer_id, cover.provider, cover.number, cover.from_on)
        if key in known:
            repeated += 1
            continue
        known.add(key)
        new.append(cover)
    Cover.objects.bulk_create(new, batch_size=500)
    facts = [
        Fact(
            verb="cover.requested",
            subject="cover",
            subject_id=cover.pk,
            customer_id=cover.customer_id,
            data={
                "kind": cover.kind,
                "provider": cover.provider,
                "number": cover.number,
                "currency": cover.currency,
                "asked_minor": cover.asked_minor,
            },
        )
        for cover in new
    ]
    record_events(actor, facts, at=at)
    return AddedCovers(added=len(new), known=repeated)


@transaction.atomic
def grant_asked(*, actor: Actor, covers: Sequence[Cover], as_of: date, at: datetime) -> int:
    """Grant requests as they were asked for, all or none; return how many.

    For covers that came from a file, which tells what was granted. Another person than the one
    who recorded them does it. Raises Refused for none, and as `grant_cover` does, naming which.
    """
    actor.require("cover.edit")
    if not covers:
        raise Refused("Choose at least one cover.")
    for cover in sorted(covers, key=lambda one: (one.customer_id, one.pk)):
        try:
            grant_cover(
                actor=actor,
                cover=cover,
                amount_minor=cover.asked_minor,
                from_on=cover.from_on or as_of,
                until_on=cover.until_on,
                as_of=as_of,
                at=at,
            )
        except Refused as refusal:
            raise Refused(f"{cover.provider} {cover.number}: {refusal}") from refusal
    return len(covers)


def _cover(
    actor: Actor,
    line: CoverLine,
    customers: dict[str, Customer],
    *,
    as_of: date,
    at: datetime,
) -> Cover:
    """Return a line as a request; raise Refused, naming its row, for one that cannot be."""
    where = f"Row {line.row}"
    if line.problem:
        raise Refused(f"{where}: {line.problem}. Nothing was added.")
    customer = customers.get(line.customer_number)
    if customer is None:
        raise Refused(
            f"{where}: there is no customer {line.customer_number!r}. Nothing was added."
        )
    ask = CoverAsk(
        kind=line.kind,
        provider=line.provider,
        number=line.number,
        currency=line.currency,
        asked_minor=line.amount_minor,
        share_ppm=line.share_ppm,
        conditions=line.conditions,
        from_on=line.from_on,
        until_on=line.until_on,
    )
    try:
        return asked(actor, customer, ask, as_of=as_of, at=at)
    except Refused as refusal:
        raise Refused(f"{where}: {refusal} Nothing was added.") from refusal
