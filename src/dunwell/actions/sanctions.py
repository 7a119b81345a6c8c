"""Sanction lists: loading a version, keeping and judging likenesses with its entries."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.texts import needed
from dunwell.engine.sanctions import Likeness
from dunwell.formats.sanction_rows import SanctionsFile
from dunwell.models import (
    Company,
    CreditApplication,
    SanctionEntry,
    SanctionList,
    ScreeningHit,
)

Status = ScreeningHit.Status
LONGEST_REASON = 300


@transaction.atomic
def load_list(
    *, actor: Actor, file: SanctionsFile, sha256: str, at: datetime
) -> tuple[SanctionList, bool]:
    """Keep a version of a list in place of the one before; return it, and whether it is new.

    The same bytes again change nothing. Raises Refused for a list without entries, and for one
    that shrank by more than half: such a file was cut off.
    """
    actor.require("screening.decide")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    if not file.rows:
        raise Refused("The list has no entries; fetch it again.")
    before = SanctionList.objects.filter(
        company=actor.company, source=file.source, is_current=True
    ).first()
    if before is not None and before.sha256 == sha256:
        return before, False
    if before is not None and len(file.rows) * 2 < before.entries:
        raise Refused(
            f"The list has {len(file.rows)} entries, the one before had {before.entries}: it "
            "looks cut off. Fetch it again."
        )
    SanctionList.objects.filter(company=actor.company, source=file.source, is_current=True).update(
        is_current=False
    )
    listing = SanctionList.objects.create(
        company=actor.company,
        source=file.source,
        label=file.label[:80],
        published_on=file.published_on,
        sha256=sha256,
        entries=len(file.rows),
        by=actor.name,
        loaded_at=at,
    )
    SanctionEntry.objects.bulk_create(
        (
            SanctionEntry(
                listing=listing,
                uid=row.uid[:80],
                kind=row.kind[:8],
                name=row.names[0][:300],
                names=list(row.names),
                birth=list(row.birth),
                countries=list(row.countries),
                programme=row.programme[:120],
                digest=_digest([row.kind, row.names, row.birth, row.countries]),
            )
            for row in file.rows
        ),
        batch_size=1_000,
    )
    record_event(
        actor,
        "sanction_list.loaded",
        listing,
        at=at,
        source=file.source,
        sha256=sha256,
        entries=len(file.rows),
        before=before.sha256 if before else "",
    )
    return listing, True


@transaction.atomic
def keep_hits(
    *,
    actor: Actor,
    listing: SanctionList,
    hits: Sequence[Likeness],
    at: datetime,
) -> int:
    """Keep customers' likenesses with a list that are not known yet; return how many are new.

    The list is marked as used on everybody. What a person judged before stays judged as long
    as neither the name nor the entry changes.
    """
    actor.require("screening.decide")
    own(actor, listing, "list")
    new = record_hits(listing, hits, customer=True, at=at)
    SanctionList.objects.filter(pk=listing.pk).update(rescreened_at=at)
    if new or listing.rescreened_at is None:
        record_event(
            actor, "sanction_list.screened", listing, at=at,
            source=listing.source, sha256=listing.sha256, new=new,
        )  # fmt: skip
    return new


@transaction.atomic
def decide_hit(
    *, actor: Actor, hit: ScreeningHit, is_same: bool, reason: str, at: datetime
) -> ScreeningHit:
    """Say whether somebody is the one on the list (confirm) or somebody else (clear).

    Raises Refused without a reason, for another company's, for the same decision again, and
    when who confirmed it wants to clear it: that takes a second person.
    """
    actor.require("screening.decide")
    told = needed(
        text=reason,
        most=LONGEST_REASON,
        what="reason",
        missing="Say what shows it; the decision is kept for good.",
    )
    found = (
        ScreeningHit.objects.select_for_update(no_key=True)
        .filter(company=actor.company, pk=hit.pk)
        .first()
    )
    if found is None:
        raise Refused("This likeness belongs to another company.")
    status = Status.CONFIRMED if is_same else Status.CLEARED
    if status not in ScreeningHit.MOVES[Status(found.status)]:
        raise Refused(f"{found.decided_by} has decided this already; load the page again.")
    override = ""
    if found.status == Status.CONFIRMED:
        override = own_approval(
            actor,
            author=found.decided_by,
            refusal="You confirmed this; somebody else has to clear it.",
        )
    decision = {
        "status": status.value,
        "by": actor.name,
        "at": at.isoformat(),
        "reason": told,
        "override": override,
    }
    rows = ScreeningHit.objects.filter(pk=found.pk, status=found.status).update(
        status=status,
        decided_by=actor.name,
        decided_at=at,
        reason=told,
        decisions=[*found.decisions, decision],
    )
    if rows != 1:
        raise Refused("Somebody else has just decided this; load the page again.")
    record_event(
        actor,
        "screening.cleared" if status == Status.CLEARED else "screening.confirmed",
        found,
        at=at,
        customer_id=found.customer_id,
        application_id=found.application_id,
        called=found.subject_name,
        entry=found.entry_name,
        source=found.source,
        uid=found.uid,
        before=found.status,
        reason=told,
        override=override,
    )
    found.status, found.decided_by, found.reason = status, actor.name, told
    return found


def record_hits(
    listing: SanctionList,
    hits: Iterable[Likeness],
    *,
    customer: bool = False,
    application: CreditApplication | None = None,
    at: datetime,
) -> int:
    """Add the likenesses that are not kept yet; return how many. Part of the calling action."""
    found = list(hits)
    digests = dict(
        SanctionEntry.objects.filter(
            listing=listing, uid__in={one.uid for one in found}
        ).values_list("uid", "digest")
    )
    rows = [
        ScreeningHit(
            company_id=listing.company_id,
            application=application,
            customer_id=int(one.key) if customer else None,
            source=listing.source,
            list_label=listing.label,
            list_sha256=listing.sha256,
            uid=one.uid,
            entry_digest=digests[one.uid],
            subject_name=one.subject_name[:300],
            entry_name=one.entry_name[:300],
            score_ppm=one.score_ppm,
            evidence={
                "role": "" if customer else one.key,
                "name_ppm": one.name_ppm,
                "birth": one.birth,
                "country": one.country,
                "kind": one.kind,
            },
            screened_at=at,
        )
        for one in found
    ]
    known = ScreeningHit.objects.filter(company=listing.company_id, source=listing.source)
    if application is not None:
        known = known.filter(application=application)
    held = set(
        known.filter(uid__in={one.uid for one in found}).values_list(
            "application", "customer", "uid", "entry_digest", "subject_name"
        )
    )
    new = [
        row
        for row in rows
        if (row.application_id, row.customer_id, row.uid, row.entry_digest, row.subject_name)
        not in held
    ]
    ScreeningHit.objects.bulk_create(new, batch_size=500)
    return len(new)


def _digest(values: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()
