"""Facilities to borrow on receivables, and the dated terms they have."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import IntegrityError, transaction

from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused, check_status, own
from dunwell.engine.documents import DocumentError
from dunwell.engine.financing_eligibility import read_rules
from dunwell.models import FinancingDraw, FinancingFacility, FinancingTerms

Status = FinancingFacility.Status
MILLION = 1_000_000
ENDED = (FinancingDraw.Status.SETTLED, FinancingDraw.Status.CANCELLED)


@transaction.atomic
def add_facility(
    *,
    actor: Actor,
    name: str,
    lender: str,
    kind: str,
    limit_minor: int,
    from_on: date,
    until_on: date | None,
    at: datetime,
) -> FinancingFacility:
    """Note what a lender, factor or insurer offers, in the company's currency; not in use yet.

    Raises Refused for a name that is taken, an unknown kind, and days the wrong way round.
    """
    actor.require("financing.edit")
    called, who = name.strip()[:80], lender.strip()[:120]
    if not called or not who:
        raise Refused("Name the facility and who stands behind it.")
    if kind not in FinancingFacility.Kind.values:
        raise Refused(f"There is no financing of kind {kind}.")
    if limit_minor < 0 or (until_on is not None and until_on < from_on):
        raise Refused("The limit is not below 0, and the last day not before the first.")
    try:
        with transaction.atomic():
            found = FinancingFacility.objects.create(
                company=actor.company,
                name=called,
                lender=who,
                kind=kind,
                currency=actor.company.currency,
                limit_minor=limit_minor,
                from_on=from_on,
                until_on=until_on,
                by=actor.name,
                recorded_at=at,
            )
    except IntegrityError as error:
        raise Refused(f"There is a facility {called} already; give this one another name.") from (
            error
        )
    record_event(
        actor,
        "financing.offered",
        found,
        at=at,
        name=called,
        kind=kind,
        limit_minor=limit_minor,
    )
    return found


@transaction.atomic
def add_terms(
    *,
    actor: Actor,
    facility: FinancingFacility,
    valid_from: date,
    figures: Mapping[str, int | None],
    rules: Mapping[str, object],
    source: str,
    at: datetime,
) -> FinancingTerms:
    """Put terms in force from a day on; what was drawn before keeps its own.

    `figures` are the fields of FinancingTerms by name. Raises Refused for a day that has terms, a
    share above 100 percent, a rule that cannot be read, and without a source.
    """
    actor.require("financing.edit")
    locked = _locked(actor, facility)
    if locked.status == Status.CLOSED:
        raise Refused(f"{locked.name} is closed; it gets no new terms.")
    told = source.strip()[:200]
    if not told:
        raise Refused("Name where these terms stand: the contract, the offer, its date.")
    try:
        read_rules(rules)
    except DocumentError as error:
        raise Refused(str(error)) from error
    for field, value in figures.items():
        if value is not None and (value < 0 or (field.endswith("_ppm") and value > MILLION)):
            raise Refused(f"{field} must lie between 0 and 100 percent.")
    try:
        with transaction.atomic():
            found = FinancingTerms.objects.create(
                facility=locked,
                valid_from=valid_from,
                rules=dict(rules),
                source=told,
                by=actor.name,
                recorded_at=at,
                **figures,
            )
    except IntegrityError as error:
        raise Refused(
            f"{locked.name} has terms from {valid_from} already; take another day."
        ) from error
    record_event(
        actor,
        "financing.terms_set",
        locked,
        at=at,
        name=locked.name,
        valid_from=valid_from.isoformat(),
        source=told,
        **{name: value for name, value in figures.items() if value is not None},
    )
    return found


@transaction.atomic
def open_facility(*, actor: Actor, facility: FinancingFacility, at: datetime) -> FinancingFacility:
    """Take a facility into use; whoever noted it may not, and insurance is not drawn on."""
    actor.require("financing.approve")
    locked = _locked(actor, facility)
    check_status(FinancingFacility.MOVES, Status(locked.status), Status.OPEN, "This facility")
    if not FinancingTerms.objects.filter(facility=locked).exists():
        raise Refused(f"{locked.name} has no terms yet; enter them first.")
    override = own_approval(
        actor,
        author=locked.by,
        refusal="You noted this facility; somebody else has to take it into use.",
    )
    _set(locked, Status.OPEN, actor)
    record_event(actor, "financing.opened", locked, at=at, name=locked.name, override=override)
    return locked


@transaction.atomic
def close_facility(
    *, actor: Actor, facility: FinancingFacility, at: datetime
) -> FinancingFacility:
    """End a facility; raise Refused while something is drawn on it."""
    actor.require("financing.edit")
    locked = _locked(actor, facility)
    check_status(FinancingFacility.MOVES, Status(locked.status), Status.CLOSED, "This facility")
    live = FinancingDraw.objects.filter(facility=locked).exclude(status__in=ENDED)
    if (draw := live.order_by("number").first()) is not None:
        raise Refused(f"Draw {draw.number} on {locked.name} is not settled yet.")
    _set(locked, Status.CLOSED, actor)
    record_event(actor, "financing.closed", locked, at=at, name=locked.name)
    return locked


def _locked(actor: Actor, facility: FinancingFacility) -> FinancingFacility:
    own(actor, facility, "facility")
    return FinancingFacility.objects.select_for_update(no_key=True).get(pk=facility.pk)


def _set(locked: FinancingFacility, status: Status, actor: Actor) -> None:
    locked.status, locked.decided_by = status, actor.name
    locked.version += 1
    locked.save(update_fields=["status", "decided_by", "version"])
