"""Experiments: planned, started, stopped and decided in pages, and what they show."""

import pytest

from dunwell.actions.experiments import start_experiment
from dunwell.models import Experiment
from tests.actions.desk import acting
from tests.actions.test_experiments import choice, log, plan
from tests.conftest import AT, TODAY, add_customer
from tests.queries.test_experiment_readings import PAST, drawn, paid
from tests.web.test_exports import lines

QUERIES_OF_THE_LIST = 8
QUERIES_OF_ONE = 9
PLAN = {
    "name": "Spring",
    "question": "What does a reminder bring?",
    "percent": "10",
    "starts_on": "2026-03-05",
    "ends_on": "2026-06-04",
}


@pytest.fixture
def running(manager):
    made = plan(manager, name="Winter", arms=[("chance", 300_000)], starts_on=PAST, as_of=PAST)
    start_experiment(actor=acting(manager), experiment=made, as_of=PAST, at=AT)
    return made


def test_without_one_the_page_explains_what_a_holdout_is(come_in, reader):
    page = come_in(reader).get("/experiments/").text

    assert "No experiment yet" in page and "at most 30 %, chance decides every day" in page
    assert "Plan a holdout" not in page


def test_a_holdout_goes_from_plan_to_verdict(come_in, manager, company):
    client = come_in(manager)
    form = client.get("/experiments/add/")
    planned = client.post("/experiments/add/", PLAN)
    made = Experiment.objects.get()
    address = f"/experiments/{made.pk}/"
    draft = client.get(address)
    started = client.post(f"{address}start/", follow=True)
    stopped = client.post(f"{address}stop/", {"reason": "enough"}, follow=True)
    decided = client.post(f"{address}decide/", {"verdict": "Keep reminding."}, follow=True)

    assert 'value="2026-03-05"' in form.text and 'value="2026-06-04"' in form.text
    assert (planned.status_code, planned["Location"]) == (302, address)
    assert made.arms == [{"name": "chance", "share_ppm": 100_000}]
    assert "Start it; from its first day on" in draft.text
    assert "Spring runs." in started.text and "Spring is stopped." in stopped.text
    assert "The verdict is kept." in decided.text and "Keep reminding." in decided.text
    made.refresh_from_db()
    assert (made.status, made.figures, made.decided_by) == ("decided", {}, "mona")


def test_what_cannot_be_planned_is_said_at_the_form(come_in, manager, running):
    client = come_in(manager)
    taken = client.post("/experiments/add/", {**PLAN, "name": "Winter"})
    share = client.post("/experiments/add/", {**PLAN, "percent": "31"})
    days = client.post("/experiments/add/", {**PLAN, "ends_on": "2026-03-01"})

    assert [answer.status_code for answer in (taken, share, days)] == [422] * 3
    assert "There is already an experiment named Winter." in taken.text
    assert "less than or equal to 30" in share.text
    assert "The last day must lie 1 to 730 days after the first." in days.text
    assert Experiment.objects.count() == 1


def test_two_of_a_kind_do_not_run_at_once(come_in, manager, running):
    draft = plan(manager, name="Spring")
    answer = come_in(manager).post(f"/experiments/{draft.pk}/start/")

    assert answer.status_code == 422
    assert "Winter is running; two of a kind would disturb each other." in answer.text


def test_one_shows_its_effect_its_division_and_its_guardrail(come_in, reader, company, running):
    contacted, alone = drawn(company, running, contacted=60, alone=60)
    paid(contacted[:48])
    paid(alone[:12])
    page = come_in(reader).get(f"/experiments/{running.pk}/").text

    assert "Contacting brings +60 pts more of the money within 14 days" in page
    assert "Contacting surely brings more than leaving alone." in page
    assert "contacting pays" in page and "as planned" in page
    assert "80\N{NO-BREAK SPACE}%" in page and "20\N{NO-BREAK SPACE}%" in page
    assert "Disputes within 14 days after a contact" in page and "safe" in page
    assert "120 customers have an outcome; finding an effect" in page


def test_a_broken_division_is_said_aloud(come_in, reader, company, running):
    drawn(company, running, contacted=100, alone=20)
    page = come_in(reader).get(f"/experiments/{running.pk}/").text

    assert "not as planned" in page
    assert "nothing can be learned before it is found" in page


def test_few_customers_say_how_many_are_missing(come_in, reader, company, running):
    drawn(company, running, contacted=9, alone=7, by_plan=40)
    page = come_in(reader).get(f"/experiments/{running.pk}/").text

    assert "Nothing can be said about the effect of contacting yet." in page
    assert "too few to tell: 7 of 50 customers" in page


def test_the_list_says_what_was_decided_today(come_in, reader, company, customer, running):
    one = add_customer(company, "K2")
    log(
        company,
        choice(customer, experiment_id=running.pk, arm="chance", action="none", channel=""),
        choice(one, experiment_id=running.pk, is_holdout=False),
    )
    page = come_in(reader).get("/experiments/").text

    assert "Winter runs" in page and "Left alone" in page and "Of these by chance" in page
    assert 'href="/experiments/' in page


def test_choices_are_exported(come_in, reader, company, customer, running):
    log(company, choice(customer, experiment_id=running.pk, arm="chance"))
    client = come_in(reader)

    head = (
        "Day,Customer number,Customer,Decided by,Action,Permitted,Chance,"
        "Chance unpaid in 14 days,Policy,Hour,Chance of the hour"
    )
    assert lines(client.get(f"/experiments/{running.pk}/export.csv")) == [
        head,
        '2026-03-05,K1,Acme,chance,email,"email,none",0.5,0.3,standard v1,,',
    ]
    assert client.get(f"/experiments/{running.pk}/export.exe").status_code == 404


def test_only_who_may_runs_experiments(come_in, collector, running):
    client = come_in(collector)
    page = client.get(f"/experiments/{running.pk}/").text

    assert "/stop/" not in page
    assert client.get("/experiments/add/").status_code == 403
    for act in ("start", "stop", "decide"):
        assert client.post(f"/experiments/{running.pk}/{act}/").status_code == 403


def test_another_company_s_experiment_is_not_there(come_in, rival, running):
    client = come_in(rival)
    for path in ("", "export.csv"):
        assert client.get(f"/experiments/{running.pk}/{path}").status_code == 404
    for act in ("start", "stop", "decide"):
        assert client.post(f"/experiments/{running.pk}/{act}/").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_both_pages_cost_the_same_however_long_they_are(
    come_in, manager, company, running, count, django_assert_num_queries
):
    made = [add_customer(company, f"K{number}") for number in range(count)]
    log(company, *(choice(one, experiment_id=running.pk, arm="chance") for one in made))
    for number in range(count):
        plan(manager, name=f"Next {number}")
    client = come_in(manager)

    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        client.get("/experiments/")
    with django_assert_num_queries(QUERIES_OF_ONE):
        client.get(f"/experiments/{running.pk}/?cursor=nonsense&as_of={TODAY}")
