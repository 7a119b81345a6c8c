"""Applications until a decision: started, filled in, submitted, screened, gathered, scored."""

from datetime import timedelta

import pytest

from dunwell.actions.application_checks import match_customer, review_check, screen_application
from dunwell.actions.application_decisions import score_application
from dunwell.actions.application_documents import add_document, remove_document
from dunwell.actions.application_references import (
    answer_reference,
    gather_application,
    give_up_reference,
    name_reference,
    remove_reference,
)
from dunwell.actions.applications import (
    await_applicant,
    end_wait,
    give_consent,
    open_link,
    save_answers,
    send_link,
    start_application,
    submit_application,
    withdraw_application,
)
from dunwell.actions.gate import Forbidden, Refused
from dunwell.models import (
    ApplicationCheck,
    ApplicationMail,
    ApplicationReference,
    Company,
    CreditApplication,
    Event,
)
from dunwell.queries.link_tokens import APPLICANT, REFERENCE, link_token
from tests.actions.application_rows import (
    ANSWERS,
    ON,
    acting,
    filled,
    gathered,
    later,
    proposal,
    started,
    submitted,
)
from tests.conftest import AT, TODAY, add_customer

PDF = b"%PDF-1.7 accounts"


@pytest.fixture
def analyst(company):
    return acting(company, "nora")


def fresh(application):
    return CreditApplication.objects.get(pk=application.pk)


def verbs():
    return list(Event.objects.order_by("seq").values_list("verb", flat=True))


def test_an_application_begins_as_a_draft_with_its_link_sent(analyst):
    application = started(analyst, sends_link=True, site="https://credit.example/")

    assert (application.number, application.status, application.currency) == (
        "CA-1", "draft", "EUR",
    )  # fmt: skip
    assert application.expires_on == TODAY + timedelta(days=60)
    mail = ApplicationMail.objects.get()
    assert (mail.to, mail.status, mail.message_id) == (
        "eva@klein.example", "ready", f"<application-{application.pk}.0@dunwell>",
    )  # fmt: skip
    assert "[[link]]" in mail.body
    token = link_token(APPLICANT, application.pk, fresh(application).link_nonce)
    assert token not in mail.body
    assert len(token) == 43
    assert verbs() == ["application.started"]


def test_the_same_key_is_the_same_application(analyst):
    first = started(analyst, key="form 1")
    assert started(analyst, key="form 1") == first
    assert CreditApplication.objects.count() == 1
    with pytest.raises(Refused, match="Say who applies"):
        started(analyst, name=" ")
    with pytest.raises(Refused, match="is not an e-mail address"):
        started(analyst, email="nobody", sends_link=True)


def test_a_link_opens_once_and_a_new_one_ends_the_old(analyst):
    application = started(analyst, sends_link=True)
    old = link_token(APPLICANT, application.pk, fresh(application).link_nonce)
    send_link(actor=analyst, application=application, **ON)
    token = link_token(APPLICANT, application.pk, fresh(application).link_nonce)

    with pytest.raises(Refused, match="was used or has expired"):
        open_link(actor=analyst, token=old, at=AT)
    assert open_link(actor=analyst, token=token, at=AT) == application
    with pytest.raises(Refused, match="was used or has expired"):
        open_link(actor=analyst, token=token, at=AT)
    assert list(ApplicationMail.objects.order_by("id").values_list("status", flat=True)) == [
        "cancelled", "ready",
    ]  # fmt: skip


def test_a_link_ends_after_thirty_days_and_opens_no_other_company(analyst):
    application = started(analyst, sends_link=True)
    token = link_token(APPLICANT, application.pk, fresh(application).link_nonce)
    other = Company.objects.create(name="Other", created_at=AT)
    for actor, at in ((acting(other, "nora"), AT), (analyst, AT + timedelta(days=30))):
        with pytest.raises(Refused):
            open_link(actor=actor, token=token, at=at)
    assert link_token(REFERENCE, application.pk, fresh(application).link_nonce) != token


