"""What is downloaded is closed, whoever answers with it: the desk, the portal, the API."""

from io import BytesIO

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from dunwell.formats.einvoice.ubl_write import write_ubl
from dunwell.jobs.invoice_rules import end_rules
from dunwell.models import Contact, ItemDocument
from dunwell.web.attachments import CLOSED, AttachmentMiddleware
from tests.actions.ledger_rows import invoice
from tests.api.conftest import add_token
from tests.conftest import AT
from tests.einvoices import document_of


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    settings.REQUIRE_MFA = False


def closed(answer):
    return {name: answer.get(name) for name in CLOSED} == CLOSED


@pytest.mark.parametrize(
    ("answer", "disposition", "is_closed"),
    [
        (lambda: HttpResponse(b"<script>"), 'attachment; filename="a.svg"', True),
        (lambda: StreamingHttpResponse([b"x"]), "attachment", True),
        (lambda: FileResponse(BytesIO(b"x"), as_attachment=True, filename="a.html"), None, True),
        (lambda: HttpResponse(b"%PDF"), 'inline; filename="a.pdf"', False),
        (lambda: HttpResponse("page"), None, False),
    ],
)
def test_a3_2_1_a_download_is_closed_and_a_page_is_not(answer, disposition, is_closed):
    def view(request):
        response = answer()
        response["Content-Security-Policy"] = "script-src *"
        if disposition:
            response["Content-Disposition"] = disposition
        return response

    response = AttachmentMiddleware(view)(RequestFactory().get("/"))
    assert closed(response) is is_closed


def test_a3_2_1_the_rule_stands_around_every_surface():
    order = settings.MIDDLEWARE
    place = order.index("dunwell.web.attachments.AttachmentMiddleware")
    assert place == order.index("csp.middleware.CSPMiddleware") + 1
    assert place < order.index("dunwell.web.staff.StaffMiddleware")


@pytest.mark.django_db
def test_a3_2_1_a_persons_file_an_invoice_and_a_document_by_the_api_are_closed(
    company, customer, manager, clerk, reader
):
    contact = Contact.objects.create(
        customer=customer, name="Ina Quill", email="ina@quill.example", recorded_at=AT
    )
    desk = Client()
    desk.force_login(manager)
    person = desk.post(
        f"/privacy/contacts/{contact.pk}/file/", {"purpose": "access", "kind": "page"}
    )
    sent = write_ubl(document_of(0, shape="plain", kind="380"), "en16931")
    xml = desk.post("/einvoices/", {"file": SimpleUploadedFile("a.xml", sent), "to": "cii"})
    end_rules()
    item = invoice(customer, "R1", 100_00)
    desk.force_login(clerk)
    desk.post(
        f"/documents/items/{item.pk}/add/",
        {"kind": "delivery", "file": SimpleUploadedFile("pod.pdf", b"%PDF-1.4\n%%EOF\n")},
    )
    api = add_token(reader, company, rights=["ledger.view"])
    kept = api.get(f"/documents/{ItemDocument.objects.get().pk}/file")

    answers = {"person": person, "xml": xml, "kept": kept}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(
        answers, 200
    )
    assert {name: closed(answer) for name, answer in answers.items()} == dict.fromkeys(
        answers, True
    )
