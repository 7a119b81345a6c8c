"""Pages about feedback."""

import csv
import html
import io
import re

import pytest
from django.urls import reverse

from dunwell.actions.surveys import answer_survey
from dunwell.models import Contact, Message, Signal, Survey
from tests.actions.test_messages import message_to
from tests.actions.test_surveys import ask, attempt, outsider, settled_case, with_policy
from tests.conftest import AT, TODAY, add_customer, add_user


def asked(company, number):
    """A customer that was asked after a case and answered."""
    customer = add_customer(company, f"S{number}", f"Asked {number}")
    Contact.objects.create(customer=customer, email=f"s{number}@x.example", recorded_at=AT)
    settled_case(customer, number=f"D-{number}")
    ask(company)
    survey = Survey.objects.get(customer=customer)
    answer_survey(
        actor=outsider(survey),
        survey=survey,
        score=5,
        comment=f"said {number}",
        as_of=TODAY,
        at=AT,
    )
    for _ in range(4):
        attempt(customer)


def test_figures_open_the_answers_they_count(come_in, collector, company):
    with_policy(company)
    asked(company, 1)
    client = come_in(collector)
    page = client.get(reverse("feedback")).content.decode()

    assert "100.0\N{NO-BREAK SPACE}%" in page
    assert "kind=csat&amp;answered=1" in page
    answers = client.get(reverse("feedback-answers"), {"kind": "csat", "answered": "1"})
    assert "said 1" in answers.content.decode()
    file = client.get(reverse("feedback-answers-export", args=["csv"])).getvalue().decode()
    assert file.count("said 1") == 1
    tired = client.get(reverse("feedback-fatigue")).content.decode()
    assert "Asked 1" in tired
    assert "Asked 1" in (
        client.get(reverse("feedback-fatigue-export", args=["csv"])).getvalue().decode()
    )


def test_where_nobody_is_asked_the_page_says_so(come_in, collector):
    page = come_in(collector).get(reverse("feedback"), {"from": "x", "until": "2020-01-01"})

    assert "asks nobody" in page.content.decode()


def test_who_may_not_read_words_reads_no_comment(come_in, company):
    with_policy(company)
    asked(company, 1)
    page = come_in(add_user(company, "rita", "read_only")).get(reverse("feedback-answers"))

    assert "said 1" not in page.content.decode()


@pytest.mark.parametrize("name", ["feedback", "feedback-answers", "feedback-fatigue"])
def test_as_many_questions_for_three_rows_as_for_one(
    come_in, collector, company, django_assert_max_num_queries, name
):
    with_policy(company)
    client, counts = come_in(collector), []
    for number in range(3):
        asked(company, number)
        with django_assert_max_num_queries(25) as told:
            client.get(reverse(name))
        counts.append(len(told))
    assert counts[0] == counts[2]


def opened(client, page, figure):
    """What the link of a figure leads to, as rows of its file: the page's own address, exported."""
    address = next(one for one in re.findall(r'href="([^"]+)"', page) if figure in one)
    path, _, query = html.unescape(address).partition("?")
    shown = client.get(f"{path}?{query}")
    assert shown.status_code == 200
    file = client.get(f"{path}export.csv?{query}").getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(file)))[1:]


def test_calls_complaints_and_contacts_open_the_rows_they_count(come_in, collector, company):
    customer = add_customer(company, "S1", "Asked 1")
    for outcome, by in (("conversation", "anna"), ("voicemail", "anna"), ("no_answer", "carla"),
                        ("refused", "anna"), ("conversation", "carla")):  # fmt: skip
        attempt(customer, outcome=outcome, by=by)
    attempt(customer, by="customer", inbound=True)
    for number, strategy in enumerate(("firm", "firm", "", "kind")):
        message = message_to(
            customer, status="delivered", sent_at=AT, message_id=f"<{number}>",
            channel=f"c{number}",
        )  # fmt: skip
        Message.objects.filter(pk=message.pk).update(strategy=strategy)
        if number in {1, 2}:
            Signal.objects.create(
                company=company, customer=customer, message=message, kind="complained",
                source="esp", external_id=str(number), on=TODAY, at=AT,
            )  # fmt: skip
    client = come_in(collector)
    page = client.get(reverse("feedback")).content.decode()

    assert len(opened(client, page, "figure=calls&amp;from")) == 5
    assert len(opened(client, page, "figure=calls&amp;by=anna")) == 2
    assert len(opened(client, page, "figure=reached&amp;by=carla")) == 1
    assert len(opened(client, page, "status=handed_over&amp;strategy=firm")) == 2
    assert len(opened(client, page, "status=handed_over&amp;from")) == 4
    assert len(opened(client, page, "complained=1&amp;from")) == 2
    assert len(opened(client, page, "complained=1&amp;strategy=-")) == 1
    assert len(opened(client, page, "complained=1&amp;strategy=kind")) == 0
    tired = client.get(reverse("feedback-fatigue")).content.decode()
    assert len(opened(client, tired, "figure=ours")) == 4


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_far_from_any_record_is_none(come_in, collector, company, day):
    client = come_in(collector)

    for name in ("feedback", "feedback-answers", "contact-attempts", "messages"):
        found = client.get(reverse(name), {"from": day, "until": day})
        assert found.status_code == 200, name
