"""A desk served by granian in a process of its own: `python -m tests.client.live_desk PORT FACTORY`.

The worker loads the application from here, and with it writes a small company and two tokens.
"""

import json
import os
import sys
from pathlib import Path


def make_application():
    """The desk's application over a new company; its tokens and keys are written to tokens.json."""
    folder = Path(os.environ["DUNWELL_DATA_DIR"])
    from dunwell.wsgi import application  # noqa: I001  it sets Django up, which the rest needs
    from dunwell import clock
    from dunwell.actions.role_rights import RIGHTS, STAFF_ROLES
    from dunwell.models import Company, Customer, User, Membership, ApiToken
    from dunwell.actions.users import hashed

    at = clock.now()
    company = Company.objects.create(name="Northwind", zone="UTC", created_at=at, is_demo=True)
    person = User.objects.create_user("omni", email="omni@northwind.example")
    Membership.objects.bulk_create(
        Membership(company=company, user=person, role=role) for role in STAFF_ROLES
    )
    tokens = {name: f"dw_live_{name}" for name in ("erp", "busy", "reader")}
    for name, token in tokens.items():
        rights = ["ledger.view"] if name == "reader" else sorted(RIGHTS)
        ApiToken.objects.create(
            company=company, user=person, name=name, token_hash=hashed(token), rights=rights,
            created_at=at,
        )  # fmt: skip
    customer = Customer.objects.create(company=company, number="K1", name="Acme", recorded_at=at)
    told = {**tokens, "customer": customer.pk}
    draft = folder / "tokens.draft"
    draft.write_text(json.dumps(told), encoding="utf-8")
    draft.rename(folder / "tokens.json")
    return application


if __name__ == "__main__":
    from granian import Granian
    from granian.constants import Interfaces

    port = int(sys.argv[1])
    Granian(
        sys.argv[2], factory=True, address="127.0.0.1", port=port, interface=Interfaces.WSGI,
        workers=1,
    ).serve()  # fmt: skip
