"""The demo: a company with a sample ledger, weeks of reminders behind it, and today's cycle."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from dunwell import clock
from dunwell.actions.bank_files import receive_bank_file
from dunwell.actions.demo import (
    add_demo_company,
    answer_demo_messages,
    load_demo_ledger,
    renew_demo_feeds,
    start_demo_experiments,
)
from dunwell.actions.experiments import log_choices
from dunwell.actions.gate import Actor, system
from dunwell.actions.reminders import write_reminders
from dunwell.actions.uploads import Upload
from dunwell.demo.bank_day import ACCOUNT, CURRENCY, Owed, bank_day
from dunwell.demo.customers import LEAD
from dunwell.demo.ledger import DemoLedger, demo_ledger
from dunwell.engine.calendars import add_business_days, is_business_day
from dunwell.jobs.bank_files import read_file
from dunwell.jobs.choices import choices, shown_effects
from dunwell.jobs.cycle import run_cycle
from dunwell.jobs.cycle_steps import LAST_STEP
from dunwell.jobs.demo_collections import play_collections
from dunwell.jobs.demo_conversations import play_conversations
from dunwell.jobs.demo_credit import play_credit
from dunwell.jobs.demo_debtors import open_to_debtors
from dunwell.jobs.demo_disputes import add_demo_cases
from dunwell.jobs.demo_forecasts import forecast_weeks_before, let_it_serve
from dunwell.jobs.demo_history import SCENES, play_history
from dunwell.jobs.demo_history_cases import bad_goods_are_disputed
from dunwell.jobs.demo_insight import play_insight, state_demo_appetite
from dunwell.jobs.demo_teamwork import play_teamwork
from dunwell.jobs.timings import timing_of_day
from dunwell.jobs.train import train
from dunwell.models import Company
from dunwell.queries.choices import as_chosen
from dunwell.queries.demo_bank import last_balance, owed_by_customer
from dunwell.queries.demo_story import loaded_on
from dunwell.queries.desk import DeskSummary, desk_summary
from dunwell.queries.ledgers import Books
from dunwell.queries.policies import strategies_in_force
from dunwell.queries.reminders import ContactPlan, has_messages, plan_contacts
from dunwell.queries.runs import last_finished_day

CUSTOMERS, ITEMS = 1_200, 32_000
"""Size of the sample ledger unless asked otherwise."""

WEEKS_BEFORE = 7
"""Weeks of reminders that lie behind the first day, so that every step of a ladder shows."""

FEWEST_FOR_STORY = 150
"""In a smaller ledger single customers are too much of the book for a crisis to be seen."""

TEST_WEEKS = 1
LEARNED_ITEMS = 4_000
"""The first model of the demo is tested on the requests of so many weeks and fitted on so many
paid items, enough to be better than each customer's own past, and read from its tables alone; the
monthly training of the cycle takes its time."""

OPENING_MINOR, SEED = 184_220_15, 7
"""What lay on the account before its first statement, and the chance of its days."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo company as it stands, and who to sign in as."""

    company: Company
    username: str
    is_new: bool
    summary: DeskSummary


def make_demo(
    *, customers: int = CUSTOMERS, items: int = ITEMS, tell: Tell, is_anew: bool = False
) -> Demo:
    """Make the demo company if there is none, run the missing days, return how it stands.

    A second call doubles nothing: it runs the days since the first. With `is_anew` another one is
    made beside it that is not open yet (`jobs.demo_resets`). Raises ValueError for sizes the
    sample ledger cannot have.
    """
    at = clock.now()
    company = add_demo_company(at=at, is_anew=is_anew)
    actor, today = system(company), clock.today(company.zone)
    ledger = demo_ledger(
        as_of=today,
        customers=customers,
        items=items,
        has_crisis=customers >= FEWEST_FOR_STORY,
    )
    is_new = load_demo_ledger(actor=actor, ledger=ledger, at=at)
    renew_demo_feeds(actor=actor, as_of=today, at=at)
    if is_new:
        tell(f"wrote {ledger.items.height:,} items of {ledger.customers.height:,} customers")
    is_first = last_finished_day(company, last_step=LAST_STEP) is None
    days = _days(company, today, is_first=is_first)
    if is_first:
        tell(f"{today} the crisis of the year before, dealt with: {_history(company, ledger)}")
        told = forecast_weeks_before(company, today=today)
        tell(f"{today} forecast in the weeks before: {told} days")
        _play_weeks_before(actor, today=today, tell=tell)
        _train(company, as_of=days[0], tell=tell)
    _read_statement(actor, today=today, at=at, tell=tell)
    if is_first:
        played = play_collections(company, as_of=days[0], at=at)
        tell(f"{days[0]} agreed, placed, sued, watched and pooled: {played}")
        played = play_credit(company, as_of=days[0], at=at)
        tell(f"{days[0]} rated, limited, covered, checked and screened: {played}")
        state_demo_appetite(company, as_of=days[0], at=at)
        # before the cycle: what it keeps of the day is then what the rows sum to
        tell(f"{today} disputed: {add_demo_cases(company.pk)} cases")
        tell(f"{days[0]} open to debtors: {open_to_debtors(company, as_of=days[0], at=at)}")
    for day in days:
        run_cycle(
            company.pk, day, tell=lambda done: tell(f"{done.as_of} {done.step}: {done.changed:,}")
        )
    if is_first:
        # what comes in during the day, after the cycle of its morning
        played = play_conversations(company, as_of=today, at=at)
        tell(f"{today} mails of customers taken in and read: {played}")
    # looks for what it made by itself: a call killed before it, and a demo older than it, get it
    if played := play_insight(company, as_of=today, at=at):
        tell(f"{today} planned, provided for, financed, improved and reported: {played}")
    if played := play_teamwork(company, as_of=today, at=at):
        tell(f"{today} asked, practised, handed over, met about and suggested: {played}")
    return Demo(
        company=company,
        username=LEAD,
        is_new=is_new,
        summary=desk_summary(company, as_of=today),
    )


