"""What a form of the portal led to, for pages that show a form which was sent before."""

from dunwell.models import Customer, PortalRequest


def sent_record(customer: Customer, key: str, *, kind: str) -> int | None:
    """Return the key of the record that a customer's form led to, None where it was not sent."""
    sent = PortalRequest.objects.filter(customer=customer, key=key[:64], kind=kind)
    return sent.values_list("subject_id", flat=True).first()
