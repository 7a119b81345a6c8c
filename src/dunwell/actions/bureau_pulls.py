"""Asking bureaus: the question, its purpose and consent; the answer, its cost, the next in line.

Nothing here reaches the network: `jobs.bureau` claims a question, asks outside any transaction
and records what came of it. Every question costs once, when it was answered.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import F, Q

from dunwell.actions.bureau_reports import add_report
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer, own
from dunwell.formats.bureau_answers import BureauAnswer
from dunwell.models import BureauAccount, BureauConsent, BureauPull, BureauReport, Customer
from dunwell.queries.bureau_reports import consent_holds
from dunwell.queries.bureaus import fresh_report, needs_consent, waterfall

LEASE = timedelta(minutes=10)
"""How long a claim holds; far longer than a bureau takes."""

BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 15, 120))
"""How long to wait after the first, second ... failure that may pass; then it has failed."""

ATTEMPTS = len(BACKOFF) + 1
Status = BureauPull.Status


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What became of the wish to know: a question that waits, or a report that is young enough."""

    pull: BureauPull | None = None
    report: BureauReport | None = None


@transaction.atomic
def ask_bureau(
    *,
    actor: Actor,
    customer: Customer,
    purpose: str,
    bureau: BureauAccount | None = None,
    as_of: date,
    at: datetime,
) -> Asked:
    """Ask about a customer: `bureau` alone, or (None) the waterfall from its first bureau on.

    Nothing is asked while there is a report young enough: of the bureau, in the waterfall of any
    of it. A question that waits already is returned as it is. Raises Refused for an unknown
    purpose, without a bureau to ask, and for a natural person without a consent that holds.
    """
    actor.require("bureau.pull")
    open_customer(actor, customer)
    if purpose not in BureauPull.Purpose.values:
        raise Refused(f"{purpose!r} is no purpose; use {', '.join(BureauPull.Purpose.values)}.")
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    asked = [bureau] if bureau else waterfall(actor.company)
    if not asked:
        raise Refused("There is no bureau to ask. Add one on the page of bureaus.")
    if bureau is not None:
        _check_bureau(actor, bureau)
    if found := fresh_report(customer, asked, as_of=as_of):
        return Asked(report=found)
    waiting = BureauPull.objects.filter(
        customer=customer, bureau__in=asked, status__in=[Status.ASKED, Status.CLAIMED]
    )
    if pull := waiting.order_by("pk").first():
        return Asked(pull=pull)
    pull = _ask(
        actor, customer, asked[0], purpose=purpose, goes_on=bureau is None, as_of=as_of, at=at
    )
    _tell(actor, "asked", pull, at=at, consent=pull.consent_id)
    return Asked(pull=pull)


@transaction.atomic
def claim_pulls(
    *, actor: Actor, limit: int, as_of: date, at: datetime, after: int = 0
) -> list[BureauPull]:
    """Take up to `limit` questions that may be asked now, each by compare-and-set.

    Those never asked, those whose waiting time after a failure is over, and claims of workers
    that died; a question whose last attempt stopped its worker has failed. `after` is the last
    key of the batch before.
    """
    actor.require("bureau.pull")
    mine = BureauPull.objects.filter(company=actor.company)
    _release_dead_claims(actor, as_of=as_of, at=at)
    rested = reduce(
        or_,
        (Q(attempts=number, claimed_at__lte=at - wait) for number, wait in enumerate(BACKOFF, 1)),
        Q(attempts=0) | Q(attempts__gte=ATTEMPTS),
    )
    found = mine.filter(rested, status=Status.ASKED, pk__gt=after).order_by("pk")
    taken = [
        key
        for key in list(found.values_list("pk", flat=True)[:limit])
        if mine.filter(pk=key, status=Status.ASKED).update(
            status=Status.CLAIMED, claimed_at=at, attempts=F("attempts") + 1
        )
    ]
    if taken:
        record_event(actor, "bureau_pull.claimed", actor.company, at=at, pulls=taken)
    rows = BureauPull.objects.filter(pk__in=taken).select_related("customer", "bureau", "consent")
    return list(rows.order_by("pk"))


@transaction.atomic
def record_answer(
    *, actor: Actor, pull: BureauPull, answer: BureauAnswer, as_of: date, at: datetime
) -> BureauReport | None:
    """Keep what the bureau said as a report, with the cost of the question.

    Returns None where the claim was lost to another worker. Raises Refused for an answer of a
    day to come.
    """
    actor.require("bureau.pull")
    bureau = pull.bureau
    if not _move(
        pull,
        Status.ANSWERED,
        cost_minor=bureau.cost_minor,
        currency=bureau.currency,
        ended_on=as_of,
        error="",
    ):
        return None
    report = add_report(
        actor,
        pull.customer,
        bureau,
        answer,
        source=BureauReport.Source.PULL,
        pull=pull,
        as_of=as_of,
        at=at,
    )
    _tell(
        actor,
        "answered",
        pull,
        at=at,
        cost_minor=bureau.cost_minor,
        currency=bureau.currency,
        report=report.pk,
        score=report.score,
        pd_ppm=report.pd_ppm,
        is_insolvent=report.is_insolvent,
    )
    return report


