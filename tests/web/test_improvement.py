"""Improvements, comparisons, targets and portfolio reviews, each from beginning to end."""

import hashlib
from datetime import timedelta

from dunwell.actions.gate import system
from dunwell.actions.policies import load_shipped_policies
from dunwell.actions.targets import follow_targets
from dunwell.engine.kpi_catalogue import FORMULAS
from dunwell.engine.kpi_tables import WINDOW_DAYS
from dunwell.engine.trends import month_ends
from dunwell.jobs.improvement_day import ImprovementDay
from dunwell.models import (
    Conversation,
    DuelCustomer,
    DuelLook,
    Experiment,
    Initiative,
    KeptSlice,
    Milestone,
    Payment,
    PortfolioPack,
    PortfolioReview,
    PortfolioSignature,
    Promise,
    Survey,
    TargetProgress,
    TargetSet,
    Task,
)
from dunwell.queries.duel_readings import duel_reading
from dunwell.queries.steering import overrides_frame
from dunwell.queries.targets import standings_of_day
from tests.actions.escalation_rows import owing
from tests.conftest import AT, TODAY, add_customer, add_user


def kept_months(company, values, *, key="", dimension="company"):
    """Keep a figure at the month ends before today, the newest last."""
    ends = month_ends(as_of=TODAY, months=len(values) + 1)[:-1]
    for day, value in zip(ends, values, strict=True):
        KeptSlice.objects.create(
            company=company, as_of=day, window_days=WINDOW_DAYS, dimension=dimension, key=key,
            currency=company.currency, formulas=FORMULAS, values={"dso": f"{value:.4f}"},
            inputs={"sales_minor": WINDOW_DAYS * 100_00, "receivables_minor": 9_000_00},
        )  # fmt: skip
    return ends


def test_an_idea_becomes_a_plan_runs_is_measured_and_kept_in_the_library(
    come_in, company, manager, rival
):
    ends = kept_months(company, [60.1, 59.8, 60.3, 60.0, 59.9, 60.2, 50.1, 49.8, 50.2])
    client = come_in(manager)
    form = {
        "name": "Earlier calls", "kpi": "dso", "currency": "EUR", "target": "52",
        "target_on": (TODAY + timedelta(days=90)).isoformat(), "place": "calls",
        "change": "call on day three", "measure": "series", "owner": manager.pk,
    }  # fmt: skip
    wrong = client.post("/initiatives/add/", {**form, "target": "soon"})
    assert wrong.status_code == 422 and "soon is no number" in wrong.text
    assert "call on day three" in wrong.text
    address = client.post("/initiatives/add/", form)["Location"]
    one = Initiative.objects.get()
    assert "It has not begun" in client.get(address).text
    client.post(f"{address}plan/")
    client.post(f"{address}start/", {"changed_on": ends[5].isoformat()})
    page = client.get(address).text
    assert "Better, beyond chance." in page and "weaker: chance did not decide" in page
    client.post(f"{address}measure/")
    one.refresh_from_db()
    figures = one.figures
    assert one.status == "measured" and float(figures["high"]) < 0 < figures["gain_low_minor"]
    # ten days of sales of 100.00 a day
    assert 900_00 < figures["gain_minor"] < 1_100_00
    assert 90 < figures["gain_days_tenths"] < 110
    assert client.post(f"{address}keep/", {"reason": ""}).status_code == 422
    client.post(f"{address}keep/", {"reason": "it works"})
    assert Milestone.objects.get().name == "Earlier calls"
    assert "Earlier calls" not in client.get("/initiatives/").text
    assert "it works" in client.get(address).text
    found = client.get("/initiatives/?scope=library&q=three works").text
    assert "Earlier calls" in found
    assert "Earlier calls" not in client.get("/initiatives/?scope=library&q=fax").text
    assert "call on day three" in client.get("/initiatives/export.csv?scope=library").text
    assert "Earlier calls" in client.get("/targets/").text
    assert client.post(f"{address}keep/", {"reason": "again"}).status_code == 422
    assert come_in(rival).get(address).status_code == 404


