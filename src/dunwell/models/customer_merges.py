"""Two records of one customer: merged into one, parted again, or said not to be the same."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer


class CustomerMerge(models.Model):
    """What is `merged` belongs to `survivor` from then on; undone by a split, never deleted.

    While it is in force the merged record is closed: it keeps its number, page and history, and
    whatever comes for it is led to the survivor. `told` holds how many rows of each kind moved,
    and what was changed at the survivor so that a split can put it back.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Waits for approval")
        MERGED = "merged", _("Merged")
        DECLINED = "declined", _("Not merged")
        SPLIT = "split", _("Split again")

    MOVES = {
        Status.PROPOSED: {Status.MERGED, Status.DECLINED},
        Status.MERGED: {Status.SPLIT},
        Status.DECLINED: set(),
        Status.SPLIT: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="customer_merges")
    merged = models.ForeignKey(Customer, models.PROTECT, related_name="merges")
    survivor = models.ForeignKey(Customer, models.PROTECT, related_name="merges_taken")
    status = models.CharField(max_length=8, choices=Status, default=Status.PROPOSED)
    reason = models.CharField(max_length=300)
    author = models.CharField(max_length=150)
    proposed_on = models.DateField()
    decided_by = models.CharField(max_length=150, blank=True)
    decided_on = models.DateField(null=True)
    decided_at = models.DateTimeField(null=True)
    split_by = models.CharField(max_length=150, blank=True)
    split_on = models.DateField(null=True)
    told = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(merged=F("survivor")), name="customer_merge_other"
            ),
            models.UniqueConstraint(
                fields=["merged"],
                condition=Q(status__in=("proposed", "merged")),
                name="customer_merge_once",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("merged", "split")) | ~Q(decided_by=""),
                name="customer_merge_decided",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "status", "id"], name="customer_merge_status"),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} into {self.survivor_id}"


class CustomerMove(models.Model):
    """A row that a merge or split gave to another customer; the newest of a row rules.

    So is one that came by the number of a merged record since: it was the survivor's at once.
    `place` is the table, with the column behind a dot where it is not `customer_id`. Rows are
    added, never changed: the customer of an item may only be what its newest move says.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="customer_moves")
    merge = models.ForeignKey(CustomerMerge, models.PROTECT, related_name="moves")
    place = models.CharField(max_length=60)
    row_id = models.BigIntegerField()
    before = models.ForeignKey(Customer, models.PROTECT, related_name="moves_from")
    after = models.ForeignKey(Customer, models.PROTECT, related_name="moves_to")
    moved_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["place", "row_id", "-id"], name="customer_move_row"),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.row_id}: {self.after_id}"


class DistinctCustomers(models.Model):
    """Somebody looked at two records and said that they are not the same; it is asked once.

    `first` has the lower key.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="distinct_customers")
    first = models.ForeignKey(Customer, models.PROTECT, related_name="distinct_from")
    second = models.ForeignKey(Customer, models.PROTECT, related_name="distinct_to")
    reason = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="distinct_customers_order"
            ),
            models.UniqueConstraint(fields=["first", "second"], name="distinct_customers_once"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} is not {self.second_id}"
