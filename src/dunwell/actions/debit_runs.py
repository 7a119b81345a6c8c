"""Direct debit runs: prepared from what is due, approved by a second person, handed to the bank.

Whoever prepares holds the company's row until the transaction ends, so two clerks at once
queue and the second one finds the first one's debits under way.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from schwifty import IBAN

from dunwell.actions.debit_lines import check_debits, still_open, write_debits, write_total
from dunwell.actions.debit_notices import stop_notices, told_debits, write_notices
from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.mandates import move_mandate
from dunwell.actions.texts import fitting
from dunwell.engine.cash_policy import DebitPolicy
from dunwell.engine.debits import CURRENCY, earliest_collection, is_collection_day
from dunwell.formats.pain008 import is_creditor_id
from dunwell.models import BankAccount, Company, Debit, DebitRun, Mandate
from dunwell.queries.cash_policies import cash_policy_in_force
from dunwell.queries.debit_notices import told_in_time
from dunwell.queries.debit_plans import LeftOut, plan_debits

Status = DebitRun.Status

MOST_NAMED = 5
"""So many customers are named in a refusal; the rest is counted."""

MOST_LEFT_OUT = 2_000
"""So many customers that are left out are kept with the run."""


@transaction.atomic
def prepare_run(
    *,
    actor: Actor,
    account: BankAccount,
    scheme: str,
    collect_on: date,
    as_of: date,
    at: datetime,
    customer_ids: Collection[int] | None = None,
) -> DebitRun:
    """Put everything due by a day that may be debited into a draft run, one debit a customer.

    A draft of the same account, scheme and day is brought up to date instead: it takes what has
    become due since and lets go what was paid. Nothing under way is taken twice. Raises Refused
    for a day on which banks do not settle or that is too near, for an account without creditor
    identifier, and when there is nothing to collect.
    """
    actor.require("debit.prepare")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    account = _account(company, account)
    if scheme not in Mandate.Scheme.values:
        raise Refused(f"There is no scheme {scheme}; use {' or '.join(Mandate.Scheme.values)}.")
    policy = cash_policy_in_force(company, as_of=as_of).debit
    _check_day(collect_on, policy, as_of=as_of)
    run = DebitRun.objects.filter(
        company=company,
        account=account,
        scheme=scheme,
        collect_on=collect_on,
        status=Status.DRAFT,
    ).first()
    plan = plan_debits(
        company,
        scheme=scheme,
        collect_on=collect_on,
        policy=policy,
        as_of=as_of,
        customer_ids=customer_ids,
        besides=run,
    )
    lines = still_open(company, plan.lines, besides=run)
    if run is None:
        if not lines:
            raise Refused(_nothing(collect_on, plan.left_out, policy))
        run = DebitRun.objects.create(
            company=company,
            account=account,
            number=_next_number(company),
            scheme=scheme,
            collect_on=collect_on,
            author=actor.name,
            made_on=as_of,
            made_at=at,
        )
    if not write_debits(run, lines, plan.retries, customer_ids=customer_ids):
        return run
    write_total(run)
    record_event(
        actor,
        "debits.prepared",
        run,
        at=at,
        number=run.number,
        collect_on=collect_on.isoformat(),
        scheme=scheme,
        debits=run.lines_count,
        total_minor=run.total_minor,
        left_out=[[r.customer_id, r.reason, r.due_minor] for r in plan.left_out[:MOST_LEFT_OUT]],
        left_out_count=len(plan.left_out),
    )
    return run


@transaction.atomic
def approve_run(*, actor: Actor, run: DebitRun, as_of: date, at: datetime) -> DebitRun:
    """Approve a draft as a second person, and tell its customers of their debits.

    Raises Refused for one's own run while somebody else could approve it, when there is no
    time left to tell customers, and when an amount is no longer owed or a mandate not active.
    """
    actor.require("debit.approve")
    run = locked_run(actor, run)
    refusal = "You prepared this run; somebody else must approve it."
    own = own_approval(actor, author=run.author, refusal=refusal)
    _must_be(run, Status.DRAFT, "approved")
    policy = cash_policy_in_force(run.company, as_of=as_of).debit
    _check_day(run.collect_on, policy, as_of=as_of)
    debits = told_debits(run)
    late = [debit for debit in debits if debit.retry_of_id is None]
    if late and not told_in_time(
        as_of=as_of, collect_on=run.collect_on, notice_days=policy.notice_days
    ):
        raise Refused(
            f"Customers must be told {policy.notice_days} days before {run.collect_on}, and that "
            f"is too late now: {_names(late)}. Cancel the run and prepare it for a later day."
        )
    check_debits(run, debits)
    DebitRun.objects.filter(pk=run.pk, status=Status.DRAFT).update(
        status=Status.APPROVED, approver=actor.name
    )
    run.refresh_from_db()
    write_notices(actor, told_debits(run), as_of=as_of, at=at)
    record_event(
        actor,
        "debits.approved",
        run,
        at=at,
        number=run.number,
        debits=run.lines_count,
        total_minor=run.total_minor,
        notice_days=(run.collect_on - as_of).days,
        own=own,
    )
    return run


@transaction.atomic
def remove_debit(*, actor: Actor, debit: Debit, reason: str, at: datetime) -> None:
    """Take one debit out of a run that was not handed over, and stop its message.

    Raises Refused without a reason and once the run is with the bank.
    """
    actor.require("debit.prepare")
    run = locked_run(actor, debit.run)
    told = _told(reason, "Say why the debit is taken out.")
    if run.status not in {Status.DRAFT, Status.APPROVED}:
        raise Refused(f"Run {run.number} is: {Status(run.status).label.lower()}; nothing changes.")
    found = Debit.objects.filter(pk=debit.pk, run=run, status=Debit.Status.PLANNED)
    if not found.update(status=Debit.Status.CANCELLED, retry_of=None):
        raise Refused("This debit was taken out before.")
    stop_notices(actor, [debit], reason=told, at=at)
    write_total(run)
    record_event(
        actor,
        "debit.removed",
        debit,
        at=at,
        customer_id=debit.customer_id,
        number=run.number,
        amount_minor=debit.amount_minor,
        reason=told,
    )


@transaction.atomic
def mark_last(*, actor: Actor, debit: Debit, at: datetime) -> None:
    """Make a debit of a draft the last one under its mandate (FNAL), which ends when it is sent.

    Raises Refused for a mandate that is used once only, and outside a draft.
    """
    actor.require("debit.prepare")
    run = locked_run(actor, debit.run)
    _must_be(run, Status.DRAFT, "changed")
    if not debit.mandate.is_recurring:
        raise Refused(f"Mandate {debit.mandate.reference} is used only once anyway.")
    found = Debit.objects.filter(pk=debit.pk, run=run, status=Debit.Status.PLANNED)
    if not found.update(sequence="FNAL"):
        raise Refused("This debit was taken out before.")
    record_event(
        actor, "debit.marked_last", debit, at=at, customer_id=debit.customer_id, number=run.number
    )


@transaction.atomic
def cancel_run(*, actor: Actor, run: DebitRun, reason: str, at: datetime) -> None:
    """Drop a run that was not handed over, and stop its messages.

    Whoever may prepare or approve may do so. Raises Refused without a reason and once the run
    is with the bank.
    """
    if "debit.approve" not in actor.rights:
        actor.require("debit.prepare")
    run = locked_run(actor, run)
    told = _told(reason, "Say why the run is cancelled.")
    before = Status(run.status)
    if Status.CANCELLED not in DebitRun.MOVES[before]:
        raise Refused(f"Run {run.number} is: {before.label.lower()}; it cannot be cancelled.")
    debits = list(Debit.objects.filter(run=run, status=Debit.Status.PLANNED))
    Debit.objects.filter(pk__in=[debit.pk for debit in debits]).update(
        status=Debit.Status.CANCELLED, retry_of=None
    )
    stop_notices(actor, debits, reason=told, at=at)
    DebitRun.objects.filter(pk=run.pk, status=before).update(status=Status.CANCELLED)
    record_event(actor, "debits.cancelled", run, at=at, number=run.number, reason=told)


def locked_run(actor: Actor, run: DebitRun) -> DebitRun:
    """Lock a run of the company and return it; raise Refused for another company's."""
    found = (
        DebitRun.objects.select_for_update(no_key=True, of=("self",))
        .select_related("account", "company")
        .filter(company=actor.company, pk=run.pk)
        .first()
    )
    if found is None:
        raise Refused("This run belongs to another company.")
    return found


