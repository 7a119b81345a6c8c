"""People of a customer in the portal, for tests: a seat, and a browser that sits on it."""

from datetime import timedelta

from django.test import Client

from dunwell.models import PortalLink, PortalPerson, PortalSeat
from dunwell.queries.link_tokens import fresh_nonce, hashed_link, link_token
from tests.conftest import AT


def seat_of(customer, *, role="manager", email="jane@buyer.example", language="en"):
    """Return a person's seat for a customer; the person is found by the address or made."""
    person, _ = PortalPerson.objects.get_or_create(
        email=email,
        defaults={
            "name": "Jane Buyer",
            "language": language,
            "session_nonce": fresh_nonce(),
            "recorded_at": AT,
        },
    )
    return PortalSeat.objects.create(
        company=customer.company,
        customer=customer,
        person=person,
        role=role,
        invited_by="tests",
        recorded_at=AT,
    )


def seated(seat, client=None):
    """Return a browser in which the seat's person is in the portal."""
    client = client or Client()
    session = client.session
    session["portal"] = {"seat": seat.pk, "nonce": seat.person.session_nonce}
    session.save()
    return client


def onlooker(customer, *, email="jane@buyer.example", days=30):
    """Return a browser that came by a view link of a customer, and the link."""
    nonce = fresh_nonce()
    link = PortalLink.objects.create(
        company=customer.company,
        customer=customer,
        purpose=PortalLink.Purpose.VIEW,
        email=email,
        nonce=nonce,
        token_hash=hashed_link(link_token(PortalLink.Purpose.VIEW, customer.pk, nonce)),
        expires_at=AT + timedelta(days=days),
        recorded_at=AT,
    )
    client = Client()
    session = client.session
    session["portal"] = {"link": link.pk}
    session.save()
    return client, link
