"""A14.2.6: account and tax numbers stand whole only before those who work with them."""

import pytest

from dunwell.models import Role
from tests.actions.refund_rows import proposed_payee
from tests.actions.test_mandates import add as add_mandate_of
from tests.conftest import add_customer, add_user

pytestmark = pytest.mark.django_db
IBAN, THEIRS, VAT = "DE89370400440532013000", "DE02120300000000202051", "DE136695976"
EVERY = frozenset({"account", "iban", "vat_id"})
SEEN = {
    Role.CREDIT_MANAGER: EVERY,
    Role.CLERK: EVERY,
    Role.CREDIT_ANALYST: {"vat_id"},
    Role.COLLECTOR: {"vat_id"},
    Role.FINANCE_DIRECTOR: frozenset(),
    Role.RESOLVER: frozenset(),
    Role.SALES: frozenset(),
    Role.SUPPORT: frozenset(),
    Role.READ_ONLY: frozenset(),
    Role.ADMIN: frozenset(),
}
"""What each role sees whole."""


def test_a14_2_6_each_role_sees_whole_what_it_works_with_and_else_the_end(
    client, company, clerk, settings
):
    settings.REQUIRE_MFA = False
    customer = add_customer(company, "K1", vat_id=VAT)
    proposed_payee(clerk, customer, account=IBAN)
    add_mandate_of(clerk, customer, iban=THEIRS)
    pages = {
        "account": ("/refunds/payees/", IBAN),
        "iban": ("/mandates/export.csv", THEIRS),
        "vat_id": (f"/customers/{customer.pk}/", VAT),
    }
    found = {}
    for role in SEEN:
        client.force_login(add_user(company, f"x-{role}", role))
        told = {name: client.get(place) for name, (place, _) in pages.items()}
        assert {name: one.status_code for name, one in told.items()} == dict.fromkeys(pages, 200)
        texts = {name: b"".join(one).decode() for name, one in told.items()}
        found[role] = {name for name, text in texts.items() if pages[name][1] in text}
        assert all(pages[name][1][-3:] in text for name, text in texts.items())
    assert found == SEEN
