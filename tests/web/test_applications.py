"""Pages about credit applications: the queue, one application, every step, screening, files."""

import pytest
import time_machine

from dunwell.actions.application_documents import add_document
from dunwell.models import (
    ApplicationCheck,
    ApplicationMail,
    CreditApplication,
    SanctionList,
    ScreeningHit,
)
from tests.actions.application_rows import (
    ANSWERS,
    LATE,
    acting,
    decided,
    filled,
    gathered,
    in_review,
    recommended,
    submitted,
)
from tests.conftest import AT, add_user

QUERIES_OF_THE_LIST = 7
QUERIES_OF_A_PAGE = 15
QUERIES_OF_SCREENING = 6


@pytest.fixture(autouse=True)
def _standing_clock(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def analyst(company):
    return acting(company, "anton")


@pytest.fixture
def nora(company):
    return add_user(company, "nora", "credit_analyst")


def test_an_application_goes_from_its_page_to_a_customer(come_in, company, nora, manager):
    client = come_in(nora)
    assert "No applications here" in client.get("/applications/").text
    client.post(
        "/applications/new/",
        {"name": "Klein GmbH", "email": "eva@klein.example", "country": "DE", "language": "en",
         "sends_link": "on"},
    )  # fmt: skip
    application = CreditApplication.objects.get()
    assert application.site == "http://testserver/"
    assert ApplicationMail.objects.count() == 1
    address = f"/applications/{application.pk}/"
    page = client.get(address).text
    assert "Still missing:" in page and "Street and number" in page
    told = {**ANSWERS, "name": "Klein GmbH", "country": "DE", "asked_minor": "5,000.00",
            "contact_email": "eva@klein.example"}  # fmt: skip
    client.post(f"{address}answers/", told)
    client.post(f"{address}consent/", {"by": "Eva Klein"})
    for step in ("do/submit", "do/screen", "do/gather", "score"):
        answer = client.post(f"{address}{step}/")
        assert answer.status_code == 302, step
    page = client.get(address).text
    assert "In review" in page and "What the credit policy proposes" in page
    assert "DE89 … 3000" in page and ANSWERS["iban"] not in page
    form = client.get(f"{address}recommend/").text
    assert "Reasons of a refusal" in form
    client.post(
        f"{address}recommend/",
        {"outcome": "approve", "limit_minor": "4,000.00", "terms_days": "14",
         "condition": "deposit", "condition_minor": "500.00"},
    )  # fmt: skip
    assert CreditApplication.objects.get().recommended_by == "nora"
    assert client.get(f"{address}decide/").status_code == 403

    boss = come_in(manager)
    boss.post(f"{address}decide/", {"outcome": "approve"})
    page = client.get(address).text
    assert "Approved with conditions" in page and "€500.00" in page
    letter = client.get(f"{address}letter.pdf")
    assert letter["Content-Type"] == "application/pdf"
    assert letter["Content-Disposition"] == 'attachment; filename="CA-1.pdf"'
    condition = CreditApplication.objects.get().conditions.get()
    client.post(f"/applications/conditions/{condition.pk}/meet/", {"evidence": "bank entry 7"})
    client.post(f"{address}tell/activate/", {"number": "K-9"})
    done = CreditApplication.objects.get()
    assert (done.status, done.customer.number) == ("activated", "K-9")
    assert f'href="/customers/{done.customer_id}/"' in client.get(address).text
    assert "Klein GmbH" in client.get("/applications/export.csv?scope=over").text


def test_what_is_refused_is_said_where_it_was_tried(come_in, analyst, nora):
    application = in_review(analyst)
    client = come_in(nora)
    address = f"/applications/{application.pk}/"
    refused = client.post(f"{address}do/gather/")
    assert (refused.status_code, "load the page again" in refused.text) == (422, True)
    few = client.post(f"{address}recommend/", {"outcome": "decline", "reasons": LATE[0]})
    assert (few.status_code, "needs 2 to 4" in few.text, LATE[0] in few.text) == (422, True, True)
    assert client.post(f"{address}do/nothing/").status_code == 404
    assert client.get(f"{address}tell/nothing/").status_code == 404


def test_waiting_withdrawing_reasons_and_contest_have_their_forms(come_in, analyst, nora, company):
    client = come_in(nora)
    one = submitted(analyst)
    client.post(f"/applications/{one.pk}/tell/wait/", {"text": "Your accounts."})
    assert "the clock of the decision stands" in client.get(f"/applications/{one.pk}/").text
    client.post(f"/applications/{one.pk}/do/resume/")
    client.post(f"/applications/{one.pk}/tell/withdraw/", {"reason": "no longer"})
    assert CreditApplication.objects.get(pk=one.pk).status == "withdrawn"

    boss = acting(company, "mike", "credit_manager")
    other = decided(analyst, boss, outcome="decline")
    client.post(f"/applications/{other.pk}/tell/reasons/", {"asked_on": "2026-03-05"})
    client.post(f"/applications/{other.pk}/do/send-reasons/")
    assert ApplicationMail.objects.filter(kind="reasons").count() == 1
    page = client.get(f"/applications/{other.pk}/").text
    assert LATE[0] in page and "OWN-DECISION" in page


def test_a_document_is_only_ever_downloaded(come_in, analyst, nora, rival):
    application = filled(analyst)
    document = add_document(
        actor=analyst, application=application, kind="identity", name="a.pdf",
        data=b"%PDF-1.7 x", at=AT,
    )  # fmt: skip
    client = come_in(nora)
    answer = client.get(f"/applications/documents/{document.pk}/")
    assert answer.content == b"%PDF-1.7 x"
    assert answer["Content-Disposition"] == 'attachment; filename="a.pdf"'
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["X-Content-Type-Options"] == "nosniff"
    outsider = come_in(rival)
    for path in (f"documents/{document.pk}/", f"{application.pk}/"):
        assert outsider.get(f"/applications/{path}").status_code == 404


def test_lists_are_loaded_and_likenesses_judged(come_in, analyst, nora, monkeypatch):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = come_in(nora)
    assert "No list is loaded" in client.get("/applications/screening/").text
    wrong = client.post(
        "/applications/screening/load/", {"file": SimpleUploadedFile("x.csv", b"nothing\n1\n")}
    )
    assert (wrong.status_code, "must name the columns" in wrong.text) == (422, True)
    application = submitted(analyst)
    listing = SanctionList.objects.create(
        company=application.company, source="own", label="Own list", sha256="0", entries=1,
        by="nora", loaded_at=AT,
    )  # fmt: skip
    hit = ScreeningHit.objects.create(
        company=application.company, application=application, source=listing.source,
        list_label="Own list", list_sha256="0", uid="7", entry_digest="0",
        subject_name="Klein & Söhne GmbH", entry_name="Klein Sons", score_ppm=912_000,
        screened_at=AT,
    )  # fmt: skip
    page = client.get("/applications/screening/").text
    assert "Klein Sons" in page and "91" in page
    client.post(
        f"/applications/screening/{hit.pk}/judge/",
        {"verdict": "clear", "reason": "other register"},
    )
    assert ScreeningHit.objects.get().status == "cleared"
    assert "Klein Sons" in client.get("/applications/screening/export.csv?status=cleared").text


def test_a_check_is_judged_on_its_form(come_in, analyst, nora):
    application = gathered(analyst)
    check = ApplicationCheck.objects.get(kind="vat")
    ApplicationCheck.objects.filter(pk=check.pk).update(outcome="failed", text="wrong digit")
    client = come_in(nora)
    assert "wrong digit" in client.get(f"/applications/checks/{check.pk}/judge/").text
    client.post(
        f"/applications/checks/{check.pk}/judge/", {"verdict": "clear", "reason": "typed wrong"}
    )
    check.refresh_from_db()
    assert (check.decision, check.reviewed_by) == ("cleared", "nora")
    assert application.pk == check.application_id


def test_pages_need_as_many_queries_for_three_as_for_one(
    come_in, analyst, nora, django_assert_num_queries
):
    client = come_in(nora)
    first = recommended(analyst)
    for round_number in range(2):
        client.get("/applications/")
        with django_assert_num_queries(QUERIES_OF_THE_LIST):
            assert client.get("/applications/?scope=all").status_code == 200
        with django_assert_num_queries(QUERIES_OF_A_PAGE):
            assert client.get(f"/applications/{first.pk}/").status_code == 200
        with django_assert_num_queries(QUERIES_OF_SCREENING):
            assert client.get("/applications/screening/").status_code == 200
        if not round_number:
            for number in range(2):
                recommended(analyst, name=f"Another Firm {number}{number}")
