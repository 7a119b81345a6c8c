"""Reports: made once by the cycle's day, sent to their readers, and kept as they were."""

import io
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import python_calamine as calamine
import time_machine

from dunwell.actions.gate import Refused, system
from dunwell.actions.reports import add_schedule, end_schedule
from dunwell.formats.review_pack import pack_hash
from dunwell.jobs.report_mails import deliver_report_mails
from dunwell.jobs.reports import make_due_reports, make_report
from dunwell.models import Event, Report, ReportMail
from dunwell.queries.report_sections import SECTIONS
from dunwell.queries.report_words import report_words
from dunwell.queries.reports import report_detail, reports_due
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(AT, tick=False):
        yield


def weekly(company, **changes):
    told = {
        "actor": system(company), "name": "Digest", "kind": "digest", "every": "day", "sections": list(SECTIONS),
        "recipients": ["CFO@northwind.example", " cfo@northwind.example", "lead@x.example"],
        "language": "en", "from_on": TODAY - timedelta(days=7), "at": AT,
    }  # fmt: skip
    return add_schedule(**{**told, **changes})


def outbox(settings):
    return [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted(settings.DATA_DIR.glob("outbox/*/*.eml"))
    ]


@pytest.fixture
def owed(company, customer):
    invoice(customer, "R1", 600_00, due_on=TODAY - timedelta(days=4))
    invoice(customer, "R2", 400_00, due_on=TODAY + timedelta(days=9))


def test_a_due_report_is_made_once_and_its_sentences_say_the_figures(company, owed):
    schedule = weekly(company)
    (due,) = reports_due(company, as_of=TODAY)
    assert due.schedule == schedule
    (report,) = make_due_reports(company, as_of=TODAY)
    assert make_due_reports(company, as_of=TODAY) == []
    assert report.sha256 == pack_hash(report.document)
    assert (
        "Receivables are EUR 1,000.00, of which EUR 600.00 or 60.0 % are overdue." in report.words
    )
    assert f"Most overdue: {owed_name(report)} EUR 600.00." in report.words
    assert "1.000,00, davon sind EUR 600,00 oder 60,0 % überfällig." in report_words(
        company, language="de", as_of=TODAY
    )
    assert [part["key"] for part in report.document["sections"]] == list(SECTIONS)
    assert bytes(report.pdf).startswith(b"%PDF-")
    detail = report_detail(company, report.pk)
    sums = {part.key: part for part in detail.pack.sections}
    assert sum(row[2] for row in sums["overdue"].rows) == 600_00
    sheets = calamine.load_workbook(io.BytesIO(bytes(report.workbook))).sheet_names
    assert len(sheets) == len(SECTIONS)
    assert ReportMail.objects.count() == 2
    assert Event.objects.filter(verb="report.made").count() == 1


def owed_name(report):
    (overdue,) = [part for part in report.document["sections"] if part["key"] == "overdue"]
    return overdue["rows"][0][1]


def test_readers_get_it_once_with_the_files_of_a_pack(company, owed, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    weekly(company, kind="pack", name="Board pack", recipients=["cfo@northwind.example"])
    make_due_reports(company, as_of=TODAY)
    assert deliver_report_mails(company.pk) == {"sent": 1}
    assert deliver_report_mails(company.pk) == {}
    (mail,) = outbox(settings)
    assert mail["To"] == "cfo@northwind.example" and mail["Subject"].startswith("Board pack, ")
    files = {part.get_filename(): part.get_content() for part in mail.iter_attachments()}
    report = Report.objects.get()
    assert files == {
        f"report-{TODAY}.pdf": bytes(report.pdf),
        f"report-{TODAY}.xlsx": bytes(report.workbook),
    }
    assert "of which EUR 600.00" in mail.get_body().get_content()
    assert ReportMail.objects.get().status == "sent"


def test_a_digest_of_a_german_company_is_german_and_without_files(
    company, owed, settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    weekly(company, language="de", recipients=["cfo@northwind.example"])
    make_due_reports(company, as_of=TODAY)
    assert deliver_report_mails(company.pk) == {"sent": 1}
    (mail,) = outbox(settings)
    assert list(mail.iter_attachments()) == []
    assert "600,00" in mail.get_body().get_content()


def test_books_without_rows_make_a_report_that_says_nothing_wrong(company):
    report = make_report(
        actor=system(company), name="Empty", sections=list(SECTIONS), recipients=[],
        language="en", as_of=TODAY,
    )  # fmt: skip
    assert report.words == "" and ReportMail.objects.count() == 0


def test_what_is_not_due_ended_or_no_address_is_not_made(company, clerk):
    later = weekly(company, from_on=TODAY + timedelta(days=1))
    assert reports_due(company, as_of=TODAY) == ()
    end_schedule(actor=system(company), schedule=later, as_of=TODAY, at=AT)
    with pytest.raises(Refused, match="ended already"):
        end_schedule(actor=system(company), schedule=later, as_of=TODAY, at=AT)
    assert reports_due(company, as_of=TODAY + timedelta(days=9)) == ()
    for wrong, why in (
        ({"recipients": ["nobody"]}, "no mail address"),
        ({"sections": []}, "at least one section"),
        ({"sections": ["secrets"]}, "no such section"),
        ({"name": " "}, "a name"),
        ({"language": "xx"}, "no language"),
    ):
        with pytest.raises(Refused, match=why):
            weekly(company, **wrong)
    weekly(company)
    with pytest.raises(Refused, match="made already"):
        weekly(company)
    with pytest.raises(Refused):
        weekly(company, actor=acting(clerk), name="x")


@pytest.mark.parametrize("rows", [1, 3])
def test_a_report_costs_the_same_however_many_owe(company, rows, django_assert_max_num_queries):
    for number in range(rows):
        customer = add_customer(company, f"C{number}")
        invoice(customer, f"N{number}", 100_00, due_on=TODAY - timedelta(days=5))
    weekly(company)
    with django_assert_max_num_queries(95) as asked:
        make_due_reports(company, as_of=TODAY)
    MEASURED.add(len(asked))
    assert len(MEASURED) == 1


MEASURED = set()
