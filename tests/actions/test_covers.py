"""Covers: asked for, granted by a second person, refused, ended; and their clock."""

from datetime import date, timedelta

import pytest

from dunwell.actions.cover_files import AddedCovers, add_covers, grant_asked
from dunwell.actions.cover_notices import record_notice, watch_covers
from dunwell.actions.covers import end_cover, grant_cover, refuse_cover
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.payments import apply_payment
from dunwell.models import Cover, CoverNotice
from dunwell.queries.cover_clocks import cover_clock
from dunwell.queries.covers import cover_counts, cover_rows, notice_rows
from tests.actions.cover_rows import (
    credit_policy,
    granted,
    overdue,
    requested,
    watched,
    who,
)
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import payment
from tests.conftest import AT, TODAY, add_customer

DAY = timedelta(days=1)


def told(company):
    """Kind, item, day and status of every told deadline, the soonest first."""
    rows = notice_rows(company, as_of=TODAY, status="").rows
    return [(row.kind, row.item_number, row.due_on, row.status) for row in rows]


def test_a_cover_counts_from_the_moment_a_second_person_enters_the_grant(
    company, manager, customer
):
    credit_policy(company)
    cover = requested(customer)
    assert (cover.status, cover.amount_minor, cover.asked_minor) == ("requested", 0, 100_000)
    overdue(customer)
    assert cover_clock(company, as_of=TODAY).uses[customer.pk].covered_minor == 0
    with pytest.raises(Refused, match="somebody else enters"):
        give(cover, by="nora")
    give(cover, by="mona")
    cover.refresh_from_db()
    assert (cover.status, cover.amount_minor, cover.approved_by) == ("granted", 80_000, "mona")
    assert cover_clock(company, as_of=TODAY).uses[customer.pk].covered_minor == 45_000
    assert verbs(company) == ["cover.requested", "cover.granted"]


def give(cover, *, by, **changes):
    values = {
        "amount_minor": 80_000,
        "from_on": date(2025, 6, 1),
        "until_on": date(2026, 12, 31),
        **changes,
    }
    return grant_cover(actor=who(cover.company, by), cover=cover, as_of=TODAY, at=AT, **values)


def test_a_collector_may_not_ask_for_cover(company, collector, customer):
    with pytest.raises(Forbidden):
        refuse_cover(
            actor=acting(collector), cover=requested(customer), reason="x", as_of=TODAY, at=AT
        )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "bond"}, "There is no kind 'bond'"),
        ({"effect": "none"}, "There is no effect 'none'"),
        ({"provider": " "}, "Say who covers"),
        ({"currency": "EURO"}, "is no currency"),
        ({"asked_minor": 0}, "more than 0"),
        ({"share_ppm": 1_000_001}, "at most at 100 %"),
        ({"conditions": {"grace": 3}}, "field 'grace' is not known"),
        ({"from_on": TODAY, "until_on": TODAY - DAY}, "last day lies before"),
    ],
)
def test_a_request_that_cannot_be_is_refused_and_nothing_is_written(
    company, customer, changes, message
):
    with pytest.raises(Refused, match=message):
        requested(customer, **changes)
    assert (Cover.objects.count(), verbs(company)) == (0, [])


def test_one_request_waits_at_a_time_and_a_renewal_bears_the_same_number(company, customer):
    granted(customer)
    again = requested(customer)
    with pytest.raises(Refused, match=r"nora asked Coface .* on 2026-03-05"):
        requested(customer)
    with pytest.raises(Refused, match="entered already"):
        give(again, by="mona")
    give(again, by="mona", from_on=date(2027, 1, 1), until_on=date(2027, 12, 31))
    assert Cover.objects.filter(status="granted", number="P-1").count() == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount_minor": 0}, "more than 0"),
        ({"until_on": date(2025, 1, 1)}, "last day lies before"),
        ({"share_ppm": 0}, "above 0 %"),
    ],
)
def test_a_grant_that_cannot_be_is_refused(customer, changes, message):
    with pytest.raises(Refused, match=message):
        give(requested(customer), by="mona", **changes)