def test_parts_left_as_they_were_take_out_what_happened_to_all(come_in, company, manager):
    ends = kept_months(company, [60, 61, 60, 61, 55, 54, 55], key="a", dimension="segment")
    kept_months(company, [40, 41, 40, 41, 45, 44, 45], key="b", dimension="segment")
    client = come_in(manager)
    form = {
        "name": "Letters", "kpi": "dso", "currency": "EUR", "target": "52",
        "target_on": (TODAY + timedelta(days=90)).isoformat(), "place": "reminders",
        "change": "letters", "measure": "difference", "dimension": "segment", "slices": "a",
        "owner": manager.pk,
    }  # fmt: skip
    address = client.post("/initiatives/add/", form)["Location"]
    client.post(f"{address}plan/")
    client.post(f"{address}start/", {"changed_on": ends[3].isoformat()})
    assert client.post(f"{address}measure/").status_code == 302
    assert Initiative.objects.get().figures["value"] == "-10.00"


def owing_customers(company, number):
    """Customers that owe 100.00 each, overdue."""
    made = [add_customer(company, f"D{n}", segment="standard") for n in range(number)]
    for customer in made:
        owing(customer, 100_00, days_late=20, number=f"R{customer.number}")
    return made


DUEL = {
    "name": "Letters or mails", "champion": "strategy/standard", "challenger": "strategy/small",
    "percent": 50, "smallest": 5, "starts_on": TODAY.isoformat(),
    "ends_on": (TODAY + timedelta(days=120)).isoformat(),
    **{f"margin_{name}": 2 for name in ("complaints", "disputes", "opt_outs", "unhappy")},
}  # fmt: skip


def test_a_challenger_is_planned_drawn_steers_customers_and_stops_when_it_harms(
    come_in, company, manager
):
    load_shipped_policies(company=company, at=AT)
    customers = owing_customers(company, 120)
    client = come_in(manager)
    page = client.get("/experiments/duel/").text
    assert "120 customers" not in page and "What a comparison takes" in page
    same = client.post("/experiments/duel/", {**DUEL, "challenger": "strategy/standard"})
    assert same.status_code == 422 and "cannot challenge itself" in same.text
    address = client.post("/experiments/duel/", DUEL)["Location"]
    # a split that is uneven by chance counts as suspicious, and nothing is decided by it
    Experiment.objects.update(salt="even")
    client.post(f"{address}start/")
    actor = system(company)
    day = ImprovementDay(actor=actor, as_of=TODAY, at=AT)
    day.read()
    assert day.write() == 120
    assert ImprovementDay(actor=actor, as_of=TODAY, at=AT).write() == 1  # the look alone
    new = {one.customer_id for one in DuelCustomer.objects.filter(arm="small")}
    steered = overrides_frame(company, as_of=TODAY).collect().to_native()
    assert set(steered.filter(steered["strategy"] == "small")["customer_id"]) == new
    # everybody with the challenger complains, nobody else does
    for customer in customers:
        if customer.pk in new:
            Conversation.objects.create(
                company=company, customer=customer, is_complaint=True,
                subject="enough", opened_at=AT + timedelta(days=2),
            )  # fmt: skip
        Payment.objects.create(
            company=company, customer=customer, number=f"P{customer.pk}", currency="EUR",
            amount_minor=100_00, value_on=TODAY + timedelta(days=14), recorded_on=TODAY,
            recorded_at=AT,
        )  # fmt: skip
    later = TODAY + timedelta(days=29)
    read = duel_reading(company, Experiment.objects.get().pk, as_of=later)
    assert (read.outcome, read.why, read.seen) == ("revert", "guardrail_harmed", 120)
    assert (read.effect_ppm, read.days_tenths, read.owed_minor) == (0, 0, 120 * 100_00)
    ImprovementDay(actor=actor, as_of=later, at=AT).write()
    experiment = Experiment.objects.get()
    assert experiment.status == "stopped" and experiment.stopped_on == later
    assert DuelLook.objects.filter(outcome="revert").count() == 1
    assert not overrides_frame(company, as_of=later).collect().to_native().height
    shown = client.get(address).text
    assert "What must not get worse has got worse with the challenger." not in shown  # not yet
    client.post(f"{address}decide/", {"verdict": "letters annoy"})
    assert "letters annoy" in client.get(address).text


