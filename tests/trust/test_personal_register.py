"""The register of personal fields: every one is in it, and what it says goes can go."""

import pytest
from django.apps import apps
from django.db import connection, models

from dunwell.queries.personal import KEPT, STAFF_NAMES, personal_fields

PERSONAL_NAMES = frozenset(
    [
        "email",
        "phone",
        "iban",
        "address",
        "street",
        "street_more",
        "postcode",
        "city",
        "sender",
        "sender_name",
        "person",
        "birth",
        "names",
        "username",
        "first_name",
        "last_name",
        "guest_name",
        "guest_email",
        "debtor",
        "payer",
        "signed_by",
        "agreed_by",
        "account_name",
        "contact",
        "recipients",
        "to",
        "text",
        "body",
        "note",
        "comment",
        "counterparty",
        "counterparty_account",
        "quoted",
        "vat_id",
        "tax_number",
        "account",
        "subject_name",
        "entry_name",
        "reply_to",
        "announced_by",
    ]
)
PERSONAL_DOCUMENTS = frozenset({"answers", "consents", "extracts", "person", "signatures"})
"""Columns of documents in which people are named, not only what they did."""
OF_NOBODY = frozenset(
    [
        "accessreview.note",
        "appetitestatement.answers",
        "policyversion.text",
        "applicationcondition.text",
        "remittanceline.text",
        "budget.note",
        "covenant.note",
        "covenantwaiver.note",
        "cover.note",
        "covernotice.note",
        "bureauaccount.address",
        "creditgroup.note",
        "disputeresolution.note",
        "cashposition.account",
        "payerrelation.payer",
        "meetingdecision.text",
        "portfoliodecision.text",
        "roleplayturn.text",
        "scenario.note",
        "pool.note",
        "stressscenario.note",
        "supplierstatementline.note",
        "idempotencykey.body",
        "webhookendpoint.address",
    ]
)
"""Fields with such a name that tell of money, machines or our own rules, not of a person."""


def test_i33_every_field_with_a_personal_name_is_in_the_register():
    told = {f"{one.model}.{one.field}" for one in personal_fields()}
    assert len(told) == len(personal_fields())
    for one in personal_fields():
        model = apps.get_model("dunwell", one.model)
        model._meta.get_field(one.field)
        if one.path:
            model._default_manager.filter(**{one.path: 1})
    found, names = set(), set()
    for model in apps.get_app_config("dunwell").get_models():
        for field in model._meta.local_fields:
            if isinstance(field, models.JSONField) and field.name in PERSONAL_DOCUMENTS:
                found.add(f"{model._meta.model_name}.{field.name}")
            if isinstance(field, (models.CharField, models.TextField)) and not field.choices:
                if field.name in PERSONAL_NAMES:
                    found.add(f"{model._meta.model_name}.{field.name}")
                if (
                    field.name.endswith("_by")
                    and f"{model._meta.model_name}.{field.name}" not in told
                ):
                    names.add(field.name)
    assert found - told - OF_NOBODY == set()
    assert names - STAFF_NAMES == set()


@pytest.mark.django_db
def test_i33_what_is_erased_is_not_kept_as_written_by_the_database():
    if connection.vendor != "sqlite":
        pytest.skip("SQLite tells the columns of its triggers")
    with connection.cursor() as cursor:
        cursor.execute("SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
    for one in personal_fields():
        if one.goes == KEPT or not one.path:
            continue
        for table, sql in triggers:
            if table != f"dunwell_{one.model}" or "BEFORE UPDATE" not in sql:
                continue
            columns = sql.partition("UPDATE OF ")[2].partition(" ON ")[0].replace('"', "")
            assert columns and one.field not in columns.split(", "), (table, one.field)
