"""Training in the background, as a server does it: `python -m tests.api.training` asks twice.

It works on the database that the environment names, which must be empty, and prints one JSON
line: {"busy", "begun", "after", "versions"}: the two answers, the state, what was trained.
"""

import json
import sys
import threading

import django

from tests.migrated import migrate


def main():
    """Ask for training while it goes on, then again, and wait for the thread that does it."""
    django.setup()
    from dunwell.jobs.background import begin
    from dunwell.models import Company, Role
    from tests.actions.ledger_rows import invoice
    from tests.api.conftest import add_token
    from tests.conftest import AT, add_customer, add_user

    migrate()
    company = Company.objects.create(name="Northwind", zone="UTC", created_at=AT)
    manager = add_token(add_user(company, "mona", Role.CREDIT_MANAGER), company)
    invoice(add_customer(company, "K1"), "R1", 100_00)
    key, over = f"train {company.pk}", threading.Event()

    def finish():
        for thread in threading.enumerate():
            if thread.name == key:
                thread.join()

    begin(over.wait, key=key)
    busy = manager.post("/model/train")
    over.set()
    finish()
    begun = manager.post("/model/train")
    finish()
    state = manager.get("/model/training").json()
    told = {
        "busy": [busy.status_code, busy.json()],
        "begun": [begun.status_code, begun.json()],
        "after": [state["is_running"], state["number"], state["refusal"]],
        "versions": [
            [one["number"], one["kind"], one["status"], one["trained_by"]]
            for one in manager.get("/model/versions").json()
        ],
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
