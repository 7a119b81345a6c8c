"""The page on which a customer says how it was treated."""

import re

import pytest
import time_machine
from django.core.cache import cache

from dunwell.models import Survey
from dunwell.queries.surveys import survey_token
from tests.actions.test_surveys import ask, settled_case, with_policy
from tests.conftest import AT, add_customer


@pytest.fixture(autouse=True)
def _now():
    cache.clear()
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def survey(company, db):
    with_policy(company)
    customer = add_customer(company, "K1", "Acme")
    customer.contacts.create(email="ap@acme.example", language="de", recorded_at=AT)
    settled_case(customer)
    ask(company)
    return Survey.objects.get()


def address(survey):
    return f"/feedback-link/{survey_token(survey)}/"


def test_looking_burns_nothing_and_an_answer_counts_once(client, survey):
    for _ in range(3):
        page = client.get(address(survey))
        assert page.status_code == 200
    text = page.content.decode()
    assert "Wie zufrieden sind Sie" in text
    assert len(re.findall('type="radio"', text)) == 5
    assert page.headers["Cache-Control"] == "no-store"
    survey.refresh_from_db()
    assert survey.answered_at is None

    thanks = client.post(address(survey), {"score": "4", "comment": "schnell"})
    assert thanks.status_code == 200
    survey.refresh_from_db()
    assert (survey.score, survey.comment) == (4, "schnell")
    for again in (client.get(address(survey)), client.post(address(survey), {"score": "1"})):
        assert again.status_code == 422
    survey.refresh_from_db()
    assert survey.score == 4


@pytest.mark.parametrize("sent", [{}, {"score": "9"}, {"score": "x"}, {"score": "4" * 30}])
def test_a_wrong_answer_stands_at_the_form(client, survey, sent):
    assert client.post(address(survey), sent).status_code == 422
    survey.refresh_from_db()
    assert survey.answered_at is None


def test_a_guessed_link_opens_nothing_and_guessing_is_slowed(client, survey):
    codes = [client.get(f"/feedback-link/{number}/").status_code for number in range(210)]

    assert codes[:200] == [422] * 200
    assert codes[-1] == 429
