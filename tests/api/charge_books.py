"""What the API's books need of charges: one that accrues, one that was waived, a proposed rate."""

from datetime import timedelta

from dunwell.models import Charge, ReferenceRate


def keep_charges(company, item, *, today, at):
    """Keys of a charge that accrues, one that was waived, and an official rate that waits."""
    until_on = today - timedelta(days=1)
    same = {
        "company": company, "customer": item.customer, "item": item, "currency": item.currency,
        "kind": "interest", "rule": "DE-BGB-288-B2B", "base_minor": item.amount_minor,
        "from_on": until_on, "until_on": until_on, "days": 1, "as_of": today, "recorded_at": at,
        "parts": [
            {
                "from_on": str(until_on), "until_on": str(until_on), "days": 1,
                "rate_ppm": 102_700, "base_minor": item.amount_minor, "source": "DE_BASIS",
            }
        ],
    }  # fmt: skip
    accrued = Charge.objects.create(period="2026-02", amount_minor=3, **same)
    waived = Charge.objects.create(
        period="2026-01", amount_minor=2, status="waived", waived_by="mona",
        waived_reason="goodwill", **same,
    )  # fmt: skip
    rate = ReferenceRate.objects.create(
        company=company, name="ECB_MRO", from_on=today, rate_ppm=20_000, source="ECB",
        author="somebody", recorded_at=at,
    )  # fmt: skip
    return {"charge_id": accrued.pk, "waived_charge_id": waived.pk, "rate_id": rate.pk}
