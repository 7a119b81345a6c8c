"""Connections to outside ledgers: how each is reached, its syncs, and what goes back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.sealed import SealedTextField


class Connection(models.Model):
    """An outside ledger of a company; ended, never deleted. Its secret lies sealed.

    `kind` is one of `formats.connection_kinds`, `settings` how it is reached besides the secret,
    `cursor` where the next sync begins, `system` who answered last (product, version, company,
    what may be written). `fault` and `error` say why the last sync failed, else are empty.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="connections")
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    settings = models.JSONField(default=dict)
    secret = SealedTextField(blank=True, default="")
    is_on = models.BooleanField(default=True)
    every_minutes = models.PositiveIntegerField(default=60)
    cursor = models.TextField(blank=True, default="")
    system = models.JSONField(default=dict)
    next_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    fault = models.CharField(max_length=12, blank=True, default="")
    error = models.CharField(max_length=500, blank=True, default="")
    version = models.PositiveIntegerField(default=0)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "name"], condition=Q(ended_at=None), name="connection_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ConnectionCustomer(models.Model):
    """Which customer of ours a customer there is; a new number there changes nothing."""

    connection = models.ForeignKey(Connection, models.PROTECT, related_name="customers")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="connections")
    key = models.CharField(max_length=140)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "key"], name="connection_customer_key"),
        ]

    def __str__(self) -> str:
        return f"{self.key} is {self.customer_id}"


class ConnectionSync(models.Model):
    """One sync: what came, what our books did with it, and whether both sides agree after it.

    `batches` are the imports it made, `notes` what a person should know of single documents, at
    most 200; `totals` per currency theirs_minor, ours_minor and how many documents differ.
    """

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    class Tie(models.TextChoices):
        UNKNOWN = "unknown", _("not compared")
        EQUAL = "equal", _("ties out")
        DIFFERENT = "different", _("differs")

    connection = models.ForeignKey(Connection, models.PROTECT, related_name="syncs")
    status = models.CharField(max_length=7, choices=Status, default=Status.RUNNING)
    tie = models.CharField(max_length=9, choices=Tie, default=Tie.UNKNOWN)
    counts = models.JSONField(default=dict)
    totals = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    batches = models.JSONField(default=list)
    fault = models.CharField(max_length=12, blank=True, default="")
    error = models.CharField(max_length=500, blank=True, default="")
    by = models.CharField(max_length=150)
    as_of = models.DateField()
    started_at = models.DateTimeField()
    claimed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection"], condition=Q(status="running"), name="connection_sync_once"
            ),
        ]
        indexes = [models.Index(fields=["connection", "-id"], name="connection_sync_newest")]

    def __str__(self) -> str:
        return f"{self.connection_id}: {self.status}"


class ConnectionDifference(models.Model):
    """A document that is open otherwise there than here, of the last sync that found it so."""

    sync = models.ForeignKey(ConnectionSync, models.CASCADE, related_name="differences")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="+")
    number = models.CharField(max_length=140)
    is_payment = models.BooleanField(default=False)
    currency = models.CharField(max_length=3)
    theirs_minor = models.BigIntegerField(null=True)
    ours_minor = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["sync", "id"], name="connection_difference_of")]

    def __str__(self) -> str:
        return f"{self.number}: {self.theirs_minor} there, {self.ours_minor} here"


class ConnectionFile(models.Model):
    """A file in a remote folder, as one look after the other found it, and what became of it.

    It is one file by its `place` (the path from the folder), `size` in bytes and `written` (its
    time of writing there, in seconds): with another one it is another file. `seen_at` is when it
    was first seen so. `outcome` is empty until the file was dealt with, `sha256` its content then;
    `moved_to` where it was moved to there, else empty.
    """

    class Outcome(models.TextChoices):
        TAKEN = "taken", _("Taken")
        KNOWN = "known", _("Known")
        WAITS = "waits", _("Waits for a person")
        REFUSED = "refused", _("Refused")

    connection = models.ForeignKey(Connection, models.PROTECT, related_name="files")
    place = models.CharField(max_length=300)
    size = models.BigIntegerField()
    written = models.BigIntegerField()
    seen_at = models.DateTimeField()
    outcome = models.CharField(max_length=7, choices=Outcome, blank=True, default="")
    told = models.CharField(max_length=500, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    dealt_at = models.DateTimeField(null=True)
    moved_to = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "place", "size", "written"], name="connection_file_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}: {self.outcome or 'seen'}"


class ConnectionChange(models.Model):
    """One write to a customer there: proposed from our books, tried, approved, then written.

    `value` is a decimal amount in `currency`, 1 or nothing (a hold), or a text; `before` is what
    stood there when it was tried last.
    """

    class Kind(models.TextChoices):
        CREDIT_LIMIT = "credit_limit", _("Credit limit")
        HOLD = "hold", pgettext_lazy("ledger", "Hold")
        NOTE = "note", _("Note")

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("To be tried")
        TRIED = "tried", _("Waits for approval")
        APPROVED = "approved", _("Approved")
        WRITING = "writing", _("Being written")
        WRITTEN = "written", _("Written")
        FAILED = "failed", _("Failed")
        DISMISSED = "dismissed", _("Dismissed")

    MOVES = {
        Status.PROPOSED: {Status.TRIED, Status.FAILED, Status.DISMISSED},
        Status.TRIED: {Status.TRIED, Status.APPROVED, Status.FAILED, Status.DISMISSED},
        Status.APPROVED: {Status.WRITING, Status.DISMISSED},
        Status.WRITING: {Status.WRITTEN, Status.TRIED, Status.APPROVED, Status.FAILED},
        Status.WRITTEN: set(),
        Status.FAILED: {Status.TRIED, Status.DISMISSED},
        Status.DISMISSED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    WAITING = (Status.PROPOSED, Status.TRIED, Status.APPROVED, Status.WRITING, Status.FAILED)

    connection = models.ForeignKey(Connection, models.PROTECT, related_name="changes")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="connection_changes")
    kind = models.CharField(max_length=12, choices=Kind)
    value = models.CharField(max_length=500, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    before = models.CharField(max_length=500, blank=True, default="")
    status = models.CharField(max_length=9, choices=Status, default=Status.PROPOSED)
    error = models.CharField(max_length=500, blank=True, default="")
    proposed_by = models.CharField(max_length=150)
    proposed_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=150, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    written_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "customer", "kind"],
                condition=~Q(kind="note")
                & Q(status__in=("proposed", "tried", "approved", "writing", "failed")),
                name="connection_change_once",
            ),
        ]
        indexes = [
            models.Index(fields=["connection", "status", "id"], name="connection_change_status"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id}: {self.status}"
