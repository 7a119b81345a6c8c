"""The team's day: minutes, absences with cover, hand-over; the cover works the absent's list."""

from datetime import timedelta

import pytest

from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.workforce import cancel_absence, record_absence, set_capacity
from dunwell.models import Absence, Customer, WorkCapacity, WorklistEntry
from dunwell.queries.workforce import covered_users, team_rows, workforce
from dunwell.queries.worklist import worklist_rows
from dunwell.queries.worklist_sums import day_plan, worklist_counts
from tests.actions.desk import acting, verbs
from tests.conftest import AT, TODAY, add_customer, add_user

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def bert(company):
    return add_user(company, "bert", "collector")


def entry(customer, rank, *, planned=True, collect=100_00, minutes=10):
    return WorklistEntry.objects.create(
        customer=customer, company=customer.company, as_of=TODAY, rank=rank, currency="EUR",
        due_minor=collect, promised_minor=0, disputed_minor=0, dunned_minor=0,
        to_collect_minor=collect, expected_extra_minor=5_00, score=50, minutes=minutes,
        oldest_days=9, reasons={"suggestion": {"is_planned": planned, "action": None}},
    )  # fmt: skip


def away(user, by, **changes):
    days = {"kind": "holiday", "from_on": TODAY, "until_on": TOMORROW, "as_of": TODAY, "at": AT}
    return record_absence(actor=acting(by), user=user, **{**days, **changes})


def test_the_cover_works_the_list_of_who_is_away(company, collector, manager, bert):
    for rank, (number, owner) in enumerate((("K1", collector), ("K2", bert)), 1):
        entry(add_customer(company, number, collector=owner), rank)
    before = worklist_counts(company, as_of=TODAY, user_id=bert.pk)
    absence = away(collector, manager, cover=bert)
    during = worklist_counts(company, as_of=TODAY, user_id=bert.pk)
    rows = worklist_rows(company, as_of=TODAY, user_id=bert.pk).rows
    plan = day_plan(company, as_of=TODAY, user_id=bert.pk)
    after = worklist_counts(company, as_of=TOMORROW + timedelta(days=1), user_id=bert.pk)
    cancel_absence(actor=acting(manager), absence=absence, as_of=TODAY, at=AT)

    assert (before.mine, during.mine, after.mine) == (1, 2, 1)
    assert [row.customer_number for row in rows] == ["K1", "K2"]
    assert (plan.customers, plan.minutes) == (2, 20)
    assert covered_users(company, user_id=bert.pk, as_of=TODAY) == [bert.pk]
    assert verbs(company) == ["absence.recorded", "absence.cancelled"]


def test_a_cover_who_is_away_too_passes_it_on_and_a_circle_is_nobody(company, collector, bert):
    carl = add_user(company, "carl", "collector")
    lead = add_user(company, "lead", "credit_manager")
    away(collector, lead, cover=bert)
    away(bert, lead, cover=carl)
    force = workforce(company, as_of=TODAY)
    assert [force.at_work(who.pk) for who in (collector, bert, carl)] == [carl.pk] * 3
    away(carl, lead, cover=collector)
    force = workforce(company, as_of=TODAY)

    assert [force.at_work(who.pk) for who in (collector, bert, carl)] == [None] * 3
    assert force.minutes == {collector.pk: 0, bert.pk: 0, carl.pk: 0}


def test_minutes_hold_from_their_day_on_and_the_team_sees_what_fits(
    company, collector, manager, bert
):
    entry(add_customer(company, "K1", collector=collector), 1)
    entry(add_customer(company, "K2", collector=collector), 2, planned=False)
    set_capacity(
        actor=acting(manager), user=collector, minutes=90, from_on=TODAY, as_of=TODAY, at=AT
    )
    set_capacity(
        actor=acting(manager), user=collector, minutes=60, from_on=TOMORROW, as_of=TODAY, at=AT
    )
    rows = {row.name: row for row in team_rows(company, as_of=TODAY)}
    anna = rows["anna"]

    assert (anna.minutes, anna.customers, anna.planned, anna.planned_minutes) == (90, 2, 1, 10)
    assert (anna.to_collect_minor, anna.expected_extra_minor) == (200_00, 5_00)
    assert (rows["bert"].minutes, rows["bert"].customers) == (240, 0)
    assert workforce(company, as_of=TOMORROW).minutes == {collector.pk: 60}


def test_who_is_away_or_how_long_is_said_by_the_right_people(company, collector, manager, bert):
    with pytest.raises(Forbidden, match="may note down own absences only"):
        away(bert, collector)
    away(collector, collector)
    with pytest.raises(Refused, match="anna is away from 2026-03-05 to 2026-03-06 already"):
        away(collector, manager, from_on=TOMORROW, until_on=TOMORROW)
    with pytest.raises(Refused, match="Nobody covers for themselves"):
        away(bert, manager, cover=bert)
    with pytest.raises(Refused, match="has no work at Northwind that could be covered"):
        away(add_user(company, "rolf", "read_only"), manager)
    with pytest.raises(Refused, match="bert sits at none of the desks of carla"):
        away(add_user(company, "carla", "clerk"), manager, cover=bert)
    with pytest.raises(Refused, match="The absence has already passed"):
        away(bert, manager, from_on=TODAY - timedelta(9), until_on=TODAY - timedelta(8))
    with pytest.raises(Refused, match="between 0 and 600 minutes"):
        set_capacity(
            actor=acting(manager), user=bert, minutes=601, from_on=TODAY, as_of=TODAY, at=AT
        )
    assert (Absence.objects.count(), WorkCapacity.objects.count()) == (1, 0)


def test_the_page_shows_the_day_and_takes_absences_minutes_and_hand_overs(
    come_in, company, collector, manager, bert
):
    entry(add_customer(company, "K1", collector=collector), 1)
    browser = come_in(manager)
    browser.post(
        "/team/absence/",
        {"user": collector.pk, "kind": "sick", "from_on": TODAY.isoformat(),
         "until_on": TODAY.isoformat(), "cover": bert.pk},
    )  # fmt: skip
    browser.post(
        "/team/minutes/", {"user": bert.pk, "minutes": "120", "from_on": TODAY.isoformat()}
    )
    page = browser.get("/team/").text
    assert "covered by bert" in page and "10 / 120" in page
    browser.post("/team/hand-over/", {"user": collector.pk, "to": bert.pk})
    browser.post(f"/team/absence/{Absence.objects.get().pk}/cancel/")

    assert Customer.objects.get().collector == bert
    assert "Nobody is or will be away." in browser.get("/team/").text


def test_the_page_asks_the_same_whatever_the_rows(
    come_in, company, manager, django_assert_num_queries
):
    browser = come_in(manager)
    for number in range(3):
        person = add_user(company, f"c{number}", "collector")
        entry(add_customer(company, f"K{number}", collector=person), number + 1)
        if number != 1:
            with django_assert_num_queries(14):
                browser.get("/team/")
