"""Remarks of colleagues and whom they call: told once, seen by that person or its cover."""

from datetime import UTC, datetime, timedelta

import pytest

from dunwell.actions.case_comments import comment_case
from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.mentions import acknowledge_mention
from dunwell.actions.notes import record_note
from dunwell.actions.workforce import record_absence
from dunwell.models import CaseComment, Event, Mention, TeamMail
from dunwell.queries.mentions import mention_rows
from tests.actions.desk import acting, last_event, verbs
from tests.actions.escalation_rows import owing
from tests.conftest import AT, TODAY, add_customer, add_user

ON = {"as_of": TODAY, "at": AT}


@pytest.fixture
def sara(company):
    return add_user(company, "sara", "sales")


def said(by, customer, text, **about):
    return comment_case(actor=acting(by), customer=customer, text=text, **about, **ON)


def rows(company, user, scope="mine"):
    page = mention_rows(
        company, user_id=user.pk, person=user.username, scope=scope,
        may_read_notes="timeline.words" in acting(user).rights, **ON,
    )  # fmt: skip
    return [(row.by, row.text, row.minutes_left, row.may_acknowledge) for row in page.rows]


def test_a_remark_calls_who_it_names_once_and_they_say_they_saw_it(
    company, collector, customer, sara
):
    item = owing(customer)
    text = "@sara who ordered this? @anna @nobody"
    kept = said(collector, customer, text, subject="item", subject_id=item.pk)
    assert kept.called == ("sara",)
    assert said(collector, customer, text, subject="item", subject_id=item.pk) == kept
    mention = Mention.objects.get()
    assert (mention.user, mention.comment) == (sara, kept.comment)
    # 16 business hours from 10:00 on Thursday in Berlin
    assert mention.answer_by_at == datetime(2026, 3, 9, 9, tzinfo=UTC)
    assert TeamMail.objects.values_list("kind", "to", "status").get() == (
        "mention", "sara@northwind.example", "ready",
    )  # fmt: skip
    assert rows(company, sara) == [("anna", text, 960, True)]
    assert rows(company, collector, "made") == [("anna", text, 960, False)]
    with pytest.raises(Forbidden, match="This calls sara; you may not answer for them"):
        acknowledge_mention(actor=acting(collector), mention=mention, **ON)
    acknowledge_mention(actor=acting(sara), mention=mention, **ON)
    assert rows(company, sara) == []
    with pytest.raises(Refused, match="sara acknowledged this before; load the page again"):
        acknowledge_mention(actor=acting(sara), mention=mention, **ON)
    assert verbs(company) == ["mention.made", "case.commented", "mention.acknowledged"]


def test_a_note_calls_only_who_may_read_it(company, collector, manager, customer, sara):
    record_note(
        actor=acting(collector), customer=customer, kind="note", text="@sara @mona look", **ON
    )
    assert [mention.user for mention in Mention.objects.all()] == [manager]
    assert last_event(company)[0] == "note.recorded"
    assert rows(company, manager) == [("anna", "@sara @mona look", 960, True)]


def test_the_cover_sees_and_answers_what_calls_the_absent(company, collector, customer, sara):
    sam = add_user(company, "sam", "sales")
    said(collector, customer, "@sara?")
    record_absence(
        actor=acting(sara), user=sara, kind="sick", from_on=TODAY, until_on=TODAY, cover=sam, **ON
    )
    assert rows(company, sam) == [("anna", "@sara?", 960, True)]
    seen = acknowledge_mention(actor=acting(sam), mention=Mention.objects.get(), **ON)
    assert (seen.user, seen.acknowledged_by) == (sara, "sam")


@pytest.mark.parametrize(
    ("text", "about", "message"),
    [
        (" ", {}, "Write what you want to say."),
        ("x" * 2_001, {}, "The remark has 2001 characters; at most 2000 fit."),
        ("a", {"subject": "hold", "subject_id": 5}, "has no hold 5; choose another."),
        ("a", {"subject": "user", "subject_id": 1}, "has no user 1; choose another."),
        ("a", {"subject_id": 1}, "has no record 1; choose another."),
        ("4111 1111 1111 1111", {}, "The remark holds a card number."),
    ],
)
def test_what_cannot_be_said_leaves_nothing(company, collector, customer, text, about, message):
    with pytest.raises(Refused) as refusal:
        said(collector, customer, text, **about)
    assert message in str(refusal.value)
    assert (CaseComment.objects.count(), Event.objects.count()) == (0, 0)


def test_a_record_of_another_customer_is_none_of_this_one(company, collector, customer):
    other = owing(add_customer(company, "K2"))
    with pytest.raises(Refused, match="has no item"):
        said(collector, customer, "a", subject="item", subject_id=other.pk)


def test_the_same_words_later_are_another_remark(company, collector, customer):
    said(collector, customer, "again")
    later = AT + timedelta(minutes=2)
    comment_case(actor=acting(collector), customer=customer, text="again", as_of=TODAY, at=later)
    assert CaseComment.objects.count() == 2
