"""Telling colleagues what waits for them, and the outbox those mails leave through."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor
from dunwell.actions.mail_claims import claim_mails, settle_mail
from dunwell.models import Escalation, TeamMail, User


def tell_colleagues(
    actor: Actor,
    people: Iterable[User],
    *,
    customer_id: int | None,
    kind: str,
    key: str,
    subject_id: int,
    at: datetime,
) -> None:
    """Write a mail for each person with an address.

    Part of the action that calls it. `key` says what it is about: told once per person. Nobody
    is told what it did itself.
    """
    mails = [
        TeamMail(
            company=actor.company,
            user=person,
            customer_id=customer_id,
            kind=kind,
            key=key,
            subject_id=subject_id,
            by=actor.name,
            to=person.email,
            message_id=f"<team-{actor.company.pk}.{key}.{person.pk}@dunwell>",
            recorded_at=at,
        )
        for person in people
        if person.email and person.is_active and person.pk != actor.user_id
    ]
    if mails:
        TeamMail.objects.bulk_create(mails, ignore_conflicts=True)


def tell_asked(actor: Actor, escalations: Sequence[Escalation], *, at: datetime) -> None:
    """Tell whoever an escalation is put to by name.

    What is put to a whole role stands on its pages: a mail to everybody is a mail to nobody.
    """
    named = {one: one.to_user_id for one in escalations if one.to_user_id is not None}
    if not named:
        return
    people = User.objects.in_bulk(set(named.values()))
    for one, key in named.items():
        tell_colleagues(
            actor,
            [people[key]],
            customer_id=one.customer_id,
            kind=TeamMail.Kind.ESCALATION,
            key=f"escalation-{one.pk}-{one.rung}",
            subject_id=one.pk,
            at=at,
        )


@transaction.atomic
def claim_team_mails(*, actor: Actor, limit: int, at: datetime, after: int = 0) -> list[TeamMail]:
    """Take up to `limit` mails that may be handed over now, in the order of their keys."""
    actor.require("message.send")
    mails = TeamMail.objects.filter(company=actor.company)
    taken = claim_mails(mails, limit=limit, at=at, after=after)
    return list(taken.select_related("user", "customer", "company"))


@transaction.atomic
def mark_team_mail(
    *, actor: Actor, mail: TeamMail, place: str = "", error: str = "",
    is_final: bool = False, at: datetime,
) -> str:  # fmt: skip
    """Write down what became of a claimed mail; return sent, failed or dead."""
    actor.require("message.send")
    status, is_mine = settle_mail(mail, error=error, is_final=is_final, at=at)
    if is_mine:
        record_event(
            actor, "team.mailed" if not error else "team.mail_failed", mail, at=at,
            customer_id=mail.customer_id, kind=mail.kind, person=mail.user.username, place=place,
            error=error[:500],
        )  # fmt: skip
    return status
