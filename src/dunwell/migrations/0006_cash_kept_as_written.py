"""What banks said, journals and issued statements are never changed; entry lines as before.

SQLite makes the table of entry lines anew for the changed constraint in 0005 and loses its
triggers with the old one, so they are put back. Whose payment it is may be found out later.
"""

from django.db import migrations

from dunwell.migrations._triggers import refusing

APPEND_ONLY = "rows are added, never changed: write a reversal instead"
KEPT = "what was logged stays as it was written"
ENTRY = (
    "company_id, statement_id, account_id, entry_id, money_identity, value_on, booked_on, "
    "amount_minor, currency, counterparty, counterparty_account, counterparty_bank, reference, "
    "end_to_end, bank_reference, mandate, text, code, return_reason, is_reversal, status, "
    "charges_minor, original_minor, original_currency, group_id, place, remitted, recorded_at"
)
"""Columns of a bank entry that stay as the bank told them; its treatment moves."""
STATEMENT = (
    "company_id, file_id, account_id, kind, number, sequence, identity, content, opening_minor, "
    "closing_minor, opening_on, closing_on, entries_count, entries_minor, recorded_at"
)
"""Columns of a bank statement that stay; its findings grow when its neighbours arrive."""
LINE = "company_id, source, source_id, account, currency, amount_minor, posted_on, recorded_on"
PAYMENT = (
    "company_id, number, currency, amount_minor, value_on, method, payer, reference, reverses_id, "
    "batch_id, recorded_on, recorded_at"
)
"""All but the customer, which repeats the newest payer assignment."""
TABLES = {
    "entryline": (LINE, APPEND_ONLY, "dunwell_append_only"),
    "payment": (PAYMENT, APPEND_ONLY, "dunwell_append_only"),
    "payerassignment": ("", KEPT, "dunwell_kept_as_written"),
    "bankentry": (ENTRY, KEPT, "dunwell_kept_as_written"),
    "bankstatement": (STATEMENT, KEPT, "dunwell_kept_as_written"),
    "journalline": ("", KEPT, "dunwell_kept_as_written"),
    "accountstatement": ("", KEPT, "dunwell_kept_as_written"),
    "remittanceline": ("", KEPT, "dunwell_kept_as_written"),
}


class Migration(migrations.Migration):
    dependencies = [("dunwell", "0005_cash_application")]

    operations = [migrations.RunPython(refusing(TABLES), migrations.RunPython.noop)]
