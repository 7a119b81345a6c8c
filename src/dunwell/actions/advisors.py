"""Letting somebody from outside look for a while: inviting, accepting, extending, ending."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.role_rights import VISITING
from dunwell.actions.texts import fitting, needed
from dunwell.actions.users import address_of
from dunwell.models import AdvisorAccess, AdvisorExtension, AdvisorTrace, Company, Membership, User
from dunwell.queries.advisor_areas import AREAS
from dunwell.queries.link_tokens import hashed_link

LINK_DAYS = 7
"""So long an invitation may be used."""
LONGEST_DAYS = 366
"""So long somebody may look at most, from the first moment to the last, extensions included."""
REMIND_DAYS = 3
"""So many days before the end those who invited are reminded."""


@transaction.atomic
def invite_advisor(
    *,
    actor: Actor,
    name: str,
    email: str,
    role: str,
    areas: Sequence[str],
    reason: str,
    starts_at: datetime,
    ends_at: datetime,
    at: datetime,
    firm: str = "",
) -> tuple[AdvisorAccess, str]:
    """Return a new read-only access and the token of its link, shown once.

    Raises Refused for an unknown role or area, a span that is past, turned round or longer than
    LONGEST_DAYS, an address of our own people, and an invitation that waits already.
    """
    actor.require("advisor.invite")
    _check_scope(role, areas)
    _check_span(starts_at, ends_at, at)
    told = needed(text=name, most=80, what="name", missing="Give the person's name.")
    why = needed(text=reason, most=300, what="reason", missing="Say what the access is for.")
    address = address_of(email)
    if not address:
        raise Refused("Give the person's e-mail address.")
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    ours = Membership.objects.filter(company=actor.company, user__email__iexact=address)
    if ours.exclude(role__in=VISITING).exists():
        raise Refused(f"{address} belongs to somebody who works here; give a role instead.")
    waiting = AdvisorAccess.objects.filter(
        company=actor.company, email=address, accepted_at=None, revoked_at=None
    )
    if waiting.exists():
        raise Refused(f"An invitation for {address} waits already; end it first.")
    token = secrets.token_urlsafe(32)
    access = AdvisorAccess.objects.create(
        company=actor.company,
        role=role,
        name=told,
        email=address,
        firm=fitting(text=firm, most=120, what="firm"),
        areas=sorted(set(areas)),
        reason=why,
        starts_at=starts_at,
        ends_at=ends_at,
        invited_by=actor.name,
        token_hash=hashed_link(token),
        link_until_at=min(at + timedelta(days=LINK_DAYS), ends_at),
        recorded_at=at,
    )
    record_event(
        actor,
        "advisor.invited",
        access,
        at=at,
        name=told,
        role=role,
        areas=access.areas,
        ends_at=ends_at.isoformat(),
        reason=why,
    )
    return access, token


@transaction.atomic
def accept_invitation(*, token: str, at: datetime) -> User:
    """Return the person whose link was used, with a seat to look; raise Refused where it is spent.

    The link is the sign-in of the first time. Whoever has an account keeps it.
    """
    found = AdvisorAccess.objects.select_related("company").filter(
        token_hash=hashed_link(token), accepted_at=None, revoked_at=None, link_until_at__gt=at
    )
    access = found.select_for_update(no_key=True, of=("self",)).first()
    if access is None:
        raise Refused("This link was used, ended or has expired; ask for a new one.")
    user = User.objects.filter(email__iexact=access.email).first()
    if user is None:
        user = User(username=_free_name(access), email=access.email)
        user.set_unusable_password()
        user.save()
    if not user.is_active:
        raise Refused("This account is closed; ask whoever invited you.")
    Membership.objects.get_or_create(company=access.company, user=user, role=access.role)
    AdvisorAccess.objects.filter(pk=access.pk).update(user=user, accepted_at=at)
    record_event(
        Actor(company=access.company, name=user.username, user_id=user.pk),
        "advisor.accepted",
        access,
        at=at,
        name=access.name,
    )
    return user


@transaction.atomic
def end_access(*, actor: Actor, access: AdvisorAccess, at: datetime) -> None:
    """End an access or an invitation at once; one that has ended stays as it is."""
    actor.require("advisor.invite")
    own(actor, access, "access")
    rows = AdvisorAccess.objects.filter(pk=access.pk, revoked_at=None, ends_at__gt=at)
    if rows.update(revoked_at=at, revoked_by=actor.name) == 1:
        record_event(actor, "advisor.ended", access, at=at, name=access.name)


@transaction.atomic
def ask_extension(
    *, actor: Actor, access: AdvisorAccess, until_at: datetime, reason: str, at: datetime
) -> AdvisorExtension:
    """Ask for a longer stay; a second person decides. Raises Refused where one waits."""
    actor.require("advisor.invite")
    own(actor, access, "access")
    locked = AdvisorAccess.objects.select_for_update(no_key=True).get(pk=access.pk)
    why = needed(text=reason, most=300, what="reason", missing="Say why it takes longer.")
    if locked.revoked_at is not None or locked.ends_at <= at:
        raise Refused("This access has ended; invite the person again.")
    if until_at <= locked.ends_at:
        raise Refused("The new end must be later than the present one.")
    _check_span(locked.starts_at, until_at, at)
    if locked.extensions.filter(is_granted=None).exists():
        raise Refused("A longer stay has been asked for already; it waits for a decision.")
    asked = AdvisorExtension.objects.create(
        access=locked,
        company=actor.company,
        until_at=until_at,
        reason=why,
        asked_by=actor.name,
        recorded_at=at,
    )
    record_event(
        actor, "advisor.extension_asked", locked, at=at, until_at=until_at.isoformat(), reason=why
    )
    return asked


@transaction.atomic
def decide_extension(
    *, actor: Actor, extension: AdvisorExtension, is_granted: bool, at: datetime
) -> None:
    """Grant or decline a longer stay; never the person who asked."""
    actor.require("advisor.extend")
    own(actor, extension, "extension")
    access = AdvisorAccess.objects.select_for_update(no_key=True).get(pk=extension.access_id)
    if actor.name == extension.asked_by:
        raise Refused("Somebody else must decide on what you asked for.")
    if is_granted and (access.revoked_at is not None or access.ends_at <= at):
        raise Refused("This access has ended meanwhile; invite the person again.")
    rows = AdvisorExtension.objects.filter(pk=extension.pk, is_granted=None).update(
        is_granted=is_granted, decided_by=actor.name, decided_at=at
    )
    if rows != 1:
        raise Refused("Somebody has decided on this already; load the page again.")
    if is_granted:
        AdvisorAccess.objects.filter(pk=access.pk).update(
            ends_at=extension.until_at, reminded_at=None
        )
    verb = "advisor.extended" if is_granted else "advisor.extension_declined"
    record_event(actor, verb, access, at=at, until_at=extension.until_at.isoformat())


@transaction.atomic
def remind_of_ends(*, actor: Actor, at: datetime) -> int:
    """Note accesses that end within REMIND_DAYS, once each; return how many are new."""
    actor.require("cycle.run")
    ending = AdvisorAccess.objects.filter(
        company=actor.company,
        accepted_at__isnull=False,
        revoked_at=None,
        reminded_at=None,
        ends_at__gt=at,
        ends_at__lte=at + timedelta(days=REMIND_DAYS),
    )
    reminded = 0
    for access in ending.order_by("pk"):
        if AdvisorAccess.objects.filter(pk=access.pk, reminded_at=None).update(reminded_at=at):
            record_event(
                actor,
                "advisor.ends_soon",
                access,
                at=at,
                name=access.name,
                ends_at=access.ends_at.isoformat(),
            )
            reminded += 1
    return reminded


@transaction.atomic
def record_trace(
    *,
    actor: Actor,
    kind: str,
    method: str,
    path: str,
    status: int,
    at: datetime,
    file: str = "",
    sha256: str = "",
) -> None:
    """Keep what somebody from outside opened; a file taken stands in the chain of events too."""
    actor.require("ledger.view")
    if actor.access_id is None:
        raise Refused("Only what advisors and auditors open is kept here.")
    access = AdvisorAccess(pk=actor.access_id)
    AdvisorTrace.objects.create(
        access=access,
        company=actor.company,
        kind=kind,
        method=method[:7],
        path=path[:500].replace("\0", ""),
        status=status,
        file=file[:200],
        sha256=sha256,
        at=at,
    )
    if kind == AdvisorTrace.Kind.EXPORT:
        record_event(actor, "advisor.exported", access, at=at, file=file[:200], sha256=sha256)


def _check_scope(role: str, areas: Sequence[str]) -> None:
    if role not in VISITING:
        raise Refused(f"There is no such access as {role}; choose advisor or auditor.")
    if not areas:
        raise Refused("Choose at least one area.")
    if unknown := sorted(set(areas) - set(AREAS)):
        raise Refused(f"There is no area {unknown[0]}; choose among {', '.join(AREAS)}.")


def _check_span(starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    if ends_at <= max(starts_at, at):
        raise Refused("The access must end after it begins, and not in the past.")
    if ends_at - starts_at > timedelta(days=LONGEST_DAYS):
        raise Refused(f"Somebody from outside may look for {LONGEST_DAYS} days at most.")


def _free_name(access: AdvisorAccess) -> str:
    """Return a sign-in name nobody has: the address, which is unique among people."""
    name = access.email
    number = 1
    while User.objects.filter(username__iexact=name).exists():
        number += 1
        name = f"{access.email}-{number}"
    return name[:150]
