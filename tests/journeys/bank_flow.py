"""The flow of bank files for the crash harness: receive, read, record, link, match."""

from datetime import timedelta

from dunwell.actions.bank_files import receive_bank_files
from dunwell.actions.companies import add_company
from dunwell.actions.gate import system
from dunwell.actions.remittances import record_remittance
from dunwell.actions.uploads import Upload
from dunwell.jobs.bank_files import read_received
from dunwell.models import Company
from tests.actions.bank_rows import MONDAY, days, interim, line, sta
from tests.conftest import AT, TODAY

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
FILES = [
    Upload(name="interim.sta", data=interim(1, line(50_00, e2e="E1"))),
    Upload(
        name="monday.sta",
        data=sta(1, 0, line(50_00, e2e="E1"), line(7_00, "Beta", "b", ref="B7"), line(-1_00)),
    ),
    # Tuesday is missing at first
    Upload(
        name="wednesday.sta",
        data=sta(3, 66_00, line(-50_00, e2e="E1", on=WEDNESDAY), on=WEDNESDAY),
    ),
    Upload(name="tuesday.sta", data=sta(2, 56_00, line(10_00, on=TUESDAY), on=TUESDAY)),
    Upload(name="broken.sta", data=b":20:X\n:25:1\nnothing\n"),
]
ADVICE = b"Payer: Beta\nInvoice R1 7.00 EUR\nTotal: 7.00 EUR\n"


def prepare():
    """A company whose bank told one day before, and an advice that waits for its money."""
    company = add_company(
        name="Crash", zone="UTC", country="DE", currency="EUR", language="en", at=AT
    )
    record_remittance(actor=system(company), name="a.txt", data=ADVICE, at=AT)
    receive_bank_files(
        actor=system(company),
        files=[Upload(name="old.sta", data=days(1, first=MONDAY - timedelta(days=1), each=0)[0])],
        at=AT,
    )
    read_received(company_id=company.pk, as_of=TODAY, at=AT)


def run():
    """Receive the files and read what waits; whatever was done before stands."""
    company = Company.objects.get(name="Crash")
    receive_bank_files(actor=system(company), files=FILES, at=AT)
    read_received(company_id=company.pk, as_of=TODAY, at=AT)