def test_answers_are_kept_by_name_or_refused_all_together(analyst):
    application = started(analyst)
    save_answers(
        actor=analyst, application=application,
        answers={"city": " Berlin ", "asked_minor": 1_000, "employees": 7}, at=AT,
    )  # fmt: skip
    with pytest.raises(Refused, match="shoe is no field.*iban: 400 char.*started on: write a day"):
        save_answers(
            actor=analyst, application=application,
            answers={"city": "Bonn", "shoe": 1, "iban": "x" * 400, "started_on": "soon"}, at=AT,
        )  # fmt: skip

    kept = fresh(application)
    assert (kept.answers, kept.asked_minor) == ({"city": "Berlin", "employees": 7}, 1_000)
    version = kept.version
    save_answers(actor=analyst, application=application, answers={"city": "Berlin"}, at=AT)
    assert fresh(application).version == version


def test_consent_is_kept_word_for_word(analyst):
    application = started(analyst, language="de")
    for _ in range(2):
        give_consent(
            actor=analyst, application=application, kinds=("truth",), by="Eva Klein", at=AT
        )
    (consent,) = fresh(application).consents
    assert consent == {
        "kind": "truth",
        "text": "Die Angaben sind wahr und vollständig, und ich darf sie für den Antragsteller "
        "machen.",
        "by": "Eva Klein",
        "at": AT.isoformat(),
    }


def test_nothing_is_submitted_before_it_is_complete(analyst):
    application = started(analyst)
    with pytest.raises(Refused, match="field asked minor, field street.*consent truth"):
        submit_application(actor=analyst, application=application, **ON)
    assert fresh(application).status == "draft"


def test_submitting_starts_the_clock_once(analyst):
    application = submitted(analyst)
    again = submit_application(actor=analyst, application=application, **later(3))

    assert (again.status, again.complete_on, again.decide_by, again.notify_by) == (
        "submitted", TODAY, TODAY + timedelta(days=10), TODAY + timedelta(days=30),
    )  # fmt: skip
    assert verbs().count("application.submitted") == 1
    assert ApplicationMail.objects.filter(kind="received").count() == 1
    with pytest.raises(Refused, match="can no longer be changed"):
        save_answers(actor=analyst, application=application, answers={"city": "X"}, at=AT)


def test_waiting_for_the_applicant_stops_the_clock(analyst):
    application = submitted(analyst)
    await_applicant(
        actor=analyst, application=application, text="Your balance sheet, please.", **later(2)
    )
    save_answers(
        actor=analyst, application=application, answers={"website": "klein.example"}, at=AT
    )
    end_wait(actor=analyst, application=application, **later(7))

    kept = fresh(application)
    assert (kept.decide_by, kept.notify_by) == (
        TODAY + timedelta(days=15), TODAY + timedelta(days=30),
    )  # fmt: skip
    assert end_wait(actor=analyst, application=application, **later(9)).decide_by == kept.decide_by


def test_withdrawing_ends_links_and_mails(analyst):
    application = started(analyst, sends_link=True)
    withdraw_application(actor=analyst, application=application, reason="no longer", **ON)
    assert (fresh(application).status, ApplicationMail.objects.get().status) == (
        "withdrawn", "cancelled",
    )  # fmt: skip
    with pytest.raises(Refused, match="marked: withdrawn"):
        withdraw_application(actor=analyst, application=application, reason="again", **ON)