def _history(company: Company, ledger: DemoLedger) -> int:
    """Play what the desk did in the year before; return how many scenes were played."""
    if (day := loaded_on(company)) != ledger.as_of:
        # a call that was killed yesterday goes on with the ledger that was loaded then
        ledger = demo_ledger(
            as_of=day,
            customers=ledger.customers.height,
            items=ledger.items.height,
            has_crisis=ledger.story.height > 0,
        )
    return play_history(company, ledger, [*SCENES, bad_goods_are_disputed])


def _read_statement(actor: Actor, *, today: date, at: datetime, tell: Tell) -> None:
    """Bring the bank statement up to the last business day in, unless it is there already."""
    company = actor.company
    covered = add_business_days(today, -1, country=company.country)
    last = last_balance(company, account=ACCOUNT)
    if last is not None and last.on >= covered:
        return
    owed = owed_by_customer(company, currency=CURRENCY, until_on=covered)
    content = bank_day(
        [[Owed(customer=c, number=n, open_minor=m) for c, n, m in items] for items in owed],
        first_on=last.on + timedelta(days=1) if last else covered,
        last_on=covered,
        opening_minor=last.closing_minor if last else OPENING_MINOR,
        seed=SEED,
    )
    upload = Upload(name=f"statement-{covered.isoformat()}.xml", data=content)
    file = receive_bank_file(actor=actor, file=upload, at=at)
    read = read_file(file_id=file.pk, as_of=today, at=at)
    payments = read.counts.get("payments", 0)
    tell(f"{today} bank statement up to {covered}: {payments:,} payments")


def _play_weeks_before(actor: Actor, *, today: date, tell: Tell) -> None:
    """Write and answer one day of reminders in each of the weeks before; a killed call goes on.

    From the first of them on a holdout and a timing experiment draw, so that there is
    something to read from.
    """
    company = actor.company
    books, policies = Books(company), strategies_in_force(company, as_of=today)
    strategies = [policy.strategy for policy in policies]
    for weeks in range(WEEKS_BEFORE, 0, -1):
        day = add_business_days(today - timedelta(weeks=weeks), -1, country=company.country)
        start_demo_experiments(actor=actor, as_of=day, at=_hour(day, 4))
        if not has_messages(company, day):
            plan = plan_contacts(company, books=books, strategies=strategies, as_of=day)
            _choose(actor, plan)
            write_reminders(actor=actor, plan=as_chosen(plan), policies=policies, at=_hour(day, 5))
        answered = answer_demo_messages(actor=actor, as_of=day, at=_hour(day, 9))
        tell(f"{day} reminders of a week gone by: {answered:,}")


def _choose(actor: Actor, plan: ContactPlan) -> None:
    """Log what is done with whom on a day gone by, as the cycle would have."""
    company, day = plan.company, plan.as_of
    rows = choices(
        plan,
        shown=shown_effects(company, as_of=day),
        timing=timing_of_day(company, as_of=day),
    )
    log_choices(actor=actor, rows=rows, as_of=day, at=_hour(day, 5))


def _train(company: Company, *, as_of: date, tell: Tell) -> None:
    """Let the first model learn from a few of the customers, in seconds."""
    version = train(
        company.pk,
        as_of=as_of,
        weeks=TEST_WEEKS,
        most_items=LEARNED_ITEMS,
        is_quick=True,
    )
    let_it_serve(version, at=clock.now())
    tell(f"{as_of} trained on {version.paid_items:,} paid items: {version.kind} serves")


def _hour(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=UTC)


def _days(company: Company, today: date, *, is_first: bool) -> list[date]:
    """Return the days to run; before a first day off, the last business day too."""
    if not is_first or is_business_day(today, country=company.country):
        return [today]
    return [add_business_days(today, -1, country=company.country), today]
