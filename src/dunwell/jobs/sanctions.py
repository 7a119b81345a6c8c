"""Screening customers against sanction lists: everybody once, then only what is new."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial

from django.db.models import Q

from dunwell import clock
from dunwell.actions.gate import Actor, system
from dunwell.actions.sanctions import keep_hits
from dunwell.engine.sanctions import Likeness, SanctionIndex, Subject
from dunwell.models import Company, SanctionEntry, SanctionList
from dunwell.queries.application_rules import application_rules
from dunwell.queries.sanctions import customer_subjects, entries_of, sanction_index


@dataclass(frozen=True, kw_only=True, slots=True)
class ScreeningDue:
    """A list, and the customers' likenesses with it that screening today finds."""

    listing: SanctionList
    hits: tuple[Likeness, ...]


def screening_due(company: Company, *, as_of: date) -> tuple[ScreeningDue, ...]:
    """Return what screening customers would find: with a new list everybody, else newcomers.

    Entries that the version before did not hold in the same words are compared with every
    customer; the others only with customers recorded since. One query without any list.
    """
    lists = list(SanctionList.objects.filter(company=company, is_current=True).order_by("id"))
    if not lists:
        return ()
    threshold = application_rules(company, as_of=as_of).rules.threshold_ppm
    # read once, however many lists are new, and not at all where none is
    everybody: Callable[[], list[Subject]] = cache(partial(customer_subjects, company))
    found = ((one, _new_likenesses(company, one, everybody, threshold)) for one in lists)
    return tuple(ScreeningDue(listing=one, hits=hits) for one, hits in found if hits is not None)


def record_screening(actor: Actor, due: Sequence[ScreeningDue], *, at: datetime) -> int:
    """Keep what was found; return how many likenesses are new."""
    return sum(keep_hits(actor=actor, listing=one.listing, hits=one.hits, at=at) for one in due)


def rescreen_customers(company_id: int) -> int:
    """Screen customers against every list that is held; return how many likenesses are new."""
    company = Company.objects.get(pk=company_id)
    due = screening_due(company, as_of=clock.today(company.zone))
    return record_screening(system(company), due, at=clock.now())


def _new_likenesses(
    company: Company,
    listing: SanctionList,
    everybody: Callable[[], list[Subject]],
    threshold_ppm: int,
) -> tuple[Likeness, ...] | None:
    """Return what is found of whom the list has not met, None where there is nobody."""
    if listing.rescreened_at is not None:
        recent = customer_subjects(company, since=listing.rescreened_at)
        if not recent:
            return None
        return sanction_index([listing]).screen(recent, threshold_ppm=threshold_ppm)
    before = (
        SanctionList.objects.filter(
            Q(rescreened_at__isnull=False), company=company, source=listing.source
        )
        .exclude(pk=listing.pk)
        .order_by("-id")
        .first()
    )
    if before is None:
        return sanction_index([listing]).screen(everybody(), threshold_ppm=threshold_ppm)
    known = set(SanctionEntry.objects.filter(listing=before).values_list("uid", "digest"))
    rows = SanctionEntry.objects.filter(listing=listing).values_list("uid", "digest")
    changed = [uid for uid, digest in rows if (uid, digest) not in known]
    found = list(
        SanctionIndex(entries_of([listing.pk], uids=changed)).screen(
            everybody(), threshold_ppm=threshold_ppm
        )
    )
    # customers that came after the version before was used have not met its entries either
    recent = customer_subjects(company, since=before.rescreened_at)
    if recent:
        found += sanction_index([listing]).screen(recent, threshold_ppm=threshold_ppm)
    unique = {(one.key, one.uid, one.subject_name): one for one in found}
    return tuple(unique.values())