def test_targets_are_balanced_count_honestly_and_a_persons_are_its_own(
    come_in, company, manager, collector, rival
):
    bob = add_customer(company, "B1", collector=collector)
    Payment.objects.create(
        company=company, customer=bob, number="P1", currency="EUR", amount_minor=500_00,
        value_on=TODAY, recorded_on=TODAY, recorded_at=AT,
    )  # fmt: skip
    for n, days in enumerate((0, 9)):
        Promise.objects.create(
            company=company, customer=bob, made_on=TODAY - timedelta(days=days),
            due_on=TODAY, settled_on=TODAY, outcome="kept", recorded_at=AT,
            note=str(n),
        )  # fmt: skip
    Survey.objects.create(
        company=company, customer=bob, kind="csat", occasion="payment", subject_id=1, nonce="n",
        token_hash="t", asked_on=TODAY, until_on=TODAY, score=5, answered_at=AT, recorded_at=AT,
    )  # fmt: skip
    client = come_in(manager)
    form = {
        "name": "March", "starts_on": TODAY.isoformat(),
        "ends_on": (TODAY + timedelta(days=20)).isoformat(), "collected": "400",
        "promises_kept": "90",
    }  # fmt: skip
    wrong = client.post("/targets/add/", form)
    assert wrong.status_code == 422 and "Missing: satisfaction" in wrong.text
    client.post("/targets/add/", {**form, "satisfied": "80"})
    page = client.get("/targets/").text
    assert "March" in page and "1 check" in page
    line = TargetSet.objects.get().lines.get(measure="promises_kept")
    drill = client.get(f"/targets/lines/{line.pk}/").text
    assert "Backdated promises" in drill and f'/customers/{bob.pk}/"' in drill

    client = come_in(collector)
    assert "Turn your own figures on first" in client.post(
        "/targets/mine/add/", {**form, "satisfied": "80", "name": "Mine"}
    ).text  # fmt: skip
    client.post("/targets/settings/", {"has_own_figures": "on", "sees_feed": "on"})
    client.post("/targets/mine/add/", {**form, "satisfied": "80", "name": "Only mine"})
    assert "Only mine" in client.get("/targets/").text
    assert "Only mine" not in come_in(manager).get("/targets/").text
    own = TargetSet.objects.get(user=collector)
    assert client.post(f"/targets/{own.pk}/end/", {"reason": "x"}).status_code == 404
    client = come_in(collector)
    client.post("/targets/settings/", {"has_own_figures": "on", "shares_with_lead": "on"})
    assert "Only mine" in come_in(manager).get("/targets/").text

    sunday = TODAY + timedelta(days=6 - TODAY.weekday())
    told = standings_of_day(company, as_of=sunday)
    assert follow_targets(actor=system(company), standings=told, as_of=sunday, at=AT) > 0
    assert TargetProgress.objects.count() == 6
    assert follow_targets(actor=system(company), standings=told, as_of=sunday, at=AT) == 0
    team = Milestone.objects.filter(user=None, kind="target")
    assert sorted(one.figures["measure"] for one in team) == [
        "collected", "promises_kept", "satisfied",
    ]  # fmt: skip
    feed = come_in(manager).get("/targets/").text
    assert "All targets are reached together" in feed
    assert come_in(rival).get(f"/targets/lines/{line.pk}/").status_code == 404


