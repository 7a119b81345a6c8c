"""What a full export may hold: nothing that lets somebody in, and every table has its place."""

import re

from django.apps import apps
from django.db.models import ForeignKey

from dunwell.models.sealed import SealedTextField
from dunwell.queries.desk_exports import BLANKED, LEFT_OUT, by_keys, company_path, export_tables

SECRETIVE = re.compile(r"password|secret|token|nonce|salt|passkey|credential|code_hash|link_hash")
HARMLESS = {
    # hashes of random tokens: nobody gets from them to the token
    "dunwell_advisoraccess.token_hash",
    "dunwell_apitoken.token_hash",
    "dunwell_applicationreference.link_hash",
    "dunwell_creditapplication.link_hash",
    "dunwell_disputetask.token_hash",
    "dunwell_portalcalendar.token_hash",
    "dunwell_portalkey.token_hash",
    "dunwell_portallink.token_hash",
    "dunwell_survey.token_hash",
    # tokens are computed from these and `secret_key`, which stays behind
    "dunwell_applicationreference.link_nonce",
    "dunwell_channel.nonce",
    "dunwell_creditapplication.link_nonce",
    "dunwell_disputetask.nonce",
    "dunwell_invoiceplatform.nonce",
    "dunwell_mailbox.nonce",
    "dunwell_paymentprovider.nonce",
    "dunwell_portalcalendar.nonce",
    "dunwell_portallink.nonce",
    "dunwell_survey.nonce",
    "dunwell_webhookendpoint.nonce",
    "dunwell_webhookendpoint.old_nonce",
    # names of settings that hold the secret
    "dunwell_bureauaccount.secret_name",
    "dunwell_channel.secret_name",
    "dunwell_mailbox.secret_name",
    # by these chance is drawn, a digest is checked, a sealed row is found
    "dunwell_erasure.salt",
    "dunwell_experiment.salt",
    "dunwell_savedmethod.token_mark",
}


def test_a_column_that_may_let_somebody_in_is_sealed_blanked_or_known_to_be_harmless():
    found = {
        f"{table.name}.{field.column}"
        for table in export_tables(is_opened=False)
        for field in table.fields
        if SECRETIVE.search(str(field.column)) and not isinstance(field, SealedTextField)
    }

    assert found - set(BLANKED) == HARMLESS
    assert set(BLANKED) <= found


def test_every_table_is_exported_or_left_out_with_a_reason():
    labels = {model._meta.label for model in apps.get_models(include_auto_created=True)}

    assert set(LEFT_OUT) <= labels
    assert all(LEFT_OUT.values())
    assert {table.model._meta.label for table in export_tables(is_opened=False)} == labels - set(
        LEFT_OUT
    )


def test_every_table_leads_to_a_company_or_to_people():
    without = [
        table.name for table in export_tables(is_opened=False) if not company_path(table.model)
    ]

    assert without == ["dunwell_company", "dunwell_portalperson", "dunwell_user"]


def test_a_table_is_written_after_all_that_its_rows_point_to():
    """Keys of the ledger are looked up as soon as a row is written, on PostgreSQL."""
    tables = by_keys(export_tables(is_opened=False))
    place = {table.model: number for number, table in enumerate(tables)}

    assert sorted(map(id, tables)) == sorted(map(id, export_tables(is_opened=False)))
    assert [
        (table.name, field.column)
        for table in tables
        for field in table.fields
        if isinstance(field, ForeignKey)
        and place.get(field.related_model, -1) > place[table.model]
    ] == []
