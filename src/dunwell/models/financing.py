"""Money borrowed on receivables: facilities, their dated terms, and the pools assigned to them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item


class FinancingFacility(models.Model):
    """What a lender, factor or insurer offers us or has agreed with us, in our own currency."""

    class Kind(models.TextChoices):
        FACTORING = "factoring", _("Factoring without recourse")
        RECOURSE = "recourse", _("Factoring with recourse")
        DISCOUNTING = "discounting", _("Invoice discounting")
        INSURANCE = "insurance", _("Credit insurance")
        POOL = "pool", _("Sale of a pool with a first loss kept")

    class Status(models.TextChoices):
        OFFERED = "offered", _("Offered")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    MOVES = {
        Status.OFFERED: {Status.OPEN, Status.CLOSED},
        Status.OPEN: {Status.CLOSED},
        Status.CLOSED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="financing_facilities")
    name = models.CharField(max_length=80)
    lender = models.CharField(max_length=120)
    kind = models.CharField(max_length=11, choices=Kind)
    status = models.CharField(max_length=7, choices=Status, default=Status.OFFERED)
    currency = models.CharField(max_length=3)
    limit_minor = models.BigIntegerField()
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    by = models.CharField(max_length=150)
    decided_by = models.CharField(max_length=150, blank=True)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="financing_facility_name"),
            models.CheckConstraint(condition=Q(limit_minor__gte=0), name="financing_limit"),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")),
                name="financing_facility_dates",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FinancingTerms(models.Model):
    """The terms of a facility from a day on; never changed, later terms follow.

    Shares and yearly rates in ppm. `fee_ppm` of what is assigned, `item_fee_minor` for each item;
    `reserve_ppm` is kept back until the customer pays, `recourse_days` past due after which an
    item comes back (None: never). `insured_ppm` of a loss is borne by the other side. `rules` say
    which items count (`engine.financing_eligibility`).
    """

    facility = models.ForeignKey(FinancingFacility, models.PROTECT, related_name="terms")
    valid_from = models.DateField()
    advance_ppm = models.PositiveIntegerField()
    rate_ppm = models.PositiveIntegerField()
    fee_ppm = models.PositiveIntegerField(default=0)
    item_fee_minor = models.BigIntegerField(default=0)
    reserve_ppm = models.PositiveIntegerField(default=0)
    insured_ppm = models.PositiveIntegerField(default=0)
    recourse_days = models.PositiveIntegerField(null=True)
    rules = models.JSONField(default=dict)
    source = models.CharField(max_length=200)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility", "valid_from"], name="financing_terms_day"),
            models.CheckConstraint(
                condition=Q(advance_ppm__lte=1_000_000, insured_ppm__lte=1_000_000)
                & Q(fee_ppm__lte=1_000_000, reserve_ppm__lte=1_000_000)
                & Q(item_fee_minor__gte=0),
                name="financing_terms_shares",
            ),
        ]

    def __str__(self) -> str:
        return f"terms of {self.facility_id} from {self.valid_from}"


class FinancingDraw(models.Model):
    """A pool of items assigned to a facility: proposed, sanctioned, paid out, settled.

    Amounts in the facility's currency: `gross_minor` open of the items on `as_of`,
    `advance_minor` what is paid out on them, `fee_minor` what is charged at once.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        SANCTIONED = "sanctioned", _("Sanctioned")
        DISBURSED = "disbursed", _("Paid out")
        SETTLED = "settled", _("Settled")
        CANCELLED = "cancelled", _("Cancelled")

    MOVES = {
        Status.PROPOSED: {Status.SANCTIONED, Status.CANCELLED},
        Status.SANCTIONED: {Status.DISBURSED, Status.CANCELLED},
        Status.DISBURSED: {Status.SETTLED},
        Status.SETTLED: set(),
        Status.CANCELLED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="financing_draws")
    facility = models.ForeignKey(FinancingFacility, models.PROTECT, related_name="draws")
    terms = models.ForeignKey(FinancingTerms, models.PROTECT, related_name="draws")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.PROPOSED)
    as_of = models.DateField()
    gross_minor = models.BigIntegerField()
    advance_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    reference = models.CharField(max_length=80, blank=True)
    base = models.JSONField(default=dict)
    by = models.CharField(max_length=150)
    sanctioned_by = models.CharField(max_length=150, blank=True)
    sanctioned_on = models.DateField(null=True)
    disbursed_by = models.CharField(max_length=150, blank=True)
    disbursed_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="financing_draw_number"),
            models.CheckConstraint(
                condition=Q(gross_minor__gt=0, advance_minor__gt=0, fee_minor__gte=0)
                & Q(advance_minor__lte=F("gross_minor")),
                name="financing_draw_amounts",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "status", "id"], name="financing_draw_status"),
        ]

    def __str__(self) -> str:
        return f"draw {self.number}"


class FinancingItem(models.Model):
    """One item of a draw, with its part of the advance; an item is in one live draw at most."""

    class Status(models.TextChoices):
        ASSIGNED = "assigned", _("Assigned")
        SETTLED = "settled", _("Settled")
        RETURNED = "returned", _("Taken back")
        CANCELLED = "cancelled", _("Cancelled")

    draw = models.ForeignKey(FinancingDraw, models.PROTECT, related_name="items")
    item = models.ForeignKey(Item, models.PROTECT, related_name="financing_items")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="financing_items")
    status = models.CharField(max_length=9, choices=Status, default=Status.ASSIGNED)
    gross_minor = models.BigIntegerField()
    advance_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["draw", "item"], name="financing_item_once"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(status="assigned"), name="financing_item_one_live"
            ),
            models.CheckConstraint(
                condition=Q(gross_minor__gt=0, advance_minor__gte=0, fee_minor__gte=0)
                & Q(advance_minor__lte=F("gross_minor")),
                name="financing_item_amounts",
            ),
        ]

    def __str__(self) -> str:
        return f"item {self.item_id} of draw {self.draw_id}"


class FinancingMove(models.Model):
    """One booking of a draw: paid out, settled by a customer's money, taken back. Never changed.

    `advance_minor` changes what we owe the lender (above 0: more), `cost_minor` is interest and
    fees; the entry lines of source `financing` carry its key.
    """

    class Kind(models.TextChoices):
        DISBURSED = "disbursed", _("Paid out")
        SETTLED = "settled", _("Settled")
        RETURNED = "returned", _("Taken back")

    draw = models.ForeignKey(FinancingDraw, models.PROTECT, related_name="moves")
    item = models.ForeignKey(FinancingItem, models.PROTECT, null=True, related_name="moves")
    kind = models.CharField(max_length=9, choices=Kind)
    on = models.DateField()
    advance_minor = models.BigIntegerField()
    cost_minor = models.BigIntegerField()
    cash_minor = models.BigIntegerField()
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["draw"], condition=Q(kind="disbursed"), name="financing_disbursed_once"
            ),
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(item__isnull=False),
                name="financing_item_ended_once",
            ),
            models.CheckConstraint(
                condition=Q(cash_minor=F("advance_minor") - F("cost_minor")),
                name="financing_move_balances",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of draw {self.draw_id}"
