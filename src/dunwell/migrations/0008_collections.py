# Made by makemigrations, then folded: fields, constraints and indexes stand in their tables.

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dunwell", "0007_timing"),
    ]

    operations = [
        migrations.CreateModel(
            name="Absence",
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
                            ("holiday", "Holiday"),
                            ("sick", "Sick"),
                            ("training", "Training"),
                            ("other", "Other"),
                        ],
                        max_length=8,
                    ),
                ),
                ("from_on", models.DateField()),
                ("until_on", models.DateField()),
                ("cancelled_on", models.DateField(null=True)),
                ("by", models.CharField(max_length=150)),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="absences",
                        to="dunwell.company",
                    ),
                ),
                (
                    "cover",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="covers",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="absences",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["company", "from_on"], name="absence_days")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until_on__gte", models.F("from_on"))),
                        name="absence_dates",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Agency",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[("agency", "Collection agency"), ("lawyer", "Lawyer")],
                        default="agency",
                        max_length=6,
                    ),
                ),
                (
                    "transport",
                    models.CharField(
                        choices=[("file", "File"), ("api", "API")], default="file", max_length=4
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("countries", models.JSONField(default=list)),
                ("least_minor", models.BigIntegerField(default=0)),
                ("commission", models.JSONField(default=list)),
                ("is_active", models.BooleanField(default=True)),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agencies",
                        to="dunwell.company",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("company", "name"), name="agency_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ApprovalRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(max_length=40)),
                ("subject_id", models.BigIntegerField()),
                ("act", models.CharField(max_length=20)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("amount_minor", models.BigIntegerField(default=0)),
                ("ask", models.JSONField(default=dict)),
                ("verdict", models.JSONField(default=dict)),
                ("needs_role", models.CharField(max_length=20)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Waits"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("decision", models.CharField(blank=True, max_length=300)),
                ("requested_by", models.CharField(max_length=150)),
                ("decided_by", models.CharField(blank=True, max_length=150)),
                ("requested_on", models.DateField()),
                ("due_on", models.DateField(null=True)),
                ("decided_on", models.DateField(null=True)),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approval_requests",
                        to="dunwell.company",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approval_requests",
                        to="dunwell.customer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company", "status", "id"], name="approval_status")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "open")),
                        fields=("company", "subject", "subject_id", "act"),
                        name="approval_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "approved"), _negated=True),
                            models.Q(("decided_by", models.F("requested_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="approval_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Charge",
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
                            ("interest", "Late-payment interest"),
                            ("compensation", "Fixed compensation"),
                            ("fee", "Reminder fee"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("accrued", "Accrued, not billed"),
                            ("billed", "Billed"),
                            ("waived", "Waived"),
                        ],
                        default="accrued",
                        max_length=8,
                    ),
                ),
                ("rule", models.CharField(max_length=40)),
                ("period", models.CharField(max_length=24)),
                ("currency", models.CharField(max_length=3)),
                ("base_minor", models.BigIntegerField()),
                ("amount_minor", models.BigIntegerField()),
                ("days", models.PositiveIntegerField(default=0)),
                ("parts", models.JSONField(default=list)),
                ("from_on", models.DateField()),
                ("until_on", models.DateField()),
                ("waived_by", models.CharField(blank=True, max_length=150)),
                ("waived_reason", models.CharField(blank=True, max_length=300)),
                ("authority", models.JSONField(default=dict)),
                ("as_of", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "billed_item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="billed_charges",
                        to="dunwell.item",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="dunwell.company",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="dunwell.customer",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="dunwell.item",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company", "status", "id"], name="charge_status")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("item", "kind", "period", "rule"), name="charge_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gte", 0)), name="charge_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.CharField(max_length=10)),
                ("purpose", models.CharField(max_length=20)),
                ("given_on", models.DateField()),
                ("withdrawn_on", models.DateField(null=True)),
                ("source", models.CharField(max_length=200)),
                ("recorded_by", models.CharField(max_length=150)),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="dunwell.company",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to="dunwell.contact",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="dunwell.customer",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["company", "customer"], name="consent_customer")],
            },
        ),
        migrations.CreateModel(
            name="ContactAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.CharField(max_length=10)),
                ("purpose", models.CharField(default="collection", max_length=20)),
                ("is_inbound", models.BooleanField(default=False)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("conversation", "Conversation"),
                            ("voicemail", "Left a message"),
                            ("no_answer", "No answer"),
                            ("not_connected", "Did not connect"),
                            ("written", "Written message"),
                            ("refused", "Not made: a rule forbids it"),
                        ],
                        max_length=14,
                    ),
                ),
                ("verdict", models.JSONField(default=dict)),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_attempts",
                        to="dunwell.company",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="contact_attempts",
                        to="dunwell.contact",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_attempts",
                        to="dunwell.customer",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_attempts",
                        to="dunwell.item",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_attempts",
                        to="dunwell.message",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_attempts",
                        to="dunwell.task",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company", "customer", "at"], name="attempt_customer")
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactRestriction",
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
                            ("opt_out", "Opted out"),
                            ("cease", "Asked us to cease"),
                            ("attorney", "Represented by an attorney"),
                            ("validation", "Debt disputed within the validation period"),
                            ("inconvenient", "Inconvenient time or place"),
                        ],
                        max_length=12,
                    ),
                ),
                ("channel", models.CharField(blank=True, max_length=10)),
                ("purpose", models.CharField(blank=True, max_length=20)),
                ("minute_from", models.PositiveSmallIntegerField(null=True)),
                ("minute_until", models.PositiveSmallIntegerField(null=True)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(null=True)),
                ("lifted_on", models.DateField(null=True)),
                ("recorded_by", models.CharField(max_length=150)),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_restrictions",
                        to="dunwell.company",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contact_restrictions",
                        to="dunwell.contact",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_restrictions",
                        to="dunwell.customer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company", "customer"], name="restriction_customer")
                ],
            },
        ),
        migrations.CreateModel(
            name="Escalation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=30)),
                ("subject", models.CharField(blank=True, max_length=40)),
                ("subject_id", models.BigIntegerField(null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("raised", "Raised"),
                            ("acknowledged", "Acknowledged"),
                            ("resolved", "Resolved"),
                        ],
                        default="raised",
                        max_length=12,
                    ),
                ),
                ("rung", models.PositiveSmallIntegerField(default=1)),
                ("to_role", models.CharField(max_length=20)),
                ("reason", models.CharField(max_length=300)),
                ("raised_by", models.CharField(max_length=150)),
                ("raised_on", models.DateField()),
                ("answer_by_on", models.DateField()),
                ("acknowledged_by", models.CharField(blank=True, max_length=150)),
                ("acknowledged_on", models.DateField(null=True)),
                ("resolution", models.CharField(blank=True, max_length=300)),
                ("resolved_on", models.DateField(null=True)),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="escalations",
                        to="dunwell.company",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="escalations",
                        to="dunwell.customer",
                    ),
                ),
                (
                    "to_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="escalations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company", "status", "id"], name="escalation_status")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "resolved"), _negated=True),
                        fields=("customer", "kind"),
                        name="escalation_one_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Incentive",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("rebate", "Rebate"),
                            ("terms", "Longer terms"),
                            ("limit", "Higher limit"),
                        ],
                        max_length=6,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "Waits for approval"),
                            ("running", "Running"),
                            ("ended", "Ended"),
                        ],
                        default="proposed",
                        max_length=8,
                    ),
                ),
                ("segments", models.JSONField(default=list)),
                ("streak", models.PositiveSmallIntegerField()),
                ("reward_ppm", models.BigIntegerField(default=0)),
                ("reward_days", models.PositiveSmallIntegerField(default=0)),
                ("currency", models.CharField(max_length=3)),
                ("budget_minor", models.BigIntegerField()),
                ("control_ppm", models.BigIntegerField(default=0)),
                ("from_on", models.DateField()),
                ("until_on", models.DateField()),
                ("author", models.CharField(max_length=150)),
                ("approver", models.CharField(blank=True, max_length=150)),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incentives",
                        to="dunwell.company",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("company", "name"), name="incentive_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("budget_minor__gte", 0), ("until_on__gte", models.F("from_on"))
                        ),
                        name="incentive_bounds",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LimitationEvent",
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
                            ("acknowledged", "Debt acknowledged"),
                            ("part_paid", "Part payment"),
                            ("letter", "Formal letter"),
                            ("suit", "Suit or payment order"),
                            ("negotiating", "Negotiations"),
                            ("insolvency", "Claim filed in insolvency"),
                        ],
                        max_length=12,
                    ),
                ),
                ("on", models.DateField()),
                ("until_on", models.DateField(null=True)),
                ("evidence", models.CharField(max_length=300)),
                ("taken_back_on", models.DateField(null=True)),
                ("by", models.CharField(max_length=150)),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="limitation_events",
                        to="dunwell.company",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="limitation_events",
                        to="dunwell.customer",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="limitation_events",
                        to="dunwell.item",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PaymentPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40)),
                ("currency", models.CharField(max_length=3)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("pending", "Waits for approval"),
                            ("offered", "Offered"),
                            ("active", "Running"),
                            ("completed", "Completed"),
                            ("defaulted", "Defaulted"),
                            ("accelerated", "All due at once"),
                            ("cancelled", "Cancelled"),
                            ("rejected", "Rejected"),
                            ("expired", "Offer expired"),
                            ("renegotiated", "Replaced by another plan"),
                        ],
                        default="draft",
                        max_length=12,
                    ),
                ),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("weekly", "Every week"),
                            ("fortnightly", "Every two weeks"),
                            ("monthly", "Every month"),
                            ("quarterly", "Every quarter"),
                        ],
                        max_length=11,
                    ),
                ),
                ("covered_minor", models.BigIntegerField()),
                ("interest_minor", models.BigIntegerField(default=0)),
                ("fee_minor", models.BigIntegerField(default=0)),
                ("concession_minor", models.BigIntegerField(default=0)),
                ("deposit_minor", models.BigIntegerField(default=0)),
                ("rate_ppm", models.BigIntegerField(default=0)),
                ("first_on", models.DateField()),
                ("guarantee", models.CharField(blank=True, max_length=200)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("authority", models.JSONField(default=dict)),
                ("source", models.CharField(default="staff", max_length=10)),
                ("terms", models.TextField(blank=True)),
                ("terms_sha256", models.CharField(blank=True, max_length=64)),
                ("acceptance", models.JSONField(default=dict)),
                ("proposed_by", models.CharField(max_length=150)),
                ("approved_by", models.CharField(blank=True, max_length=150)),
                ("proposed_on", models.DateField()),
                ("offered_on", models.DateField(null=True)),
                ("expires_on", models.DateField(null=True)),
                ("accepted_on", models.DateField(null=True)),
                ("defaulted_on", models.DateField(null=True)),
                ("ended_on", models.DateField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment_plans",
                        to="dunwell.company",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment_plans",
                        to="dunwell.customer",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to="dunwell.policyversion",
                    ),
                ),
                (
                    "renegotiates",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="renegotiated_by",
                        to="dunwell.paymentplan",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["company", "status", "id"], name="plan_status")],
                "constraints": [
                    models.UniqueConstraint(fields=("company", "number"), name="plan_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("covered_minor__gt", 0),
                            ("interest_minor__gte", 0),
                            ("fee_minor__gte", 0),
                            ("concession_minor__gte", 0),
                            ("concession_minor__lt", models.F("covered_minor")),
                        ),
                        name="plan_amounts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Pool",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("rule", models.JSONField(default=dict)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pools",
                        to="dunwell.company",
                    ),
                ),
                (
                    "users",
                    models.ManyToManyField(related_name="pools", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("company", "name"), name="pool_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PromiseConsequence",
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
                            ("task", "Follow-up task"),
                            ("level", "Next level at once"),
                            ("channel", "Another channel"),
                            ("no_promises", "No further promises"),
                            ("escalate", "Escalation"),
                            ("limit", "Limit to be reviewed"),
                            ("score", "Lower score"),
                        ],
                        max_length=12,
                    ),
                ),
                ("details", models.JSONField(default=dict)),
                ("rule", models.CharField(max_length=80)),
                ("on", models.DateField()),
                ("undone_on", models.DateField(null=True)),
                ("undone_reason", models.CharField(blank=True, max_length=300)),
                (
                    "promise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consequences",
                        to="dunwell.promise",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("promise", "kind"), name="consequence_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ReferenceRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40)),
                ("from_on", models.DateField()),
                ("rate_ppm", models.BigIntegerField()),
                ("source", models.CharField(max_length=200)),
                ("author", models.CharField(max_length=150)),
                ("approver", models.CharField(blank=True, max_length=150)),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reference_rates",
                        to="dunwell.company",
                    ),
                ),
                (
                    "replaced_by",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaces",
                        to="dunwell.referencerate",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("replaced_by", None), models.Q(("approver", ""), _negated=True)
                        ),
                        fields=("company", "name", "from_on"),
                        name="reference_rate_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("approver", "")),
                        fields=("company", "name", "from_on"),
                        name="reference_rate_one_proposal",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Replay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_on", models.DateField()),
                ("to_on", models.DateField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("done_days", models.PositiveIntegerField(default=0)),
                ("all_days", models.PositiveIntegerField()),
                ("summary", models.JSONField(default=dict)),
                ("rows_sha256", models.CharField(blank=True, max_length=64)),
                ("error", models.CharField(blank=True, max_length=500)),
                ("by", models.CharField(max_length=150)),
                ("recorded_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replays",
                        to="dunwell.company",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replays",
                        to="dunwell.policyversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SegmentMembership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("segment", models.CharField(max_length=40)),
                ("rule", models.CharField(max_length=80)),
                ("also", models.JSONField(default=list)),
                ("facts", models.JSONField(default=dict)),
                ("is_by_hand", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("since_on", models.DateField()),
                ("as_of", models.DateField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="segment_memberships",
                        to="dunwell.company",
                    ),
                ),
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="segment_membership",
                        to="dunwell.customer",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["company", "segment"], name="segment_members")],
            },
        ),
        migrations.CreateModel(
            name="SegmentMove",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("before", models.CharField(max_length=40)),
                ("after", models.CharField(max_length=40)),
                ("rule", models.CharField(max_length=80)),
                ("by", models.CharField(max_length=150)),
                ("moved_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="segment_moves",
                        to="dunwell.company",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="segment_moves",
                        to="dunwell.customer",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["company", "moved_on"], name="segment_moved")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("before", models.F("after")), _negated=True),
                        name="segment_move_moves",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40)),
                ("currency", models.CharField(max_length=3)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("pending", "Waits for approval"),
                            ("offered", "Offered"),
                            ("accepted", "Accepted"),
                            ("completed", "Paid, rest given up"),
                            ("expired", "Expired"),
                            ("rejected", "Rejected"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("open_minor", models.BigIntegerField()),
                ("pay_minor", models.BigIntegerField()),
                ("concession_minor", models.BigIntegerField()),
                ("months", models.PositiveSmallIntegerField(default=0)),
                ("pay_by_on", models.DateField()),
                ("expires_on", models.DateField()),
                ("reason", models.CharField(max_length=300)),
                ("worth", models.JSONField(default=dict)),
                ("authority", models.JSONField(default=dict)),
                ("source", models.CharField(default="staff", max_length=10)),
                ("acceptance", models.JSONField(default=dict)),
                ("proposed_by", models.CharField(max_length=150)),
                ("approved_by", models.CharField(blank=True, max_length=150)),
                ("proposed_on", models.DateField()),
                ("offered_on", models.DateField(null=True)),
                ("accepted_on", models.DateField(null=True)),
                ("ended_on", models.DateField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to="dunwell.company",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to="dunwell.customer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company", "status", "id"], name="settlement_status")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "number"), name="settlement_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("pay_minor__gt", 0),
                            ("concession_minor__gte", 0),
                            (
                                "open_minor",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("pay_minor"), "+", models.F("concession_minor")
                                ),
                            ),
                        ),
                        name="settlement_amounts",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Signal",
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
                            ("delivered", "Delivered"),
                            ("viewed", "Viewed"),
                            ("replied", "Replied"),
                            ("bounced", "Bounced"),
                            ("complained", "Complained"),
                        ],
                        max_length=10,
                    ),
                ),
                ("source", models.CharField(max_length=40)),
                ("external_id", models.CharField(max_length=120)),
                ("details", models.JSONField(default=dict)),
                ("on", models.DateField()),
                ("at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signals",
                        to="dunwell.company",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signals",
                        to="dunwell.customer",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signals",
                        to="dunwell.message",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company", "customer", "on"], name="signal_customer")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("external_id", ""), _negated=True),
                        fields=("company", "source", "external_id"),
                        name="signal_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StrategyOverride",
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
                            ("assign", "Use another strategy"),
                            ("skip", "Skip a level"),
                            ("hold_level", "Do not go beyond a level"),
                            ("channel", "Use another channel"),
                        ],
                        max_length=10,
                    ),
                ),
                ("strategy", models.CharField(blank=True, max_length=80)),
                ("level", models.PositiveSmallIntegerField(null=True)),
                ("channel", models.CharField(blank=True, max_length=10)),
                ("reason", models.CharField(max_length=300)),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(null=True)),
                ("ended_on", models.DateField(null=True)),
                ("by", models.CharField(max_length=150)),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="strategy_overrides",
                        to="dunwell.company",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="strategy_overrides",
                        to="dunwell.customer",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="strategy_overrides",
                        to="dunwell.item",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company", "customer"], name="override_customer")
                ],
            },
        ),
        migrations.CreateModel(
            name="VatRelief",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule", models.CharField(max_length=40)),
                ("vat_minor", models.BigIntegerField()),
                ("claimed_on", models.DateField()),
                ("reference", models.CharField(blank=True, max_length=120)),
                ("repaid_minor", models.BigIntegerField(default=0)),
                ("by", models.CharField(max_length=150)),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vat_reliefs",
                        to="dunwell.company",
                    ),
                ),
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vat_relief",
                        to="dunwell.item",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("playbook", models.CharField(max_length=80)),
                ("reason", models.CharField(max_length=300)),
                ("agenda", models.JSONField(default=list)),
                ("every_days", models.PositiveSmallIntegerField(default=7)),
                ("next_on", models.DateField()),
                ("from_on", models.DateField()),
                ("ended_on", models.DateField(null=True)),
                ("result", models.CharField(blank=True, max_length=300)),
                ("by", models.CharField(max_length=150)),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="watches",
                        to="dunwell.company",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="watches",
                        to="dunwell.customer",
                    ),
                ),
                (
                    "sponsor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="sponsored",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)),
                        fields=("customer",),
                        name="watch_one_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkCapacity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_on", models.DateField()),
                ("minutes", models.PositiveSmallIntegerField()),
                ("languages", models.JSONField(default=list)),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="work_capacities",
                        to="dunwell.company",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="work_capacities",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "user", "from_on"), name="capacity_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IncentiveGrant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_control", models.BooleanField(default=False)),
                ("amount_minor", models.BigIntegerField(default=0)),
                ("granted_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "adjustment",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incentive_grant",
                        to="dunwell.adjustment",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incentive_grants",
                        to="dunwell.customer",
                    ),
                ),
                (
                    "incentive",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="dunwell.incentive",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incentive_grants",
                        to="dunwell.item",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("incentive", "item"), name="incentive_grant_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalMatter",
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
                        choices=[("claim", "Court claim"), ("insolvency", "Insolvency")],
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Being prepared"),
                            ("filed", "Filed"),
                            ("admitted", "Admitted or adjudged"),
                            ("enforcing", "Being enforced"),
                            ("closed", "Closed"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("court", models.CharField(blank=True, max_length=120)),
                ("reference", models.CharField(blank=True, max_length=80)),
                ("currency", models.CharField(max_length=3)),
                ("claim_minor", models.BigIntegerField()),
                ("quota_ppm", models.BigIntegerField(null=True)),
                ("opened_on", models.DateField()),
                ("file_by_on", models.DateField(null=True)),
                ("filed_on", models.DateField(null=True)),
                ("closed_on", models.DateField(null=True)),
                ("result", models.CharField(blank=True, max_length=300)),
                ("by", models.CharField(max_length=150)),
                ("version", models.PositiveIntegerField(default=1)),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legal_matters",
                        to="dunwell.company",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legal_matters",
                        to="dunwell.customer",
                    ),
                ),
                (
                    "lawyer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legal_matters",
                        to="dunwell.agency",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["company", "status", "id"], name="legal_status")],
            },
        ),
        migrations.CreateModel(
            name="Placement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40)),
                ("currency", models.CharField(max_length=3)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("approved", "Approved"),
                            ("transmitted", "Transmitted"),
                            ("accepted", "In collection"),
                            ("refused", "Refused by the agency"),
                            ("paid", "Paid in full"),
                            ("settled", "Settled"),
                            ("returned", "Returned uncollectable"),
                            ("recalled", "Recalled"),
                            ("legal", "Gone to court"),
                            ("closed", "Reconciled and closed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="proposed",
                        max_length=11,
                    ),
                ),
                ("placed_minor", models.BigIntegerField()),
                ("commission_ppm", models.BigIntegerField()),
                ("reason", models.CharField(max_length=300)),
                ("checks", models.JSONField(default=list)),
                ("pack_sha256", models.CharField(blank=True, max_length=64)),
                ("file_sha256", models.CharField(blank=True, max_length=64)),
                ("reference", models.CharField(blank=True, max_length=80)),
                ("proposed_by", models.CharField(max_length=150)),
                ("approved_by", models.CharField(blank=True, max_length=150)),
                ("proposed_on", models.DateField()),
                ("transmitted_on", models.DateField(null=True)),
                ("accepted_on", models.DateField(null=True)),
                ("ended_on", models.DateField(null=True)),
                ("ending", models.CharField(blank=True, max_length=300)),
                ("version", models.PositiveIntegerField(default=1)),
                ("recorded_at", models.DateTimeField()),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="placements",
                        to="dunwell.agency",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="placements",
                        to="dunwell.company",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="placements",
                        to="dunwell.customer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company", "status", "id"], name="placement_status")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("company", "number"), name="placement_number"),
                    models.CheckConstraint(
                        condition=models.Q(("placed_minor__gt", 0)), name="placement_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanInstalment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("due_on", models.DateField()),
                ("amount_minor", models.BigIntegerField()),
                ("interest_minor", models.BigIntegerField(default=0)),
                ("fee_minor", models.BigIntegerField(default=0)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("scheduled", "Scheduled"),
                            ("due", "Due"),
                            ("paid", "Paid"),
                            ("part", "Partly paid"),
                            ("late", "Paid late"),
                            ("missed", "Missed"),
                        ],
                        default="scheduled",
                        max_length=9,
                    ),
                ),
                ("paid_minor", models.BigIntegerField(default=0)),
                ("paid_on", models.DateField(null=True)),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="instalments",
                        to="dunwell.paymentplan",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["due_on", "status"], name="instalment_due")],
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "number"), name="instalment_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="instalment_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("is_live", models.BooleanField(default=False)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plan_lines",
                        to="dunwell.item",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="dunwell.paymentplan",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "item"), name="plan_item_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_live", True)),
                        fields=("item",),
                        name="plan_item_one_live",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="plan_item_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SettlementItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("open_minor", models.BigIntegerField()),
                ("concession_minor", models.BigIntegerField()),
                ("is_live", models.BooleanField(default=False)),
                (
                    "adjustment",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlement_line",
                        to="dunwell.adjustment",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlement_lines",
                        to="dunwell.item",
                    ),
                ),
                (
                    "settlement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="dunwell.settlement",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("settlement", "item"), name="settlement_item_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_live", True)),
                        fields=("item",),
                        name="settlement_item_one_live",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgencyReport",
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
                            ("remitted", "Collected and remitted"),
                            ("direct", "Paid to us directly"),
                        ],
                        max_length=8,
                    ),
                ),
                ("reference", models.CharField(max_length=80)),
                ("gross_minor", models.BigIntegerField()),
                ("commission_minor", models.BigIntegerField()),
                ("net_minor", models.BigIntegerField()),
                ("reported_on", models.DateField()),
                ("reconciled_on", models.DateField(null=True)),
                ("by", models.CharField(max_length=150)),
                ("recorded_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agency_reports",
                        to="dunwell.company",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agency_reports",
                        to="dunwell.payment",
                    ),
                ),
                (
                    "placement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="dunwell.placement",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("placement", "kind", "reference"), name="agency_report_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "gross_minor",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("net_minor"), "+", models.F("commission_minor")
                                ),
                            )
                        ),
                        name="agency_report_sums",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalMatterItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legal_lines",
                        to="dunwell.item",
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="dunwell.legalmatter",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("matter", "item"), name="legal_item_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PlacementItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("is_live", models.BooleanField(default=True)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="placement_lines",
                        to="dunwell.item",
                    ),
                ),
                (
                    "placement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="dunwell.placement",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("placement", "item"), name="placement_item_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_live", True)),
                        fields=("item",),
                        name="placement_item_one_live",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="promise",
            name="promise_settled_iff_not_open",
        ),
        migrations.AddField(
            model_name="customer",
            name="debt_use",
            field=models.CharField(
                blank=True,
                choices=[("business", "Business"), ("personal", "Personal, family or household")],
                db_default="",
                default="",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="party",
            field=models.CharField(
                blank=True,
                choices=[
                    ("company", "Company"),
                    ("person", "Natural person"),
                    ("public", "Public authority"),
                ],
                db_default="",
                default="",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="region",
            field=models.CharField(blank=True, db_default="", default="", max_length=12),
        ),
        migrations.AddField(
            model_name="customer",
            name="zones",
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="promise",
            name="amount_minor",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="promise",
            name="currency",
            field=models.CharField(blank=True, db_default="", default="", max_length=3),
        ),
        migrations.AddField(
            model_name="promise",
            name="forgiven_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="promise",
            name="forgiven_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="promise",
            name="keep_ppm",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="promise",
            name="level",
            field=models.CharField(
                choices=[
                    ("item", "Items"),
                    ("customer", "Customer"),
                    ("plan", "Instalment of a plan"),
                ],
                db_default="item",
                default="item",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="promise",
            name="quote",
            field=models.CharField(blank=True, db_default="", default="", max_length=500),
        ),
        migrations.AddField(
            model_name="promise",
            name="rung",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="promise",
            name="source",
            field=models.CharField(db_default="staff", default="staff", max_length=10),
        ),
        migrations.AddField(
            model_name="promise",
            name="supersedes",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="superseded_by",
                to="dunwell.promise",
            ),
        ),
        migrations.AlterField(
            model_name="adjustment",
            name="kind",
            field=models.CharField(
                choices=[
                    ("write_off", "Write-off"),
                    ("small_balance", "Small balance"),
                    ("discount", "Discount"),
                    ("fx", "Exchange difference"),
                    ("concession", "Concession"),
                    ("rebate", "Rebate for paying on time"),
                    ("recovery", "Recovery of a written-off debt"),
                ],
                max_length=14,
            ),
        ),
        migrations.AlterField(
            model_name="entryline",
            name="account",
            field=models.CharField(
                choices=[
                    ("receivable", "Receivables control"),
                    ("unapplied", "Unapplied cash"),
                    ("bank", "Bank"),
                    ("sales", "Sales"),
                    ("opening", "Opening balances"),
                    ("charges", "Fees and interest"),
                    ("netting", "Credit netting"),
                    ("refunds", "Refunds to be paid out"),
                    ("offset", "Offset with what we owe"),
                    ("write_off", "Write-offs and small balances"),
                    ("discount", "Discounts granted"),
                    ("fx", "Exchange differences"),
                    ("concession", "Concessions granted"),
                    ("recovery", "Recoveries of bad debts"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="journalline",
            name="account",
            field=models.CharField(
                choices=[
                    ("receivable", "Receivables control"),
                    ("unapplied", "Unapplied cash"),
                    ("bank", "Bank"),
                    ("sales", "Sales"),
                    ("opening", "Opening balances"),
                    ("charges", "Fees and interest"),
                    ("netting", "Credit netting"),
                    ("refunds", "Refunds to be paid out"),
                    ("offset", "Offset with what we owe"),
                    ("write_off", "Write-offs and small balances"),
                    ("discount", "Discounts granted"),
                    ("fx", "Exchange differences"),
                    ("concession", "Concessions granted"),
                    ("recovery", "Recoveries of bad debts"),
                ],
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
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="promise",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("suggested", "Suggested"),
                    ("open", "Open"),
                    ("kept", "Kept"),
                    ("partially_kept", "Partially kept"),
                    ("broken", "Broken"),
                    ("withdrawn", "Withdrawn"),
                    ("superseded", "Superseded"),
                ],
                default="open",
                max_length=14,
            ),
        ),
        migrations.AlterField(
            model_name="task",
            name="kind",
            field=models.CharField(
                choices=[
                    ("call", "Call"),
                    ("letter", "Letter"),
                    ("approve", "Approve a message"),
                    ("broken_promise", "Follow up a broken promise"),
                    ("contact_missing", "Find a contact"),
                    ("check_in", "Regular check"),
                    ("visit", "Visit"),
                    ("follow_up", "Follow up"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="promise",
            name="instalment",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="promise",
                to="dunwell.planinstalment",
            ),
        ),
        migrations.AddConstraint(
            model_name="promise",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome__in", ["suggested", "open"]), ("settled_on", None)),
                    models.Q(
                        models.Q(("outcome__in", ["suggested", "open"]), _negated=True),
                        models.Q(("settled_on", None), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="promise_settled_iff_not_open",
            ),
        ),
    ]
