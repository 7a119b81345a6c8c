"""Legal matters: what they hold and release, every move, deadlines, costs, dividends."""

import hashlib
from datetime import date, timedelta

import pytest

from dunwell.actions.gate import Forbidden, Refused, Stale, system
from dunwell.actions.holds import release_hold
from dunwell.actions.legal import (
    admit_matter,
    change_matter,
    close_matter,
    enforce_matter,
    file_matter,
    open_matter,
)
from dunwell.actions.legal_deadlines import remind_deadlines
from dunwell.actions.legal_money import record_dividend, record_legal_cost
from dunwell.actions.tasks import complete_task
from dunwell.models import Agency, Event, Hold, LegalEntry, LegalMatter, Message, Task
from dunwell.queries.legal import legal_detail
from dunwell.queries.legal_deadlines import coming_deadlines
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import breaks, invoice, open_amounts, payment
from tests.actions.legal_rows import ON, late_items, opened
from tests.conftest import AT, TODAY, add_customer

Status = LegalMatter.Status


def holds():
    rows = Hold.objects.filter(released_on=None).order_by("item")
    return list(rows.values_list("item__number", "reason"))


def waiting(customer, **changes):
    return Message.objects.create(
        company=customer.company, customer=customer, channel="email", status="ready",
        strategy="s", level=1, template="reminder", language="en", to="a@b.example",
        subject="s", body="b", body_sha256=hashlib.sha256(b"b").hexdigest(), message_id=f"<{changes.get('tag', 1)}@x>",
        decision={}, as_of=TODAY, recorded_at=AT,
    )  # fmt: skip


def test_a_court_claim_takes_all_that_is_open_and_holds_its_items(company, manager, customer):
    items = late_items(customer, 600_00, 400_00)
    matter = opened(manager, items, court="AG Mitte")

    assert (matter.status, matter.claim_minor, matter.currency) == ("open", 1_000_00, "EUR")
    assert holds() == [("L1", "legal"), ("L2", "legal")]
    assert verbs(company) == ["legal.opened"]
    assert breaks(company) == {}
    close_matter(actor=acting(manager), matter=matter, result="paid", is_chased_again=False, **ON)
    matter.refresh_from_db()
    assert (matter.status, matter.closed_on, holds()) == ("closed", TODAY, [])
    assert opened(manager, items).claim_minor == 1_000_00
    assert breaks(company) == {}


def test_an_insolvency_stops_all_chasing_at_once_and_stays_held_when_it_ends(
    company, manager, customer
):
    items = late_items(customer, 600_00, 400_00)
    message = waiting(customer)
    other = waiting(add_customer(company, "K9"), tag=2)
    Task.objects.create(
        company=company, customer=customer, kind="call", reason="x", due_on=TODAY, as_of=TODAY,
        recorded_at=AT,
    )  # fmt: skip
    matter = opened(manager, items[:1], kind="insolvency")

    assert holds() == [(None, "insolvency")]
    message.refresh_from_db()
    other.refresh_from_db()
    assert (message.status, other.status) == ("cancelled", "ready")
    assert Task.objects.get().status == "cancelled"
    assert last_event(company)[3]["messages_dropped"] == 1
    with pytest.raises(Refused, match="is in insolvency already: LM-"):
        opened(manager, items[1:], kind="insolvency")
    with pytest.raises(Refused, match=f"This hold belongs to {matter.number}, which runs; end"):
        release_hold(actor=acting(manager), hold=Hold.objects.get(), **ON)
    close_matter(
        actor=acting(manager), matter=matter, result="no assets", is_chased_again=False, **ON
    )
    assert holds() == [(None, "insolvency")]
    again = opened(manager, items[1:], kind="insolvency")
    close_matter(
        actor=acting(manager), matter=again, result="opened by mistake", is_chased_again=True, **ON
    )
    assert len(holds()) == 1
    release_hold(actor=acting(manager), hold=Hold.objects.get(released_on=None), **ON)
    assert (holds(), breaks(company)) == ([], {})


ACTS = {
    Status.FILED: lambda actor, matter: file_matter(
        actor=actor, matter=matter, filed_on=TODAY, **ON
    ),
    Status.ADMITTED: lambda actor, matter: admit_matter(
        actor=actor, matter=matter, quota_ppm=100_000, **ON
    ),
    Status.ENFORCING: lambda actor, matter: enforce_matter(actor=actor, matter=matter, **ON),
    Status.CLOSED: lambda actor, matter: close_matter(
        actor=actor, matter=matter, result="over", is_chased_again=True, **ON
    ),
}


@pytest.mark.parametrize("target", list(ACTS))
@pytest.mark.parametrize("before", list(Status))
def test_every_move_the_table_allows_works_and_no_other(
    company, manager, customer, before, target
):
    matter = opened(manager, late_items(customer, 100_00))
    LegalMatter.objects.filter(pk=matter.pk).update(status=before)
    if before == Status.CLOSED:
        matter.lines.update(is_live=False)
    count = Event.objects.count()
    if target in LegalMatter.MOVES[before]:
        ACTS[target](acting(manager), matter)
        matter.refresh_from_db()
        assert (matter.status, matter.version) == (target, 2)
        assert Event.objects.count() == count + 1
    else:
        with pytest.raises(Refused, match="is marked"):
            ACTS[target](acting(manager), matter)
        matter.refresh_from_db()
        assert (matter.status, Event.objects.count()) == (before, count)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"items": []}, "at least one item"),
        ({"kind": "duel"}, "There is no kind duel"),
        ({"opened_on": TODAY + timedelta(days=1)}, "has not come yet"),
        ({"file_by_on": TODAY - timedelta(days=11)}, "cannot be before the opening"),
        ({"quota_ppm": 1_000_001}, "between 0 and 100 percent"),
    ],
)
def test_what_cannot_be_opened_is_refused_and_leaves_nothing(
    company, manager, customer, changes, message
):
    values = {
        "kind": "claim", "items": late_items(customer, 100_00), "opened_on": TODAY, **changes,
    }  # fmt: skip
    with pytest.raises(Refused, match=message):
        open_matter(actor=acting(manager), customer=customer, **values, **ON)
    assert (LegalMatter.objects.count(), holds()) == (0, [])


