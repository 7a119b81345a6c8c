"""What a receivables desk cannot know: cash in the bank, payments out, stock and payables.

Rows are dated and say who told them. A mistake is taken back with a reason, never changed.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company


class CashPosition(models.Model):
    """What lay on an account at the end of a day, as a person or a file told it, minor units."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="cash_positions")
    account = models.CharField(max_length=80)
    on = models.DateField()
    currency = models.CharField(max_length=3)
    balance_minor = models.BigIntegerField()
    source = models.CharField(max_length=120, blank=True)
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()
    withdrawn_on = models.DateField(null=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "account", "currency", "on"],
                condition=Q(withdrawn_on=None),
                name="cash_position_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.on}: {self.balance_minor} {self.currency}"


class PlannedPayment(models.Model):
    """Money that will leave the company on a day: wages, tax, suppliers, loans; minor units."""

    class Kind(models.TextChoices):
        SUPPLIERS = "suppliers", _("Suppliers")
        WAGES = "wages", _("Wages and salaries")
        TAX = "tax", _("Taxes and social security")
        LOANS = "loans", _("Loans and interest")
        INVESTMENT = "investment", _("Investment")
        OTHER = "other", _("Other")

    company = models.ForeignKey(Company, models.PROTECT, related_name="planned_payments")
    on = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.OTHER)
    label = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    source = models.CharField(max_length=120, blank=True)
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()
    withdrawn_on = models.DateField(null=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "on", "kind", "label", "currency"],
                condition=Q(withdrawn_on=None),
                name="planned_payment_once",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="planned_payment_positive"
            ),
        ]
        indexes = [models.Index(fields=["company", "on"], name="planned_payment_day")]

    def __str__(self) -> str:
        return f"{self.label} {self.on}: {self.amount_minor} {self.currency}"


class WorkingCapitalRow(models.Model):
    """Days of stock and of payables from a day on, with the yearly cost of sales behind them.

    The amounts follow: days x cost of sales / 365. Without a cost they are unknown. The newest
    row of a day counts.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="working_capital_rows")
    from_on = models.DateField()
    currency = models.CharField(max_length=3)
    inventory_days = models.PositiveIntegerField()
    payables_days = models.PositiveIntegerField()
    cost_of_sales_minor = models.BigIntegerField(null=True)
    source = models.CharField(max_length=120, blank=True)
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cost_of_sales_minor=None) | Q(cost_of_sales_minor__gt=0),
                name="working_capital_cost_positive",
            ),
            models.CheckConstraint(
                condition=Q(inventory_days__lte=3650, payables_days__lte=3650),
                name="working_capital_days",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "currency", "-from_on", "-id"], name="working_capital_newest"
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_on}: {self.inventory_days} and {self.payables_days} days"


class LiquidityRule(models.Model):
    """How much cash a company means to keep, and when a missed budget is worth an alert.

    In force is the newest row not after a day. The buffer is an amount in the home currency or
    days of planned payments out.
    """

    class Kind(models.TextChoices):
        AMOUNT = "amount", _("An amount")
        DAYS = "days", _("Days of payments out")

    company = models.ForeignKey(Company, models.PROTECT, related_name="liquidity_rules")
    from_on = models.DateField()
    kind = models.CharField(max_length=6, choices=Kind)
    amount_minor = models.BigIntegerField(default=0)
    days = models.PositiveIntegerField(default=0)
    miss_ppm = models.PositiveIntegerField(default=100_000)
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, days__lte=365), name="liquidity_rule_bounds"
            ),
            models.CheckConstraint(
                condition=Q(miss_ppm__gte=1, miss_ppm__lte=1_000_000), name="liquidity_rule_miss"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-from_on", "-id"], name="liquidity_rule_newest")
        ]

    def __str__(self) -> str:
        return f"{self.kind} from {self.from_on}"
