"""Levels and today's contacts as pages: sums that drill down, words as read, drafts on review."""

import csv
import io
from collections import OrderedDict
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import Forbidden, system
from dunwell.actions.reminders import review_reminders
from dunwell.jobs import day_plans
from dunwell.models import Event, Message, PolicyVersion, Task, WorklistEntry
from dunwell.queries.campaigns import CampaignFilter, campaign, for_review
from dunwell.queries.levels import (
    NONE,
    LevelFilter,
    level_book,
    level_rows,
    level_totals,
    levels_of,
)
from dunwell.queries.policies import strategies_in_force
from tests.actions.desk import acting, last_event
from tests.actions.test_reminders import desk, owing, sent, tonight  # noqa: F401  a fixture
from tests.conftest import AT, TODAY

QUERIES_OF_LEVELS = 32
QUERIES_OF_THE_CAMPAIGN = 36


@pytest.fixture
def book(desk):  # noqa: F811
    """One customer told once, one not yet due, one disputed, one finished nothing."""
    told = owing(desk, "K1", late=40, amount=300_00)
    tonight(desk)
    sent(desk)
    soon = owing(desk, "K2", late=-20, amount=50_00)
    disputed = owing(desk, "K3", late=30, amount=70_00)
    open_dispute(
        actor=system(desk), item=disputed.items.get(), amount_minor=70_00, reason="quality",
        as_of=TODAY, at=AT,
    )  # fmt: skip
    return {"told": told, "soon": soon, "disputed": disputed}


def test_every_item_sits_on_one_level_and_the_sums_agree(desk, book):  # noqa: F811
    found = level_book(desk, as_of=TODAY)
    levels = levels_of(found)

    assert (levels.items, levels.customers, levels.owed) == (3, 3, (("EUR", 420_00),))
    assert [(row.level, row.items, row.highest, row.owed) for row in levels.levels] == [
        (None, 2, 2, (("EUR", 120_00),)),
        (1, 1, 1, (("EUR", 300_00),)),
    ]
    assert {(row.level, row.next_level) for row in levels.moves} >= {(1, 2)}
    assert {row.state for row in levels.states} == {"too_soon", "waiting", "disputed"}
    for part in (levels.levels, levels.moves, levels.states):
        assert sum(row.items for row in part) == 3
        assert sum(row.owed[0][1] for row in part) == 420_00
    for row in levels.moves:
        only = LevelFilter(
            level=NONE if row.level is None else row.level,
            next_level=NONE if row.next_level is None else row.next_level,
        )
        assert level_totals(found, only).owed == row.owed
        listed = level_rows(found, only).rows
        assert sum(one.owed_minor for one in listed) == row.owed[0][1]


def test_a_past_day_shows_the_levels_of_that_day(desk, book):  # noqa: F811
    before = levels_of(level_book(desk, as_of=TODAY - timedelta(days=1)))
    assert [row.level for row in before.levels] == [None]
    later = level_book(desk, as_of=TODAY + timedelta(days=7))
    row = next(row for row in level_rows(later, LevelFilter(level=1)).rows)
    assert (row.state, row.next_level, row.told_on) == ("due", 2, TODAY)


def test_pages_of_levels_go_on_where_they_stopped(desk, book):  # noqa: F811
    found = level_book(desk, as_of=TODAY)
    first = level_rows(found, LevelFilter(), limit=2)
    rest = level_rows(found, LevelFilter(), cursor=first.next, limit=2)
    assert [row.days_past_due for row in (*first.rows, *rest.rows)] == [40, 30, -20]
    assert rest.next == ""


def test_the_page_of_levels_shows_filters_and_exports(come_in, reader, desk, book):  # noqa: F811
    client = come_in(reader)
    page = client.get("/levels/").text
    assert "<h1>Levels</h1>" in page and "Not told yet" in page and "€420.00" in page
    chosen = client.get("/levels/?state=disputed").text
    assert "K3" in chosen and "R-K1" not in chosen and "€70.00" in chosen
    assert "R-K1" in client.get("/levels/?level=1&next=2").text
    one = client.get(f"/levels/?customer={book['soon'].pk}").text
    assert "R-K2" in one and "R-K3" not in one
    assert "Nothing is open" in client.get("/levels/?as_of=2020-01-01").text
    assert client.get("/levels/?as_of=x&level=y&cursor=z").status_code == 200
    assert client.get("/levels/?customer=999999").status_code == 404
    rows = list(csv.reader(io.StringIO(client.get("/levels/export.csv?level=none").text)))
    assert [row[0].lstrip("\ufeff") for row in rows[1:]] == ["R-K3", "R-K2"]
    assert client.get("/levels/export.xlsx").status_code == 200


