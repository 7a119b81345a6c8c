"""The flow of a folder that files are dropped into, for the crash harness: taken, then moved."""

import os
from pathlib import Path

from django.conf import settings

from dunwell.actions.companies import add_company
from dunwell.jobs.folder_intake import Intake, Outcome, take_folder
from dunwell.models import Company
from tests.actions.bank_rows import line, sta
from tests.actions.exports import items_csv
from tests.conftest import AT, TODAY

LEDGER = items_csv(
    "K1;Acme;INV-77001;invoice;2026-01-05;2026-02-04;EUR;100.00;100.00",
    "K1;Acme;INV-77002;invoice;2026-01-06;2026-02-05;EUR;50.00;20.00",
)
FILES = {
    "ledger/items.csv": LEDGER,
    "ledger/twice.csv": LEDGER,
    # of nobody known: proposals and events hold keys of items and customers, and sequences of
    # PostgreSQL do not go back with the import that was killed
    "bank/monday.sta": sta(1, 0, line(33_33, "Zeta", "misc"), line(-1_00)),
    "bank/empty.sta": b"",
}
MOVED = {
    f"ledger/done/{TODAY}/items.csv",
    f"ledger/done/{TODAY}/twice.csv",
    f"bank/done/{TODAY}/monday.sta",
    "bank/refused/empty.sta",
    "bank/refused/empty.sta.reason.txt",
}


def _folder():
    # in the data folder, which the harness puts back before every crash
    folder = Path(settings.DATA_DIR) / "drop"
    settings.CONNECTION_FOLDERS = [folder]
    return folder


def prepare():
    """A company, and a folder with a ledger, the same again, a statement and an empty file."""
    add_company(name="Crash", zone="UTC", country="DE", currency="EUR", language="en", at=AT)
    for age, (name, data) in enumerate(FILES.items()):
        path = _folder() / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        then = AT.timestamp() - 100 + age
        os.utime(path, (then, then))


def run():
    """Empty the folder; whatever was done before stands."""
    folder = _folder()
    intake = Intake(company=Company.objects.get(name="Crash"), as_of=TODAY, at=AT)
    told = [one.outcome for one in take_folder(folder, intake=intake)]
    if bad := {Outcome.FAILED, Outcome.LATER} & set(told):
        raise RuntimeError(f"{bad}: {told}")
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    if found != MOVED:
        raise RuntimeError(f"these lie there: {sorted(found)}")
