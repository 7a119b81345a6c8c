"""Companies a person works for, and how they sign in."""

from collections.abc import Sequence

from allauth.mfa.models import Authenticator

from dunwell.models import Company, User
from dunwell.queries.channel_carriers import has_channel_down
from dunwell.queries.mailboxes import has_mailbox_down


def companies_of(user: User) -> list[Company]:
    """Return the companies in which the person has a role, by name.

    Each says `has_channel_down` and `has_mailbox_down`, so that every page can tell of it without
    asking again.
    """
    return list(
        Company.objects.filter(memberships__user=user)
        .annotate(has_channel_down=has_channel_down(), has_mailbox_down=has_mailbox_down())
        .distinct()
        .order_by("name", "id")
    )


def chosen_company(companies: Sequence[Company], chosen: int | None) -> Company:
    """Return the company chosen in the session, the first one while none of these is."""
    return next((company for company in companies if company.pk == chosen), companies[0])


def has_second_factor(user: User) -> bool:
    """Return whether the person has set up an authenticator app or a passkey."""
    return bool(
        Authenticator.objects.filter(user=user)
        .exclude(type=Authenticator.Type.RECOVERY_CODES)
        .exists()
    )