def test_a_refused_cover_stays_refused_and_its_request_is_answered(company, customer):
    credit_policy(company)
    cover = requested(customer)
    watched(company)
    assert told(company) == [("answer", "", date(2026, 3, 19), "open")]
    refuse_cover(actor=who(company, "nora"), cover=cover, reason="too young", as_of=TODAY, at=AT)
    assert told(company) == [("answer", "", date(2026, 3, 19), "done")]
    with pytest.raises(Refused, match="marked: refused"):
        give(cover, by="mona")
    assert last_event(company)[0] == "cover.refused"


def test_deadlines_are_told_ahead_met_late_missed_or_gone(company, customer):
    credit_policy(company)
    cover = granted(customer)
    paid, late = overdue(customer, "R1", days=20), overdue(customer, "R2", days=18)
    # 14 days ahead: reports of both (30 days after due) and the stop of the oldest
    assert watched(company) == 2
    assert told(company) == [
        ("report", "R1", date(2026, 3, 15), "open"),
        ("report", "R2", date(2026, 3, 17), "open"),
    ]
    assert watched(company) == 0
    first = CoverNotice.objects.get(item=paid)
    record_notice(actor=who(company, "nora"), notice=first, note="by portal", as_of=TODAY, at=AT)
    with pytest.raises(Refused, match=r"marked: done by nora on 2026-03-05"):
        record_notice(actor=who(company, "nora"), notice=first, as_of=TODAY, at=AT)
    after = date(2026, 3, 18)
    watched(company, after)
    assert told(company) == [
        ("report", "R1", date(2026, 3, 15), "done"),
        ("report", "R2", date(2026, 3, 17), "missed"),
        ("stop", "R1", date(2026, 3, 25), "open"),
    ]
    use = cover_clock(company, as_of=after).uses[customer.pk]
    assert (use.covered_minor, use.gaps) == (
        45_000,
        {"own_share": 5_000, "report_missed": 50_000},
    )
    second = CoverNotice.objects.get(item=late)
    record_notice(actor=who(company, "nora"), notice=second, as_of=after, at=AT)
    second.refresh_from_db()
    assert (second.status, second.is_late) == ("done", True)
    assert cover_clock(company, as_of=after).uses[customer.pk].gaps == {"own_share": 10_000}
    assert cover_rows(company, as_of=after).rows[0].id == cover.pk


def test_a_deadline_found_after_its_day_is_put_to_a_person_and_goes_when_paid(company, customer):
    credit_policy(company)
    granted(customer)
    overdue(customer, "R1", days=35)
    watched(company)
    assert told(company) == [
        ("report", "R1", date(2026, 2, 28), "open"),
        ("stop", "R1", date(2026, 3, 10), "open"),
    ]
    watched(company, TODAY + DAY)
    assert told(company)[0][3] == "open"
    pay(customer, "R1", 50_000)
    assert watched(company) == 2
    assert {row[3] for row in told(company)} == {"moot"}
    assert watched(company) == 0


def pay(customer, number, amount_minor):
    """Settle an item with a payment."""
    item = customer.items.get(number=number)
    apply_payment(
        actor=system(customer.company),
        payment=payment(customer, f"Z-{number}", amount_minor),
        amounts={item: amount_minor},
        as_of=TODAY,
        at=AT,
    )


def test_a_cover_that_runs_out_unrenewed_is_missed_once(company, customer):
    credit_policy(company)
    granted(customer, until_on=TODAY + 30 * DAY)
    assert watched(company) == 1
    over = TODAY + 31 * DAY
    assert watched(company, over) == 1
    assert told(company) == [("expiry", "", TODAY + 30 * DAY, "missed")]
    assert watched(company, over + DAY) == 0
    assert cover_counts(company, as_of=over) == {
        "standing": 0, "expiring": 0, "requested": 0, "over": 1, "all": 1,
    }  # fmt: skip


