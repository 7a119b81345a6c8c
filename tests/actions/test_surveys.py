"""Customers are asked seldom and once, and answer once."""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import time_machine

from dunwell.actions.gate import Actor, Forbidden, Refused, system
from dunwell.actions.policies_by_kind import draft_document, publish_document
from dunwell.actions.restrictions import give_consent
from dunwell.actions.surveys import answer_survey, ask_surveys
from dunwell.formats.mail import ADDRESS_UNKNOWN
from dunwell.jobs.deliver import deliver
from dunwell.models import (
    Contact,
    Conversation,
    DisputeCase,
    Event,
    Hold,
    Message,
    Survey,
)
from dunwell.queries.contact_quality import complaint_rates, right_party, tired_customers
from dunwell.queries.feedback_policies import feedback_policy
from dunwell.queries.surveys import (
    LINK,
    survey_address,
    survey_figures,
    survey_of_link,
    survey_rows,
    survey_token,
    surveys_due,
)
from tests.actions.ledger_rows import payment
from tests.conftest import AT, TODAY, add_customer

pytestmark = pytest.mark.both
ON = """
feedback:
  name: feedback
  valid_from: 2026-03-05
  needs_consent: {consent}
  every_days: 90
  open_days: 30
  occasions:
    case: {{kind: csat, is_on: true}}
    conversation: {{kind: effort, is_on: true}}
    payment: {{kind: nps, is_on: true}}
"""


def with_policy(company, *, consent="false"):
    version = draft_document(
        actor=system(company), kind="feedback", text=ON.format(consent=consent), at=AT
    )
    publisher = Actor(company=company, name="paula", rights=system(company).rights)
    publish_document(actor=publisher, version=version, as_of=TODAY, at=AT)


@pytest.fixture
def customer(company):
    with_policy(company)
    one = add_customer(company, "K1", "Acme")
    Contact.objects.create(customer=one, email="ap@acme.example", recorded_at=AT)
    return one


def settled_case(customer, number="D-1", on=TODAY):
    return DisputeCase.objects.create(
        company=customer.company, customer=customer, number=number, title="x", reason="price",
        source="staff", status="closed", opened_on=TODAY - timedelta(days=9), resolved_on=on,
        recorded_at=AT,
    )  # fmt: skip


def ask(company, on=TODAY):
    policy = feedback_policy(company, as_of=on)
    due = surveys_due(company, policy, as_of=on)
    at = AT + timedelta(days=(on - TODAY).days)
    return ask_surveys(actor=system(company), policy=policy, due=due, as_of=on, at=at)


def outsider(survey):
    return Actor(company=survey.company, name="customer", rights=frozenset({"survey.answer"}))


def answer(survey, score, comment="", on=TODAY):
    return answer_survey(
        actor=outsider(survey), survey=survey, score=score, comment=comment, as_of=on, at=AT
    )


def test_a_customer_is_asked_once_after_its_case_by_a_mail_that_holds_no_working_link(
    company, customer, settings
):
    settings.SITE = "https://desk.example"
    case = settled_case(customer)
    payment(customer, "B1", 5_00)

    assert [ask(company), ask(company)] == [1, 0]
    survey = Survey.objects.get()
    assert (survey.kind, survey.occasion, survey.subject_id) == ("csat", "case", case.pk)
    assert survey.until_on == TODAY + timedelta(days=30)
    message = Message.objects.get()
    assert (message.to, message.status, message.template) == ("ap@acme.example", "ready", "survey")
    assert LINK in message.body
    token = survey_token(survey)
    assert token not in message.body
    assert survey_of_link(token) == survey
    assert survey_of_link("x" + token) is None
    assert survey_address(message.pk) == f"https://desk.example/feedback-link/{token}/"
    assert Event.objects.filter(verb="survey.asked", customer_id=customer.pk).count() == 1


def test_within_90_days_nobody_is_asked_again(company, customer):
    settled_case(customer)
    ask(company)
    for days, asked in ((89, 0), (90, 1)):
        on = TODAY + timedelta(days=days)
        settled_case(customer, number=f"D-{days}", on=on)
        assert ask(company, on) == asked


