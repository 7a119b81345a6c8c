"""Mails that lead to our pages while nobody has said where these are reached from outside."""

from django.conf import settings
from django.db.models import Q

from dunwell.formats.mail import ADDRESS_UNKNOWN
from dunwell.models import ApplicationMail, Company, Message, PortalMail

OUTBOXES = (Message, PortalMail, ApplicationMail)
"""Whose mails may hold such a link."""


def unaddressed() -> Q:
    """Return which mails of an outbox wait for DUNWELL_SITE; none of them once it is set.

    They are left alone, else each delivery would take up all of them to put them back.
    """
    if settings.SITE:
        return Q(pk__in=())
    return Q(status=Message.Status.READY, error=ADDRESS_UNKNOWN)


def count_unaddressed(company: Company) -> int:
    """Return how many mails of a company wait for DUNWELL_SITE; one query, none once it is set."""
    if settings.SITE:
        return 0
    messages, *others = (
        outbox.objects.filter(unaddressed(), company=company).values("pk") for outbox in OUTBOXES
    )
    return messages.union(*others, all=True).count()
