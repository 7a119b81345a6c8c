"""Identities at the house's own sign-in (OpenID Connect, SAML): tied to a person, used, untied."""

from datetime import datetime
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.db.models import Q

from dunwell.actions.events import record_event
from dunwell.actions.gate import Refused, staff
from dunwell.models import User
from dunwell.queries.companies import companies_of


@transaction.atomic
def tie_identity(*, user: User, kind: str, subject: str, email: str, at: datetime) -> None:
    """Let an identity of the provider sign a person in from now on; again changes nothing.

    Raises Refused when the identity is somebody else's, or the person has another one.
    """
    # two windows of one person queue here
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    known = SocialAccount.objects.filter(Q(uid=subject) | Q(user=user), provider=kind)
    found = {(one.user_id, one.uid) for one in known}
    if found == {(user.pk, subject)}:
        return
    if any(key != user.pk for key, _uid in found):
        raise Refused("This identity signs somebody else in; ask an admin who that is.")
    if found:
        raise Refused(f"{user.username} signs in with another identity; untie that one first.")
    SocialAccount.objects.create(
        user=user, provider=kind, uid=subject, extra_data={"email": email}
    )
    _recorded(user, "user.identity_tied", at=at)


def tie_by_address(*, kind: str, subject: str, email: str, at: datetime) -> User | None:
    """Return the person whose address it is, tied to the identity; None where there is none.

    The caller vouches that the provider verified the address and that an admin of the
    installation wants addresses matched. Whoever has no role anywhere is nobody. Raises Refused
    as `tie_identity` does.
    """
    if not email:
        return None
    people = list(User.objects.filter(email__iexact=email, is_active=True)[:2])
    if len(people) != 1 or not companies_of(people[0], at=at):
        return None
    tie_identity(user=people[0], kind=kind, subject=subject, email=email, at=at)
    return people[0]


@transaction.atomic
def untie_identity(*, user: User, kind: str, at: datetime) -> None:
    """Stop the person's identity from signing them in; raise Refused where there is none."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    gone, _kinds = SocialAccount.objects.filter(user=user, provider=kind).delete()
    if not gone:
        raise Refused(f"No identity signs {user.username} in.")
    _recorded(user, "user.identity_untied", at=at)


@transaction.atomic
def note_sign_on(*, user: User, second_factor: bool, at: datetime) -> None:
    """Record that an identity signed the person in, and whether a second factor was proved."""
    _recorded(user, "user.signed_on", at=at, second_factor=second_factor)


def _recorded(user: User, verb: str, *, at: datetime, **data: Any) -> None:
    """Write one event in every company of the person, in one order for all writers."""
    for company in sorted(companies_of(user, at=at), key=lambda one: one.pk):
        actor = staff(user, company, at=at)
        record_event(actor, verb, user, at=at, username=user.username, **data)
