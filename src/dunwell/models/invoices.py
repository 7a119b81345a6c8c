"""Invoices we write ourselves: drafts with their lines, number series, schedules, tax rates."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.disputes import CreditRequest
from dunwell.models.items import Item
from dunwell.models.orders import Order


class InvoicingProfile(models.Model):
    """What stands on every invoice of a company about itself.

    `approve_over_minor`, in the company's currency, is the amount above which somebody else
    than the author has to approve; empty asks for nobody.
    """

    company = models.OneToOneField(Company, models.PROTECT, related_name="invoicing")
    legal_name = models.CharField(max_length=200)
    street = models.CharField(max_length=120, blank=True)
    street_more = models.CharField(max_length=120, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=80, blank=True)
    region = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2)
    vat_id = models.CharField(max_length=40, blank=True)
    tax_number = models.CharField(max_length=40, blank=True)
    registration = models.CharField(max_length=80, blank=True)
    registration_scheme = models.CharField(max_length=4, blank=True)
    iban = models.CharField(max_length=34, blank=True)
    bic = models.CharField(max_length=11, blank=True)
    account_name = models.CharField(max_length=70, blank=True)
    contact = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    endpoint = models.CharField(max_length=80, blank=True)
    endpoint_scheme = models.CharField(max_length=4, blank=True)
    terms = models.CharField(max_length=80, blank=True)
    small_print = models.CharField(max_length=1000, blank=True)
    approve_over_minor = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.legal_name


class CustomerInvoicing(models.Model):
    """How one customer wants its invoices: address, references, format and way."""

    class Format(models.TextChoices):
        PDF = "pdf", _("PDF")
        FACTURX = "facturx", _("PDF with data (Factur-X, ZUGFeRD)")
        XRECHNUNG_UBL = "xrechnung_ubl", _("XRechnung (UBL)")
        XRECHNUNG_CII = "xrechnung_cii", _("XRechnung (CII)")
        PEPPOL = "peppol", _("Peppol BIS 3 (UBL)")

    class Delivery(models.TextChoices):
        MAIL = "mail", _("By mail")
        PORTAL = "portal", _("In the portal")
        DOWNLOAD = "download", _("Uploaded by us where the customer wants it")

    company = models.ForeignKey(Company, models.PROTECT, related_name="customer_invoicing")
    customer = models.OneToOneField(Customer, models.PROTECT, related_name="invoicing")
    street = models.CharField(max_length=120, blank=True)
    street_more = models.CharField(max_length=120, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=80, blank=True)
    region = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2, blank=True)
    buyer_reference = models.CharField(max_length=80, blank=True)
    endpoint = models.CharField(max_length=80, blank=True)
    endpoint_scheme = models.CharField(max_length=4, blank=True)
    format = models.CharField(max_length=13, choices=Format, default=Format.PDF)
    delivery = models.CharField(max_length=8, choices=Delivery, default=Delivery.MAIL)
    is_po_required = models.BooleanField(default=False)
    language = models.CharField(max_length=5, blank=True)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"invoicing of {self.customer_id}"


class TaxRate(models.Model):
    """A tax code from a day on; the newest row of a code that has begun rules.

    `category` is a code of UNTDID 5305; `exemption` says why no tax is charged, with its VATEX
    code.
    """

    class Category(models.TextChoices):
        STANDARD = "S", _("Taxed")
        ZERO = "Z", _("Zero rated")
        EXEMPT = "E", _("Exempt")
        REVERSE = "AE", _("Reverse charge")
        INTRA_EU = "K", _("Supply inside the EU")
        EXPORT = "G", _("Export")
        OUTSIDE = "O", _("Outside the scope of VAT")

    company = models.ForeignKey(Company, models.PROTECT, related_name="tax_rates")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    country = models.CharField(max_length=2)
    category = models.CharField(max_length=2, choices=Category)
    rate_ppm = models.PositiveIntegerField(default=0)
    exemption = models.CharField(max_length=200, blank=True)
    exemption_code = models.CharField(max_length=30, blank=True)
    valid_from = models.DateField()
    author = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "code", "valid_from"], name="tax_rate_from"
            ),
            models.CheckConstraint(
                condition=Q(category="S", rate_ppm__gt=0, rate_ppm__lte=1_000_000)
                | (~Q(category="S") & Q(rate_ppm=0)),
                name="tax_rate_of_category",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} from {self.valid_from}"


class NumberSeries(models.Model):
    """Numbers of one kind of document in one year, drawn in the transaction that issues.

    `pattern` holds {number} with its digits ({number:5}) and may hold {year}; `year` is 0 where
    it does not, and the count never starts again.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoices")
        CREDIT_NOTE = "credit_note", _("Credit notes")

    company = models.ForeignKey(Company, models.PROTECT, related_name="number_series")
    kind = models.CharField(max_length=11, choices=Kind)
    pattern = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    next_number = models.PositiveBigIntegerField(default=1)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "kind", "year"], name="number_series_once"),
            models.CheckConstraint(condition=Q(next_number__gt=0), name="number_series_from_one"),
        ]

    def __str__(self) -> str:
        return self.pattern


