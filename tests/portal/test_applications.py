"""Applying for credit without an account: begin, fill in, lose nothing, send, come back."""

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dunwell.jobs.application_mails import deliver_application_mails
from dunwell.models import (
    ApplicationDocument,
    ApplicationMail,
    ApplicationReference,
    Company,
    CreditApplication,
)
from dunwell.queries.application_links import form_slug
from dunwell.queries.application_papers import signature_rows
from dunwell.queries.link_tokens import APPLICANT, REFERENCE, link_token
from tests.actions.application_rows import acting, gathered
from tests.actions.credit_worlds import published_credit
from tests.conftest import AT

BEGIN = {
    "name": "Klein GmbH", "email": "eva@klein.example", "country": "DE", "language": "en",
}  # fmt: skip
APPLICANT_STEP = {
    "name": "Klein GmbH", "country": "DE", "street": "Hauptstr. 1", "postcode": "10115",
    "city": "Berlin", "contact_name": "Eva Klein", "vat_id": "DE136695976",
    "registration": "HRB 1", "register_court": "Berlin",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _standing(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    cache.clear()
    with time_machine.travel(AT, tick=False):
        yield
    cache.clear()


@pytest.fixture
def visitor():
    return Client()


@pytest.fixture(autouse=True)
def _open_form(company):
    published_credit(company, form=("open_form: false", "open_form: true"))


def begun(visitor, company, **changes):
    return visitor.post(f"/apply/{form_slug(company)}/", {**BEGIN, **changes})


def token_of(application):
    return link_token(APPLICANT, application.pk, application.link_nonce)


def test_anybody_may_begin_and_goes_straight_into_the_form(company, visitor):
    page = visitor.get(f"/apply/{form_slug(company)}/")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Frame-Options"] == "DENY"
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy

    answer = begun(visitor, company)
    application = CreditApplication.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, "/apply/form/applicant/")
    assert (application.source, application.entered_by, application.site) == (
        "form", "applicant", "http://testserver/",
    )  # fmt: skip
    assert visitor.get("/apply/form/applicant/").status_code == 200


def test_an_address_of_no_company_is_not_there(company, visitor):
    for slug in ("northwind", f"other-{company.pk}", "northwind-999999", "x-" + "9" * 30):
        assert visitor.get(f"/apply/{slug}/").status_code == 404


def test_what_is_wrong_is_said_and_what_is_right_is_kept(company, visitor):
    begun(visitor, company)
    page = visitor.post(
        "/apply/form/applicant/",
        {**APPLICANT_STEP, "employees": "many", "started_on": "1999-01-02"},
    )
    assert page.status_code == 422
    text = page.content.decode()
    assert "Enter a whole number." in text
    assert 'value="many"' in text
    kept = CreditApplication.objects.get()
    assert (kept.answers["city"], kept.answers["started_on"]) == ("Berlin", "1999-01-02")
    again = visitor.get("/apply/form/applicant/").content.decode()
    assert 'value="Hauptstr. 1"' in again


def test_the_whole_form_is_filled_in_and_sent_once(company, visitor):
    begun(visitor, company)
    steps = [
        ("applicant/", APPLICANT_STEP, "/apply/form/credit/"),
        ("credit/", {"asked_minor": "12,000.00"}, "/apply/form/references/"),
        ("references/", {"kind": "trade", "name": "A", "email": "a@s.example"}, "/apply/form/references/"),
        ("references/", {"kind": "trade", "name": "B", "email": "b@s.example"}, "/apply/form/references/"),
    ]  # fmt: skip
    for path, sent, following in steps:
        answer = visitor.post(f"/apply/form/{path}", sent)
        assert (answer.status_code, answer.get("Location")) == (302, following), answer.content
    consent = visitor.get("/apply/form/consent/").content.decode()
    assert "consent to the credit check" in consent
    early = visitor.post("/apply/form/send/", {"signed_by": "Eva Klein"})
    assert early.status_code == 422
    assert "consent credit check" in early.content.decode()
    visitor.post("/apply/form/consent/", {"by": "Eva", "credit_check": "on", "truth": "on"})
    assert (
        "I sign this application by typing" in visitor.get("/apply/form/consent/").content.decode()
    )
    unsigned = visitor.post("/apply/form/send/", {"signed_by": " "})
    assert unsigned.status_code == 422
    assert "Type your name to sign." in unsigned.content.decode()
    assert CreditApplication.objects.get().status == "draft"
    for _ in range(2):
        sent = visitor.post("/apply/form/send/", {"signed_by": "Eva Klein"})
        assert sent["Location"] == "/apply/form/done/"

    application = CreditApplication.objects.get()
    assert (application.status, application.asked_minor) == ("submitted", 1_200_000)
    (signature,) = signature_rows(application)
    assert (signature.signed_by, signature.recorded_by, signature.is_current) == (
        "Eva Klein", "applicant of CA-1", True,
    )  # fmt: skip
    assert ApplicationMail.objects.filter(kind="received").count() == 1
    assert "You hear our decision by" in visitor.get("/apply/form/done/").content.decode()
    late = visitor.post("/apply/form/credit/", {"asked_minor": "1.00"})
    assert late.status_code == 422
    assert CreditApplication.objects.get().asked_minor == 1_200_000


def test_a_file_is_taken_by_what_is_in_it_and_removed_again(company, visitor):
    begun(visitor, company)

    def sent(data, name="accounts.exe"):
        file = SimpleUploadedFile(name, data, content_type="text/html")
        return visitor.post("/apply/form/documents/", {"kind": "annual_accounts", "file": file})

    assert sent(b"%PDF-1.7 x").status_code == 302
    document = ApplicationDocument.objects.get()
    assert (document.name, document.media_type) == ("accounts.pdf", "application/pdf")
    wrong = sent(b"<script>alert(1)</script>", "x.pdf")
    assert (wrong.status_code, "Send a PDF" in wrong.content.decode()) == (422, True)
    large = visitor.generic(
        "POST", "/apply/form/documents/", b"x", CONTENT_LENGTH=str(50 * 1024 * 1024)
    )
    assert large.status_code == 413
    visitor.post(f"/apply/form/documents/{document.pk}/remove/")
    assert ApplicationDocument.objects.filter(removed_at=None).count() == 0


def test_looking_at_a_link_burns_nothing_and_pressing_the_button_opens_it_once(company, visitor):
    begun(visitor, company)
    token = token_of(CreditApplication.objects.get())
    other = Client()
    for _ in range(3):
        assert "Open the application" in other.get(f"/apply/resume/{token}/").content.decode()
    opened = other.post(f"/apply/resume/{token}/")
    assert opened["Location"] == "/apply/form/applicant/"
    assert 'value="Klein GmbH"' in other.get("/apply/form/applicant/").content.decode()

    third = Client()
    spent = third.post(f"/apply/resume/{token}/")
    assert (spent.status_code, "was used or has expired" in spent.content.decode()) == (422, True)
    assert third.get("/apply/form/applicant/").status_code == 422
    assert third.post(f"/apply/resume/{token}/new/").status_code == 200
    assert ApplicationMail.objects.filter(kind="link", status="ready").count() == 1


def test_a_token_nobody_was_sent_tells_nothing(company, visitor):
    begun(visitor, company)
    assert visitor.post("/apply/resume/guess/").status_code == 422
    answer = visitor.post("/apply/resume/guess/new/")
    assert (answer.status_code, ApplicationMail.objects.count()) == (200, 1)


def test_bursts_are_stopped(company, visitor):
    answers = [visitor.post(f"/apply/resume/guess{n}/").status_code for n in range(25)]
    assert answers == [422] * 20 + [429] * 5
    starts = [begun(visitor, company, email=f"a{n}@x.example").status_code for n in range(8)]
    assert starts == [302] * 6 + [429] * 2
    assert CreditApplication.objects.count() == 6


def test_a_form_without_its_token_is_refused(company):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"/apply/{form_slug(company)}/", BEGIN).status_code == 403
    assert strict.post("/apply/form/documents/", {"kind": "other"}).status_code == 403
    assert CreditApplication.objects.count() == 0


