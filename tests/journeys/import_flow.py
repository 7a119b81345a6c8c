"""The flow of an import for the crash harness: upload, check, confirm, merge."""

from dunwell.actions.companies import add_company
from dunwell.actions.gate import system
from dunwell.actions.imports import start_import
from dunwell.actions.uploads import Upload, receive_upload
from dunwell.jobs.imports import check_batch, run_batch
from dunwell.models import Company, ImportBatch
from tests.actions.exports import items_csv, merged
from tests.conftest import AT, TODAY

KNOWN = items_csv(
    "K1;Acme;R1;invoice;2026-01-05;2026-02-04;EUR;100.00;100.00",
    "K1;Acme;R2;invoice;2026-01-20;2026-02-19;EUR;80.00;30.00",
)
FILES = [
    Upload(
        name="items.csv",
        data=items_csv(
            "K1;Acme;R1;invoice;2026-01-05;2026-02-04;EUR;100.00;40.00",
            "K1;Acme;R2;invoice;2026-01-20;2026-02-19;EUR;81.00;0.00",
            "K1;Acme;C1;credit note;2026-02-01;2026-02-01;EUR;-20.00;-5.00",
            "K2;Beta;R3;invoice;2026-02-02;2026-03-04;USD;50.00;0.00",
            "K2;Beta;R4;invoice;2026-02-03;2026-03-05;USD;oops;0.00",
            "K3;Gamma;R5;invoice;2026-02-03;2026-03-05;EUR;70.00;70.00",
        ),
    ),
    Upload(
        name="payments.csv",
        data=b"Payment No;Customer No;Payment Date;Currency;Payment Amount\n"
        b"P1;K1;2026-02-10;EUR;45.00\nP2;K2;2026-02-11;USD;50.00\n",
    ),
    Upload(
        name="allocations.csv",
        data=b"Payment No;Invoice No;Allocated Amount;Date\n"
        b"P1;R1;45.00;2026-02-10\nP2;R3;50.00;2026-02-11\nC1;R1;15.00;2026-02-12\n",
    ),
    Upload(
        name="disputes.csv",
        data=b"Dispute No;Invoice No;Customer No;Reason;Dispute Amount;Opened\n"
        b"D1;R5;K3;PRICE;10.00;2026-02-20\n",
    ),
    Upload(
        name="customers.csv",
        data=b"Customer No;Name;Email;Parent\nK1;Acme;a@acme.example;\n"
        b"K3;Gamma;g@gamma.example;K1\n",
    ),
]


def prepare():
    """A company that imported once before."""
    company = add_company(
        name="Crash", zone="UTC", country="DE", currency="EUR", language="en", at=AT
    )
    merged(company, KNOWN)


def run():
    """Upload the newer export and see it through; whatever was done before stands."""
    actor = system(Company.objects.get(name="Crash"))
    batch = ImportBatch.objects.exclude(sha256="").first() or receive_upload(
        actor=actor, files=FILES, at=AT
    )
    if batch.status == ImportBatch.Status.UPLOADED:
        batch = check_batch(batch_id=batch.pk, at=AT)
    if batch.status == ImportBatch.Status.CHECKED:
        batch = start_import(actor=actor, batch=batch, at=AT)
    run_batch(batch_id=batch.pk, as_of=TODAY, at=AT)