def test_ending_a_cover_ends_its_deadlines(company, customer):
    credit_policy(company)
    cover = granted(customer)
    overdue(customer)
    watched(company)
    end_cover(actor=who(company, "nora"), cover=cover, reason="sold", as_of=TODAY, at=AT)
    assert {row[3] for row in told(company)} == {"moot"}
    assert cover_clock(company, as_of=TODAY) is None


def test_without_covers_the_clock_costs_one_query(company, customer, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert cover_clock(company, as_of=TODAY) is None
    assert watch_covers(actor=system(company), clock=None, as_of=TODAY, at=AT) == 0


def test_the_clock_of_many_covers_costs_as_many_queries_as_that_of_one(
    company, customer, django_assert_max_num_queries
):
    credit_policy(company)
    for n in range(3):
        other = add_customer(company, f"M{n}")
        granted(other)
        overdue(other, f"X{n}")
    with django_assert_max_num_queries(7):
        clock = cover_clock(company, as_of=TODAY)
    assert len(clock.covers) == 3
    assert len(clock.uses) == 3


FILE = """Customer number;Kind;Provider;Number;Amount;Share %;Valid from;Valid until;Claim days
K1;insurance;Coface;P-9;50.000,00;90;2026-01-01;2026-12-31;180
K1;Bürgschaft;Bank;;1.000,50;;2026-02-01;;
"""


def brought_in(company, text, name="nora"):
    return add_covers(
        actor=who(company, name), name="covers.csv", data=text.encode(), as_of=TODAY, at=AT
    )


def test_covers_come_from_a_file_once_and_are_granted_together_by_somebody_else(
    company, manager, customer
):
    assert brought_in(company, FILE) == AddedCovers(added=2, known=0)
    assert brought_in(company, FILE) == AddedCovers(added=0, known=2)
    found = Cover.objects.order_by("id")
    assert [(one.kind, one.asked_minor, one.share_ppm, one.conditions) for one in found] == [
        ("insurance", 5_000_000, 900_000, {"claim_days": 180}),
        ("guarantee", 100_050, 1_000_000, {}),
    ]
    with pytest.raises(Refused, match="Coface P-9: You asked for this cover"):
        grant_asked(actor=who(company, "nora"), covers=list(found), as_of=TODAY, at=AT)
    with pytest.raises(Refused, match="Enter the number"):
        grant_asked(actor=who(company, "mona"), covers=list(found), as_of=TODAY, at=AT)
    assert Cover.objects.filter(status="granted").count() == 0
    assert grant_asked(actor=who(company, "mona"), covers=[found[0]], as_of=TODAY, at=AT) == 1
    assert Cover.objects.get(status="granted").until_on == date(2026, 12, 31)
    assert verbs(company) == ["cover.requested", "cover.requested", "cover.granted"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "covers.csv"),
        ("Customer number,Kind\nK1,insurance\n", "no column is known as provider"),
        (FILE.replace("K1;insurance", "K7;insurance"), "Row 2: there is no customer 'K7'"),
        (FILE.replace("insurance", "bond"), "Row 2: 'bond' is no kind; write insurance"),
        (FILE.replace("50.000,00", "much"), "Row 2: 'much' is no amount"),
        (FILE.replace(";180", ";soon"), "Row 2: 'soon' is no number of days"),
        (FILE.replace(";90;", ";900;"), "Row 2: '900' is no share"),
        (FILE.replace("2026-12-31", "2025-12-31"), "Row 2: The last day lies before"),
    ],
)
def test_a_file_with_a_wrong_line_adds_nothing(company, customer, text, message):
    with pytest.raises(Refused, match=message):
        brought_in(company, text)
    assert Cover.objects.count() == 0


def test_nothing_is_seen_or_done_across_companies(company, customer, rival):
    cover = requested(customer)
    with pytest.raises(Refused, match="another company"):
        refuse_cover(
            actor=who(rival.memberships.first().company, "rolf"),
            cover=cover,
            reason="x",
            as_of=TODAY,
            at=AT,
        )
