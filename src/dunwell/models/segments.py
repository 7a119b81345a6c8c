"""Groups of customers: the segment each is in and why, how they move, and pools to work on."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company, User
from dunwell.models.customers import Customer


class SegmentMembership(models.Model):
    """A customer's segment now: the rule that won and those that would have claimed it too.

    `also`: every other claim as {segment, rule}, in the order of the policy; where the segment
    was set by hand, all claims. `facts`: what the rules looked at when this was decided, `as_of`.
    """

    customer = models.OneToOneField(Customer, models.CASCADE, related_name="segment_membership")
    company = models.ForeignKey(Company, models.CASCADE, related_name="segment_memberships")
    segment = models.CharField(max_length=40)
    rule = models.CharField(max_length=80, blank=True)
    also = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    is_by_hand = models.BooleanField(default=False)
    since_on = models.DateField()
    as_of = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["company", "segment"], name="segment_members")]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.segment}"


class SegmentByHand(models.Model):
    """A segment set by hand: it wins over every rule until its last day, or until it is ended."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="segments_by_hand")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="segments_by_hand")
    segment = models.CharField(max_length=40)
    reason = models.CharField(max_length=300)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(ended_on=None), name="segment_by_hand_once"
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=models.F("from_on")),
                name="segment_by_hand_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.segment} by hand"


class SegmentMove(models.Model):
    """A customer's change from one segment to another; rows are added, never changed."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="segment_moves")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="segment_moves")
    before = models.CharField(max_length=40)
    after = models.CharField(max_length=40)
    rule = models.CharField(max_length=80, blank=True)
    is_by_hand = models.BooleanField(default=False)
    by = models.CharField(max_length=150)
    moved_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(before=models.F("after")), name="segment_move_moves"
            ),
        ]
        indexes = [models.Index(fields=["company", "moved_on"], name="segment_moved")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.before} -> {self.after}"


class Pool(models.Model):
    """A saved choice of customers that people work on, written in the language of segments.

    `rule`: conditions by fact, all of which hold. `version` counts its changes.
    """

    company = models.ForeignKey(Company, models.CASCADE, related_name="pools")
    name = models.CharField(max_length=80)
    rule = models.JSONField(default=dict)
    users = models.ManyToManyField(User, related_name="pools")
    note = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="pool_once"),
        ]

    def __str__(self) -> str:
        return self.name


class PoolMember(models.Model):
    """A customer of a pool, as of the last cycle or the pool's last change."""

    pool = models.ForeignKey(Pool, models.CASCADE, related_name="members")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="pools")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pool", "customer"], name="pool_member_once"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} in pool {self.pool_id}"


class WorkCapacity(models.Model):
    """From a day on: minutes per working day a person has for collecting, and what suits them."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="work_capacities")
    user = models.ForeignKey(User, models.CASCADE, related_name="work_capacities")
    from_on = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    languages = models.JSONField(default=list)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "user", "from_on"], name="capacity_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.minutes} min from {self.from_on}"


class Absence(models.Model):
    """Days on which a person is away, and who covers; cancelled, not deleted.

    `note` is what the cover has to know; `seen_at` when the cover took it on. Work moves to the
    cover, ownership stays: nothing of the absent person's records is rewritten.
    """

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("Holiday")
        SICK = "sick", _("Sick")
        TRAINING = "training", _("Training")
        OTHER = "other", _("Other")

    company = models.ForeignKey(Company, models.CASCADE, related_name="absences")
    user = models.ForeignKey(User, models.CASCADE, related_name="absences")
    cover = models.ForeignKey(User, models.SET_NULL, null=True, related_name="covers")
    kind = models.CharField(max_length=8, choices=Kind)
    from_on = models.DateField()
    until_on = models.DateField()
    note = models.CharField(max_length=2000, blank=True)
    seen_at = models.DateTimeField(null=True)
    cancelled_on = models.DateField(null=True)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__gte=models.F("from_on")), name="absence_dates"
            ),
        ]
        indexes = [models.Index(fields=["company", "from_on"], name="absence_days")]

    def __str__(self) -> str:
        return f"{self.user_id} away {self.from_on} to {self.until_on}"