def test_items_are_claimed_once_in_one_currency_and_only_our_lawyers_take_part(
    company, manager, collector, customer
):
    items = late_items(customer, 100_00, 50_00)
    opened(manager, items[:1])
    with pytest.raises(Refused, match="L1 is covered by another legal matter"):
        opened(manager, items)
    agency = Agency.objects.create(company=company, name="Inkasso", recorded_at=AT)
    with pytest.raises(Refused, match="Inkasso is no lawyer we work with"):
        opened(manager, items[1:], lawyer=agency)
    with pytest.raises(Forbidden):
        opened(collector, items[1:])


def test_a_deadline_becomes_one_task_two_weeks_before_and_filing_ends_it(
    company, manager, customer
):
    matter = opened(manager, late_items(customer, 100_00))
    assert remind(company, TODAY + timedelta(days=5)) == 0
    near = TODAY + timedelta(days=6)
    assert (remind(company, near), remind(company, near)) == (1, 0)
    task = Task.objects.get()
    assert (task.kind, task.due_on, task.status) == (
        "deadline", TODAY + timedelta(days=20), "open",
    )  # fmt: skip
    assert task.reason == f"{matter.number}: file the claim by 2026-03-25."
    file_matter(actor=acting(manager), matter=matter, filed_on=TODAY, reference="5 C 7/26", **ON)
    task.refresh_from_db()
    matter.refresh_from_db()
    assert (task.status, matter.reference) == ("cancelled", "5 C 7/26")
    assert remind(company, near) == 0


def remind(company, on):
    found = coming_deadlines(company, as_of=on)
    return remind_deadlines(actor=system(company), deadlines=found, as_of=on, at=AT)


def test_a_claim_that_lapses_within_sixty_days_becomes_a_task_and_is_asked_for_once(
    company, manager
):
    german = add_customer(company, "D", country="DE")
    dated = {"issued_on": date(2023, 1, 1), "due_on": date(2023, 2, 1)}
    invoice(german, "OLD", 50_00, **dated)
    last = date(2026, 12, 31)
    assert remind(company, last - timedelta(days=61)) == 0
    assert remind(company, last - timedelta(days=60)) == 1
    task = Task.objects.get()
    assert (task.reason, task.due_on) == (
        "OLD: the claim lapses after 2026-12-31 (DE-BGB-195).", last,
    )  # fmt: skip
    complete_task(actor=system(company), task=task, at=AT)
    assert remind(company, last) == 0
    opened(manager, [invoice(add_customer(company, "E", country="DE"), "NEW", 50_00, **dated)])
    # the matter's own deadline, not the lapse of what it claims
    assert remind(company, last) == 1
    assert Task.objects.latest("pk").reason.endswith("file the claim by 2026-03-25.")


def test_a_change_keeps_the_version_and_the_stale_one_is_told(company, manager, customer):
    matter = opened(manager, late_items(customer, 100_00))
    fields = {
        "file_by_on": None, "lawyer": None, "court": "LG", "reference": "", "quota_ppm": 50_000,
    }  # fmt: skip
    change_matter(actor=acting(manager), matter=matter, version=1, **fields, **ON)
    count = Event.objects.count()
    change_matter(actor=acting(manager), matter=matter, version=2, **fields, **ON)
    assert Event.objects.count() == count
    with pytest.raises(Stale, match="Somebody else has changed LM-"):
        change_matter(actor=acting(manager), matter=matter, version=1, **fields, **ON)
    detail = legal_detail(company, matter.pk, as_of=TODAY)
    assert (detail.court, detail.row.quota_ppm, detail.row.expected_minor) == ("LG", 50_000, 5_00)


def test_costs_sum_and_a_dividend_is_split_by_what_is_open_to_the_cent(
    company, manager, clerk, customer
):
    items = late_items(customer, 600_00, 300_00, 100_00)
    matter = opened(manager, items, kind="insolvency")
    add = {"matter": matter, "on": TODAY, "note": "court fee", "at": AT}
    record_legal_cost(actor=acting(manager), amount_minor=32_00, **add)
    record_legal_cost(actor=acting(manager), amount_minor=-2_00, **add)
    with pytest.raises(Refused, match="Only 30.00 EUR of costs is recorded"):
        record_legal_cost(actor=acting(manager), amount_minor=-30_01, **add)
    money = payment(customer, "Q1", 100_01)
    with pytest.raises(Refused, match="is not admitted"):
        record_dividend(actor=acting(clerk), matter=matter, payment=money, **ON)
    file_matter(actor=acting(manager), matter=matter, filed_on=TODAY, **ON)
    admit_matter(actor=acting(manager), matter=matter, quota_ppm=100_000, **ON)
    record_dividend(actor=acting(clerk), matter=matter, payment=money, **ON)

    assert open_amounts(company) == {"L1": 539_99, "L2": 270_00, "L3": 90_00}
    row = legal_detail(company, matter.pk, as_of=TODAY).row
    assert (row.cost_minor, row.dividend_minor, row.expected_minor) == (30_00, 100_01, 100_00)
    assert LegalEntry.objects.filter(kind="dividend").count() == 1
    with pytest.raises(Refused, match="is left of Q1"):
        record_dividend(actor=acting(clerk), matter=matter, payment=money, **ON)
    assert breaks(company) == {}
