"""What banks told us: accounts of ours, files as received, statements and their entries."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company, User
from dunwell.models.payments import Payment


class BankAccount(models.Model):
    """An account of ours. `account` is the IBAN or number as the bank's files write it."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="bank_accounts")
    account = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    name = models.CharField(max_length=120)
    bic = models.CharField(max_length=11, blank=True)
    creditor_id = models.CharField(max_length=35, blank=True)
    is_active = models.BooleanField(default=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "account", "currency"], name="bank_account_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.account} {self.currency})"


class BankLayout(models.Model):
    """How the sheets of one header are read: what a clerk answered once (`formats.bank`).

    `header` is the hash of the column names, `document` a `SheetProfile`; without an account in
    it the account is asked for each file.
    """

    company = models.ForeignKey(Company, models.CASCADE, related_name="bank_layouts")
    header = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    document = models.JSONField()
    saved_by = models.CharField(max_length=150)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "header"], name="bank_layout_once"),
        ]

    def __str__(self) -> str:
        return self.name


class BankFile(models.Model):
    """A bank file as received: its bytes lie in the uploads folder under their hash.

    A sheet that leaves a question open waits (`asks`) for a person; `profile` is what was
    answered, `version` how often, `header` names the layout the answers are kept for.
    """

    class Status(models.TextChoices):
        RECEIVED = "received", _("Received")
        ASKS = "asks", _("Waits for answers")
        READ = "read", _("Read")
        REFUSED = "refused", _("Refused")

    company = models.ForeignKey(Company, models.PROTECT, related_name="bank_files")
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="bank_files")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    format = models.CharField(max_length=60, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.RECEIVED)
    error = models.CharField(max_length=1000, blank=True)
    findings = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    header = models.CharField(max_length=64, blank=True)
    profile = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    answered_by = models.CharField(max_length=150, blank=True)
    received_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "sha256"], name="bank_file_once"),
        ]

    def __str__(self) -> str:
        return self.name


class BankStatement(models.Model):
    """A run of entries of one account; balances in minor units, owed to us > 0, empty if untold.

    `identity` names it, `content` says what it tells (`formats.bank.identities`): the same
    identity with other content is a contradiction and is kept beside the first, with a finding.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="bank_statements")
    file = models.ForeignKey(BankFile, models.PROTECT, related_name="statements")
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="statements")
    kind = models.CharField(max_length=12)
    number = models.CharField(max_length=120, blank=True)
    sequence = models.CharField(max_length=40, blank=True)
    identity = models.CharField(max_length=32)
    content = models.CharField(max_length=32)
    opening_minor = models.BigIntegerField(null=True)
    closing_minor = models.BigIntegerField(null=True)
    opening_on = models.DateField(null=True)
    closing_on = models.DateField(null=True)
    entries_count = models.PositiveIntegerField(default=0)
    entries_minor = models.BigIntegerField(default=0)
    findings = models.JSONField(default=list)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "identity", "content"], name="bank_statement_once"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "closing_on", "id"], name="bank_statement_order")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number} of {self.account_id}"


class BankEntry(models.Model):
    """One movement of money as the bank tells it: in > 0, out < 0. What it says never changes.

    `treatment` is what became of it here; `money_identity` meets the same booking again in
    another kind of message (interim report, notification, statement).
    """

    class Treatment(models.TextChoices):
        PAYMENT = "payment", _("Payment received")
        RETURN = "return", _("Payment returned")
        DEBIT = "debit", _("Direct debit collected")
        REFUND = "refund", _("Refund paid out")
        PAYOUT = "payout", _("Payout of a payment provider")
        OTHER = "other", _("Not from a customer")
        SAME_MONEY = "same_money", _("Told before by another message")
        PENDING = "pending", _("Not booked by the bank")
        OPEN = "open", _("To be decided")

    company = models.ForeignKey(Company, models.PROTECT, related_name="bank_entries")
    statement = models.ForeignKey(BankStatement, models.PROTECT, related_name="entries")
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="entries")
    entry_id = models.CharField(max_length=32)
    money_identity = models.CharField(max_length=32)
    value_on = models.DateField()
    booked_on = models.DateField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    counterparty = models.CharField(max_length=200, blank=True)
    counterparty_account = models.CharField(max_length=64, blank=True)
    counterparty_bank = models.CharField(max_length=64, blank=True)
    reference = models.CharField(max_length=400, blank=True)
    end_to_end = models.CharField(max_length=140, blank=True)
    bank_reference = models.CharField(max_length=140, blank=True)
    mandate = models.CharField(max_length=64, blank=True)
    text = models.TextField(blank=True)
    code = models.CharField(max_length=60, blank=True)
    return_reason = models.CharField(max_length=200, blank=True)
    is_reversal = models.BooleanField(default=False)
    status = models.CharField(max_length=11, default="booked")
    charges_minor = models.BigIntegerField(default=0)
    original_minor = models.BigIntegerField(null=True)
    original_currency = models.CharField(max_length=3, blank=True)
    group_id = models.CharField(max_length=64, blank=True)
    place = models.CharField(max_length=200, blank=True)
    remitted = models.JSONField(default=list)
    treatment = models.CharField(max_length=10, choices=Treatment, default=Treatment.OPEN)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="bank_entries")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "entry_id"], name="bank_entry_once"),
            models.CheckConstraint(
                condition=~Q(treatment="payment") | Q(payment__isnull=False),
                name="bank_entry_payment",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "money_identity"], name="bank_entry_money"),
            models.Index(fields=["company", "treatment", "id"], name="bank_entry_treatment"),
            models.Index(fields=["account", "value_on", "id"], name="bank_entry_value"),
        ]

    def __str__(self) -> str:
        return f"{self.value_on} {self.amount_minor} {self.currency}"


class Remittance(models.Model):
    """What a payer says it pays, from mail, PDF, sheet or EDI; kept byte for byte too."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="remittances")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="remittances")
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="remittances")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    part = models.PositiveIntegerField(default=0)
    format = models.CharField(max_length=60)
    payer = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=400, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    total_minor = models.BigIntegerField(null=True)
    paid_on = models.DateField(null=True)
    findings = models.JSONField(default=list)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "sha256", "part"], name="remittance_once"),
        ]

    def __str__(self) -> str:
        return self.name


class RemittanceLine(models.Model):
    """One document of a remittance; amounts in minor units of its currency, empty if untold."""

    remittance = models.ForeignKey(Remittance, models.CASCADE, related_name="lines")
    place = models.PositiveIntegerField()
    item_ref = models.CharField(max_length=200)
    paid_minor = models.BigIntegerField(null=True)
    gross_minor = models.BigIntegerField(null=True)
    discount_minor = models.BigIntegerField(null=True)
    deduction_minor = models.BigIntegerField(null=True)
    text = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["remittance", "place"], name="remittance_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item_ref}: {self.paid_minor}"