@transaction.atomic
def record_unknown(
    *, actor: Actor, pull: BureauPull, as_of: date, at: datetime
) -> BureauPull | None:
    """Note that the bureau does not know the customer; return the question to the next one."""
    actor.require("bureau.pull")
    if not _move(pull, Status.UNKNOWN, ended_on=as_of, error=""):
        return None
    following = _next(actor, pull, as_of=as_of, at=at)
    _tell(actor, "unknown", pull, at=at, next=following.pk if following else None)
    return following


@transaction.atomic
def record_failure(
    *, actor: Actor, pull: BureauPull, error: str, permanent: bool, as_of: date, at: datetime
) -> BureauPull | None:
    """Note that a question failed: it is asked again later, or is over and the next is asked.

    Returns the question to the next bureau of the waterfall, None where there is none (yet).
    """
    actor.require("bureau.pull")
    is_over = permanent or pull.attempts >= ATTEMPTS
    if not is_over:
        if _move(pull, Status.ASKED, error=error[:500]):
            _tell(actor, "delayed", pull, at=at, error=error[:500], attempts=pull.attempts)
        return None
    if not _move(pull, Status.FAILED, error=error[:500], ended_on=as_of):
        return None
    following = _next(actor, pull, as_of=as_of, at=at)
    _tell(
        actor,
        "failed",
        pull,
        at=at,
        error=error[:500],
        attempts=pull.attempts,
        next=following.pk if following else None,
    )
    return following


def _release_dead_claims(actor: Actor, *, as_of: date, at: datetime) -> None:
    """Put back what a worker claimed and never finished; after the last attempt give it up."""
    dead = BureauPull.objects.filter(
        company=actor.company, status=Status.CLAIMED, claimed_at__lte=at - LEASE
    )
    text = "a worker stopped while asking"
    for pull in dead.filter(attempts__gte=ATTEMPTS).select_related("bureau").order_by("pk"):
        error = f"{text}, the last of {pull.attempts} attempts"
        record_failure(actor=actor, pull=pull, error=error, permanent=True, as_of=as_of, at=at)
    dead.update(status=Status.ASKED, error=text)


def _next(actor: Actor, pull: BureauPull, *, as_of: date, at: datetime) -> BureauPull | None:
    """Ask the bureau after this one in the waterfall, None at its end or with a young report."""
    if not pull.goes_on:
        return None
    customer = Customer.objects.select_for_update(no_key=True).get(pk=pull.customer_id)
    every = waterfall(actor.company)
    place = (pull.bureau.priority, pull.bureau.pk)
    left = [bureau for bureau in every if (bureau.priority, bureau.pk) > place]
    if not left or fresh_report(customer, every, as_of=as_of):
        return None
    running = BureauPull.objects.filter(
        customer=customer, bureau=left[0], status__in=[Status.ASKED, Status.CLAIMED]
    )
    if running.exists():
        return None
    consent = _consent(customer, left[0], as_of=as_of)
    if consent is None and needs_consent(actor.company, customer, as_of=as_of):
        return None
    return _ask(
        actor,
        customer,
        left[0],
        purpose=pull.purpose,
        goes_on=True,
        follows=pull,
        as_of=as_of,
        at=at,
    )


def _ask(
    actor: Actor,
    customer: Customer,
    bureau: BureauAccount,
    *,
    purpose: str,
    goes_on: bool,
    as_of: date,
    at: datetime,
    follows: BureauPull | None = None,
) -> BureauPull:
    """Add a question; raise Refused for a natural person without a consent that holds."""
    consent = _consent(customer, bureau, as_of=as_of)
    if consent is None and needs_consent(actor.company, customer, as_of=as_of):
        raise Refused(
            f"{customer.name} is a natural person, or may be one. Record the consent to ask "
            f"{bureau.name} first, or say on the customer that it is a company."
        )
    return BureauPull.objects.create(
        company=actor.company,
        customer=customer,
        bureau=bureau,
        purpose=purpose,
        consent=consent,
        goes_on=goes_on,
        follows=follows,
        currency=bureau.currency,
        asked_on=as_of,
        asked_at=at,
        by=follows.by if follows else actor.name,
    )


def _check_bureau(actor: Actor, bureau: BureauAccount) -> None:
    own(actor, bureau, "bureau")
    if not bureau.is_active:
        raise Refused(f"{bureau.name} is switched off; switch it on first.")
    if bureau.kind == BureauAccount.Kind.HAND:
        raise Refused(f"{bureau.name} is not asked: its reports are entered by hand.")


def _consent(customer: Customer, bureau: BureauAccount, *, as_of: date) -> BureauConsent | None:
    """Return a consent to ask this bureau that holds on the day, None without one."""
    found = BureauConsent.objects.filter(Q(bureau=bureau) | Q(bureau=None), customer=customer)
    holding = (
        one for one in found.order_by("-given_on", "-pk") if consent_holds(one, as_of=as_of)
    )
    return next(holding, None)


def _move(pull: BureauPull, status: str, **changes: object) -> bool:
    """Move a claimed question on by compare-and-set; False when the claim is lost."""
    rows = BureauPull.objects.filter(pk=pull.pk, status=Status.CLAIMED, claimed_at=pull.claimed_at)
    return rows.update(status=status, **changes) == 1


def _tell(actor: Actor, verb: str, pull: BureauPull, *, at: datetime, **data: object) -> None:
    record_event(
        actor,
        f"bureau_pull.{verb}",
        pull,
        at=at,
        customer_id=pull.customer_id,
        bureau=pull.bureau.name,
        purpose=pull.purpose,
        **data,
    )
