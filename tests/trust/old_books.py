"""A book of an older version that is upgraded: refused, killed, and then whole.

    python -m tests.trust.old_books 0021            # back to this migration and up again
    python -m tests.trust.old_books 0021 refused    # and first what an upgrade refuses

Run with a data folder (and the address of an empty or migrated database) of its own. It prints
what it saw as one line of JSON; a finding is an assertion that fails.
"""

import json
import os
import signal
import sys
from io import StringIO
from pathlib import Path

import django

ACCOUNT, VAT, PHONE = "DE02120300000000202051", "DE811234567", "+49 40 1234567"
TOKEN = "pm_canary7714"
LATER = "dunwell_erasure"
"""A table the steps ask for; without it one of the last of them fails."""


def written(name, columns):
    """A row like one that is there, by another's hand: keys are new, some columns other."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {name} ORDER BY id LIMIT 1")
        row = dict(zip([one[0] for one in cursor.description], cursor.fetchone(), strict=True))
        row = {key: value for key, value in (row | columns).items() if key != "id"}
        row = {key: json.dumps(v) if isinstance(v, dict | list) else v for key, v in row.items()}
        names = ", ".join(f'"{key}"' for key in row)
        cursor.execute(
            f"INSERT INTO {name} ({names}) VALUES ({', '.join(['%s'] * len(row))}) RETURNING id",
            list(row.values()),
        )
        return cursor.fetchone()[0]


def prepare():
    """A closed month, a customer with an account, a tax id, a phone number and a way to pay."""
    from dunwell.actions.gate import system
    from dunwell.actions.mandates import add_mandate
    from dunwell.actions.provider_events import take_provider_facts
    from dunwell.engine.checkout_facts import METHOD_SAVED, ProviderFact, SavedMethodFacts
    from dunwell.models import Contact, Customer, PaymentProvider
    from tests.crash import prepare as prepared
    from tests.journeys import books_flow

    prepared(books_flow)
    books_flow.run()
    customer = Customer.objects.get()
    customer.vat_id = VAT
    customer.save()
    Contact.objects.create(customer=customer, name="Ann", phone=PHONE, recorded_at=books_flow.AT)
    add_mandate(
        actor=system(customer.company), customer=customer, reference="M1", iban=ACCOUNT,
        at=books_flow.AT,
    )  # fmt: skip
    provider = PaymentProvider.objects.create(
        company=customer.company, kind="loopback", name="Bank", recorded_at=books_flow.AT
    )
    told = ProviderFact(
        event_id="e1", kind=METHOD_SAVED, happened_at=books_flow.AT, number="P1", about=TOKEN,
        method=SavedMethodFacts(token=TOKEN, kind="card", last4="4242"),
    )  # fmt: skip
    take_provider_facts(
        actor=system(customer.company), provider=provider, facts=[told], at=books_flow.AT
    )


def told_of_the_way_to_pay():
    """What the provider told: the part that lies open, and the whole."""
    from dunwell.models import ProviderEvent

    return payload(), ProviderEvent.objects.get().told


def payload():
    """The column as the database has it, at any version."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT CAST(payload AS text) FROM dunwell_providerevent")
        return json.loads(cursor.fetchone()[0])


def plain():
    """What lies in the columns that are sealed today."""
    from django.db import connection

    found = []
    with connection.cursor() as cursor:
        for table, column in (
            ("customer", "vat_id"),
            ("contact", "phone"),
            ("mandate", "iban"),
        ):
            cursor.execute(f"SELECT {column} FROM dunwell_{table} ORDER BY id")
            found += [value for (value,) in cursor.fetchall()]
    return found


def state():
    """Whatever must not move: migrations, tables and what they are made of, totals."""
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    from dunwell.queries.control_totals import control_totals

    queries = {
        "sqlite": "SELECT type, name, tbl_name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'",
        "postgresql": "SELECT table_name, column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'public' UNION ALL SELECT tgrelid::regclass::text, tgname, ''"
        " FROM pg_trigger WHERE NOT tgisinternal UNION ALL SELECT tablename, indexname, ''"
        " FROM pg_indexes WHERE schemaname = 'public' UNION ALL"
        " SELECT conrelid::regclass::text, conname, '' FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace UNION ALL"
        " SELECT tablename, policyname, '' FROM pg_policies",
    }
    with connection.cursor() as cursor:
        cursor.execute(queries[connection.vendor])
        made = sorted(tuple(map(str, row)) for row in cursor.fetchall())
    applied = sorted(MigrationRecorder(connection).applied_migrations())
    return applied, made, control_totals()