@pytest.mark.parametrize(
    "spoil",
    [
        lambda customer: Contact.objects.update(bounced_on=TODAY),
        lambda customer: Contact.objects.update(email=""),
        lambda customer: type(customer).objects.update(is_opted_out=True),
        lambda customer: DisputeCase.objects.update(resolved_on=TODAY - timedelta(days=3)),
        lambda customer: DisputeCase.objects.update(status="withdrawn"),
        lambda customer: Hold.objects.create(
            company=customer.company,
            customer=customer,
            reason="hardship",
            from_on=TODAY,
            recorded_at=AT,
        ),
    ],
)
def test_some_are_never_asked(company, customer, spoil):
    settled_case(customer)
    spoil(customer)

    assert ask(company) == 0


def test_a_customer_whose_hold_has_run_out_is_asked_again(company, customer):
    settled_case(customer)
    hold = Hold.objects.create(
        company=company, customer=customer, reason="hardship", from_on=TODAY - timedelta(days=9),
        until_on=TODAY, recorded_at=AT,
    )  # fmt: skip
    assert ask(company) == 0

    Hold.objects.filter(pk=hold.pk).update(until_on=TODAY - timedelta(days=1))
    assert ask(company) == 1


def test_where_consent_is_needed_only_who_agreed_is_asked(company, customer):
    with_policy(company, consent="true")
    settled_case(customer)
    assert ask(company) == 0

    give_consent(
        actor=system(company), customer=customer, channel="email", purpose="service",
        source="signed form", as_of=TODAY, at=AT,
    )  # fmt: skip
    assert ask(company) == 1


def test_after_a_conversation_or_a_payment(company, customer):
    Conversation.objects.create(
        company=company, customer=customer, subject="copy", status="done", opened_at=AT,
        answered_at=AT, done_at=AT,
    )  # fmt: skip
    other = add_customer(company, "K2")
    Contact.objects.create(customer=other, email="two@x.example", recorded_at=AT)
    payment(other, "B2", 9_00, value_on=TODAY)

    assert ask(company) == 2
    assert list(Survey.objects.order_by("customer").values_list("occasion", "kind")) == [
        ("conversation", "effort"),
        ("payment", "nps"),
    ]


def test_an_answer_counts_once(company, customer):
    settled_case(customer)
    ask(company)
    survey = Survey.objects.get()
    for score in (0, 6):
        with pytest.raises(Refused, match="Choose a number from 1 to 5"):
            answer(survey, score)
    answer(survey, 5, "quick")
    answer(survey, 5, "quick")
    with pytest.raises(Refused, match="answered already"):
        answer(survey, 1)

    assert Event.objects.filter(verb="survey.answered").count() == 1
    (row,) = survey_rows(company, only_answered=True).rows
    assert (row.score, row.comment) == (5, "quick")
    whole, month = survey_figures(company, from_on=TODAY, until_on=TODAY)
    assert (whole.asked, whole.result.answers, whole.result.value) == (1, 1, 1_000_000)
    assert month.month == TODAY.replace(day=1)


def test_it_cannot_be_answered_late_nor_by_staff(company, customer):
    settled_case(customer)
    ask(company)
    survey = Survey.objects.get()
    with pytest.raises(Refused, match="could be answered until"):
        answer(survey, 5, on=TODAY + timedelta(days=31))
    staff = Actor(company=company, name="anna", rights=frozenset({"ledger.view"}))
    with pytest.raises(Forbidden):
        answer_survey(actor=staff, survey=survey, score=5, as_of=TODAY, at=AT)


def attempt(customer, *, channel="call", outcome="conversation", by="anna", day=0, inbound=False):
    customer.contact_attempts.create(
        company=customer.company, channel=channel, outcome=outcome, by=by, is_inbound=inbound,
        at=AT - timedelta(days=day),
    )  # fmt: skip


def test_right_party_contact_counts_conversations_among_calls(company, customer):
    for outcome, by in [
        ("conversation", "anna"), ("voicemail", "anna"), ("no_answer", "carla"),
        ("conversation", "anna"), ("refused", "anna"),
    ]:  # fmt: skip
        attempt(customer, outcome=outcome, by=by)
    attempt(customer, channel="email", outcome="written")
    rows = right_party(company, from_on=TODAY, until_on=TODAY)

    assert [(row.by, row.calls, row.reached, row.share_ppm) for row in rows] == [
        ("", 4, 2, 500_000),
        ("anna", 3, 2, 666_667),
        ("carla", 1, 0, 0),
    ]
    assert sum(row.calls for row in rows[1:]) == rows[0].calls


