import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dunwell", "0012_credit_kept_as_written"),
    ]

    operations = [
        migrations.CreateModel(
            name="CauseAction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("root_cause", models.CharField(max_length=40)),
                ("action", models.CharField(max_length=500)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Under way"),
                            ("done", "Done, effect not yet seen"),
                            ("effective", "It works"),
                            ("not_effective", "No effect seen"),
                            ("dropped", "Dropped"),
                        ],
                        default="open",
                        max_length=13,
                    ),
                ),
                ("due_on", models.DateField()),
                ("done_on", models.DateField(null=True)),
                ("figures", models.JSONField(default=dict)),
                ("by", models.CharField(max_length=150)),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cause_actions",
                        to="dunwell.company",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="cause_actions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Channel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("email", "E-mail"),
                            ("sms", "Short message"),
                            ("whatsapp", "WhatsApp"),
                            ("voice", "Call"),
                            ("letter", "Letter"),
                            ("portal", "Notice in the portal"),
                        ],
                        max_length=10,
                    ),
                ),
                ("provider", models.CharField(max_length=40)),
                ("address", models.CharField(blank=True, max_length=300)),
                ("sender", models.CharField(blank=True, max_length=254)),
                ("secret_name", models.CharField(blank=True, max_length=80)),
                ("settings", models.JSONField(default=dict)),
                ("cost_micros", models.BigIntegerField(default=0)),
                ("cost_currency", models.CharField(blank=True, max_length=3)),
                ("nonce", models.CharField(max_length=32)),
                ("is_active", models.BooleanField(default=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("last_ok_at", models.DateTimeField(null=True)),
                ("last_failed_at", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, max_length=500)),
                ("rest_until", models.DateTimeField(null=True)),
                ("by", models.CharField(max_length=150)),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="channels",
                        to="dunwell.company",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)),
                        fields=("company", "kind"),
                        name="channel_one_active",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Conversation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(max_length=300)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Waits for us"),
                            ("waiting", "Waits for the customer"),
                            ("done", "Done"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("label", models.CharField(blank=True, max_length=20)),
                ("is_complaint", models.BooleanField(default=False)),
                ("opened_at", models.DateTimeField()),
                ("last_in_at", models.DateTimeField(null=True)),
                ("last_out_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("done_by", models.CharField(blank=True, max_length=150)),
                ("reopened", models.PositiveSmallIntegerField(default=0)),
                (
                    "assignee",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="conversations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conversations",
                        to="dunwell.company",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conversations",
                        to="dunwell.customer",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged_conversations",
                        to="dunwell.conversation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["company", "status", "last_in_at"], name="conversation_status"
                    ),
                    models.Index(fields=["company", "customer"], name="conversation_customer"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DisputeLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line", models.CharField(max_length=40)),
                ("description", models.CharField(blank=True, max_length=200)),
                ("quantity_milli", models.BigIntegerField(null=True)),
                ("disputed_quantity_milli", models.BigIntegerField(null=True)),
                ("price_minor", models.BigIntegerField(null=True)),
                ("claimed_price_minor", models.BigIntegerField(null=True)),
                ("amount_minor", models.BigIntegerField()),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="dunwell.dispute",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("dispute", "line"), name="dispute_line_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="dispute_line_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DomainCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("domain", models.CharField(max_length=253)),
                ("findings", models.JSONField()),
                ("is_good", models.BooleanField()),
                ("by", models.CharField(max_length=150)),
                ("checked_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="domain_checks",
                        to="dunwell.company",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company", "checked_at"], name="domain_check_at")
                ],
            },
        ),
        migrations.CreateModel(
            name="IntentModel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.CharField(max_length=64)),
                ("artifact", models.BinaryField()),
                ("card", models.JSONField()),
                ("messages", models.PositiveIntegerField()),
                ("accepted", models.PositiveIntegerField()),
                ("by", models.CharField(max_length=150)),
                ("trained_at", models.DateTimeField()),
                ("promoted_at", models.DateTimeField(null=True)),
                ("promoted_by", models.CharField(blank=True, max_length=150)),
                ("retired_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="intent_models",
                        to="dunwell.company",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "version"), name="intent_model_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("promoted_at__isnull", False), ("retired_at", None)),
                        fields=("company",),
                        name="intent_model_one_serving",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("promoted_at", None),
                            ("promoted_at__gte", models.F("trained_at")),
                            _connector="OR",
                        ),
                        name="intent_model_dates",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ItemDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("invoice", "Invoice"),
                            ("order", "Purchase order"),
                            ("delivery", "Proof of delivery"),
                            ("contract", "Contract"),
                            ("correspondence", "Correspondence"),
                            ("other", "Other"),
                        ],
                        max_length=14,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("media_type", models.CharField(max_length=100)),
                ("size_bytes", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("by", models.CharField(max_length=150)),
                ("recorded_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="item_documents",
                        to="dunwell.company",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="dunwell.item",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("removed_at", None)),
                        fields=("item", "kind", "sha256"),
                        name="item_document_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Mailbox",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("imap", "IMAP"),
                            ("webhook", "Webhook"),
                            ("upload", "Files by hand"),
                        ],
                        max_length=8,
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("address", models.EmailField(blank=True, max_length=254)),
                ("host", models.CharField(blank=True, max_length=200)),
                ("port", models.PositiveIntegerField(default=993)),
                ("is_encrypted", models.BooleanField(default=True)),
                ("user", models.CharField(blank=True, max_length=200)),
                ("secret_name", models.CharField(blank=True, max_length=80)),
                ("folder", models.CharField(default="INBOX", max_length=200)),
                ("move_to", models.CharField(blank=True, default="", max_length=200)),
                ("nonce", models.CharField(max_length=32)),
                ("is_active", models.BooleanField(default=True)),
                ("uid_validity", models.BigIntegerField(default=0)),
                ("last_uid", models.BigIntegerField(default=0)),
                ("looked_at", models.DateTimeField(null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=500)),
                ("version", models.PositiveIntegerField(default=1)),
                ("by", models.CharField(max_length=150)),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mailboxes",
                        to="dunwell.company",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("company", "name"), name="mailbox_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageAttachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("document", "Document of an item"),
                            ("statement", "Statement of account"),
                            ("payment_code", "Payment code"),
                            ("file", "File"),
                        ],
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("media_type", models.CharField(max_length=100)),
                ("size_bytes", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attached",
                        to="dunwell.item",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="dunwell.message",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("message", "name"), name="message_attachment_name"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.CharField(max_length=10)),
                ("address", models.CharField(max_length=254)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("bounced", "Came back for good"),
                            ("soft", "Came back several times"),
                            ("complained", "Reported as spam"),
                            ("unsubscribed", "Unsubscribed"),
                            ("left", "Left the company"),
                            ("by_hand", "By hand"),
                        ],
                        max_length=12,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500)),
                ("by", models.CharField(max_length=150)),
                ("recorded_at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
                ("lifted_by", models.CharField(blank=True, max_length=150)),
                ("lifted_note", models.CharField(blank=True, max_length=500)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suppressions",
                        to="dunwell.company",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suppressions",
                        to="dunwell.customer",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="suppressions",
                        to="dunwell.message",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at", None)),
                        fields=("company", "channel", "address"),
                        name="suppression_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Survey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("csat", "Satisfaction (1 to 5)"),
                            ("nps", "Recommendation (0 to 10)"),
                            ("effort", "Ease (1 to 7)"),
                        ],
                        max_length=6,
                    ),
                ),
                (
                    "occasion",
                    models.CharField(
                        choices=[
                            ("payment", "After a payment"),
                            ("case", "After a dispute"),
                            ("conversation", "After a conversation"),
                        ],
                        max_length=12,
                    ),
                ),
                ("subject_id", models.BigIntegerField()),
                ("nonce", models.CharField(max_length=32)),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("asked_on", models.DateField()),
                ("until_on", models.DateField()),
                ("score", models.PositiveSmallIntegerField(null=True)),
                ("comment", models.CharField(blank=True, max_length=1000)),
                ("answered_at", models.DateTimeField(null=True)),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="surveys",
                        to="dunwell.company",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="surveys",
                        to="dunwell.contact",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="surveys",
                        to="dunwell.customer",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="surveys",
                        to="dunwell.message",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["company", "customer"], name="survey_customer")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "occasion", "subject_id"), name="survey_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("score", None), ("score__lte", 10), _connector="OR"),
                        name="survey_score",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("address", models.CharField(max_length=500)),
                ("verbs", models.JSONField(default=list)),
                ("nonce", models.CharField(max_length=32)),
                ("old_nonce", models.CharField(blank=True, max_length=32)),
                ("is_active", models.BooleanField(default=True)),
                ("told_seq", models.BigIntegerField(default=0)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("rest_until", models.DateTimeField(null=True)),
                ("last_ok_at", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, max_length=500)),
                ("by", models.CharField(max_length=150)),
                ("recorded_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="webhooks",
                        to="dunwell.company",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("company", "name"),
                        name="webhook_name",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConversationItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="dunwell.conversation",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conversation_lines",
                        to="dunwell.item",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("conversation", "item"), name="conversation_item_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DisputeCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=20)),
                ("title", models.CharField(max_length=200)),
                ("reason", models.CharField(max_length=20)),
                ("root_cause", models.CharField(blank=True, max_length=40)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("staff", "Colleague"),
                            ("portal", "Portal"),
                            ("mail", "Mail"),
                            ("chat", "Chat"),
                            ("e_invoice", "E-invoice status"),
                            ("short_payment", "Short payment"),
                            ("api", "API"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("assigned", "Assigned"),
                            ("in_review", "In review"),
                            ("waiting_customer", "Waits for the customer"),
                            ("waiting_internal", "Waits for colleagues"),
                            ("proposed", "Resolution proposed"),
                            ("pending_approval", "Waits for approval"),
                            ("resolved", "Resolved"),
                            ("closed", "Closed"),
                            ("withdrawn", "Withdrawn"),
                            ("merged", "Merged into another case"),
                        ],
                        default="new",
                        max_length=17,
                    ),
                ),
                ("team", models.CharField(blank=True, max_length=40)),
                ("route", models.CharField(blank=True, max_length=80)),
                ("validity_ppm", models.PositiveIntegerField(null=True)),
                ("validity", models.JSONField(default=dict)),
                ("respond_by", models.DateField(null=True)),
                ("resolve_by", models.DateField(null=True)),
                ("clock_days", models.PositiveSmallIntegerField(default=0)),
                ("paused_on", models.DateField(null=True)),
                ("is_escalated", models.BooleanField(default=False)),
                ("opened_on", models.DateField()),
                ("responded_on", models.DateField(null=True)),
                ("resolved_on", models.DateField(null=True)),
                ("closed_on", models.DateField(null=True)),
                ("policy_version", models.BigIntegerField(null=True)),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispute_cases",
                        to="dunwell.company",
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispute_cases",
                        to="dunwell.conversation",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispute_cases",
                        to="dunwell.customer",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="dunwell.disputecase",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="dispute_cases",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["company", "status", "resolve_by"], name="dispute_case_status"
                    ),
                    models.Index(fields=["company", "customer"], name="dispute_case_customer"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "number"), name="dispute_case_number"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InboundMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.CharField(default="email", max_length=10)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("person", "Written by a person"),
                            ("automatic", "Automatic answer"),
                            ("bounce", "Delivery report"),
                            ("complaint", "Complaint report"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("new", "To be read"),
                            ("handled", "Handled"),
                            ("set_aside", "Set aside"),
                        ],
                        default="new",
                        max_length=10,
                    ),
                ),
                ("message_id", models.CharField(blank=True, max_length=300)),
                ("in_reply_to", models.CharField(blank=True, max_length=300)),
                ("references", models.JSONField(default=list)),
                ("sender", models.CharField(max_length=254)),
                ("sender_name", models.CharField(blank=True, max_length=200)),
                ("to", models.CharField(blank=True, max_length=254)),
                ("subject", models.CharField(blank=True, max_length=300)),
                ("text", models.TextField(blank=True)),
                ("quoted", models.TextField(blank=True)),
                ("language", models.CharField(blank=True, max_length=5)),
                ("finding", models.CharField(blank=True, max_length=300)),
                ("sha256", models.CharField(max_length=64)),
                ("size_bytes", models.PositiveIntegerField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField()),
                ("handled_by", models.CharField(blank=True, max_length=150)),
                ("handled_at", models.DateTimeField(null=True)),
                ("recorded_at", models.DateTimeField()),
                (
                    "answers",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="dunwell.message",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inbound_messages",
                        to="dunwell.company",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="inbound_messages",
                        to="dunwell.contact",
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inbound",
                        to="dunwell.conversation",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inbound_messages",
                        to="dunwell.customer",
                    ),
                ),
                (
                    "mailbox",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="dunwell.mailbox",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["company", "status", "received_at"], name="inbound_status"
                    ),
                    models.Index(fields=["company", "message_id"], name="inbound_message_id"),
                    models.Index(
                        fields=["company", "sender", "received_at"], name="inbound_sender"
                    ),
                    models.Index(
                        fields=["company", "customer", "received_at"], name="inbound_customer"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("company", "sha256"), name="inbound_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("ready", "Waits"),
                            ("claimed", "Being sent"),
                            ("done", "Taken"),
                            ("failed", "Failed, will be tried again"),
                            ("dead", "Given up"),
                        ],
                        default="ready",
                        max_length=8,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("retry_at", models.DateTimeField(null=True)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("code", models.PositiveSmallIntegerField(null=True)),
                ("error", models.CharField(blank=True, max_length=500)),
                ("done_at", models.DateTimeField(null=True)),
                ("recorded_at", models.DateTimeField()),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="dunwell.event",
                    ),
                ),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="dunwell.webhookendpoint",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["endpoint", "status", "id"], name="webhook_delivery_status"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("endpoint", "event"), name="webhook_delivery_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DisputeEvidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("supports", models.CharField(blank=True, max_length=8)),
                ("name", models.CharField(max_length=200)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("media_type", models.CharField(blank=True, max_length=100)),
                ("size_bytes", models.PositiveIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("by", models.CharField(max_length=150)),
                ("recorded_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="dunwell.disputecase",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DisputeResolution",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("valid_credit", "Valid: credit note"),
                            ("partial", "Partly valid: credit note for a part"),
                            ("invalid_denied", "Not valid: denied"),
                            ("write_off", "Written off"),
                            ("rebill", "Credited and billed anew"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("pending", "Waits for approval"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("done", "Done"),
                        ],
                        default="proposed",
                        max_length=8,
                    ),
                ),
                ("credit_minor", models.BigIntegerField(default=0)),
                ("denied_minor", models.BigIntegerField(default=0)),
                ("written_off_minor", models.BigIntegerField(default=0)),
                ("currency", models.CharField(max_length=3)),
                ("parts", models.JSONField(default=list)),
                ("reason", models.CharField(max_length=500)),
                ("missing_evidence", models.CharField(blank=True, max_length=500)),
                ("authority", models.JSONField(default=dict)),
                ("letter", models.TextField(blank=True)),
                ("proposed_by", models.CharField(max_length=150)),
                ("proposed_at", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, max_length=150)),
                ("decided_at", models.DateTimeField(null=True)),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resolutions",
                        to="dunwell.disputecase",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["proposed", "pending", "approved"])),
                        fields=("case",),
                        name="dispute_resolution_one_running",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DisputeTask",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("question", models.CharField(max_length=1000)),
                ("guest_name", models.CharField(blank=True, max_length=120)),
                ("guest_email", models.EmailField(blank=True, max_length=254)),
                ("nonce", models.CharField(blank=True, max_length=32)),
                ("token_hash", models.CharField(blank=True, max_length=64)),
                ("due_on", models.DateField()),
                ("by", models.CharField(max_length=150)),
                ("recorded_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("answered_by", models.CharField(blank=True, max_length=150)),
                ("answer", models.CharField(blank=True, max_length=4000)),
                ("verdict", models.CharField(blank=True, max_length=12)),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("reminded_on", models.DateField(null=True)),
                (
                    "assignee",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="dispute_tasks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="dunwell.disputecase",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("token_hash", ""), _negated=True),
                        fields=["token_hash"],
                        name="dispute_task_token",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InboundAttachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("media_type", models.CharField(max_length=100)),
                ("size_bytes", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("clean", "No finding"),
                            ("unscanned", "Not scanned"),
                            ("blocked", "Blocked"),
                        ],
                        max_length=10,
                    ),
                ),
                ("finding", models.CharField(blank=True, max_length=300)),
                (
                    "inbound",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attachments",
                        to="dunwell.inboundmessage",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="InboundReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.CharField(max_length=64)),
                ("label", models.CharField(max_length=20)),
                ("confidence_ppm", models.PositiveIntegerField()),
                ("is_sure", models.BooleanField()),
                ("labels", models.JSONField(default=list)),
                ("extracts", models.JSONField(default=list)),
                ("suggestions", models.JSONField(default=list)),
                ("recorded_at", models.DateTimeField()),
                (
                    "inbound",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="readings",
                        to="dunwell.inboundmessage",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("inbound", "version"), name="reading_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=20)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("is_rebilled", models.BooleanField(default=False)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Asked for"),
                            ("exported", "Handed to billing"),
                            ("done", "Credit note is here"),
                            ("refused", "Refused by billing"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500)),
                ("recorded_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_requests",
                        to="dunwell.company",
                    ),
                ),
                (
                    "credit_item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_requests",
                        to="dunwell.item",
                    ),
                ),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_requests",
                        to="dunwell.dispute",
                    ),
                ),
                (
                    "resolution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_requests",
                        to="dunwell.disputeresolution",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "number"), name="credit_request_number"
                    ),
                    models.UniqueConstraint(
                        fields=("resolution", "dispute"), name="credit_request_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="credit_request_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InboundDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("suggestion", models.PositiveSmallIntegerField(null=True)),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("accepted", "Accepted"),
                            ("corrected", "Corrected"),
                            ("dismissed", "Dismissed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("label", models.CharField(max_length=20)),
                ("subject", models.CharField(blank=True, max_length=60)),
                ("subject_id", models.BigIntegerField(null=True)),
                ("is_edited", models.BooleanField(default=False)),
                ("by", models.CharField(max_length=150)),
                ("recorded_at", models.DateTimeField()),
                (
                    "undoes",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone",
                        to="dunwell.inbounddecision",
                    ),
                ),
                (
                    "inbound",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="dunwell.inboundmessage",
                    ),
                ),
                (
                    "reading",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="dunwell.inboundreading",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("suggestion__isnull", False)),
                        fields=("reading", "suggestion"),
                        name="decision_once",
                    )
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="message",
            name="message_once_per_cycle",
        ),
        migrations.AddField(
            model_name="dispute",
            name="split_from",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rest",
                to="dunwell.dispute",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="author",
            field=models.CharField(blank=True, db_default="", default="", max_length=150),
        ),
        migrations.AddField(
            model_name="message",
            name="bounced_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="cost_currency",
            field=models.CharField(blank=True, db_default="", default="", max_length=3),
        ),
        migrations.AddField(
            model_name="message",
            name="cost_micros",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="delivered_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="in_reply_to",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="message",
            name="may_repeat",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="message",
            name="provider",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="message",
            name="provider_id",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="message",
            name="retry_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="variant",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AlterField(
            model_name="dispute",
            name="reason",
            field=models.CharField(max_length=20),
        ),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(
                choices=[
                    ("admin", "Admin"),
                    ("credit_manager", "Credit manager"),
                    ("credit_analyst", "Credit analyst"),
                    ("finance_director", "Finance director"),
                    ("collector", "Collector"),
                    ("clerk", "Cash-application clerk"),
                    ("resolver", "Dispute resolver"),
                    ("read_only", "Read only"),
                    ("partner", "Agency partner"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="status",
            field=models.CharField(
                choices=[
                    ("draft", "Waits for approval"),
                    ("ready", "Ready to send"),
                    ("claimed", "Being sent"),
                    ("sent", "Sent"),
                    ("delivered", "Delivered"),
                    ("bounced", "Came back"),
                    ("failed", "Failed, will be tried again"),
                    ("dead", "Given up"),
                    ("cancelled", "Cancelled"),
                ],
                default="ready",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="policyversion",
            name="kind",
            field=models.CharField(
                choices=[
                    ("strategy", "Strategy"),
                    ("cash", "Cash application"),
                    ("segments", "Segments"),
                    ("promises", "Promises"),
                    ("plans", "Payment plans"),
                    ("authority", "Authority"),
                    ("charges", "Interest and fees"),
                    ("contact", "Contact rules"),
                    ("playbooks", "Playbooks and escalation"),
                    ("credit", "Credit"),
                    ("disputes", "Disputes"),
                    ("wordings", "Message texts"),
                    ("feedback", "Feedback"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="conversation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="dunwell.conversation",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("provider_id", ""), _negated=True),
                fields=["company", "provider_id"],
                name="message_provider_id",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                condition=models.Q(("author", "")),
                fields=("customer", "channel", "as_of"),
                name="message_once_per_cycle",
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="case",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disputes",
                to="dunwell.disputecase",
            ),
        ),
    ]
