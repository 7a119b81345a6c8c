"""A standing order, one announced charge and a second saved card, for the tables of the API."""

from dunwell.models import Autopay, AutopayCharge, AutopayLine
from tests.portal.pay_rows import method_of, provider_of


def keep_autopay(customer, item, *, tag, as_of, at):
    """Write the records and return their keys."""
    provider = provider_of(customer.company, name="Practice bank of autopay")
    used = method_of(customer, provider, token=f"pm_used{tag}")
    autopay = Autopay.objects.create(
        company=customer.company,
        customer=customer,
        method=used,
        covers="items",
        currency="EUR",
        notice_days=3,
        text="I allow it.",
        sha256="0" * 64,
        agreed_by="Jane Buyer",
        agreed_on=as_of,
        recorded_by="tests",
        recorded_at=at,
    )
    charge = AutopayCharge.objects.create(
        autopay=autopay, charge_on=as_of, amount_minor=100, made_on=as_of, recorded_at=at
    )
    AutopayLine.objects.create(charge=charge, item=item, amount_minor=100)
    spare = method_of(customer, provider, token=f"pm_spare{tag}")
    paused = Autopay.objects.create(
        company=customer.company,
        customer=customer,
        method=used,
        covers="items",
        currency="USD",
        notice_days=3,
        text="I allow it.",
        sha256="0" * 64,
        agreed_by="Jane Buyer",
        status="paused",
        agreed_on=as_of,
        recorded_by="tests",
        recorded_at=at,
    )
    return {
        "paused_autopay_id": paused.pk,
        "autopay_id": autopay.pk,
        "autopay_charge_id": charge.pk,
        "saved_method_id": spare.pk,
    }
