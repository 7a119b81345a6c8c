"""What is sealed at rest: no copy of the database tells it, and it opens with its keyring alone."""

import io
import json
import logging
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction
from schwifty import IBAN

from dunwell.actions.contacts import add_contact, edit_contact, edit_customer
from dunwell.actions.gate import system
from dunwell.actions.provider_events import apply_waiting_events, take_provider_facts
from dunwell.engine.checkout_facts import (
    METHOD_GONE,
    METHOD_SAVED,
    ProviderFact,
    SavedMethodFacts,
)
from dunwell.formats.redaction import redacted
from dunwell.formats.sealing import KeyringError, new_keyring, write_keyring
from dunwell.jobs import keyrings
from dunwell.management.commands import restore
from dunwell.models import (
    Checkout,
    Contact,
    CreditApplication,
    Customer,
    Mandate,
    Payee,
    ProviderEvent,
    SavedMethod,
)
from dunwell.models.sealed import sealed_columns, with_marks
from dunwell.queries.readiness import missing
from dunwell.queries.sealed import sealed_state, values_by_key
from tests.actions.checkout_rows import begun, paid, provider_of
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice
from tests.actions.refund_rows import proposed_payee
from tests.actions.test_mandates import add as add_mandate_of
from tests.conftest import AT, add_customer

pytestmark = pytest.mark.django_db
EACH = 12
"""Customers with a canary in each of four fields."""
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def account(number):
    return str(IBAN.generate("DE", bank_code="12030000", account_code=f"{7700000000 + number}"))


@pytest.fixture
def keys(tmp_path, settings):
    """A keyring that a test may damage."""
    settings.KEYRING_FILE = tmp_path / "keyring"
    return settings.KEYRING_FILE


@pytest.fixture
def planted(company, clerk, manager, admin, keys):
    """Canaries in the records, put there by the actions, and the seed of a second factor."""
    canaries = []
    for number in range(EACH):
        customer = add_customer(company, f"C{number}", "Acme")
        vat, phone, theirs, ours = (
            f"DE8877{number:05}", f"+49 40 99887{number:03}", account(number), account(50 + number),
        )  # fmt: skip
        edit_customer(actor=acting(manager), customer=customer, changes={"vat_id": vat}, at=AT)
        contact = add_contact(actor=acting(manager), customer=customer, phone="+49 1", at=AT)
        edit_contact(actor=acting(manager), contact=contact, changes={"phone": phone}, at=AT)
        add_mandate_of(clerk, customer, reference=f"M{number}", iban=theirs)
        proposed_payee(clerk, customer, account=ours, bic="")
        canaries += [vat, phone, theirs, ours]
    application = CreditApplication.objects.create(
        company=company, number="A1", currency="EUR", opened_on=AT.date(), recorded_at=AT,
        expires_on=AT.date(), answers={"iban": account(99)},
    )  # fmt: skip
    TOTP.activate(admin, SEED)
    assert application.answers == {"iban": account(99)}
    return [*canaries, account(99), SEED]