class InvoiceSchedule(models.Model):
    """An invoice that comes again every period; each period is billed once.

    `lines` are as those of a draft. Period n begins `n` steps after `starts_on` and is billed on
    `day` (clipped to the month) of the month in which it begins.
    """

    class Every(models.TextChoices):
        MONTH = "month", _("Every month")
        QUARTER = "quarter", _("Every quarter")
        YEAR = "year", _("Every year")

    company = models.ForeignKey(Company, models.PROTECT, related_name="invoice_schedules")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="invoice_schedules")
    name = models.CharField(max_length=120)
    every = models.CharField(max_length=7, choices=Every)
    day = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    terms = models.CharField(max_length=80, blank=True)
    order_number = models.CharField(max_length=80, blank=True)
    lines = models.JSONField(default=list)
    is_auto_issued = models.BooleanField(default=False)
    trouble = models.CharField(max_length=300, blank=True)
    author = models.CharField(max_length=150)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(day__gte=1, day__lte=31), name="invoice_schedule_day"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="invoice_schedule_span",
            ),
        ]
        indexes = [models.Index(fields=["company", "ends_on"], name="invoice_schedule_running")]

    def __str__(self) -> str:
        return self.name


class Invoice(models.Model):
    """An invoice or credit note of ours from draft to issue; frozen once it has its number.

    Amounts are in `currency` and above 0 on a credit note too. `allowances` are those of the
    whole document. `source_key` is what the source calls it: the same key is the same invoice.
    `document_sha256` names the kept bytes of the document as issued. `dispute_ppm` and
    `dispute_reasons` are what was foreseen when it was issued.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        CREDIT_NOTE = "credit_note", _("Credit note")
        PREPAYMENT = "prepayment", _("Prepayment invoice")
        CORRECTED = "corrected", _("Corrected invoice")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        APPROVED = "approved", _("Approved")
        ISSUED = "issued", _("Issued")
        VOIDED = "voided", _("Voided")

    MOVES = {
        Status.DRAFT: {Status.APPROVED, Status.ISSUED, Status.VOIDED},
        Status.APPROVED: {Status.DRAFT, Status.ISSUED},
        Status.ISSUED: set(),
        Status.VOIDED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    class Source(models.TextChoices):
        MANUAL = "manual", _("Written by hand")
        ORDER = "order", _("From an order")
        API = "api", _("By the API")
        CSV = "csv", _("From a file")
        SCHEDULE = "schedule", _("From a schedule")
        CREDIT_REQUEST = "credit_request", _("Asked for by a dispute")

    company = models.ForeignKey(Company, models.PROTECT, related_name="invoices")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="invoices")
    kind = models.CharField(max_length=11, choices=Kind)
    status = models.CharField(max_length=8, choices=Status, default=Status.DRAFT)
    number = models.CharField(max_length=80, blank=True)
    currency = models.CharField(max_length=3)
    terms = models.CharField(max_length=80, blank=True)
    issued_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    delivered_on = models.DateField(null=True)
    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="invoices")
    order_number = models.CharField(max_length=80, blank=True)
    buyer_reference = models.CharField(max_length=80, blank=True)
    contract = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    allowances = models.JSONField(default=list)
    lines_minor = models.BigIntegerField(default=0)
    net_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    gross_minor = models.BigIntegerField(default=0)
    prepaid_minor = models.BigIntegerField(default=0)
    preceding = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    is_allocated = models.BooleanField(default=False)
    """A credit note is put on the item of its invoice when it is issued."""
    credit_request = models.OneToOneField(
        CreditRequest, models.PROTECT, null=True, related_name="invoice"
    )
    schedule = models.ForeignKey(
        InvoiceSchedule, models.PROTECT, null=True, related_name="invoices"
    )
    source = models.CharField(max_length=14, choices=Source)
    source_key = models.CharField(max_length=120, blank=True)
    item = models.OneToOneField(Item, models.PROTECT, null=True, related_name="invoice")
    document_sha256 = models.CharField(max_length=64, blank=True)
    dispute_ppm = models.PositiveIntegerField(null=True)
    dispute_reasons = models.JSONField(default=list)
    author = models.CharField(max_length=150)
    approver = models.CharField(max_length=150, blank=True)
    approved_on = models.DateField(null=True)
    issuer = models.CharField(max_length=150, blank=True)
    issued_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "number"], condition=~Q(number=""), name="invoice_number_once"
            ),
            models.UniqueConstraint(
                fields=["company", "source", "source_key"],
                condition=~Q(source_key=""),
                name="invoice_of_source_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    ~Q(number=""),
                    ~Q(document_sha256=""),
                    status="issued",
                    item__isnull=False,
                    issued_on__isnull=False,
                    due_on__isnull=False,
                )
                | (~Q(status="issued") & Q(number="", item=None, issued_on=None)),
                name="invoice_numbered_when_issued",
            ),
            models.CheckConstraint(
                condition=Q(
                    gross_minor=F("net_minor") + F("tax_minor"),
                    prepaid_minor__gte=0,
                    prepaid_minor__lte=F("gross_minor"),
                ),
                name="invoice_sums",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("invoice", "prepayment"), preceding=None)
                | Q(kind__in=("credit_note", "corrected"), preceding__isnull=False),
                name="invoice_corrects_another",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "status", "-id"], name="invoice_status"),
            models.Index(fields=["company", "customer", "-id"], name="invoice_of_customer"),
        ]

    def __str__(self) -> str:
        return self.number or f"draft {self.pk}"


class InvoiceLine(models.Model):
    """One line of an invoice; price in millionths of the currency's unit, quantity in millionths.

    `agreed_price_micros` is what the order says of the same line. `discount_minor` is taken off
    quantity times price.
    """

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=500, blank=True)
    seller_item = models.CharField(max_length=40, blank=True)
    quantity_micros = models.BigIntegerField()
    unit = models.CharField(max_length=3, default="C62")
    price_micros = models.BigIntegerField()
    agreed_price_micros = models.BigIntegerField(null=True)
    discount_minor = models.BigIntegerField(default=0)
    discount_reason = models.CharField(max_length=80, blank=True)
    net_minor = models.BigIntegerField()
    tax_code = models.CharField(max_length=20)
    category = models.CharField(max_length=2)
    rate_ppm = models.PositiveIntegerField(default=0)
    exemption = models.CharField(max_length=200, blank=True)
    exemption_code = models.CharField(max_length=30, blank=True)
    order_line = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_position"),
            models.CheckConstraint(
                condition=Q(price_micros__gte=0, discount_minor__gte=0), name="invoice_line_price"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.name}"


class InvoiceFile(models.Model):
    """A file of an issued invoice, kept byte for byte: the PDF, and its data where wanted."""

    class Kind(models.TextChoices):
        PDF = "pdf", _("PDF")
        XML = "xml", _("Data (XML)")

    company = models.ForeignKey(Company, models.PROTECT, related_name="invoice_files")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="files")
    kind = models.CharField(max_length=3, choices=Kind)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "kind"], name="invoice_file_once"),
        ]

    def __str__(self) -> str:
        return self.name