def test_the_cycle_names_a_review_in_the_language_of_the_company(company, manager, come_in):
    company.language = "de"
    company.save()
    come_in(manager).post(
        "/portfolio-reviews/rhythm/",
        {"every_months": 3, "next_on": TODAY.isoformat(), "warning": "1000"},
    )
    assert ImprovementDay(actor=system(company), as_of=TODAY, at=AT).write() == 1
    assert PortfolioReview.objects.get().name == f"{TODAY.isoformat()}: Geplant"


def test_a_review_freezes_its_pack_is_held_decided_and_signed_by_two(
    come_in, company, manager, rival, customer
):
    director = add_user(company, "dora", "finance_director")
    owing(customer)
    client = come_in(manager)
    client.post(
        "/portfolio-reviews/rhythm/",
        {"every_months": 3, "next_on": TODAY.isoformat(), "warning": "1000"},
    )
    day = ImprovementDay(actor=system(company), as_of=TODAY, at=AT)
    assert day.write() == 1
    assert ImprovementDay(actor=system(company), as_of=TODAY, at=AT).write() == 0
    first = PortfolioReview.objects.get()
    address = f"/portfolio-reviews/{first.pk}/"
    assert "1. What changed since the last review" in client.get(address).text
    client.post(f"{address}freeze/")
    assert client.post(f"{address}freeze/").status_code == 422
    pack = PortfolioPack.objects.get()
    pdf = client.get(f"{address}pack.pdf").content
    assert pdf.startswith(b"%PDF") and hashlib.sha256(pdf).hexdigest() == pack.pdf_sha256
    xlsx = client.get(f"{address}pack.xlsx").content
    assert hashlib.sha256(xlsx).hexdigest() == pack.xlsx_sha256
    client.post(
        f"{address}decide/",
        {"text": "lower the limit", "owner": manager.pk, "due_on": TODAY.isoformat(),
         "customer": customer.number},
    )  # fmt: skip
    assert Task.objects.get(customer=customer).reason == "lower the limit"
    assert "There is no customer" in client.post(
        f"{address}decide/",
        {"text": "x", "owner": manager.pk, "due_on": TODAY.isoformat(), "customer": "??"},
    ).text  # fmt: skip
    assert client.post(f"{address}sign/").status_code == 422
    client.post(
        f"{address}hold/",
        {"held_on": TODAY.isoformat(), "attendees": "Mona, Dora", "minutes": "All was seen."},
    )
    client.post(f"{address}sign/")
    again = client.post(f"{address}sign/")
    assert again.status_code == 422 and "somebody else must sign" in again.text
    late = client.post(
        f"{address}decide/",
        {"text": "more", "owner": manager.pk, "due_on": TODAY.isoformat(), "customer": ""},
    )
    assert late.status_code == 422 and "signed already" in late.text
    come_in(director).post(f"{address}sign/")
    first.refresh_from_db()
    assert first.status == "signed"
    hashes = {(one.pack_sha256, one.minutes_sha256) for one in PortfolioSignature.objects.all()}
    assert len(hashes) == 1 and hashes.pop()[0] == pack.sha256

    owing(add_customer(company, "K9"), 900_00, number="R9")
    client = come_in(manager)
    told = {"name": "Extra", "due_on": TODAY.isoformat(), "reason": "a large loss"}
    other = client.post("/portfolio-reviews/add/", told)["Location"]
    client.post(f"{other}freeze/")
    page = client.get(other).text
    assert "Since the last review" in page and "Exposure: Amount" in page
    assert "lower the limit" in client.get("/portfolio-reviews/").text
    assert "lower the limit" in client.get("/portfolio-reviews/decisions/export.csv").text
    decision = first.decisions.get()
    client.post(f"/portfolio-reviews/decisions/{decision.pk}/done/", {"outcome": "lowered"})
    assert "lowered" in client.get(address).text
    for page in (address, f"{address}pack.pdf"):
        assert come_in(rival).get(page).status_code == 404
