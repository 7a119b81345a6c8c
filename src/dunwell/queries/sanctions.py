"""Sanction lists as held, the index over them, and the likenesses that wait for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Q

from dunwell.engine.sanctions import Listed, SanctionIndex, Subject
from dunwell.models import (
    Company,
    CreditApplication,
    Customer,
    SanctionEntry,
    SanctionList,
    ScreeningHit,
)
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

PERSON, ENTITY = "person", "entity"


@dataclass(frozen=True, kw_only=True, slots=True)
class ListInForce:
    """One list as held: its version, size, and when it was loaded and last used on everybody."""

    id: int
    source: str
    label: str
    published_on: date | None
    sha256: str
    entries: int
    loaded_at: datetime
    loaded_by: str
    rescreened_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class HitRow:
    """Somebody of ours who is called like somebody on a list, and what was decided."""

    id: int
    status: str
    status_label: str
    application_id: int | None
    application_number: str
    customer_id: int | None
    customer_name: str
    subject_name: str
    entry_name: str
    source: str
    list_label: str
    uid: str
    score_ppm: int
    evidence: dict[str, Any]
    reason: str
    decided_by: str
    screened_at: datetime


def lists_in_force(company: Company) -> tuple[ListInForce, ...]:
    """Return the lists that are held now, by source; one query."""
    return tuple(
        ListInForce(
            id=one.pk,
            source=one.source,
            label=one.label,
            published_on=one.published_on,
            sha256=one.sha256,
            entries=one.entries,
            loaded_at=one.loaded_at,
            loaded_by=one.by,
            rescreened_at=one.rescreened_at,
        )
        for one in SanctionList.objects.filter(company=company, is_current=True).order_by("source")
    )


def sanction_index(lists: Sequence[SanctionList]) -> SanctionIndex:
    """Return the index over whole lists; kept, since a list with its bytes never changes."""
    return _index(tuple(sorted((one.pk, one.sha256) for one in lists)))


@lru_cache(maxsize=2)
def _index(lists: tuple[tuple[int, str], ...]) -> SanctionIndex:
    return SanctionIndex(entries_of([key for key, _ in lists]))


def entries_of(lists: Sequence[int], *, uids: Sequence[str] | None = None) -> list[Listed]:
    """Return the entries of lists as the engine takes them; only some by their id if given."""
    rows = SanctionEntry.objects.filter(listing__in=lists)
    if uids is not None:
        rows = rows.filter(uid__in=uids)
    return [
        Listed(
            source=source,
            uid=uid,
            kind=kind if kind in {PERSON, ENTITY} else "",
            names=tuple(names),
            birth=tuple(birth),
            countries=tuple(countries),
        )
        for source, uid, kind, names, birth, countries in rows.order_by("id").values_list(
            "listing__source", "uid", "kind", "names", "birth", "countries"
        )
    ]


def subjects_of(application: CreditApplication) -> list[Subject]:
    """Return whom an application names: the applicant, its owner, and its guarantor."""
    told = application.answers
    kind = PERSON if application.is_natural_person else ENTITY
    found = [
        Subject(
            key="applicant",
            names=(application.name,),
            kind=kind,
            birth=str(told.get("owner_born_on") or "") if kind == PERSON else "",
            country=application.country,
        )
    ]
    for role in ("owner", "guarantor"):
        if name := str(told.get(f"{role}_name") or ""):
            born = str(told.get(f"{role}_born_on") or "")
            found.append(Subject(key=role, names=(name,), birth=born))
    return found


def customer_subjects(company: Company, *, since: datetime | None = None) -> list[Subject]:
    """Return the customers as subjects, all or those recorded after a moment; one query."""
    rows = Customer.objects.filter(company=company)
    if since is not None:
        rows = rows.filter(recorded_at__gt=since)
    kinds = {Customer.Party.PERSON: PERSON, Customer.Party.COMPANY: ENTITY}
    return [
        Subject(
            key=str(key),
            names=(name,),
            kind=kinds.get(Customer.Party(party), "") if party else "",
            country=country,
        )
        for key, name, party, country in rows.order_by("id").values_list(
            "id", "name", "party", "country"
        )
    ]


def hit_rows(
    company: Company,
    *,
    status: str = "",
    application_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[HitRow]:
    """Return one page of likenesses, the newest first; an empty `status` shows all."""
    only = Q(company=company)
    if status:
        only &= Q(status=status)
    if application_id is not None:
        only &= Q(application=application_id)
    limit = page_limit(limit)
    rows = (
        ScreeningHit.objects.filter(only)
        .filter(after(cursor, ("-id",), (int,)))
        .select_related("application", "customer")
        .order_by("-id")[: limit + 1]
    )
    return page_of([_hit(one) for one in rows], limit=limit, key=lambda row: (row.id,))


def _hit(one: ScreeningHit) -> HitRow:
    return HitRow(
        id=one.pk,
        status=one.status,
        status_label=str(ScreeningHit.Status(one.status).label),
        application_id=one.application_id,
        application_number=one.application.number if one.application else "",
        customer_id=one.customer_id,
        customer_name=one.customer.name if one.customer else "",
        subject_name=one.subject_name,
        entry_name=one.entry_name,
        source=one.source,
        list_label=one.list_label,
        uid=one.uid,
        score_ppm=one.score_ppm,
        evidence=one.evidence,
        reason=one.reason,
        decided_by=one.decided_by,
        screened_at=one.screened_at,
    )
