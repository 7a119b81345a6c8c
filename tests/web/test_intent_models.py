"""The pages of message readers: what serves and how well, training, promoting, going back."""

import pytest

from dunwell.actions.gate import system
from dunwell.actions.intent_models import record_intent_model
from dunwell.ml.intents.shipped import shipped_card
from dunwell.models import InboundDecision, IntentModel
from tests.actions.desk import acting
from tests.api.reader_books import trained
from tests.conftest import AT
from tests.jobs.test_reading import came
from tests.web.test_exports import lines

QUERIES_OF_THE_PAGE = 8


def keep(company, number=0, **card):
    told = trained(number)
    told = type(told)(
        version=told.version, artifact=told.artifact, messages=8, accepted=2,
        card={**shipped_card(), **card},
    )  # fmt: skip
    return record_intent_model(actor=system(company), trained=told, at=AT)


def test_the_shipped_reader_is_shown_with_its_figures(come_in, reader):
    page = come_in(reader).get("/intent-models/").text

    assert "Shipped with the product" in page
    assert "Asks for instalments or time" in page
    assert "From a phone, with slips" in page
    assert "What it mixes up most" in page
    assert "None yet" in page
    assert "Train on our messages" not in page


def test_a_trained_reader_has_a_card_of_its_own(come_in, reader, company):
    model = keep(company, is_worse=True)
    client = come_in(reader)

    assert model.version[:12] in client.get("/intent-models/").text
    page = client.get(f"/intent-models/{model.pk}/").text
    assert model.version in page
    assert "Letting it serve needs a reason." in page
    assert client.get("/intent-models/999/").status_code == 404


def test_a_second_person_lets_it_serve_and_goes_back(come_in, manager, company):
    model = keep(company)
    client = come_in(manager)

    assert client.get(f"/intent-models/{model.pk}/promote/").status_code == 200
    assert client.post(f"/intent-models/{model.pk}/promote/", {}).status_code == 302
    assert IntentModel.objects.get().promoted_by == "mona"
    again = client.post(f"/intent-models/{model.pk}/promote/", {})
    assert again.status_code == 422
    assert "This reader serves already." in again.text
    assert "Go back to the shipped reader" in client.get("/intent-models/").text
    assert client.post(f"/intent-models/{model.pk}/retire/", {"reason": "odd"}).status_code == 302
    assert IntentModel.objects.get().retired_at is not None


def test_who_may_not_train_sees_no_buttons_and_is_turned_away(come_in, clerk, company):
    model = keep(company)
    client = come_in(clerk)

    assert "Let it serve" not in client.get("/intent-models/").text
    assert client.post(f"/intent-models/{model.pk}/promote/", {}).status_code == 403
    assert client.post("/intent-models/train/").status_code == 403


def test_the_button_to_train_comes_with_the_first_labelled_message(come_in, manager, company):
    InboundDecision.objects.create(
        inbound=came(company, "paid"), verdict="accepted", label="paid_already", by="c",
        recorded_at=AT,
    )  # fmt: skip
    page = come_in(manager).get("/intent-models/").text

    assert "Train on our messages" in page
    assert come_in(manager).get("/intent-models/progress/").status_code == 204


def test_the_list_is_exported_with_its_figures(come_in, reader, company):
    keep(company)
    answer = come_in(reader).get("/intent-models/export.csv")

    head, row = (line.split(",") for line in lines(answer))
    assert head[:4] == ["Version", "Status", "Messages", "Of them the team's own"]
    assert row[1:4] == ["Waits for a decision", "8", "2"]


def test_another_companys_reader_is_as_absent_as_none(come_in, manager, rival):
    model = keep(acting(rival).company)

    assert come_in(manager).get(f"/intent-models/{model.pk}/").status_code == 404
    assert come_in(manager).post(f"/intent-models/{model.pk}/promote/", {}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_queries_for_one_and_for_three(
    come_in, reader, company, count, django_assert_num_queries
):
    for number in range(count):
        keep(company, number)
    client = come_in(reader)
    client.get("/intent-models/")

    with django_assert_num_queries(QUERIES_OF_THE_PAGE):
        client.get("/intent-models/")
