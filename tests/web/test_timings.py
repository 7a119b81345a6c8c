"""Timing experiments in pages: planned by hours and share, and what every hour is worth."""

import pytest

from dunwell.actions.experiments import ArmStop, stop_arms
from dunwell.actions.gate import system
from dunwell.models import Experiment
from tests.conftest import AT, TODAY
from tests.jobs.mail_world import hours
from tests.queries.test_timing_readings import PAST, mails
from tests.web.test_exports import lines

QUERIES_OF_THE_LIST = 8
QUERIES_OF_ONE = 12
PLAN = {
    "name": "After lunch",
    "question": "Do mails after lunch bring more?",
    "ordinary": "10-12",
    "others": ["10-12", "14-16", "other"],
    "percent": "20",
    "starts_on": "2026-03-05",
    "ends_on": "2026-06-04",
}


@pytest.fixture
def running(company):
    return hours(company, "10-12", "14-16", as_of=PAST)


def test_a_timing_experiment_is_planned_with_the_ordinary_hour_first(come_in, manager, company):
    client = come_in(manager)
    form = client.get("/experiments/timing/").text
    answer = client.post("/experiments/timing/", PLAN)
    made = Experiment.objects.get()
    draft = client.get(f"/experiments/{made.pk}/").text
    started = client.post(f"/experiments/{made.pk}/start/", follow=True).text
    listed = client.get("/experiments/").text

    assert "The step&#x27;s other channel" in form and "14:00\N{EN DASH}16:00" in form
    assert (answer.status_code, answer["Location"]) == (302, f"/experiments/{made.pk}/")
    assert (made.kind, made.arms) == (
        "timing",
        [
            {"name": "10-12", "share_ppm": 800_000},
            {"name": "14-16", "share_ppm": 100_000},
            {"name": "other", "share_ppm": 100_000},
        ],
    )
    assert "No mail was given an hour yet" in draft and "began with 80\N{NO-BREAK SPACE}%" in draft
    assert "After lunch runs." in started
    assert "After lunch runs" in listed and "20\N{NO-BREAK SPACE}%" in listed


def test_what_cannot_be_planned_is_said_at_the_form(come_in, manager):
    client = come_in(manager)
    alone = client.post("/experiments/timing/", {**PLAN, "others": ["10-12"]})
    share = client.post("/experiments/timing/", {**PLAN, "percent": "51"})
    unknown = client.post("/experiments/timing/", {**PLAN, "others": ["7-8"]})

    assert [answer.status_code for answer in (alone, share, unknown)] == [422] * 3
    assert "at least one other to compare it with" in alone.text
    assert "less than or equal to 50" in share.text
    assert not Experiment.objects.exists()


def test_one_shows_what_every_hour_is_worth_with_its_interval(come_in, reader, company, running):
    mails(company, running, hour=10, count=210, paid=42)
    mails(company, running, hour=14, count=210, paid=126)
    page = come_in(reader).get(f"/experiments/{running.pk}/").text

    assert "+20 pts more of the mails were paid in full within 14 days than if all had" in page
    assert "better than the ordinary hour" in page and "drawn as logged" in page
    assert "420 of 420 mails have an outcome" in page
    assert "one such interval in twenty" in page
    assert "more than what was sent" in page and "less than what was sent" in page
    assert "Best hour by segment" in page and "standard" in page
    assert "14:00" in page


def test_a_stopped_hour_and_wrong_chances_are_said_aloud(come_in, reader, company, running):
    mails(company, running, hour=10, count=60, paid=20)
    mails(company, running, hour=14, count=240, paid=80)
    stop_arms(
        actor=system(company), experiment=running, as_of=TODAY, at=AT,
        stops=[ArmStop(arm="14-16", decisions=240, harms=30)],
    )  # fmt: skip
    page = come_in(reader).get(f"/experiments/{running.pk}/").text

    assert "not drawn as logged" in page and "something went wrong" in page
    assert "chances do not fit the draws" in page
    assert '<span class="chip chip-bad">stopped</span>' in page


def test_the_verdict_keeps_the_figures_of_the_day(come_in, manager, company, running):
    mails(company, running, hour=10, count=3, paid=1)
    client = come_in(manager)
    client.post(f"/experiments/{running.pk}/stop/", {"reason": "enough"})
    client.post(f"/experiments/{running.pk}/decide/", {"verdict": "Ten it is."})

    running.refresh_from_db()
    assert (running.status, running.figures["judged"], running.figures["as_of"]) == (
        "decided",
        3,
        "2026-03-05",
    )
    assert [arm["name"] for arm in running.figures["arms"]] == ["10-12", "14-16"]


def test_the_mails_are_exported_with_their_hour(come_in, reader, company, running):
    mails(company, running, hour=14, count=1, paid=0)
    exported = lines(come_in(reader).get(f"/experiments/{running.pk}/export.csv"))

    day = PAST.isoformat()
    assert exported[1:] == [f"{day},M0,M0,plan,email,email,1.0,0.3,standard v1,14,0.5"]


def test_only_who_may_plans_one(come_in, collector, running):
    client = come_in(collector)
    assert client.get("/experiments/timing/").status_code == 403
    assert "/experiments/timing/" not in client.get("/experiments/").text


@pytest.mark.parametrize("count", [1, 3])
def test_both_pages_cost_the_same_however_long_they_are(
    come_in, manager, company, running, count, django_assert_num_queries
):
    mails(company, running, hour=10, count=count, paid=1)
    client = come_in(manager)

    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        client.get("/experiments/")
    with django_assert_num_queries(QUERIES_OF_ONE):
        client.get(f"/experiments/{running.pk}/")
