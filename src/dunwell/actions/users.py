"""People: accounts, roles, one-time sign-in links and API tokens."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from dunwell.actions.duty_overrides import allow_duties
from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import others_here
from dunwell.actions.gate import Actor, Forbidden, Refused
from dunwell.actions.role_rights import RIGHTS, ROLE_RIGHTS, STAFF_ROLES
from dunwell.actions.second_factors import refuse_link_after_reset
from dunwell.actions.texts import fitting
from dunwell.engine.duty_pairs import DutyPair, held_together
from dunwell.models import (
    AgencySeat,
    ApiToken,
    Company,
    Event,
    Membership,
    Role,
    SignInLink,
    User,
)
from dunwell.queries.companies import has_second_factor
from dunwell.queries.duty_pairs import duty_pairs, standing_override
from dunwell.queries.identities import counts_factors_elsewhere

LINK_MINUTES = 60
LONGEST_NAME = 80
"""Characters of a sign-in name and of a token's name."""

FRESH_SECONDS = 600
"""Seconds after which somebody confirms once more who they are, for what costs most."""

SIGNED_IN_BY = "account_authentication_methods"
"""Where allauth keeps in a session by what and when somebody signed in or confirmed it."""


def hashed(token: str) -> str:
    """Return what is stored of a token: 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def lacks_second_factor(user: User, actor: Actor) -> bool:
    """Return whether somebody must set up a second factor before anything else.

    Every role but read-only changes money, customers or users. A demo company is exempt,
    and so is everybody where DUNWELL_REQUIRE_MFA is 0.
    """
    return _needs_second_factor(user, actor) and not has_second_factor(user)


def check_owner(token: ApiToken, actor: Actor) -> None:
    """Raise Forbidden for a program whose owner `lacks_second_factor`; `live_token` found it.

    What somebody may not do without a second factor, no program of theirs does for them.
    """
    is_there: bool = token.has_second_factor  # type: ignore[attr-defined]  # `live_token` says it
    if _needs_second_factor(token.user, actor) and not is_there:
        raise Forbidden(
            f"{token.user.username} has no second factor any more; "
            "this token works again once there is one."
        )


def _needs_second_factor(user: User, actor: Actor) -> bool:
    return (
        settings.REQUIRE_MFA
        and not actor.company.is_demo
        and actor.roles != frozenset({Role.READ_ONLY})
        and not (user.second_factor_vouched and counts_factors_elsewhere())
    )


def must_confirm(actor: Actor, session: Mapping[str, Any], *, at: datetime) -> bool:
    """Return whether the session's last password, code or passkey is ten minutes old or older.

    Exempt are a demo company and whoever needs no second factor (DUNWELL_REQUIRE_MFA).
    """
    if not settings.REQUIRE_MFA or actor.company.is_demo:
        return False
    last = max((one["at"] for one in session.get(SIGNED_IN_BY, ())), default=0.0)
    return bool(at.timestamp() - last >= FRESH_SECONDS)


@transaction.atomic
def add_user(
    *,
    actor: Actor,
    username: str,
    email: str,
    roles: Sequence[str],
    at: datetime,
    reason: str = "",
    days: int = 0,
) -> User:
    """Add a person without a password, with roles in the actor's company.

    Raises Refused for a name or an address already taken, an address that is none, for
    an unknown role or none at all, and for roles that are kept apart (see `set_roles`).
    """
    actor.require("user.manage")
    _check_roles(roles)
    if not roles:
        raise Refused("Give the person at least one role.")
    username = fitting(text=username, most=LONGEST_NAME, what="name")
    email = address_of(email)
    if not username:
        raise Refused("Give the person a name to sign in with.")
    if User.objects.filter(username__iexact=username).exists():
        raise Refused(f"The name {username} is taken; choose another.")
    if email and User.objects.filter(email__iexact=email).exists():
        raise Refused(f"The address {email} belongs to somebody else; people sign in with it.")
    user = User(username=username, email=email)
    user.set_unusable_password()
    user.save()
    _set_roles(actor.company, user, roles)
    _allow_conflicts(actor, user, before=(), roles=roles, reason=reason, days=days, at=at)
    record_event(actor, "user.added", user, at=at, username=username, roles=sorted(roles))
    return user


@transaction.atomic
def set_roles(
    *,
    actor: Actor,
    user: User,
    roles: Sequence[str],
    at: datetime,
    reason: str = "",
    days: int = 0,
) -> None:
    """Replace a person's roles in the actor's company; it acts on their next request.

    Roles that bring both sides of a pair of duties (`policies/duties.yaml`) need a reason and the
    days for which it is allowed. Raises Refused without them, for an unknown role, when somebody
    gives roles to themselves though another admin could, and when it would leave the company
    without an admin.
    """
    actor.require("user.manage")
    _check_roles(roles)
    Company.objects.select_for_update().get(pk=actor.company.pk)
    # somebody whose account is closed can make nobody admin any more
    others = others_here(actor.company, user.pk).filter(role=Role.ADMIN)
    if Role.ADMIN not in roles and not others.exists():
        raise Refused("This is the company's last admin; make somebody else admin first.")
    before = sorted(
        Membership.objects.filter(company=actor.company, user=user).values_list("role", flat=True)
    )
    if user.pk == actor.user_id and set(roles) - set(before) and others.exists():
        raise Refused("You would give these roles to yourself; another admin has to.")
    _set_roles(actor.company, user, roles)
    _allow_conflicts(actor, user, before=before, roles=roles, reason=reason, days=days, at=at)
    record_event(
        actor,
        "user.roles_set",
        user,
        at=at,
        username=user.username,
        before=before,
        roles=sorted(roles),
    )


@transaction.atomic
def make_sign_in_link(*, actor: Actor, user: User, at: datetime) -> str:
    """Return a token that signs the person in once within the hour; earlier ones stop working.

    Raises Refused for whoever reset the person's second factor within a day, until there is a
    new one, if another admin could make it.
    """
    actor.require("user.manage")
    if not Membership.objects.filter(company=actor.company, user=user).exists():
        raise Refused("This person works for another company.")
    # a reset of the person's factor at this moment is waited for
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    refuse_link_after_reset(actor, user, at=at)
    SignInLink.objects.filter(user=user, used_at=None).update(expires_at=at)
    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(
        user=user, token_hash=hashed(token), expires_at=at + timedelta(minutes=LINK_MINUTES)
    )
    record_event(actor, "user.sign_in_link_made", user, at=at, username=user.username)
    return token


@transaction.atomic
def use_sign_in_link(*, token: str, at: datetime) -> User:
    """Return the person a link belongs to and use it up; raise Refused when it is spent."""
    links = SignInLink.objects.filter(
        token_hash=hashed(token), used_at=None, expires_at__gt=at, user__is_active=True
    )
    if links.update(used_at=at) != 1:
        raise Refused("This link was used or has expired; ask for a new one.")
    return User.objects.get(sign_in_links__token_hash=hashed(token))


@transaction.atomic
def make_api_token(
    *, actor: Actor, name: str, rights: Sequence[str], days: int | None, at: datetime
) -> str:
    """Return a new API token of the actor with some of the actor's own rights, shown once.

    Raises Refused for a right that does not exist or that the actor does not hold.
    """
    actor.require("token.manage")
    if actor.user_id is None:
        raise Refused("A token belongs to a person.")
    name = fitting(text=name, most=LONGEST_NAME, what="name")
    longest: int = Event._meta.get_field("actor").max_length or 0
    if len(program_name := f"{actor.name} via {name}") > longest:
        raise Refused(f"{program_name} has {len(program_name)} characters; at most {longest} fit.")
    if unknown := sorted(set(rights) - RIGHTS):
        raise Refused(f"There is no right {unknown[0]}.")
    if missing := sorted(set(rights) - actor.rights):
        raise Refused(f"You do not hold {missing[0]} yourself.")
    token = f"dw_{secrets.token_urlsafe(32)}"
    made = ApiToken.objects.create(
        company=actor.company,
        user_id=actor.user_id,
        name=name,
        token_hash=hashed(token),
        rights=sorted(set(rights)),
        created_at=at,
        expires_at=at + timedelta(days=days) if days else None,
    )
    record_event(actor, "token.made", made, at=at, name=name, rights=sorted(set(rights)))
    return token


@transaction.atomic
def revoke_api_token(*, actor: Actor, token: ApiToken, at: datetime) -> None:
    """Stop a token at once."""
    actor.require("token.manage")
    if token.company_id != actor.company.pk:
        raise Refused("This token belongs to another company.")
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at) == 1:
        record_event(actor, "token.revoked", token, at=at, name=token.name)


def address_of(email: str) -> str:
    """Return an address as it is kept; raise Refused for one that is none."""
    told = fitting(text=email, most=254, what="address")
    if told:
        try:
            validate_email(told)
        except ValidationError as error:
            raise Refused(f"{told} is not an e-mail address.") from error
    return told


def _check_roles(roles: Sequence[str]) -> None:
    if Role.PARTNER in roles:
        raise Refused("A partner's seat is given on the page of the agency.")
    if unknown := sorted(set(roles) - set(STAFF_ROLES)):
        raise Refused(f"There is no role {unknown[0]}; the roles are {', '.join(STAFF_ROLES)}.")


def conflicts_of(roles: Sequence[str]) -> tuple[DutyPair, ...]:
    """Return the pairs of duties that roles of staff would bring together."""
    return held_together(duty_pairs(), set(roles) & set(STAFF_ROLES), ROLE_RIGHTS)


def _allow_conflicts(
    actor: Actor,
    user: User,
    *,
    before: Sequence[str],
    roles: Sequence[str],
    reason: str,
    days: int,
    at: datetime,
) -> None:
    """Write down why pairs are held together that were not before; refuse it without a reason."""
    held = {pair.id for pair in conflicts_of(before)}
    new = [pair for pair in conflicts_of(roles) if pair.id not in held]
    waiting = [
        pair
        for pair in new
        if standing_override(actor.company, user_id=user.pk, pair=pair.id, at=at) is None
    ]
    if waiting and not reason.strip():
        told = "; ".join(pair.why for pair in waiting)
        raise Refused(
            f"Segregation of duties: {told}. Give fewer roles, or a reason and for how long."
        )
    for pair in waiting:
        allow_duties(actor=actor, user=user, pair=pair.id, reason=reason, days=days, at=at)


def _set_roles(company: Company, user: User, roles: Sequence[str]) -> None:
    # whoever works for us, or no longer for anybody, has no seat of an agency
    AgencySeat.objects.filter(company=company, user=user).delete()
    Membership.objects.filter(company=company, user=user).exclude(role__in=roles).delete()
    for role in sorted(set(roles)):
        Membership.objects.get_or_create(company=company, user=user, role=role)