def test_documents_are_kept_by_their_bytes(analyst, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    application = started(analyst)
    one = add_document(
        actor=analyst, application=application, kind="identity", name="../a b.exe", data=PDF, at=AT
    )
    same = add_document(
        actor=analyst, application=application, kind="identity", name="other", data=PDF, at=AT
    )

    assert (same, one.name, one.media_type) == (one, "a-b.pdf", "application/pdf")
    assert (tmp_path / "uploads" / one.sha256).read_bytes() == PDF
    for kind, data, text in (
        ("identity", b"MZ program", "Send a PDF"),
        ("photo", PDF, "no kind of document"),
    ):
        with pytest.raises(Refused, match=text):
            add_document(
                actor=analyst, application=application, kind=kind, name="x", data=data, at=AT
            )
    remove_document(actor=analyst, document=one, at=AT)
    assert application.documents.filter(removed_at=None).count() == 0


def test_screening_keeps_every_outcome_and_repeats_nothing(analyst):
    application = submitted(analyst)
    for _ in range(2):
        screen_application(actor=analyst, application=application, **ON)

    assert fresh(application).status == "screening"
    found = dict(ApplicationCheck.objects.values_list("kind", "outcome"))
    assert found == {
        "vat": "passed",
        "registration": "passed",
        "lei": "not_given",
        "iban": "passed",
        "duplicate": "passed",
        "sanctions": "not_possible",
    }
    assert ApplicationCheck.objects.get(kind="iban").value == "DE89 … 3000"


def test_a_known_customer_is_found_and_judged_before_it_goes_on(analyst, company):
    known = add_customer(company, "K1", name="Klein und Soehne")
    application = submitted(analyst)
    screen_application(actor=analyst, application=application, **ON)
    check = ApplicationCheck.objects.get(kind="duplicate")
    assert (check.outcome, check.detail["customers"][0]["number"]) == ("to_review", "K1")

    with pytest.raises(Refused, match="Judge this first: known as a customer"):
        gather_application(actor=analyst, application=application, **ON)
    match_customer(actor=analyst, application=application, customer=known, at=AT)
    screen_application(actor=analyst, application=application, **ON)
    assert ApplicationCheck.objects.get(kind="duplicate", is_current=True).outcome == "passed"
    assert gather_application(actor=analyst, application=application, **ON).customer == known


def test_a_failed_check_is_cleared_with_a_reason(analyst):
    answers = {**ANSWERS, "vat_id": "DE136695970"}
    application = submitted(analyst, answers=answers)
    screen_application(actor=analyst, application=application, **ON)
    check = ApplicationCheck.objects.get(kind="vat")
    with pytest.raises(Refused, match="Say what shows it"):
        review_check(actor=analyst, check=check, is_cleared=True, reason=" ", at=AT)
    review_check(actor=analyst, check=check, is_cleared=True, reason="typed wrong", at=AT)
    assert gather_application(actor=analyst, application=application, **ON).status == "gathering"
    lei = ApplicationCheck.objects.get(kind="lei")
    with pytest.raises(Refused, match="needs no judgement"):
        review_check(actor=analyst, check=lei, is_cleared=True, reason="x", at=AT)


def test_references_are_asked_and_answer_once(analyst):
    application = gathered(analyst, asked_minor=2_000_000, references=2)
    first, second = ApplicationReference.objects.order_by("id")
    assert (first.status, first.asked_on) == ("asked", TODAY)
    assert ApplicationMail.objects.filter(kind="reference").count() == 2
    with pytest.raises(Refused, match="still waited for"):
        score_application(actor=analyst, application=application, proposal=proposal(), **ON)

    token = link_token(REFERENCE, first.pk, first.link_nonce)
    told = {"years_known": 4, "pays": "on_time", "would_again": True, "comment": " fine "}
    answer_reference(actor=analyst, token=token, answer=told, **ON)
    with pytest.raises(Refused, match="was used or has expired"):
        answer_reference(actor=analyst, token=token, answer=told, **ON)

    first.refresh_from_db()
    assert (first.status, first.answer) == ("answered", {**told, "comment": "fine"})
    give_up_reference(actor=analyst, reference=second, at=AT)
    scored = score_application(actor=analyst, application=application, proposal=proposal(), **ON)
    assert scored.status == "in_review"


@pytest.mark.parametrize(
    "answer",
    [{"years_known": -1}, {"pays": "sometimes"}, {"would_again": "yes"}, {"age": 3}],
)
def test_an_answer_to_no_question_is_refused(analyst, answer):
    gathered(analyst, asked_minor=2_000_000, references=2)
    one = ApplicationReference.objects.order_by("id").first()
    token = link_token(REFERENCE, one.pk, one.link_nonce)
    with pytest.raises(Refused):
        answer_reference(actor=analyst, token=token, answer=answer, **ON)
    assert ApplicationReference.objects.get(pk=one.pk).status == "asked"


def test_references_can_be_named_and_taken_back_in_a_draft(analyst):
    application = filled(analyst)
    one = name_reference(
        actor=analyst, application=application, kind="bank", name="Bank", email="b@bank.example",
        at=AT,
    )  # fmt: skip
    remove_reference(actor=analyst, reference=one, at=AT)
    assert application.references.count() == 0
    with pytest.raises(Refused, match="own address"):
        name_reference(
            actor=analyst, application=application, kind="trade", name="Me",
            email="EVA@klein.example", at=AT,
        )  # fmt: skip


def test_nobody_without_the_right_starts_one(company):
    with pytest.raises(Forbidden):
        start_application(actor=acting(company, "carl", "clerk"), name="X", email="", **ON)
