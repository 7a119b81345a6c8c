"""Steps of what comes from outside and what the night does: banks, exports, agencies, the cycle."""

import hashlib
from datetime import timedelta
from decimal import Decimal
from functools import partial

from dunwell.actions.cycle import run_step
from dunwell.actions.feeds import record_feed
from dunwell.actions.imports import import_ledger
from dunwell.actions.legal import close_matter, file_matter, open_matter
from dunwell.actions.match_cases import settle_case, undo_case
from dunwell.actions.placement_batches import claim_batch, hand_over_batch
from dunwell.actions.placement_reports import report_collection
from dunwell.actions.placement_work import accept_placement
from dunwell.actions.placements import approve_placement, propose_placement, recall_placement
from dunwell.actions.recoveries import record_recovery
from dunwell.engine.money import to_minor
from dunwell.jobs.cycle_day import Day
from dunwell.jobs.cycle_steps import READS, STEPS
from dunwell.models import (
    Adjustment,
    Allocation,
    BankEntry,
    Item,
    LegalMatter,
    MatchCase,
    Message,
    MessageItem,
    OpenItem,
    Payment,
    Placement,
)
from tests.actions.bank_rows import line, read, sta
from tests.actions.exports import items_csv, ledger
from tests.simulator.world import Nothing, step

NIGHT = ("settle_bank", "apply_cash", "settle_promises", "watch_disputes", "judge_plans",
         "end_settlements", "accrue_charges", "review_credit_holds")  # fmt: skip
PLANNED = ("drop_stale_messages", "rank_customers", "write_reminders")
ALL = ("I", "D", "P")


def _night(world, names):
    day = Day(**world.by())
    plays = dict(STEPS)
    for name in names:
        if name in READS:
            READS[name](day)
        run_step(**world.by(), name=name, work=partial(plays[name], day))


@step(12)
def wait(world):
    world.day += timedelta(days=world.chance.choice((1, 1, 2, 5, 14)))


@step(5, *ALL)
def night(world):
    _night(world, NIGHT)


@step(2, "I22", "I23", "D4", "D5")
def write_reminders(world):
    for kind in ("bank", "ledger"):
        record_feed(**world.by(), kind=kind, name=kind, covers_until_on=world.day)
    _night(world, PLANNED)


@step(4, "I24", then=("settle_match",))
def bank_statement(world):
    """A statement of today; the same file again books nothing."""
    item, minor = world.open_item()
    text = world.chance.choice((item.number, "thank you"))
    amount = world.amount(minor)
    data = sta(
        world.count % 99_999, 0, line(amount, item.customer.name, text, on=world.day), on=world.day,
        account=f"DE{world.count:020d}",
    )  # fmt: skip
    read(world.company, data, name=f"{world.count}.sta", **world.on)
    booked = _booked(world)
    read(world.company, data, name=f"again-{world.count}.sta", **world.on)
    assert _booked(world) == booked


def _booked(world):
    return [
        model.objects.filter(company=world.company).count() for model in (Item, Payment, BankEntry)
    ]


@step(2, "D3", "I24")
def ledger_export(world):
    """An export with a new item and some we know, more or less of them open than before.

    The same export again adds nothing. Who touched nothing here has open what the export says.
    """
    customer = world.customer()
    due = world.day + timedelta(days=30)
    tail = f"invoice;{world.day};{due};EUR"
    lines = [f"{customer.number};{customer.name};{world.number('X')};{tail};80.00;30.00"]
    known = list(
        Item.objects.filter(company=world.company, number__startswith="X", reverses=None)
        .select_related("customer")
        .order_by("pk")
    )
    told = {}
    for item in world.chance.sample(known, min(3, len(known))):
        left = told[item] = world.chance.choice(("80.00", "30.00", "0.00", "0.00"))
        head = f"{item.customer.number};{item.customer.name};{item.number};invoice"
        lines.append(f"{head};{item.issued_on};{item.due_on};EUR;80.00;{left}")
    files = ledger(items_csv(*lines))
    import_ledger(**world.by(), ledger=files)
    booked = _booked(world)
    batch = import_ledger(**world.by(), ledger=files)
    assert _booked(world) == booked
    for item, left in told.items():
        ours = OpenItem.objects.filter(item=item).values_list("open_minor", flat=True).first() or 0
        is_told = ours == to_minor(Decimal(left), "EUR")
        is_said = batch.findings.filter(value=item.number).exists()
        assert is_told or (is_said and _is_touched(item)), (item.number, left, ours)