def test_a_visitor_sees_one_application_and_no_other(company, visitor):
    begun(visitor, company)
    other = Client()
    begun(other, company, email="b@other.example", name="Other Ltd")
    _, theirs = CreditApplication.objects.order_by("id")
    reference = ApplicationReference.objects.create(
        application=theirs, kind="trade", name="S", email="s@x.example", recorded_at=AT
    )
    assert visitor.post(f"/apply/form/references/{reference.pk}/remove/").status_code == 404
    assert "Other Ltd" not in visitor.get("/apply/form/applicant/").content.decode()
    closed = visitor.post("/apply/form/done/")
    assert closed.status_code == 200
    assert visitor.get("/apply/form/applicant/").status_code == 422


def test_staff_pages_stay_closed_to_visitors(company, visitor):
    begun(visitor, company)
    assert visitor.get("/applications/").status_code == 302
    assert "/accounts/login/" in visitor.get("/applications/")["Location"]


def test_a_reference_answers_once_through_its_link(company, visitor):
    gathered(acting(company, "nora"), asked_minor=2_000_000, references=2, language="de")
    first, second = ApplicationReference.objects.order_by("id")
    token = link_token(REFERENCE, first.pk, first.link_nonce)
    page = visitor.get(f"/apply/reference/{token}/")
    assert (page.status_code, first.application.name.split()[0] in page.content.decode()) == (
        200, True,
    )  # fmt: skip
    sent = {
        "years_known": "4", "pays": "on_time", "would_again": "yes",
        "highest_credit_minor": "5.000,00", "comment": "gut",
    }  # fmt: skip
    assert visitor.post(f"/apply/reference/{token}/", sent).status_code == 200
    first.refresh_from_db()
    assert (first.status, first.answer) == (
        "answered",
        {"years_known": 4, "pays": "on_time", "would_again": True,
         "highest_credit_minor": 500_000, "comment": "gut"},
    )  # fmt: skip
    assert visitor.post(f"/apply/reference/{token}/", sent).status_code == 422
    other = link_token(REFERENCE, second.pk, second.link_nonce)
    assert visitor.post(f"/apply/reference/{other}/", {"declines": "1"}).status_code == 200
    second.refresh_from_db()
    assert second.status == "refused"


def test_a_mail_leaves_with_a_working_link_that_is_stored_nowhere(company, visitor, tmp_path):
    begun(visitor, company)
    assert dict(deliver_application_mails(company.pk)) == {"sent": 1}
    (file,) = (tmp_path / "outbox" / str(company.pk)).glob("*.eml")
    text = file.read_text().replace("=\n", "").replace("=3D", "=")
    token = token_of(CreditApplication.objects.get())
    assert f"http://testserver/apply/resume/{token}/" in text
    for model in (CreditApplication, ApplicationMail):
        assert token not in repr(list(model.objects.values()))
    assert dict(deliver_application_mails(company.pk)) == {}


def test_a_company_that_opened_no_form_has_none(company, visitor):
    rival = Company.objects.create(name="Rival & Sons", created_at=AT)
    address = f"/apply/rival-sons-{rival.pk}/"
    assert [visitor.get(address).status_code, visitor.post(address, BEGIN).status_code] == [
        404,
        404,
    ]
    assert not CreditApplication.objects.exists()
