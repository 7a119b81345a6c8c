"""A desk that is exported and imported: what a process does there, and what it then says.

`python -m tests.journeys.export_flow WORD…`, with the settings of a desk: see `main`.
"""

import json
import os
import shutil
import signal
import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path

DAY = datetime(2026, 3, 6, 9, tzinfo=UTC)


def prepare():
    """Closed books of two companies, sealed values, odd values of every kind, kept files."""
    from django.conf import settings

    from dunwell.actions.companies import add_company
    from dunwell.actions.uploads import keep_bytes
    from dunwell.models import Company, Contact, Customer, ImportBatch, Membership, User
    from tests.actions.ledger_rows import invoice
    from tests.journeys import books_flow

    books_flow.prepare()
    books_flow.run()
    company = Company.objects.get()
    for name in ("anna", "rolf"):
        user = User.objects.create(username=name, email=f"{name}@example.com")
        user.set_password("open sesame")
        user.save()
    Membership.objects.create(company=company, user=User.objects.first(), role="admin")
    other = add_company(
        name="Other", zone="Asia/Tokyo", country="JP", currency="JPY", language="en", at=DAY
    )
    Membership.objects.create(company=other, user=User.objects.last(), role="admin")
    odd = Customer.objects.create(
        company=company, number="Ö\r\n\"2\",", name="null", vat_id="DE136695976",
        zones=["Europe/Berlin", 1e22, 1.5, None, {"z": "", "a": "\n"}], recorded_at=DAY,
    )  # fmt: skip
    Contact.objects.create(customer=odd, name="", phone="+49 30 1234", recorded_at=DAY)
    foreign = Customer.objects.create(company=other, number="1", name="鈴木", recorded_at=DAY)
    invoice(foreign, "J1", 5000, currency="JPY", issued_on=date(2026, 3, 1), due_on=DAY.date())
    ImportBatch.objects.create(
        company=company, name="a.csv", sha256=keep_bytes(b"kept byte for byte"), size_bytes=18,
        status="done", started_at=DAY,
    )  # fmt: skip
    keep_bytes(b"of nobody")
    outbox = Path(settings.DATA_DIR) / "outbox" / str(other.pk)
    outbox.mkdir(parents=True)
    (outbox / "1.eml").write_bytes(b"\0mail\r\n")


def tell():
    """What is compared: checks of the books, ends of chains, figures, sealed values, files."""
    from django.conf import settings

    from dunwell.engine.kpi_tables import kpi_table
    from dunwell.models import ChainHead, Company, Contact, Customer, User
    from dunwell.queries.control_totals import control_totals
    from dunwell.queries.ledgers import Books
    from dunwell.queries.sealed import sealed_state
    from dunwell.queries.verify import verify_books

    companies = Company.objects.order_by("pk")
    uploads = Path(settings.DATA_DIR) / "uploads"
    return {
        "verify": {c.name: [(p.id, p.broken) for p in verify_books(c).proofs] for c in companies},
        "heads": [list(x) for x in ChainHead.objects.values_list("company", "seq", "hash").order_by("company")],
        "kpis": {
            c.name: [str(v) for v in kpi_table(Books(c).whole(), as_of=DAY.date())]
            for c in companies
        },
        # the ends of the chains are told above
        "totals": {k: v for k, v in control_totals().items() if k != "dunwell_chainhead"},
        "sealed": sealed_state().opened,
        "faults": sealed_state().faults,
        "numbers": list(Customer.objects.order_by("pk").values_list("number", "vat_id", "credit_limit_minor")),
        "zones": list(Customer.objects.order_by("pk").values_list("zones", flat=True)),
        "phones": list(Contact.objects.order_by("pk").values_list("name", "phone")),
        "found": [list(Customer.objects.exclude(vat_id_mark="").values_list("pk", flat=True))],
        "users": {u.username: u.check_password("open sesame") for u in User.objects.all()},
        "uploads": sorted(path.name for path in uploads.glob("*")),
    }  # fmt: skip


def killed(folder, words):
    """Import a folder and be killed, as by the machine, where it says these words."""
    from dunwell.jobs.desk_imports import import_desk

    def tell(text):
        if text.startswith(words):
            os.kill(os.getpid(), signal.SIGKILL)

    import_desk(Path(folder), tell=tell)


def archive(name, target):
    """What a page begins: the archive of a company, made by a thread; a copy of it at a place."""
    from dunwell.actions.gate import system
    from dunwell.jobs.desk_export_runs import begin_export, fetch_export, read_export
    from dunwell.models import Company

    actor = system(Company.objects.get(name=name))
    run, _ = begin_export(actor=actor, form="parquet", is_opened=False, at=DAY)
    for thread in threading.enumerate():
        if thread.name.startswith("full export"):
            thread.join()
    made = read_export(actor.company, run.id)
    assert made.status == "done", made
    _, file = fetch_export(actor=actor, run_id=run.id, at=DAY)
    with file, Path(target).open("wb") as copy:
        shutil.copyfileobj(file, copy)


def main(arguments):
    """Do one word after the other; `COMMAND;ARG;ARG` calls a command, `!` before it fails."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.core.management.base import CommandError

    from dunwell import walls
    from tests.migrated import migrate

    with walls.everything():
        for word in arguments:
            if word in {"migrate", "prepare"}:
                migrate() if word == "migrate" else prepare()
            elif word == "tell":
                sys.stdout.write(json.dumps(tell(), default=str) + "\n")
            elif word.startswith(("killed;", "archive;")):
                name, *rest = word.split(";")
                {"killed": killed, "archive": archive}[name](*rest)
            else:
                name, *rest = word.removeprefix("!").split(";")
                try:
                    call_command(name, *rest)
                except CommandError as error:
                    if not word.startswith("!"):
                        raise
                    sys.stdout.write(f"refused: {error}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