def test_contacts_of_all_teams_tire_a_customer(company, customer):
    for day, by in ((0, "anna"), (3, "carla"), (13, "anna")):
        attempt(customer, by=by, day=day)
    attempt(customer, channel="email", outcome="written", by="system", day=1)
    attempt(customer, by="anna", day=14)
    attempt(customer, by="customer", inbound=True)
    attempt(customer, outcome="refused")
    policy = feedback_policy(company, as_of=TODAY)
    (row,) = tired_customers(company, policy, as_of=TODAY).rows

    assert (row.contacts, row.calls, row.written, row.people) == (4, 3, 1, 3)


def test_complaints_count_once_per_message_and_the_guardrail_is_not_crossed_by_chance(
    company, customer
):
    policy = feedback_policy(company, as_of=TODAY)

    def sent(number, strategy):
        return Message.objects.create(
            company=company, customer=customer, channel=f"c{number}", status="delivered",
            strategy=strategy, level=1, template="reminder", language="en", subject="s", body="b",
            body_sha256="0", message_id=f"<{number}>", as_of=TODAY, recorded_at=AT, sent_at=AT,
        )  # fmt: skip

    first, *_ = [sent(number, "firm") for number in range(20)]
    sent(99, "kind")
    for source in ("esp", "other"):
        company.signals.create(
            customer=customer, message=first, kind="complained", source=source, on=TODAY, at=AT,
            external_id=source,
        )  # fmt: skip
    rows = complaint_rates(company, policy, from_on=TODAY, until_on=TODAY)

    assert [(row.strategy, row.sent, row.complaints, row.rate_ppm) for row in rows] == [
        ("*", 21, 1, 47_619),
        ("firm", 20, 1, 50_000),
        ("kind", 1, 0, 0),
    ]
    assert [(row.is_over, row.is_near) for row in rows] == [
        (True, False),
        (True, False),
        (False, False),
    ]


def test_as_many_questions_for_three_customers_as_for_one(
    company, customer, django_assert_max_num_queries
):
    policy, counts = feedback_policy(company, as_of=TODAY), []
    settled_case(customer)
    for number in (1, 3):
        for more in range(len(counts), number):
            other = add_customer(company, f"M{number}{more}")
            Contact.objects.create(customer=other, email="m@x.example", recorded_at=AT)
            settled_case(other, number=f"D-{number}{more}")
        with django_assert_max_num_queries(12) as asked:
            surveys_due(company, policy, as_of=TODAY)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_link_goes_out_with_the_mail_and_opens_the_question(
    company, customer, settings, tmp_path
):
    settings.SITE, settings.DATA_DIR = "https://desk.example", tmp_path
    settled_case(customer)
    with time_machine.travel(AT, tick=False):
        ask(company)
        assert deliver(company.pk)["sent"] == 1
    (file,) = (tmp_path / "outbox" / str(company.pk)).glob("*.eml")
    body = message_from_bytes(file.read_bytes(), policy=policy.default).get_content()

    (token,) = re.findall(r"https://desk\.example/feedback-link/([\w-]+)/", body)
    assert survey_of_link(token) == Survey.objects.get()
    assert LINK not in body


def test_without_an_address_of_this_site_the_mail_waits_with_what_to_do_and_goes_then(
    company, customer, settings, tmp_path
):
    settings.SITE, settings.DATA_DIR = "", tmp_path
    settled_case(customer)
    with time_machine.travel(AT, tick=False):
        ask(company)
        counts = [dict(deliver(company.pk)) for _ in range(2)]
        message = Message.objects.get()
        waited = message.status, message.attempts, message.error
        claims = Event.objects.filter(verb="message.claimed").count()
        settings.SITE = "https://desk.example"
        sent = dict(deliver(company.pk))

    # the second delivery leaves it alone: a year without the setting is no year of events
    assert (counts, claims) == ([{"waiting": 1}, {}], 1)
    assert waited == ("ready", 0, ADDRESS_UNKNOWN)
    message.refresh_from_db()
    assert (sent, message.status, message.error) == ({"sent": 1}, "sent", "")