def everything():
    """Every row of every table as text, as a dump would hold it."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield " ".join(str(value) for value in row)


def test_a11_3_2_a_dump_of_the_database_holds_none_of_the_canaries(planted):
    text = "\n".join(everything())
    assert "Acme" in text
    assert [one for one in planted if one in text] == []
    state = sealed_state()
    assert (state.opened, dict(state.faults)) == (len(planted), {})


def test_sealed_fields_read_as_plain_text_and_are_found_by_their_mark_alone(planted):
    customer = Customer.objects.get(number="C3")
    assert (customer.vat_id, customer.contacts.get().phone) == ("DE887700003", "+49 40 99887003")
    assert Payee.objects.get(customer=customer).account == account(53)
    assert Mandate.objects.values_list("iban", flat=True).get(customer=customer) == account(3)
    assert Contact.objects.exclude(phone="").count() == EACH
    assert Customer.objects.filter(vat_id="").count() == 0
    for lookup in ({"vat_id": "DE887700003"}, {"vat_id__icontains": "8877"}):
        with pytest.raises(FieldError):
            Customer.objects.filter(**lookup).count()


def test_a11_1_1_keys_rotate_and_the_old_one_is_dropped_when_nothing_needs_it(planted, capsys):
    count = len(planted)
    call_command("keys", "rotate")
    assert f"key 2: {count} values, seals now" in capsys.readouterr().out
    assert values_by_key() == {2: count}
    assert Contact.objects.get(customer__number="C3").phone == "+49 40 99887003"
    with pytest.raises(CommandError, match="may still write with it"):
        call_command("keys", "drop", "1")
    with pytest.raises(KeyringError, match="seals now"):
        keyrings.drop(2, at=AT)
    Contact.objects.update(**with_marks(Contact, {"phone": "+49 30 1"}))
    keyrings.rotate(at=AT)
    with pytest.raises(KeyringError, match="values need key 2"):
        keyrings.drop(2, at=AT + timedelta(hours=2))
    keyrings.reseal(batch=3)
    keyrings.drop(2, at=AT + timedelta(hours=2))
    assert values_by_key() == {3: count} and not sealed_state().faults
    assert set(json.loads(Path(settings.KEYRING_FILE).read_text())["keys"]) == {"1", "3"}


def test_a11_3_2_without_its_keyring_a_desk_is_not_ready_and_nothing_is_made_new(planted, keys):
    assert "keyring" not in missing()
    kept = keys.read_text()
    assert keys.stat().st_mode & 0o777 == 0o600
    keys.unlink()
    assert "keyring" in missing()
    with pytest.raises(KeyringError, match="is missing, and rows are sealed with it"):
        Contact.objects.first()
    assert not keys.exists() and sealed_state().faults.total() == len(planted)

    keys.write_text(write_keyring(new_keyring()))
    assert sealed_state().faults.total() == len(planted)
    keys.write_text("{}")
    assert "keyring" in missing()
    keys.write_text(kept)
    assert not sealed_state().faults and "keyring" not in missing()


def test_t17_a_restore_says_how_many_sealed_values_open_and_fails_without_the_keyring(
    planted, keys, capsys
):
    restore.Command().open_sealed()
    assert f"{len(planted)} sealed values open" in capsys.readouterr().out
    keys.write_text(write_keyring(new_keyring()))
    with pytest.raises(CommandError, match=f"{len(planted)} sealed values do not open"):
        restore.Command().open_sealed()
    keys.unlink()
    with pytest.raises(CommandError, match="Lay the keyring of the backup's time at"):
        restore.Command().open_sealed()
    assert f"{len(planted)} times: The keyring {keys} is missing" in capsys.readouterr().err


def test_a11_3_3_a_row_changed_behind_the_desk_is_found(planted):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dunwell_payee SET account_mark = ''")
        cursor.execute(
            "UPDATE dunwell_contact SET phone = (SELECT MIN(iban) FROM dunwell_mandate)"
        )
    assert dict(sealed_state().faults) == {
        "A mark of dunwell_payee.account is not that of its value.": EACH,
        "A value of dunwell_contact.phone was changed, or is of another place.": EACH,
    }


SEALED_LATER = {
    "dunwell_connection.secret", "dunwell_checkout.saved_token",
    "dunwell_providerevent.sealed_payload", "dunwell_samlkey.private_key",
}  # fmt: skip
"""Columns that came after that migration, or were sealed by a later one."""


def test_the_migration_seals_what_lay_open_and_opens_it_again(planted):
    step = import_module("dunwell.migrations.0022_sealed_fields")
    editor = SimpleNamespace(connection=connection)
    kinds = {f"{table}.{column}" for table, column, _, _ in step.COLUMNS}
    assert kinds == {one.place for one in sealed_columns()} - SEALED_LATER
    before = list(Payee.objects.order_by("pk").values_list("account", "account_mark"))

    step.unseal(apps, editor)
    text = "\n".join(everything())
    assert [one for one in planted if one not in text] == []
    assert Authenticator.objects.get().data == {"secret": SEED}

    step.seal(apps, editor)
    assert not sealed_state().faults
    assert list(Payee.objects.order_by("pk").values_list("account", "account_mark")) == before
    assert not SavedMethod.objects.exists()


def test_the_token_of_a_way_to_pay_is_sealed_in_the_checkout_too(company, customer, keys):
    provider = provider_of(company)
    item = invoice(customer, "R1", 100_00)
    paid(provider, customer, {item: 40_00}, saves_method=True)
    token = SavedMethod.objects.get().token
    checkout = begun(provider, customer, {item: 30_00}, key="k3", saved_token=token)
    step = import_module("dunwell.migrations.0027_sealed_tokens")
    editor = SimpleNamespace(connection=connection)

    def column():
        with connection.cursor() as cursor:
            cursor.execute("SELECT saved_token FROM dunwell_checkout WHERE id = %s", [checkout.pk])
            return cursor.fetchone()[0]

    assert column() and token not in column()
    step.unseal(apps, editor)
    assert column() == token
    for _ in range(2):
        step.seal(apps, editor)
        assert column() and token not in column()
    assert Checkout.objects.get(pk=checkout.pk).saved_token == token
    assert not sealed_state().faults


def test_a11_3_2_what_a_provider_tells_of_a_way_to_pay_is_read_whole_and_lies_sealed(
    company, customer, keys
):
    provider = provider_of(company)
    checkout = paid(
        provider, customer, {invoice(customer, "R1", 100_00): 40_00}, saves_method=True
    )
    saved = SavedMethod.objects.get()
    event = ProviderEvent.objects.get(kind="method_saved")
    assert event.told["about"] == event.told["method"]["token"] == saved.token
    ended = ProviderFact(event_id="e9", kind=METHOD_GONE, happened_at=AT, about=saved.token)
    take_provider_facts(actor=system(company), provider=provider, facts=[ended], at=AT)
    assert ProviderEvent.objects.get(kind="method_gone").told["about"] == saved.token

    secrets = {saved.token, saved.payer_token} - {""}
    assert [one for one in secrets if one in "\n".join(everything())] == []
    assert not any({"about", "method"} & {*row} for row in payloads("method_saved", "method_gone"))
    keyrings.rotate(at=AT)
    keyrings.reseal()
    assert not sealed_state().faults and set(values_by_key()) == {2}

    # told again and applied again, it is the same way to pay
    again = ProviderFact(event_id="e10", happened_at=AT, number=checkout.number, **same(event))
    assert take_provider_facts(actor=system(company), provider=provider, facts=[again], at=AT) == 1
    apply_waiting_events(actor=system(company), as_of=AT.date(), at=AT)
    assert SavedMethod.objects.get().pk == saved.pk
    assert ProviderEvent.objects.get(event_id="e10").state == "applied"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE dunwell_providerevent SET payload = '{}'")


def payloads(*kinds):
    return list(ProviderEvent.objects.filter(kind__in=kinds).values_list("payload", flat=True))


def same(event):
    method = SavedMethodFacts(**event.told["method"])
    return {"kind": METHOD_SAVED, "about": method.token, "method": method}


LINES = (
    "account DE02 1203 0000 0000 2020 51 was refused",
    "GET /mandates/?iban=DE02120300000000202051&x=1",
    "card 4111 1111 1111 1111 typed",
    "jane.doe+x@northwind.example and jane.doe%40northwind.example",
    "link /portal/enter/Zx81kQ0vT3mYpL9aBc2dEf4g/",
)
HIDDEN = ("2020", "4111 1111", "jane.doe", "Zx81kQ0vT3mYpL9aBc2dEf4g")


def test_a16_2_5_log_lines_hold_no_account_card_address_or_token(client, clerk, customer):
    out = io.StringIO()
    told = settings.LOGGING["formatters"]["json"]
    formatter = told["()"](**{name: value for name, value in told.items() if name != "()"})
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        client.force_login(clerk)
        for line in LINES:
            logging.getLogger("dunwell.tests").warning("%s\nforged", line, extra={"place": line})
            client.get("/nowhere/", {"q": line})
            client.post(f"/customers/{customer.pk}/mandate/", {"reference": line, "iban": line})
            client.post("/accounts/login/", {"login": line, "password": line})
        try:
            int(LINES[0])
        except ValueError:
            logging.getLogger("dunwell.tests").exception("failed", extra={"password": "open"})
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert len(lines) > len(LINES)
    assert [one for one in HIDDEN if one in out.getvalue()] == []
    assert lines[0]["place"] == "account [account] was refused"
    assert lines[-1]["password"] == "[secret]"


def test_what_only_looks_like_a_secret_stays_in_a_log_line():
    for line in (
        "dunwell.migrations.0020_assistant_kept_as_written applied in 12 ms",
        "Invoice 2026-000123 of 1,234.56 EUR is due on 2026-03-05",
        "/usr/lib/python3.11/site-packages/django/core/handlers/exception.py line 55",
    ):
        assert redacted(line) == line
