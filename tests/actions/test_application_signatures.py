"""A typed name under an application: kept once, with the hash of what it was put under."""

import hashlib
import json

import pytest
from django.db import DatabaseError, transaction

from dunwell.actions.application_documents import add_document
from dunwell.actions.applications import await_applicant, save_answers, submit_application
from dunwell.actions.gate import Refused
from dunwell.formats.application_words import signing_text
from dunwell.models import ApplicationSignature, CreditApplication, Event
from dunwell.queries.application_papers import application_paper, signature_rows
from tests.actions.application_rows import ON, acting, filled
from tests.conftest import AT


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def analyst(company):
    return acting(company, "ana")


def fresh(application):
    return CreditApplication.objects.get(pk=application.pk)


def signed(analyst, by="Eva Klein", **facts):
    application = filled(analyst, **facts)
    return submit_application(actor=analyst, application=application, signed_by=by, **ON)


def test_the_name_is_kept_with_the_statement_and_the_hash_of_the_paper(analyst):
    application = fresh(signed(analyst, "  Eva Klein "))

    (row,) = signature_rows(application)
    paper = application_paper(application, at=AT)
    assert (row.signed_by, row.recorded_by, row.is_current) == ("Eva Klein", "ana", True)
    assert row.statement == signing_text("en")
    assert row.sha256 == hashlib.sha256(paper).hexdigest()
    told = json.loads(paper)
    assert told["answers"]["street"] == "Hauptstr. 1"
    assert [one["kind"] for one in told["consents"]] == ["credit_check", "truth"]
    event = Event.objects.get(verb="application.signed")
    assert (event.data["signed_by"], event.data["sha256"]) == ("Eva Klein", row.sha256)


def test_without_a_name_nothing_is_sent_and_whoever_signs_on_paper_signs_nothing_here(analyst):
    application = filled(analyst)
    with pytest.raises(Refused, match="Type your name to sign"):
        submit_application(actor=analyst, application=application, signed_by=" ", **ON)
    assert fresh(application).status == "draft"

    submit_application(actor=analyst, application=application, **ON)
    assert signature_rows(application) == ()
    submit_application(actor=analyst, application=application, signed_by="Eva", **ON)
    assert signature_rows(application) == ()


def test_a_later_change_shows_and_sending_again_signs_what_is_new(analyst):
    application = signed(analyst)
    await_applicant(actor=analyst, application=application, text="Your web page, please.", **ON)
    answers = {"website": "klein.example"}
    save_answers(actor=analyst, application=application, answers=answers, at=AT)
    assert [row.is_current for row in signature_rows(fresh(application))] == [False]

    for _ in range(2):
        submit_application(actor=analyst, application=application, signed_by="Eva Klein", **ON)
    assert [row.is_current for row in signature_rows(fresh(application))] == [False, True]
    assert Event.objects.filter(verb="application.signed").count() == 2


def test_what_we_add_later_was_not_signed_and_changes_nothing(analyst):
    application = signed(analyst)
    add_document(
        actor=analyst, application=application, kind="annual_accounts", name="a.pdf",
        data=b"%PDF-1.7 x", is_staff=True, at=AT.replace(year=AT.year + 1),
    )  # fmt: skip
    assert [row.is_current for row in signature_rows(fresh(application))] == [True]


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"statement": "x"}])
def test_the_database_keeps_what_was_signed_as_it_was(analyst, change):
    application = signed(analyst)
    rows = ApplicationSignature.objects.filter(application=application)
    with pytest.raises(DatabaseError, match="stays as it was written"), transaction.atomic():
        rows.update(**change)
    with pytest.raises(DatabaseError, match="stays as it was written"), transaction.atomic():
        rows.delete()
    assert signature_rows(fresh(application))[0].is_current
