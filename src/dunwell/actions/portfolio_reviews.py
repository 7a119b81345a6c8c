"""Portfolio reviews: planned, their pack frozen, held with minutes, decided on, signed by two."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import override

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, Stale, check_status, own
from dunwell.actions.texts import fitting, needed
from dunwell.engine.calendars import months_after
from dunwell.formats.review_pack import (
    pack_document,
    pack_hash,
    review_pack_pdf,
    review_pack_xlsx,
)
from dunwell.models import (
    Company,
    PortfolioPack,
    PortfolioReview,
    ReviewRhythm,
)
from dunwell.queries.portfolio_reviews import ReviewCause
from dunwell.queries.review_packs import review_pack

Status = PortfolioReview.Status
LONGEST_TEXT = 20_000


@transaction.atomic
def set_rhythm(
    *,
    actor: Actor,
    every_months: int,
    next_on: date,
    on_gauge: bool,
    on_warning: bool,
    warning_minor: int,
    as_of: date,
    at: datetime,
) -> ReviewRhythm:
    """Set how often the portfolio is reviewed, when next, and which events ask besides."""
    actor.require("portfolio_review.edit")
    if every_months not in ReviewRhythm.Every.values:
        raise Refused("A review is monthly, quarterly, half-yearly or yearly.")
    if next_on < as_of:
        raise Refused("The next review must not lie in the past.")
    if warning_minor <= 0:
        raise Refused("Give the exposure from which a strong warning asks for a review.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    rhythm, _ = ReviewRhythm.objects.update_or_create(
        company=actor.company,
        defaults={
            "every_months": every_months,
            "next_on": next_on,
            "on_gauge": on_gauge,
            "on_warning": on_warning,
            "warning_minor": warning_minor,
            "recorded_at": at,
        },
    )
    record_event(
        actor,
        "review_rhythm.set",
        rhythm,
        at=at,
        every_months=every_months,
        next_on=next_on.isoformat(),
    )
    return rhythm


@transaction.atomic
def plan_review(
    *,
    actor: Actor,
    name: str,
    due_on: date,
    agenda: str,
    reason: str,
    as_of: date,
    at: datetime,
) -> PortfolioReview:
    """Plan a review by hand, with the reason why it is asked for."""
    actor.require("portfolio_review.edit")
    if due_on < as_of:
        raise Refused("The review must not be due in the past.")
    cause = ReviewCause(
        cause=PortfolioReview.Cause.PERSON,
        key=f"{at.isoformat()} {actor.name}"[:80],
        text=needed(text=reason, most=300, what="reason", missing="Say why it is asked for."),
        due_on=due_on,
    )
    told = needed(text=name, most=80, what="name", missing="Give the review a name.")
    text = fitting(text=agenda, most=LONGEST_TEXT, what="agenda")
    return _planned(actor, cause, name=told, agenda=text, at=at)


@transaction.atomic
def open_reviews(*, actor: Actor, causes: Sequence[ReviewCause], as_of: date, at: datetime) -> int:
    """Plan a review for each cause that has none yet; return how many are new.

    Names and agendas are written in the company's language.
    """
    actor.require("cycle.run")
    if not causes:
        return 0
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    known = set(
        PortfolioReview.objects.filter(company=actor.company).values_list("cause", "cause_key")
    )
    new = 0
    for cause in causes:
        if cause.cause == PortfolioReview.Cause.SCHEDULE:
            _next_turn(actor, as_of)
        if (cause.cause, cause.key) in known:
            continue
        with override(actor.company.language):
            what = PortfolioReview.Cause(cause.cause).label
            name, agenda = f"{cause.due_on.isoformat()}: {what}"[:80], _agenda(cause)
        _planned(actor, cause, name=name, agenda=agenda, at=at)
        new += 1
    return new


@transaction.atomic
def freeze_pack(
    *, actor: Actor, review: PortfolioReview, as_of: date, at: datetime
) -> PortfolioPack:
    """Freeze the figures of today for a review: data, PDF and workbook, kept by their hashes.

    Raises Refused for a review that has its pack; TypesettingError when the PDF cannot be set.
    """
    actor.require("portfolio_review.edit")
    own(actor, review, "review")
    locked = PortfolioReview.objects.select_for_update(no_key=True).get(pk=review.pk)
    check_status(PortfolioReview.MOVES, Status(locked.status), Status.FROZEN, "This review")
    pack = review_pack(actor.company, title=locked.name, as_of=as_of)
    document = pack_document(pack)
    digest = pack_hash(document)
    pdf, xlsx = review_pack_pdf(pack, sha256=digest), review_pack_xlsx(pack)
    before = (
        PortfolioReview.objects.filter(company=actor.company, pack__as_of__lte=as_of)
        .exclude(pk=locked.pk)
        .exclude(status=Status.CANCELLED)
        .order_by("-pack__as_of", "-id")
        .first()
    )
    kept = PortfolioPack.objects.create(
        review=locked,
        company=actor.company,
        as_of=as_of,
        currency=pack.currency,
        figures=document,
        sha256=digest,
        pdf=pdf,
        pdf_sha256=hashlib.sha256(pdf).hexdigest(),
        xlsx=xlsx,
        xlsx_sha256=hashlib.sha256(xlsx).hexdigest(),
        frozen_by=actor.name,
        frozen_at=at,
    )
    _move(locked, Status.FROZEN, before=before)
    record_event(
        actor,
        "portfolio_review.frozen",
        locked,
        at=at,
        name=locked.name,
        as_of=as_of.isoformat(),
        sha256=digest,
    )
    return kept


@transaction.atomic
def agree_agenda(
    *, actor: Actor, review: PortfolioReview, agenda: str, version: int, at: datetime
) -> None:
    """Change the agenda of a review that was not held. Raises Stale for an old page."""
    actor.require("portfolio_review.edit")
    own(actor, review, "review")
    text = fitting(text=agenda, most=LONGEST_TEXT, what="agenda")
    rows = PortfolioReview.objects.filter(
        pk=review.pk, version=version, status__in=(Status.PLANNED, Status.FROZEN)
    ).update(agenda=text, version=F("version") + 1)
    if rows != 1:
        raise Stale("This review was changed or held meanwhile; load the page again.")
    record_event(actor, "portfolio_review.agreed", review, at=at, name=review.name)


@transaction.atomic
def hold_review(
    *,
    actor: Actor,
    review: PortfolioReview,
    attendees: str,
    minutes: str,
    held_on: date,
    as_of: date,
    at: datetime,
) -> None:
    """Keep who met and what was said; the pack must be frozen before."""
    actor.require("portfolio_review.edit")
    own(actor, review, "review")
    who = needed(text=attendees, most=500, what="attendees", missing="Say who took part.")
    what = needed(text=minutes, most=LONGEST_TEXT, what="minutes", missing="Write what was said.")
    if held_on > as_of:
        raise Refused("The day it was held must not lie ahead.")
    locked = PortfolioReview.objects.select_for_update(no_key=True).get(pk=review.pk)
    _move(locked, Status.HELD, attendees=who, minutes=what, held_on=held_on)
    record_event(
        actor,
        "portfolio_review.held",
        locked,
        at=at,
        name=locked.name,
        held_on=held_on.isoformat(),
    )


@transaction.atomic
def cancel_review(*, actor: Actor, review: PortfolioReview, reason: str, at: datetime) -> None:
    """Call a review off that was not held, with the reason."""
    actor.require("portfolio_review.edit")
    own(actor, review, "review")
    told = needed(text=reason, most=300, what="reason", missing="Say why it is called off.")
    locked = PortfolioReview.objects.select_for_update(no_key=True).get(pk=review.pk)
    _move(locked, Status.CANCELLED, reason=told)
    record_event(actor, "portfolio_review.cancelled", locked, at=at, name=locked.name, reason=told)


def _planned(
    actor: Actor, cause: ReviewCause, *, name: str, agenda: str, at: datetime
) -> PortfolioReview:
    review = PortfolioReview.objects.create(
        company=actor.company,
        name=name,
        cause=cause.cause,
        cause_key=cause.key,
        cause_text=cause.text,
        due_on=cause.due_on,
        agenda=agenda,
        author=actor.name,
        recorded_at=at,
    )
    record_event(
        actor,
        "portfolio_review.planned",
        review,
        at=at,
        name=name,
        cause=cause.cause,
        text=cause.text,
        due_on=cause.due_on.isoformat(),
    )
    return review


def _agenda(cause: ReviewCause) -> str:
    first = [cause.text] if cause.text else []
    points = [
        *first,
        _("What changed since the last review"),
        _("Concentration and the limits of the risk appetite"),
        _("Early warnings and limits that end"),
        _("Provision and expected loss"),
        _("Decisions, owners and days"),
    ]
    return "\n".join(f"{number}. {point}" for number, point in enumerate(points, 1))


def _next_turn(actor: Actor, as_of: date) -> None:
    """Move the rhythm on until its next day lies ahead."""
    rhythm = ReviewRhythm.objects.select_for_update(no_key=True).get(company=actor.company)
    next_on, turns = rhythm.next_on, 0
    while next_on <= as_of:
        turns += 1
        next_on = months_after(rhythm.next_on, turns * rhythm.every_months)
    ReviewRhythm.objects.filter(pk=rhythm.pk).update(next_on=next_on)


def _move(locked: PortfolioReview, status: Status, **fields: Any) -> None:
    check_status(PortfolioReview.MOVES, Status(locked.status), status, "This review")
    rows = PortfolioReview.objects.filter(pk=locked.pk, status=locked.status).update(
        status=status, version=F("version") + 1, **fields
    )
    if rows != 1:
        raise Stale("Somebody else has just changed this review; load the page again.")
