"""Mails about applications leave with their letters, and fail with a reason that can be mended."""

from email import message_from_bytes
from email.policy import default

import pytest
import time_machine

from dunwell.formats.mail import ADDRESS_UNKNOWN
from dunwell.jobs.application_mails import deliver_application_mails
from dunwell.jobs.deliver import deliver
from dunwell.models import ApplicationMail, CreditApplication, Event
from tests.actions.application_rows import acting, decided, started
from tests.conftest import AT


@pytest.fixture(autouse=True)
def _standing(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def analyst(company):
    return acting(company, "nora")


def written(company, tmp_path):
    files = sorted((tmp_path / "outbox" / str(company.pk)).glob("*.eml"))
    return [message_from_bytes(file.read_bytes(), policy=default) for file in files]


def test_a_decision_leaves_with_its_letter_as_a_pdf(company, analyst, tmp_path):
    decided(analyst, acting(company, "mona", "credit_manager"), language="de")
    assert dict(deliver(company.pk)) == {"sent": 2}
    mails = written(company, tmp_path)
    (decision,) = [one for one in mails if "Entscheidung" in one["Subject"]]
    (letter,) = decision.iter_attachments()
    assert (letter.get_filename(), letter.get_content_type()) == ("CA-1.pdf", "application/pdf")
    assert letter.get_content().startswith(b"%PDF-")
    body = decision.get_body().get_content()
    assert "Gern gewähren wir Ihnen Kredit" in body
    assert "Kreditlimit: 5.000,00 EUR" in body
    assert dict(deliver(company.pk)) == {}


def test_a_link_waits_for_the_address_of_the_installation(company, analyst, settings, tmp_path):
    started(analyst, sends_link=True)
    assert dict(deliver_application_mails(company.pk)) == {"waiting": 1}
    mail = ApplicationMail.objects.get()
    assert (mail.status, mail.attempts, mail.error) == ("ready", 0, ADDRESS_UNKNOWN)
    assert dict(deliver_application_mails(company.pk)) == {}
    assert not Event.objects.filter(verb="application.mail_failed").exists()
    settings.SITE = "https://desk.example"
    assert dict(deliver_application_mails(company.pk)) == {"sent": 1}
    (written_mail,) = written(company, tmp_path)
    assert "https://desk.example/apply/" in written_mail.get_content().replace("=\n", "")


def test_a_line_break_in_a_name_adds_no_header(company, analyst, tmp_path):
    application = started(analyst, name="Evil\r\nBcc: all@x.example", site="https://x.example/")
    CreditApplication.objects.filter(pk=application.pk).update(status="draft")
    from dunwell.actions.applications import send_link
    from tests.actions.application_rows import ON

    send_link(actor=analyst, application=application, **ON)
    assert dict(deliver_application_mails(company.pk)) == {"sent": 1}
    (mail,) = written(company, tmp_path)
    assert mail["Bcc"] is None