def _is_touched(item):
    """Whether somebody here put something on an item, or took back what an export implied."""
    rows = Allocation.objects.filter(item=item)
    by_hand = rows.filter(batch=None).exists()
    returned = Payment.objects.filter(reference=item.number, reverses__isnull=False, batch=None)
    return by_hand or returned.exists() or Item.objects.filter(reverses=item).exists()


@step(3, "I24", then=("undo_match",))
def settle_match(world):
    case = world.one(MatchCase.objects.filter(company=world.company))
    item, minor = world.open_item()
    settle_case(
        **world.by("carla"), case=case, version=case.version,
        amounts={item.pk: world.amount(min(minor, case.payment.amount_minor))},
        customer_id=item.customer_id, learn=world.chance.random() < 0.5,
    )  # fmt: skip


@step(1, "I24")
def undo_match(world):
    case = world.one(MatchCase.objects.filter(company=world.company))
    undo_case(**world.by("carla"), case=case, version=case.version, reason="wrong customer")


def _demand(world, customer, items):
    """The final notice that went out twenty days ago."""
    day, text = world.day - timedelta(days=20), "Pay now, or an agency will collect it."
    if max(item.issued_on for item in items) > day:
        raise Nothing
    if Message.objects.filter(customer=customer, channel="letter", as_of=day).exists():
        raise Nothing
    message = Message.objects.create(
        company=world.company, customer=customer, channel="letter", as_of=day, status="sent",
        strategy="standard", level=5, template="final_notice", language="en", subject="Final",
        body=text, body_sha256=hashlib.sha256(text.encode()).hexdigest(),
        decision={"contact": {"customer_id": customer.pk}}, message_id=world.number("F"),
        sent_at=world.at - timedelta(days=20), recorded_at=world.at,
    )  # fmt: skip
    for item in items:
        still = OpenItem.objects.get(item=item).open_minor
        MessageItem.objects.create(message=message, item=item, level=5, open_minor=still)


@step(4, "D12", "I22", then=("agency_collects", "agency_collects", "recall"))
def place_with_agency(world):
    customer, since = world.customer(), world.day - timedelta(days=20)
    # the notice is of that day: what was paid or given back since would make it ask for too much
    items = [
        one
        for one in world.open_items_of(customer, 4)
        if one.issued_on <= since and not one.allocations.filter(applied_on__gt=since).exists()
    ]
    if not items:
        raise Nothing
    _demand(world, customer, items)
    placement = propose_placement(
        **world.by("anna"), customer=customer, agency=world.agency, items=items,
        reason="no answer for months",
    )  # fmt: skip
    approve_placement(**world.by("mona"), placement=placement)
    batch = claim_batch(**world.by("mona"), agency=world.agency)
    hand_over_batch(**world.by(), batch=batch)
    placement.refresh_from_db()
    accept_placement(**world.by(), placement=placement, reference=world.number("A"))


@step(2, "D12")
def agency_collects(world):
    placement = world.one(Placement.objects.filter(company=world.company))
    report_collection(
        **world.by("carla"), placement=placement, reported_on=world.day,
        kind=world.chance.choice(("remitted", "direct")), reference=world.number("M"),
        gross_minor=world.chance.choice((1, 50_00, 600_00)),
    )  # fmt: skip


@step(1, "D12")
def recall(world):
    placement = world.one(Placement.objects.filter(company=world.company))
    recall_placement(**world.by("mona"), placement=placement, reason="they called")


@step(2, "D12", then=("move_matter", "end_hold"))
def go_to_court(world):
    customer = world.customer()
    open_matter(
        **world.by("mona"), customer=customer, opened_on=world.day, court="AG Mitte",
        kind=world.chance.choice(LegalMatter.Kind.values),
        items=list(world.open_items_of(customer, 3)),
    )  # fmt: skip


@step(2, "D12")
def move_matter(world):
    matter = world.one(LegalMatter.objects.filter(company=world.company))
    if world.chance.random() < 0.5:
        file_matter(**world.by("mona"), matter=matter, filed_on=world.day)
    else:
        close_matter(
            **world.by("mona"), matter=matter, result="withdrawn",
            is_chased_again=world.chance.random() < 0.5,
        )  # fmt: skip


@step(2, "D12", "I16")
def recover(world):
    rows = Adjustment.objects.filter(company=world.company, kind="write_off", amount_minor__gt=0)
    adjustment = world.one(
        rows.exclude(pk__in=Adjustment.objects.exclude(reverses=None).values("reverses"))
    )
    money = world.free_payment(customer=adjustment.item.customer)
    amount = world.amount(min(adjustment.amount_minor, money.amount_minor))
    record_recovery(**world.by("carla"), item=adjustment.item, payment=money, amount_minor=amount)