def end_last_mandates(actor: Actor, debits: Sequence[Debit], *, on: date, at: datetime) -> None:
    """End the mandates of last debits (FNAL) that were handed over."""
    for debit in debits:
        if debit.sequence == "FNAL":
            move_mandate(
                actor,
                debit.mandate,
                Mandate.Status.ENDED,
                at=at,
                reason="The last debit was handed to the bank.",
                ended_on=on,
            )


def _account(company: Company, account: BankAccount) -> BankAccount:
    found = BankAccount.objects.filter(company=company, pk=account.pk).first()
    if found is None:
        raise Refused("This bank account belongs to another company.")
    if not found.is_active or found.currency != CURRENCY:
        raise Refused(f"{found.name} is no active account in {CURRENCY}; choose another one.")
    if not found.creditor_id:
        raise Refused(
            f"{found.name} has no creditor identifier. Enter the one your national bank gave you."
        )
    if not is_creditor_id(found.creditor_id.replace(" ", "")):
        raise Refused(
            f"The creditor identifier {found.creditor_id} of {found.name} cannot be right; "
            "compare it with the letter of your national bank."
        )
    if not IBAN(found.account, allow_invalid=True).is_valid:
        raise Refused(f"{found.account} of {found.name} is no IBAN; debits need one.")
    return found


def _check_day(collect_on: date, policy: DebitPolicy, *, as_of: date) -> None:
    if not is_collection_day(collect_on):
        raise Refused(f"Banks settle nothing on {collect_on}; choose a TARGET business day.")
    first = earliest_collection(as_of, lead_days=policy.lead_days)
    if collect_on < first:
        raise Refused(f"{collect_on} is too near; the first day that can be reached is {first}.")


def _next_number(company: Company) -> int:
    last = DebitRun.objects.filter(company=company).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _must_be(run: DebitRun, status: DebitRun.Status, done: str) -> None:
    if run.status != status:
        raise Refused(
            f"Run {run.number} is: {Status(run.status).label.lower()}; it cannot be {done}."
        )


def _nothing(collect_on: date, left_out: Sequence[LeftOut], policy: DebitPolicy) -> str:
    """Return why there is nothing to collect, in words."""
    short = sum(row.reason == "short_notice" for row in left_out)
    if short:
        return (
            f"Nothing can be collected on {collect_on}: customers must be told "
            f"{policy.notice_days} days before, which leaves out {short} of them. Choose a later "
            "day."
        )
    return (
        f"Nothing is left to collect by {collect_on}. Customers with a mandate and due items that "
        f"cannot be debited: {len(left_out)}."
    )


def _names(debits: Sequence[Debit]) -> str:
    named = ", ".join(debit.customer.name for debit in debits[:MOST_NAMED])
    more = len(debits) - MOST_NAMED
    return f"{named} and {more} more" if more > 0 else named


def _told(reason: str, question: str) -> str:
    told = fitting(text=reason, most=300, what="reason")
    if not told:
        raise Refused(question)
    return told
