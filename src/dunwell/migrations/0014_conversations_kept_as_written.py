"""What was said and how it was read stays as written; a dispute of before gets its case.

A message's words never change, whatever becomes of it; nor do those that came in.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from dunwell.migrations._triggers import refusing

KEPT = "what was said stays as it was written"
FUNCTION = "dunwell_kept_as_written"
WORDS = "company_id, customer_id, language, subject, body, body_sha256, message_id, author"
CAME_IN = (
    "company_id, mailbox_id, channel, kind, message_id, in_reply_to, sender, sender_name, subject, "
    "text, quoted, sha256, size_bytes, received_at, recorded_at"
)
TABLES = {
    "message": (WORDS, KEPT, FUNCTION),
    "messageattachment": ("", KEPT, FUNCTION),
    "inboundmessage": (CAME_IN, KEPT, FUNCTION),
    "inboundreading": ("", KEPT, FUNCTION),
    "inbounddecision": ("", KEPT, FUNCTION),
    "disputeline": ("", KEPT, FUNCTION),
    "domaincheck": ("", KEPT, FUNCTION),
}
BATCH = 1_000


def add_cases(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give every dispute that has none a case of its own, numbered by company from the first."""
    dispute = apps.get_model("dunwell", "Dispute")
    case = apps.get_model("dunwell", "DisputeCase")
    numbers: dict[int, int] = {}
    found = dispute.objects.filter(case=None).select_related("item").order_by("id")
    for row in found.iterator(chunk_size=BATCH):
        number = numbers[row.company_id] = numbers.get(row.company_id, 0) + 1
        row.case = case.objects.create(
            company_id=row.company_id,
            customer_id=row.customer_id,
            number=f"D-{number:06d}",
            title=row.item.number[:200],
            reason=row.reason,
            source="staff",
            status="new" if row.closed_on is None else "closed",
            opened_on=row.opened_on,
            resolved_on=row.closed_on,
            closed_on=row.closed_on,
            recorded_at=row.recorded_at,
        )
        row.save(update_fields=["case"])


class Migration(migrations.Migration):
    dependencies = [("dunwell", "0013_conversations")]

    operations = [
        migrations.RunPython(add_cases, migrations.RunPython.noop),
        migrations.RunPython(refusing(TABLES), migrations.RunPython.noop),
    ]