def test_the_preview_says_who_in_which_words_and_who_not(come_in, manager, desk, book):  # noqa: F811
    due = owing(desk, "K4", late=10, amount=90_00)
    owing(desk, "K5", late=200, segment="strategic", amount=2_000_00)
    WorklistEntry.objects.create(
        customer=due, company=desk, as_of=TODAY, rank=1, currency="EUR", due_minor=90_00,
        promised_minor=0, disputed_minor=0, dunned_minor=0, to_collect_minor=90_00,
        expected_extra_minor=12_34, score=50, minutes=4, oldest_days=10,
    )  # fmt: skip
    found = campaign(desk, CampaignFilter(), as_of=TODAY)

    assert found is not None
    assert [(one.contact.number, one.contact.channel) for one in found.contacts] == [
        ("K4", "email"), ("K5", "call"),
    ]  # fmt: skip
    assert (found.minutes, found.expected_minor, found.demand) == (
        10, 12_34, (("EUR", 2_090_00),),
    )  # fmt: skip
    assert {row.reason for row in found.run.reasons} >= {"all_disputed", "contacted_recently"}
    calls = campaign(desk, CampaignFilter(channel="call"), as_of=TODAY)
    assert calls is not None and calls.sample is not None
    assert calls.sample.subject.startswith("Call K5")
    client = come_in(manager)
    page = client.get("/campaign/").text
    assert "Put them on review" in page and "K4" in page and "€2,090" in page
    assert "R-K4" in client.get(f"/campaign/?sample={due.pk}").text
    assert "K4" not in client.get("/campaign/?level=1&channel=call&strategy=strategic").text
    export = client.get("/campaign/export.csv").text
    assert "goes out" in export and "left out" in export and "12.34" in export
    assert client.get("/campaign/?version=999999").status_code == 404


def test_a_draft_version_is_previewed_and_cannot_be_sent(come_in, manager, desk, book):  # noqa: F811
    version = PolicyVersion.objects.get(name="small")
    page = come_in(manager).get(f"/campaign/?version={version.pk}").text
    assert "As if this version were in force" in page and "Put them on review" not in page
    assert Message.objects.exclude(customer=book["told"]).count() == 0


def test_one_click_makes_drafts_once_and_the_cycle_leaves_them(come_in, collector, desk, book):  # noqa: F811
    owing(desk, "K4", late=10)
    owing(desk, "K5", late=10)
    owing(desk, "K6", late=200, segment="strategic", amount=2_000_00)
    client = come_in(collector)
    said = client.post("/campaign/review/", {"channel": "email"}, follow=True).text
    assert "2 messages wait for approval" in said
    again = client.post("/campaign/review/", {"channel": "email"}, follow=True).text
    assert "Nobody is left to be contacted" in again
    drafts = Message.objects.filter(status="draft")
    assert sorted(drafts.values_list("customer__number", flat=True)) == ["K4", "K5"]
    assert Task.objects.filter(kind="approve", status="open").count() == 2
    assert Event.objects.filter(verb="reminders.written", actor="anna").count() == 1
    assert tonight(desk) == 2  # the call alone: its message and its task
    assert Message.objects.filter(status="draft").count() == 2


def test_a_plan_made_before_another_s_click_writes_nobody_twice(collector, desk):  # noqa: F811
    owing(desk, "K4", late=10)
    actor = acting(collector)
    policies = strategies_in_force(desk, as_of=TODAY)
    plans = [for_review(desk, CampaignFilter(), as_of=TODAY) for _ in range(2)]
    counts = [review_reminders(actor=actor, plan=plan, policies=policies, at=AT) for plan in plans]
    assert counts == [1, 0]
    assert last_event(desk)[3]["drafts"] == 1


def test_who_may_only_read_puts_nothing_on_review(come_in, reader, desk):  # noqa: F811
    owing(desk, "K4", late=10)
    client = come_in(reader)
    assert "Put them on review" not in client.get("/campaign/").text
    assert client.post("/campaign/review/", {}).status_code == 403
    with pytest.raises(Forbidden):
        review_reminders(
            actor=acting(reader), plan=for_review(desk, CampaignFilter(), as_of=TODAY),
            policies=(), at=AT,
        )  # fmt: skip
    assert Message.objects.count() == 0


@pytest.mark.parametrize("address", ["/levels/", "/campaign/"])
def test_more_rows_need_no_more_queries(come_in, reader, desk, address):  # noqa: F811
    client = come_in(reader)
    owing(desk, "A1", late=10)
    client.get(address)
    counts = []
    for numbers in ((), ("A2", "A3")):
        for number in numbers:
            owing(desk, number, late=10)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
    expected = QUERIES_OF_LEVELS if address == "/levels/" else QUERIES_OF_THE_CAMPAIGN
    assert counts == [expected, expected]


@pytest.mark.parametrize("address", ["/levels/?state=due", "/campaign/"])
def test_a_large_book_is_worked_out_beside_the_page(come_in, reader, book, address, monkeypatch):
    monkeypatch.setattr(day_plans, "LARGE", 0)
    monkeypatch.setattr(day_plans, "_made", OrderedDict())
    asking = {"HX-Request": "true", "HX-Target": "day-plan-progress"}
    client = come_in(reader)
    with monkeypatch.context() as busy:
        busy.setattr(day_plans, "begin", lambda work, *, key: False)
        page = client.get(address).text
        assert 'role="progressbar"' in page and "<h1>" in page and "3 open items" in page
        line = client.get(address, headers=asking)
        assert "<h1>" not in line.text and f'hx-get="{address}"' in line.text
    done = client.get(address, headers=asking)
    assert (done.status_code, done["HX-Refresh"]) == (204, "true")
    assert "progressbar" not in client.get(address).text


def test_a_book_that_cannot_be_worked_out_is_told_and_not_shown(
    come_in, reader, book, monkeypatch
):
    def die(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(day_plans, "LARGE", 0)
    monkeypatch.setattr(day_plans, "_made", OrderedDict())
    monkeypatch.setattr(day_plans, "plan_under", die)
    for address in ("/levels/", "/campaign/"):
        answer = come_in(reader).get(address)
        assert answer.status_code == 422 and "could not be worked out" in answer.text


def test_empty_pages_say_what_to_do(come_in, reader, company):
    client = come_in(reader)
    assert "Nothing is open" in client.get("/levels/").text
    assert "Nobody is contacted" in client.get("/campaign/").text
