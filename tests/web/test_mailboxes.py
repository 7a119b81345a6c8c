"""Pages about mailboxes and files that came in."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dunwell.models import InboundMessage, Mailbox
from dunwell.queries.mailboxes import mailbox_secret, mailbox_token
from tests.actions.mail_rows import imap_box, letter, mailbox, take
from tests.connectors.imap_server import imap_server

PDF = ("advice.pdf", b"%PDF-1.4\n%%EOF\n")
NEW = {
    "name": "Desk", "kind": "imap", "host": "imap.example.com", "port": "993", "is_encrypted": "on",
    "user": "desk", "secret_name": "DUNWELL_MAILBOX_DESK", "folder": "INBOX",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_scanner(settings):
    settings.CLAMAV_ADDRESS = ""


def test_an_empty_list_says_what_to_do(come_in, admin):
    page = come_in(admin).get(reverse("mailboxes")).content.decode()
    assert "No mailbox yet" in page
    assert "New mailbox" in page


def test_a_mailbox_is_added_changed_and_refused_at_the_form(come_in, admin):
    client = come_in(admin)
    assert client.post(reverse("mailbox-add"), NEW).status_code == 302
    box = Mailbox.objects.get()
    changed = {**NEW, "version": "1", "is_active": "on", "folder": "AR"}
    assert client.post(reverse("mailbox-change", args=[box.pk]), changed).status_code == 302
    response = client.post(reverse("mailbox-change", args=[box.pk]), {**changed, "folder": "X"})
    assert response.status_code == 422
    assert "Somebody else has changed Desk" in response.content.decode()
    assert Mailbox.objects.get().folder == "AR"


def test_the_list_tells_errors_and_a_password_that_is_not_set(come_in, reader, company, settings):
    settings.MAILBOX_SECRETS = {}
    box = imap_box(company, 993)
    Mailbox.objects.filter(pk=box.pk).update(failures=3, error="It is down")
    page = come_in(reader).get(reverse("mailboxes")).content.decode()
    for told in ("3 failures", "It is down", "DUNWELL_MAILBOX_DESK is not set"):
        assert told in page
    assert "New mailbox" not in page


def test_address_and_secret_of_a_webhook_are_shown_once(come_in, admin, company):
    box = mailbox(company, kind="webhook")
    client = come_in(admin)
    shown = client.post(reverse("mailbox-secret", args=[box.pk])).content.decode()
    box.refresh_from_db()
    assert mailbox_secret(box) in shown
    assert f"/hooks/mail/{box.pk}/{mailbox_token(box)}/" in shown
    assert "whsec_" not in client.get(reverse("mailboxes")).content.decode()


def test_a_server_is_tested_and_looked_into_from_the_page(
    come_in, admin, clerk, company, settings, customer
):
    with imap_server() as account:
        settings.MAILBOX_SECRETS = {"DUNWELL_MAILBOX_DESK": account.password}
        box = imap_box(company, account.port)
        account.put(letter())
        response = come_in(admin).post(reverse("mailbox-test", args=[box.pk]), follow=True)
        assert "1 mail waits to be read" in response.content.decode()
        response = come_in(clerk).post(reverse("mailboxes-fetch"), follow=True)
    assert "1 new message came in" in response.content.decode()
    assert InboundMessage.objects.get().mailbox == box
    over = come_in(clerk).get(reverse("mailboxes-progress"))
    assert (over.status_code, over.headers["HX-Refresh"]) == (204, "true")


def test_mails_of_a_file_are_taken_in(come_in, clerk, company):
    client = come_in(clerk)
    file = SimpleUploadedFile("m.eml", letter())
    response = client.post(reverse("mails-upload"), {"file": file}, follow=True)
    assert "1 message is new; 0 known from before." in response.content.decode()
    wrong = SimpleUploadedFile("m.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    response = client.post(reverse("mails-upload"), {"file": wrong})
    assert response.status_code == 422
    assert "Save the mail as .eml" in response.content.decode()


def test_a_file_is_a_download_alone_and_of_the_own_company(come_in, clerk, company, rival):
    inbound = take(
        company, files=[PDF, ("page.txt", b"<html><script>1</script>"), ("a.csv", b"a,b")]
    )
    pdf, page, sheet = inbound.attachments.order_by("id")
    response = come_in(clerk).get(reverse("inbound-file", args=[pdf.pk]))
    assert response.content == PDF[1]
    assert [response.headers[name] for name in (
        "Content-Type", "Content-Disposition", "X-Content-Type-Options", "Content-Security-Policy",
    )] == [
        "application/pdf", 'attachment; filename="advice.pdf"', "nosniff",
        "sandbox; default-src 'none'",
    ]  # fmt: skip
    sent = come_in(clerk).get(reverse("inbound-file", args=[sheet.pk]))
    assert (sent.headers["Content-Type"], sent.content) == ("application/octet-stream", b"a,b")
    refused = come_in(clerk).get(reverse("inbound-file", args=[page.pk]))
    assert refused.status_code == 422
    assert "can run scripts" in refused.content.decode()
    assert come_in(clerk).get(reverse("inbound-mail-file", args=[inbound.pk])).status_code == 422
    for name, key in (("inbound-file", pdf.pk), ("inbound-mail-file", inbound.pk)):
        assert come_in(rival).get(reverse(name, args=[key])).status_code == 404


def test_a_mail_is_handed_out_byte_for_byte(come_in, clerk, company):
    data = letter()
    inbound = take(company, data)
    response = come_in(clerk).get(reverse("inbound-mail-file", args=[inbound.pk]))
    assert response.content == data
    assert (
        response.headers["Content-Disposition"]
        == f'attachment; filename="message-{inbound.pk}.eml"'
    )


def test_where_there_is_a_scanner_nothing_unscanned_is_handed_out(
    come_in, clerk, company, settings
):
    inbound = take(company, files=[PDF])
    settings.CLAMAV_ADDRESS = "127.0.0.1:1"
    response = come_in(clerk).get(reverse("inbound-file", args=[inbound.attachments.get().pk]))
    assert response.status_code == 422


def test_one_or_three_mailboxes_take_the_same_queries(
    come_in, admin, company, django_assert_num_queries
):
    client = come_in(admin)
    imap_box(company, 993)
    client.get(reverse("mailboxes"))
    with django_assert_num_queries(QUERIES):
        client.get(reverse("mailboxes"))
    for number in range(2):
        mailbox(company, name=f"M{number}")
    with django_assert_num_queries(QUERIES):
        client.get(reverse("mailboxes"))


def test_the_list_is_exported(come_in, reader, company):
    mailbox(company)
    response = come_in(reader).get(reverse("mailboxes-export", args=["csv"]))
    lines = response.content.decode().splitlines()
    assert lines[1].startswith("Desk,Files by hand,")


def test_the_pages_are_closed_to_those_without_the_right(come_in, reader, company, rival):
    box = imap_box(company, 993)
    for name, args in (("mailbox-add", []), ("mailbox-change", [box.pk])):
        assert come_in(reader).get(reverse(name, args=args)).status_code == 403
    assert come_in(reader).get(reverse("mails-upload")).status_code == 403
    assert come_in(rival).get(reverse("mailbox-change", args=[box.pk])).status_code == 404


QUERIES = 6
