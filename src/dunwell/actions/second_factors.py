"""Second factors somebody lost: an admin takes them away, and the person sets up anew.

A link replaces the password and a reset the factor. Whoever gives somebody both could come in as
them, so one admin gives only one of them where there is another admin.
"""

from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import others_here
from dunwell.actions.four_eyes import person as person_behind
from dunwell.actions.gate import Actor, Refused, staff, system
from dunwell.actions.team_mails import tell_colleagues
from dunwell.actions.texts import fitting
from dunwell.models import Company, Event, Membership, Role, TeamMail, User
from dunwell.queries.companies import companies_of, has_second_factor

LONGEST_REASON = 200
APART = timedelta(days=1)
"""How long one admin who gave a link gives no reset, and the other way round."""

RESET, LINKED = "user.second_factor_reset", "user.sign_in_link_made"


@transaction.atomic
def reset_second_factor(*, actor: Actor, user: User, reason: str, at: datetime) -> int:
    """Take away somebody's factors and recovery codes and end their sessions; return how many.

    They set up a factor anew before anything else opens, where their role needs one; their API
    tokens rest until then. They are told by mail. Raises Refused for oneself, without a reason,
    where there is no factor, where the person works for a company in which the actor is no admin,
    and for whoever made them a sign-in link within a day, if another admin could do it.
    """
    actor.require("user.manage")
    reason = fitting(text=reason, most=LONGEST_REASON, what="reason")
    if not reason:
        raise Refused("Say why, and how you made sure who asked.")
    if user.pk == actor.user_id:
        raise Refused("Somebody else has to reset your second factor.")
    # two admins who do the same queue here
    person = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not Membership.objects.filter(company=actor.company, user=person).exists():
        raise Refused("This person works for another company.")
    actors = _acting_everywhere(actor, person, at=at)
    _kept_apart(actor, person, verb=LINKED, at=at)
    held = Authenticator.objects.filter(user=person)
    kinds = sorted(held.values_list("type", flat=True))
    if not has_second_factor(person):
        raise Refused(f"{person.username} has no second factor.")
    held.delete()
    ended = _end_sessions(person, at=at)
    for one in actors:
        record_event(
            one, "user.second_factor_reset", person, at=at,
            username=person.username, reason=reason, kinds=kinds, sessions=ended,
        )  # fmt: skip
    tell_colleagues(
        actor, [person], customer_id=None, kind=TeamMail.Kind.FACTOR,
        key=f"factor-{person.pk}-{int(at.timestamp())}", subject_id=person.pk, at=at,
    )  # fmt: skip
    return ended


def refuse_link_after_reset(actor: Actor, user: User, *, at: datetime) -> None:
    """Raise Refused for a sign-in link by whoever reset the factor and nobody has set up since.

    Part of `make_sign_in_link`.
    """
    if not has_second_factor(user):
        _kept_apart(actor, user, verb=RESET, at=at)


def _acting_everywhere(actor: Actor, person: User, *, at: datetime) -> list[Actor]:
    """Return the actor in each company of the person, in one order for all writers."""
    companies = sorted(companies_of(person, at=at), key=lambda one: one.pk) or [actor.company]
    if actor.user_id is None:
        return [system(one) for one in companies]
    by = actor.user_id
    return [_admin_of(actor, one, person, user_id=by) for one in companies]


def _admin_of(actor: Actor, company: Company, person: User, *, user_id: int) -> Actor:
    if company.pk == actor.company.pk:
        return actor
    here = Membership.objects.filter(company=company, user_id=user_id, role=Role.ADMIN)
    if not here.exists():
        raise Refused(
            f"{person.username} works for another company as well, where you are no admin; "
            "the owner of the server can do it: dunwell reset_second_factor."
        )
    return staff(User.objects.get(pk=user_id), company)


def _kept_apart(actor: Actor, user: User, *, verb: str, at: datetime) -> None:
    """Raise Refused where the same admin did the other half, and another one could do this."""
    if actor.user_id is None or actor.company.is_demo:
        return
    admins = others_here(actor.company, actor.user_id).filter(role=Role.ADMIN)
    done = Event.objects.filter(
        company=actor.company, subject="user", subject_id=user.pk, verb=verb, at__gt=at - APART
    )
    by = [person_behind(name) for name in done.order_by("-seq").values_list("actor", flat=True)]
    # a link stays a way in though others were made since; of resets only the last one counts
    counted = by if verb == LINKED else by[:1]
    if person_behind(actor.name) in counted and admins.exclude(user=user).exists():
        raise Refused(
            "You gave this person the other half of a way in within a day; another admin has to "
            "do this, or one person could sign in as somebody else."
        )


def _end_sessions(person: User, *, at: datetime) -> int:
    """End whatever session is the person's, listed on their own page or not."""
    waiting = Session.objects.filter(expire_date__gt=at)
    keys = [
        one.session_key
        for one in waiting.iterator()
        if one.get_decoded().get(SESSION_KEY) == str(person.pk)
    ]
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(user=person).delete()
    return len(keys)
