"""Run as a process of its own: a fresh ledger, a token in a file, then `dunwell mcp` itself.

Its data folder is where the token lies; what the client says comes by standard input.
"""

import os
import sys
from pathlib import Path


def fill(folder: Path) -> None:
    """Write a company, a collector with a token and a customer who owes."""
    import django

    from tests.migrated import put_sqlite

    put_sqlite(folder)
    django.setup()

    from dunwell import clock
    from dunwell.actions.gate import system
    from dunwell.actions.items import add_item
    from dunwell.models import ApiToken, Company
    from tests.api.conftest import add_token
    from tests.conftest import AT, TODAY, add_customer, add_user

    company = Company.objects.create(name="Northwind", zone="UTC", currency="EUR", created_at=AT)
    person = add_user(company, "anna", "collector")
    program = add_token(person, company)
    ApiToken.objects.update(created_at=clock.now())
    (folder / "token").write_text(f"{program.token}\n", encoding="utf-8")
    add_item(
        actor=system(company), customer=add_customer(company, "K1", "Acme Ltd"), number="R1",
        kind="invoice", currency="EUR", amount_minor=100_00, issued_on=TODAY, due_on=TODAY,
        as_of=TODAY, at=AT,
    )  # fmt: skip


if __name__ == "__main__":
    place = Path(os.environ["DUNWELL_DATA_DIR"])
    fill(place)
    sys.argv = ["dunwell", "mcp", "--token-file", str(place / "token")]

    from dunwell.__main__ import main

    sys.exit(main())
