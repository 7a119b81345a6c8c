"""Pages about scorecards: the list, a card with its report, trying it, learning, deciding."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dunwell.actions.scorecards import write_score_snapshots
from dunwell.jobs import scorecards
from dunwell.jobs.progress import LatestProgress
from dunwell.models import Scorecard
from tests.actions.desk import acting
from tests.actions.scorecard_rows import REPORT, card_document, draft, promoted
from tests.actions.test_scorecards import row
from tests.conftest import AT, TODAY, add_customer, add_user
from tests.jobs.test_scorecards import outcomes

QUERIES_OF_THE_LIST = 5
QUERIES_OF_A_CARD = 9


@pytest.fixture(autouse=True)
def _no_training_before(monkeypatch):
    monkeypatch.setattr(scorecards, "_progress", LatestProgress())


@pytest.fixture
def analyst(company):
    return add_user(company, "nora", "credit_analyst")


def test_a_card_is_written_decided_by_another_person_and_retired(
    come_in, company, analyst, manager
):
    client = come_in(analyst)
    assert "No scorecards here" in client.get("/scorecards/").text
    editor = client.get("/scorecards/write/").text
    assert "own_days_late" in editor and "valid_from: 2026-03-05" in editor
    broken = client.post("/scorecards/write/", {"text": "scorecard: {name: x}"})
    assert broken.status_code == 422
    assert "valid_from must be a day" in broken.text
    text = scorecards_example(editor)
    client.post("/scorecards/write/", {"text": text})
    card = Scorecard.objects.get()
    address = f"/scorecards/{card.pk}/"
    page = client.get(address).text
    assert "You made this card" in page and "Pays some days late" in page
    assert f"{address}promote/champion/" not in page
    assert client.get(f"{address}promote/champion/").status_code == 403

    client = come_in(manager)
    assert f"{address}promote/champion/" in client.get(address).text
    client.post(f"{address}promote/champion/", {"reason": ""})
    listed = client.get("/scorecards/?status=champion").text
    assert "Champion" in listed and "trade" in listed and "decided by mona" in listed
    no_reason = client.post(f"{address}retire/", {"reason": ""})
    assert no_reason.status_code == 422
    client.post(f"{address}retire/", {"reason": "too old"})
    assert "(too old)" in client.get(address).text
    assert "No scorecards here" in client.get("/scorecards/?status=champion").text


def scorecards_example(editor):
    return html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", editor, re.S)[1]).strip()


def test_a_card_says_what_it_makes_of_values_and_what_would_change_it(come_in, analyst):
    card = draft(acting(analyst))
    client = come_in(analyst)
    page = client.get(f"/scorecards/{card.pk}/?try=1&v0=3&v1=no").text
    assert "430" in page and "below the cut-off" in page
    assert "Known for less than a year" in page
    assert "costs 50 points; Months since the first item more than 11 would bring 50" in page
    assert "The fewest changes that reach the cut-off:" in page
    good = client.get(f"/scorecards/{card.pk}/?try=1&v0=40&v1=yes").text
    assert "reaches the cut-off" in good and "Nothing could bring more points." in good
    wrong = client.get(f"/scorecards/{card.pk}/?try=1&v0=three").text
    assert "Months since the first item: “three” is no whole number." in wrong
    assert Scorecard.objects.get().snapshots.count() == 0


def test_a_learned_card_shows_its_report_beside_the_champion(
    come_in, company, analyst, manager, customer
):
    first = promoted(acting(analyst), acting(manager), report=REPORT)
    unfair = {
        **REPORT,
        "fairness": {
            "region": {
                "is_fair": False,
                "groups": [
                    {
                        "group": "north", "rows": 400, "approved_ppm": 500_000,
                        "impact_ratio_ppm": 700_000, "good_approved_ppm": 600_000,
                        "opportunity_gap_ppm": 80_000, "smd_milli": -300,
                    }
                ],
            }
        },
        "stand_ins": [
            {"input": "region", "protected": "origin", "v_milli": 640, "stands_in": True}
        ],
    }  # fmt: skip
    second = draft(acting(analyst), report=unfair, start=460)
    client = come_in(manager)
    address = f"/scorecards/{second.pk}/"
    page = client.get(address).text
    for text in (
        "the champion, version 1",
        "weight of evidence",
        "PSI 0.020: stable",
        "Fairness by region",
        "outside the bounds",
        "stands in",
        "Groups by region are not treated alike",
        "380\N{EN DASH}440",
        "It learned only from those who were dealt with",
    ):
        assert text in page, text
    assert "Input region stands in for origin." in client.get(f"{address}promote/challenger/").text
    refused = client.post(f"{address}promote/challenger/", {"reason": ""})
    assert refused.status_code == 422 and "Give the reason" in refused.text
    client.post(f"{address}promote/challenger/", {"reason": "in shadow"})
    second.refresh_from_db()
    for card, points in ((first, 480), (second, 430)):
        write_score_snapshots(
            actor=acting(manager), scorecard=card, rows=[row(customer, points)], as_of=TODAY, at=AT
        )
    page = client.get(address).text
    assert "1 customer was scored by both cards" in page


def test_a_card_is_learned_from_a_file_and_what_is_wrong_is_told(come_in, analyst):
    def sent(**changes):
        file = SimpleUploadedFile("past.csv", outcomes())
        return {
            "name": "applications", "valid_from": "2026-03-05", "subjects": "companies",
            "method": "woe", "file": file, "target": "result", "bad": "lost",
            "protected": "owner_age", **changes,
        }  # fmt: skip

    client = come_in(analyst)
    assert "Columns to leave out" in client.get("/scorecards/learn/").text
    lacking = client.post("/scorecards/learn/", sent(target=""))
    assert lacking.status_code == 422 and "With a file this is needed." in lacking.text
    client.post("/scorecards/learn/", sent(bad="unknown"))
    assert "In no row does column" in client.get("/scorecards/").text
    client.post("/scorecards/learn/", sent())
    card = Scorecard.objects.get()
    assert f'href="/scorecards/{card.pk}/"' in client.get("/scorecards/").text
    assert client.get("/scorecards/progress/").status_code == 204
    page = client.get(f"/scorecards/{card.pk}/").text
    assert "past.csv" in page and "Fairness by owner_age" in page
    assert "trees (for comparison only)" in page


def test_points_and_lists_are_files(come_in, company, analyst, manager):
    card = promoted(acting(analyst), acting(manager))
    client = come_in(manager)
    points = client.get(f"/scorecards/{card.pk}/points.csv").text
    assert "own_months_known,Months since the first item,11 or less,-20" in points
    assert client.get(f"/scorecards/{card.pk}/points.xlsx").status_code == 200
    assert "trade,1,Champion" in client.get("/scorecards/export.csv").text
    document = client.get(f"/scorecards/{card.pk}/document.json").json()
    assert document["scorecard"]["inputs"] == card_document()["scorecard"]["inputs"]
    assert client.get(f"/scorecards/{card.pk}/points.pdf").status_code == 404


def test_another_companys_card_is_absent(come_in, company, analyst, rival):
    card = draft(acting(analyst))
    client = come_in(rival)
    assert client.get(f"/scorecards/{card.pk}/").status_code == 404
    assert client.post(f"/scorecards/{card.pk}/retire/", {"reason": "x"}).status_code == 404


def test_who_may_not_decide_sees_no_buttons_and_gets_no_forms(come_in, company, analyst, reader):
    card = draft(acting(analyst))
    client = come_in(reader)
    page = client.get(f"/scorecards/{card.pk}/").text
    assert "/promote/" not in page and "/retire/" not in page
    for address in ("learn/", "write/", f"{card.pk}/retire/", f"{card.pk}/promote/champion/"):
        assert client.get(f"/scorecards/{address}").status_code == 403


def test_a_list_of_one_and_of_three_asks_the_database_alike(
    come_in, company, analyst, django_assert_num_queries
):
    client = come_in(analyst)
    draft(acting(analyst))
    client.get("/scorecards/")
    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        client.get("/scorecards/")
    draft(acting(analyst), name="second")
    draft(acting(analyst), name="third")
    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        client.get("/scorecards/")


def test_a_card_asks_the_database_alike_with_few_and_many_scores(
    come_in, company, analyst, manager, customer, django_assert_num_queries
):
    promoted(acting(analyst), acting(manager), report=REPORT)
    card = promoted(acting(analyst), acting(manager), to="challenger", report=REPORT, start=460)
    client = come_in(manager)
    address = f"/scorecards/{card.pk}/"
    rows = [row(customer)]
    for count in (1, 3):
        write_score_snapshots(actor=acting(manager), scorecard=card, rows=rows, as_of=TODAY, at=AT)
        client.get(address)
        with django_assert_num_queries(QUERIES_OF_A_CARD):
            client.get(address)
        rows = [row(add_customer(company, f"N{count}-{number}")) for number in range(count + 1)]