def upgraded(folder):
    """What `dunwell upgrade` says, and whether it ended well."""
    from django.core.management import CommandError, call_command

    out = StringIO()
    try:
        call_command("upgrade", folder, stdout=out)
    except CommandError as error:
        return False, str(error)
    return True, out.getvalue()


def killed(folder):
    """Let a child upgrade, and kill it in the last of the steps."""
    from django.db import connection, connections

    from tests.crash import in_child

    def before(execute, sql, params, many, context):
        if f"{LATER}_no_delete" in sql:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    def child():
        with connection.execute_wrapper(before):
            return upgraded(folder)

    connections.close_all()
    assert in_child(child) is None


def said(statement):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)


def refused(folder):
    """What is said without a table and of broken books; neither that nor a kill changes a thing."""
    old = state(), plain()
    said(f"ALTER TABLE {LATER} RENAME TO elsewhere")
    well, missing = upgraded(folder)
    said(f"ALTER TABLE elsewhere RENAME TO {LATER}")
    assert not well and (state(), plain()) == old, missing

    said(
        "INSERT INTO dunwell_openitem (item_id, company_id, customer_id, currency, open_minor,"
        " due_on) SELECT id, company_id, customer_id, currency, 1, due_on FROM dunwell_item"
        " WHERE number = 'R0'"
    )
    well, broken = upgraded(folder)
    said("DELETE FROM dunwell_openitem")
    assert not well and (state(), plain()) == old, broken

    killed(folder)
    assert (state(), plain()) == old
    return [missing, broken]


def assert_kept(told):
    """The way to pay is told as before, lies sealed, and stays as it was written."""
    from django.db import DatabaseError

    from dunwell.models import ProviderEvent

    assert told_of_the_way_to_pay() == told and TOKEN not in json.dumps(told[0])
    assert told[1]["about"] == told[1]["method"]["token"] == TOKEN
    try:
        said("UPDATE dunwell_providerevent SET payload = '{}'")
    except DatabaseError:
        assert ProviderEvent.objects.get().told == told[1]
    else:
        raise AssertionError("The database let an event be rewritten.")


def main(target, *tries):
    """Back to a migration, and up: with `refused`, first against all that can go wrong."""
    django.setup()
    from django.core.management import call_command

    from dunwell.models import Customer, Mandate
    from dunwell.models.sealed import mark_of
    from tests.table_digest import digest

    prepare()
    whole, rows, told = state(), digest(), told_of_the_way_to_pay()
    call_command("migrate", "dunwell", target, verbosity=0)
    assert {VAT, PHONE, ACCOUNT} <= set(plain())
    assert payload() == told[1]
    written("dunwell_customer", {"number": "OLD", "vat_id": "DE822222222"})
    mandate = {"reference": "M2", "iban": "DE89370400440532013000", "status": "ended"}
    written("dunwell_mandate", mandate)
    folder = Path(os.environ["DUNWELL_DATA_DIR"]).with_name("backups")
    found = refused(folder) if tries else []

    well, done = upgraded(folder)
    assert well, done
    assert state()[:2] == whole[:2]
    after = digest()
    moved = {table for table, row in rows.items() if after[table] != row}
    assert moved <= {"customer", "mandate", "contact", "providerevent"}, moved
    old = Customer.objects.get(vat_id_mark=mark_of(Customer, "vat_id", "DE822222222"))
    assert old.number == "OLD"
    assert sorted(Mandate.objects.values_list("iban", flat=True)) == [ACCOUNT, mandate["iban"]]
    assert all(value.startswith("~") for value in plain() if value)
    assert_kept(told)
    _, again = upgraded(folder)
    sys.stdout.write(json.dumps([done, again, *found]) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
