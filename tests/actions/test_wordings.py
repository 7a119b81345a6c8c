"""Message texts as documents: by language, checked, published by a second person, dated."""

from datetime import timedelta

import pytest
import yaml

from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.wordings import (
    discard_wordings,
    draft_wordings,
    publish_wordings,
    send_test_mail,
)
from dunwell.models import ContactAttempt, Message, PolicyVersion
from dunwell.queries.policies import policy_rows
from dunwell.queries.wordings import every_wording_in_force, wordings_in_force
from tests.actions.desk import acting, last_event, verbs
from tests.actions.test_reminders import desk, owing, tonight  # noqa: F401
from tests.conftest import AT, TODAY, add_customer, add_user

BODY = "Dear {contact_name},\n\n{lines}\n\n{credits}\n\n{totals}\n\n{reply_to}\n"


def text(*, language="en", valid_from=TODAY, body=BODY, subject="Ours", **more):
    return yaml.safe_dump(
        {
            "language": language,
            "valid_from": valid_from,
            "wordings": {"reminder": {"subject": subject, "body": body, **more.pop("of", {})}},
            **more,
        },
        sort_keys=False,
        default_style="|" if more.pop("block", False) else None,
    )


def published(company, **changes):
    """A version of the company's texts that applies, written and published by two people."""
    names = [f"p{number}" for number in range(2)]
    users = [
        acting(add_user(company, f"{name}{PolicyVersion.objects.count()}", "credit_manager"))
        for name in names
    ]
    version = draft_wordings(actor=users[0], text=text(**changes), at=AT)
    publish_wordings(actor=users[1], version=version, as_of=TODAY, at=AT)
    return version


def test_a_language_has_a_line_of_versions_of_its_own(company, manager, admin):
    english = draft_wordings(actor=acting(manager), text=text(), at=AT)
    assert draft_wordings(actor=acting(manager), text=text(), at=AT) == english
    second = draft_wordings(actor=acting(manager), text=text(subject="More"), at=AT)
    german = draft_wordings(actor=acting(admin), text=text(language="de"), at=AT)
    assert [(one.name, one.version) for one in (english, second, german)] == [
        ("wordings_en", 1), ("wordings_en", 2), ("wordings_de", 1),
    ]  # fmt: skip
    assert verbs(company) == ["policy.drafted"] * 3


def test_published_texts_hold_from_their_day_and_the_others_stay(company):
    version = published(company, valid_from=TODAY + timedelta(days=2))
    later = TODAY + timedelta(days=2)
    assert wordings_in_force(company, "en", as_of=TODAY).version_id is None
    now = wordings_in_force(company, "en", as_of=later)
    assert (now.version_id, now.version) == (version.pk, 1)
    assert now.document.wordings["reminder"].subject == "Ours"
    assert now.document.wordings["final_notice"].subject == "Final notice from {company_name}"
    every = every_wording_in_force(company, as_of=later)
    assert {code: one.version_id for code, one in every.items()} == {
        "en": version.pk, "de": None, "fr": None, "es": None,
    }  # fmt: skip


def test_both_languages_in_force_are_marked_so(company):
    english, german = published(company), published(company, language="de")
    rows = policy_rows(company, as_of=TODAY, kind="wordings").rows
    assert {(row.id, row.is_in_force) for row in rows} == {(english.pk, True), (german.pk, True)}


def test_every_text_in_force_costs_one_query(company, django_assert_num_queries):
    published(company)
    with django_assert_num_queries(1):
        every_wording_in_force(company, as_of=TODAY)


def test_the_author_does_not_publish_and_past_days_keep_their_texts(company, manager):
    second = acting(add_user(company, "max", "credit_manager"))
    version = draft_wordings(actor=acting(manager), text=text(), at=AT)
    with pytest.raises(Refused, match="somebody else has to publish"):
        publish_wordings(actor=acting(manager), version=version, as_of=TODAY, at=AT)
    with pytest.raises(Refused, match="has passed; draft it again"):
        publish_wordings(actor=second, version=version, as_of=TODAY + timedelta(days=1), at=AT)
    publish_wordings(actor=second, version=version, as_of=TODAY, at=AT)
    verb, actor, _, data = last_event(company)
    assert (verb, actor, data["name"], data["warnings"]) == (
        "policy.published", "max", "wordings_en", [],
    )  # fmt: skip
    version.refresh_from_db()
    with pytest.raises(Refused, match="is published"):
        discard_wordings(actor=acting(manager), version=version, at=AT)


def test_a_draft_is_dropped(manager):
    version = draft_wordings(actor=acting(manager), text=text(), at=AT)
    discard_wordings(actor=acting(manager), version=version, at=AT)
    assert PolicyVersion.objects.get().status == "discarded"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"body": BODY + "You will be arrested.\n"}, "Nobody is arrested for a debt"),
        ({"body": BODY + "{nobody}\n"}, "{nobody} is not a placeholder"),
        ({"allow": ["en-arrest"]}, "forbidden by law"),
        ({"allow": ["nope"]}, "there is no phrase 'nope'"),
        ({"language": "xx"}, "language 'xx' is not known"),
        ({"of": {"tones": {"firm": {"subject": "s", "body": BODY + "or else"}}}}, "“or else”"),
    ],
)
def test_a_text_that_may_not_go_out_is_refused(manager, changes, message):
    with pytest.raises(Refused) as refusal:
        draft_wordings(actor=acting(manager), text=text(**changes), at=AT)
    assert message in str(refusal.value) and str(refusal.value).startswith("line ")


