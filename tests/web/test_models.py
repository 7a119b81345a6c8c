"""The model page: who serves and why, its league, its checks, its versions, and training."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from dunwell.actions.gate import system
from dunwell.actions.model_versions import fall_back, record_check, record_model_version
from dunwell.engine.calendars import day_number
from dunwell.jobs import training
from dunwell.jobs.progress import LatestProgress
from dunwell.models import ModelVersion
from tests.actions.ledger_rows import invoice
from tests.actions.test_model_versions import trained
from tests.conftest import AT, TODAY, add_user

QUERIES_OF_THE_PAGE = 8
DAY = day_number(TODAY)


def results(crps, brier, *, cover=0.8):
    """The scores of one model as the league keeps them."""
    part = {
        "requests": 600,
        "customers": 130,
        "late": {"rows": 600, "brier": brier, "auc": 0.9, "calibration_error": 0.03},
        "days": {"crps": crps, "mae": crps, "within_3": 0.7, "cover_80": cover, "width_80": 20.0},
    }
    return {
        "new": part,
        "open": part,
        "cold": {"requests": 4, "customers": 2, "late": {}, "days": {}},
        "worklist": {"model": 0.7},
        "cash": {"first_wape": 0.25, "sum_wape": 0.1, "first_cover_80": 0.85},
        "intervals": {"new.days.crps": {"value": crps, "low": crps - 1, "high": crps + 1}},
    }


def standing(model, figures, **fields):
    return {
        "model": model,
        "is_learned": model == "hazard",
        "is_eligible": True,
        "is_calibrated": True,
        "against": [],
        "figures": figures,
        **fields,
    }


LEAGUE = {
    "serves": "hazard",
    "is_worse": False,
    "reason": {"code": "lowest_crps", "model": "hazard", "value": 4.12, "limit": None},
    "first_on": "2025-11-06",
    "last_on": "2026-01-08",
    "snapshots": 10,
    "requests": 1200,
    "rows": [
        standing("hazard", results(4.12, 0.1)),
        standing(
            "customer_median",
            results(4.84, 0.13, cover=0.6),
            against=[
                {"code": "cover_80", "model": "customer_median", "scope": "new",
                 "metric": "cover_80", "value": 0.6, "limit": 0.65}
            ],
        ),
    ],
    "champion": "",
    "promotion": None,
}  # fmt: skip
CARD = {
    "name": "hazard",
    "made_on": "2026-03-05",
    "review_on": "2026-06-04",
    "purpose": "Predicts.",
    "version": "1",
    "owner": "Northwind",
    "protocol": "Rolling.",
    "training": {
        "from": "2024-01-01", "to": "2026-03-05", "items": 900, "customers": 40, "seed": 7,
        "training_hash": "t", "artifact_hash": "a",
    },
    "league": [
        {"model": "hazard", "metric": "crps", "value": 4.12, "low": 3.1, "high": 5.1}
    ],
    "segments": [
        {"segment": "cold", "metric": "mae", "items": 40, "model": 7.5, "naive": 5.6,
         "naive_name": "customer_median", "low": 1.2, "high": 2.8},
        {"segment": "EUR", "metric": "mae", "items": 4, "model": 1.0, "naive": 5.6,
         "naive_name": "customer_median", "low": 1.2, "high": 2.8},
    ],
    "calibration": [
        {"segment": "all", "late_days": 0, "items": 500, "customers": 40, "told_ppm": 700_000,
         "seen_ppm": 690_000, "brier_ppm": 1, "ece_ppm": 20_000, "slope_ppm": None}
    ],
    "ranges": [
        {"segment": "all", "items": 500, "covered_ppm": 880_000, "low_ppm": 850_000,
         "high_ppm": 900_000, "width_days": 18.1, "crps_days": 4.0}
    ],
    "known_failures": [],
    "prohibited_uses": ["Consumer credit."],
    "inputs": [{"name": "median", "meaning": "median"}, {"name": "age", "meaning": "age"}],
    "licences": {"LightGBM": "MIT"},
}  # fmt: skip
WATCH = [
    {"as_of_day": DAY - 7 * week, "expected_items": 20.0, "paid_items": 10, "gap": -2.0,
     "fewer": fewer, "more": 0.0, "limit": 5.0, "verdict": "fewer" if fewer > 5 else "calm"}
    for week, fewer in ((3, 1.0), (2, 4.0), (1, 7.0))
]  # fmt: skip
FIGURES = {
    "reliability": [
        {"bin": 1, "items": 50, "told_ppm": 300_000, "seen_ppm": 320_000, "low_ppm": 210_000,
         "high_ppm": 450_000},
        {"bin": 2, "items": 50, "told_ppm": 800_000, "seen_ppm": 700_000, "low_ppm": 560_000,
         "high_ppm": 810_000},
    ],
    "calibration": CARD["calibration"],
    "ranges": CARD["ranges"],
    "rank_shares_ppm": [100_000] * 10,
    "psi": [{"code": "contacts", "psi_ppm": 300_000, "chance_ppm": 20_000, "verdict": "shifted"}],
    "trailing": [
        {"as_of_day": DAY - 7, "items": 90, "customers": 9, "ece_ppm": 40_000,
         "ece_limit_ppm": 20_000, "covered_ppm": 700_000, "covered_limit_ppm": 750_000,
         "crps_days": 6.2, "crps_error_days": 0.4}
    ],
    "watch": WATCH,
    "alarms": [
        {"code": "paid_fewer", "since_on": (TODAY - timedelta(days=14)).isoformat(),
         "says": "Later.", "follows": ["widen", "fall_back"]},
        {"code": "inputs_shifted", "since_on": TODAY.isoformat(), "says": "x",
         "follows": ["refit"]},
        {"code": "miscalibrated", "since_on": TODAY.isoformat(), "says": "x", "follows": []},
    ],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_training_before(monkeypatch):
    monkeypatch.setattr(training, "_progress", LatestProgress())


@pytest.fixture
def serving(company):
    """A learned version that serves, chosen by a league and with a card."""
    made = replace(trained(), league=LEAGUE, card=CARD)
    return record_model_version(actor=system(company), trained=made, at=AT)


def candidate(company, *, by=None, **league):
    made = replace(trained(content=b"next", rows="b" * 64), league={**LEAGUE, **league}, card=CARD)
    return record_model_version(actor=by or system(company), trained=made, at=AT)


def test_without_a_model_the_page_says_what_to_do(come_in, reader):
    page = come_in(reader).get("/models/").text

    assert "No model yet" in page and "own history, above that whatever the back-test" in page
    assert "Train a new version" not in page


def test_the_page_says_who_serves_why_and_how_every_model_did(come_in, reader, serving):
    page = come_in(reader).get("/models/").text

    assert "Learned from items and days" in page and "first version" in page
    assert "nothing speaks against, “Learned from items and days” missed the pay days of" in page
    assert "new items by least: 4.1 days" in page
    assert "600 items of 130 customers, asked on 10 days from " in page
    # the naive model stands beside it, the better figure is marked, the interval is there
    assert "Each customer&#x27;s median" in page
    assert (
        '<span class="is-best-cell">4.1<span class="visually-hidden"> (best)</span>'
        "<small>3.1&thinsp;\N{EN DASH}&thinsp;5.1</small></span>"
    ) in page
    assert "its 80 % range holds 60" in page
    assert "from the back-test" in page and "Not checked yet" in page


def test_what_lies_just_beyond_its_limit_is_told_from_it(come_in, reader, company):
    error = {"code": "calibration_error", "model": "customer_median", "scope": "new",
             "metric": "calibration_error", "value": 0.1212, "limit": 0.1194}  # fmt: skip
    rows = [LEAGUE["rows"][0], {**LEAGUE["rows"][1], "against": [error]}]
    candidate(company, rows=rows)
    page = come_in(reader).get("/models/").text

    assert "Calibration error: 12.1\N{NO-BREAK SPACE}%, at most 11.9\N{NO-BREAK SPACE}%" in page


def test_a_league_of_one_day_says_the_day_once(come_in, reader, company):
    candidate(company, snapshots=1, last_on=LEAGUE["first_on"])
    page = come_in(reader).get("/models/").text

    assert "600 items of 130 customers, asked on <time" in page
    assert "Nov 6, 2025</time>. On each of them" in page


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ("open", "what the worklist and the cash forecast rest on"),
        ("cold", "4 items of 2 customers"),
        ("book", "Late money found"),
        ("nonsense", "what a forecast for new business is"),
    ],
)
def test_the_league_is_switched_by_a_link(come_in, reader, serving, scope, words):
    assert words in come_in(reader).get(f"/models/?scope={scope}").text


def test_a_check_shows_what_moved_in_words_and_what_follows(come_in, reader, company, serving):
    record_check(
        actor=system(company), version=serving, figures=FIGURES, alarms=["paid_fewer"],
        as_of=TODAY, at=AT,
    )  # fmt: skip
    page = come_in(reader).get("/models/").text

    assert "The check of Mar 5, 2026 raised 3 alarms." in page
    assert "In the last 2 weeks 20 items were paid where 40 were expected." in page
    assert "own history serves until a person decides" in page
    assert "Shifted: Contacts in 30 days." in page
    assert "Chances are off by 4" in page
    assert "The weekly watch is above its limit" in page
    assert "predictions that came out by Mar 5, 2026" in page
    assert "0.30" in page and "Told chance of late payment against" in page


def test_a_fallback_is_said_aloud(come_in, reader, company, serving):
    fall_back(
        actor=system(company), version=serving,
        trained=replace(trained("customer_median", content=b"n"), league={}, card={}),
        alarms=["paid_fewer", "less_exact"], at=AT,
    )  # fmt: skip
    page = come_in(reader).get("/models/").text

    assert (
        "The model fell back on <time" in page and "“Each customer&#x27;s median” serves" in page
    )
    assert "Customers pay later than predicted, Pay dates are missed by more." in page
    assert "No back-test" in page


def test_a_version_of_another_release_says_why_it_serves_no_longer(
    come_in, reader, company, serving
):
    fall_back(
        actor=system(company), version=serving,
        trained=replace(trained("customer_median", content=b"n"), league={}, card={}),
        alarms=["other_release"], at=AT,
    )  # fmt: skip
    page = come_in(reader).get("/models/").text

    assert "The model fell back on <time" in page
    assert "It was trained by another release of the program, which this one cannot read." in page


def test_a_candidate_is_put_to_serve_by_a_second_person(come_in, manager, company, serving):
    waiting = candidate(company)
    client = come_in(manager)
    page = client.get("/models/").text
    done = client.post(f"/models/{waiting.pk}/promote/", {"reason": ""}, follow=True)

    assert "A version waits for a decision:" in page
    assert "Version 2 serves now; the next cycle scores with it." in done.text
    assert list(ModelVersion.objects.order_by("number").values_list("status", flat=True)) == [
        "retired",
        "serving",
    ]
    taken_back = client.post(f"/models/{serving.pk}/promote/", {"reason": "it did better"})
    assert (taken_back.status_code, taken_back["Location"]) == (302, "/models/")


def test_who_trained_a_version_does_not_promote_it_where_others_can(
    come_in, manager, company, serving
):
    from tests.actions.desk import acting

    add_user(company, "max", "credit_manager")
    waiting = candidate(company, by=acting(manager))
    client = come_in(manager)
    asked = client.get(f"/models/{waiting.pk}/promote/")
    answer = client.post(f"/models/{waiting.pk}/promote/", {"reason": "mine"})

    assert "You trained this version: somebody else has to" in asked.text
    assert answer.status_code == 422
    assert "You trained this version; somebody else has to put it to serve." in answer.text


def test_a_worse_version_needs_a_reason_and_a_rejection_too(come_in, manager, company, serving):
    waiting = candidate(company, is_worse=True)
    client = come_in(manager)
    bare = client.post(f"/models/{waiting.pk}/promote/", {"reason": " "})
    empty = client.post(f"/models/{waiting.pk}/reject/", {"reason": ""})
    done = client.post(f"/models/{waiting.pk}/reject/", {"reason": "too few"}, follow=True)

    assert bare.status_code == 422 and "another model did better" in bare.text
    assert empty.status_code == 422 and "This field is required." in empty.text
    assert "Version 2 is rejected." in done.text and "too few" in done.text


def test_only_who_may_decides_or_trains(come_in, collector, company, serving):
    waiting = candidate(company)
    client = come_in(collector)
    page = client.get("/models/").text

    assert "Let it serve" not in page and "Train a new version" not in page
    assert client.post(f"/models/{waiting.pk}/promote/").status_code == 403
    assert client.post(f"/models/{waiting.pk}/reject/").status_code == 403
    assert client.post("/models/train/").status_code == 403


def test_a_version_shows_its_card_and_gives_it_as_a_file(come_in, reader, serving):
    client = come_in(reader)
    page = client.get(f"/models/{serving.pk}/").text
    told = client.get(f"/models/{serving.pk}/card.json")
    text = client.get(f"/models/{serving.pk}/card.md")

    assert "900 items of 40 customers, issued Jan 1, 2024 to Mar 5, 2026." in page
    assert "First-time payers: Days off is 7.5, with “Each customer&#x27;s median” 5.6." in page
    assert "EUR: only 4 items, too few to judge Days off." in page
    assert "How the customer paid so far" in page and "Everything else" in page
    assert json.loads(told.content) == CARD
    assert told["Content-Disposition"] == 'attachment; filename="model-card-1.json"'
    assert text.text.startswith("# hazard, version 1\n")
    assert client.get(f"/models/{serving.pk}/card.exe").status_code == 404


def test_another_company_s_model_is_not_there(come_in, rival, serving):
    client = come_in(rival)
    for path in ("", "card.json", "promote/", "reject/"):
        assert client.get(f"/models/{serving.pk}/{path}").status_code == 404


def test_training_runs_for_who_may_and_its_end_is_told(come_in, manager, customer):
    invoice(customer, "R1", 100_00)
    client = come_in(manager)
    done = client.post("/models/train/", follow=True)

    assert done.redirect_chain == [("/models/", 302)]
    assert "Training ended with version 1." in done.text
    assert ModelVersion.objects.get().trained_by == "mona"
    # nothing is left to wait for
    over = client.get("/models/progress/")
    assert (over.status_code, over["HX-Refresh"]) == (204, "true")


def test_training_without_a_ledger_says_what_to_do(come_in, manager):
    page = come_in(manager).post("/models/train/", follow=True).text

    assert "Northwind has no items up to 2026-03-05; import its ledger first." in page


def test_a_running_training_shows_that_it_moves(come_in, reader, company, serving):
    running = training.Training(
        started_at=AT - timedelta(seconds=42), is_running=True, stage="test", done_ppm=290_000
    )
    training._progress.begin(company.pk, running, lambda: None, key="somebody else's")
    client = come_in(reader)
    page, part = client.get("/models/").text, client.get("/models/progress/")

    assert "29 %: every model is tested on your own past… Training for 42 seconds." in page
    assert 'aria-valuenow="29"' in page and "css/imports.css" in page
    assert 'hx-get="/models/progress/"' in page
    assert "<html" not in part.text and 'role="progressbar"' in part.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many_versions(
    come_in, manager, company, serving, count, django_assert_num_queries
):
    for number in range(count):
        made = trained(content=f"c{number}".encode(), rows=f"{number}" * 64)
        version = record_model_version(actor=system(company), trained=made, at=AT)
        record_check(
            actor=system(company), version=version, figures=FIGURES, alarms=[],
            as_of=TODAY - timedelta(days=7 * number), at=AT,
        )  # fmt: skip
    client = come_in(manager)

    with django_assert_num_queries(QUERIES_OF_THE_PAGE):
        client.get("/models/")