def test_the_line_of_the_document_is_told(manager):
    written = (
        "language: en\nvalid_from: 2026-03-05\nwordings:\n  reminder:\n    subject: Ours\n"
        "    body: |\n      Dear {contact_name},\n      {lines}\n      {credits}\n"
        "      {totals}\n      %s\n      {reply_to}\n"
    )
    for words, line in (("{nope}", "line 11: "), ("Pay or you go to jail.", "line 11: reminder")):
        with pytest.raises(Refused) as refusal:
            draft_wordings(actor=acting(manager), text=written % words, at=AT)
        assert str(refusal.value).startswith(line)


def test_a_warning_does_not_keep_a_text_from_being_published(company, manager):
    draft_wordings(actor=acting(manager), text=text(body=BODY + "No excuses.\n"), at=AT)
    own = [{"id": "own", "say": ["kindly"], "why": "Ours.", "instead": "please"}]
    with pytest.raises(Refused, match="Ours"):
        draft_wordings(
            actor=acting(manager), text=text(body=BODY + "Kindly pay.\n", phrases=own), at=AT
        )
    allowed = text(body=BODY + "Your credit score will fall.\n", allow=["en-credit-record"])
    draft_wordings(actor=acting(manager), text=allowed, at=AT)


def test_variants_are_drawn_by_customer_and_tones_go_first(company):
    published(
        company,
        of={
            "variants": [{"name": "b", "share": 50, "subject": "B"}],
            "tones": {"friendly": {"subject": "F", "body": BODY}},
        },
        tones={"strategic": "friendly"},
    )
    now = wordings_in_force(company, "en", as_of=TODAY)

    def drawn(key, segment="standard"):
        found = now.chosen("reminder", segment=segment, customer_id=key)
        return found.variant, found.wording.subject, found.tone

    got = [drawn(key) for key in range(1, 1_001)]
    assert got == [drawn(key) for key in range(1, 1_001)]
    assert set(got) == {("b", "B", ""), ("", "Ours", "")}
    assert 420 < sum(one[0] == "b" for one in got) < 580
    assert {drawn(key, "strategic") for key in range(1, 50)} == {("", "F", "friendly")}


def test_the_day_s_reminders_speak_the_texts_in_force(desk):  # noqa: F811
    version = published(
        desk,
        of={
            "variants": [{"name": "b", "share": 50, "subject": "B"}],
            "tones": {"friendly": {"subject": "F", "body": BODY}},
        },
        tones={"strategic": "friendly"},
    )
    for number in range(3):
        owing(desk, f"K{number}", late=10)
    german = owing(desk, "G1", late=10, language="de", party="company")
    assert tonight(desk) == 4
    texts = wordings_in_force(desk, "en", as_of=TODAY)
    # The draw is by the customer's number in the database, so which text is due is asked of it.
    for one in Message.objects.exclude(customer=german):
        due = texts.chosen("reminder", segment="standard", customer_id=one.customer_id)
        assert (one.variant, one.decision["wording"]) == (due.variant, version.pk)
        assert one.subject == {"b": "B", "": "Ours"}[one.variant]
    message = Message.objects.get(customer=german)
    assert (message.variant, "wording" in message.decision) == ("", False)


def test_a_test_mail_goes_to_its_author_alone_and_is_no_contact(company, collector, customer):
    def send():
        return send_test_mail(
            actor=acting(collector), customer=customer, subject="Hello", body="Dear Pat",
            language="en", as_of=TODAY, at=AT,
        )  # fmt: skip

    message = send()
    assert send() == message
    assert (message.to, message.channel, message.subject, message.status) == (
        "anna@northwind.example", "test", "[Test] Hello", "ready",
    )  # fmt: skip
    assert last_event(company)[0] == "message.tested"
    type(collector).objects.update(email="")
    with pytest.raises(Refused, match="no mail address"):
        send_test_mail(
            actor=acting(collector), customer=customer, subject="x", body="y", language="en",
            as_of=TODAY, at=AT,
        )  # fmt: skip
    assert (Message.objects.count(), ContactAttempt.objects.count()) == (1, 0)


def test_other_companies_and_people_without_the_right_are_kept_out(
    company, collector, reader, rival, manager
):
    version = draft_wordings(actor=acting(manager), text=text(), at=AT)
    with pytest.raises(Refused, match="another company"):
        publish_wordings(actor=acting(rival), version=version, as_of=TODAY, at=AT)
    with pytest.raises(Forbidden):
        draft_wordings(actor=acting(collector), text=text(), at=AT)
    stranger = add_customer(type(company).objects.exclude(pk=company.pk).get(), "X1")
    with pytest.raises(Refused, match="another company"):
        send_test_mail(
            actor=acting(collector), customer=stranger, subject="x", body="y", language="en",
            as_of=TODAY, at=AT,
        )  # fmt: skip
