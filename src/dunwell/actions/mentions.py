"""Calling colleagues by name in a note or a comment, and their saying that they saw it."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Forbidden, Refused, own
from dunwell.actions.team_mails import tell_colleagues
from dunwell.engine.mentions import mentioned
from dunwell.models import CaseComment, Mention, Note, TeamMail, User
from dunwell.queries.colleagues import colleagues
from dunwell.queries.playbooks import office_of, playbooks_in_force
from dunwell.queries.workforce import covered_users


def call_mentioned(
    actor: Actor, place: Note | CaseComment, *, as_of: date, at: datetime
) -> tuple[str, ...]:
    """Tell everybody who is called by @name in a note or a comment; return their user names.

    Part of the action that wrote the text. Who may not read notes is not called in one, and
    nobody calls itself. Each has the protocol's business hours to say that it was seen.
    """
    if "@" not in place.text:
        return ()
    is_note = isinstance(place, Note)
    people = {
        one.username: one.user_id
        for one in colleagues(actor.company)
        if one.user_id != actor.user_id and (one.reads_notes or not is_note)
    }
    called = mentioned(place.text, people)
    if not called:
        return ()
    policy = playbooks_in_force(actor.company, as_of=as_of)
    office = office_of(actor.company, policy)
    answer_by = office.after(at, hours=policy.hours.mention)
    found = User.objects.in_bulk([people[name] for name in called])
    for name in called:
        mention = Mention.objects.create(
            company=actor.company,
            customer_id=place.customer_id,
            user=found[people[name]],
            note=place if isinstance(place, Note) else None,
            comment=place if isinstance(place, CaseComment) else None,
            by=actor.name,
            at=at,
            answer_by_at=answer_by,
        )
        tell_colleagues(
            actor,
            [mention.user],
            customer_id=place.customer_id,
            kind=TeamMail.Kind.MENTION,
            key=f"mention-{mention.pk}",
            subject_id=mention.pk,
            at=at,
        )
        record_event(
            actor,
            "mention.made",
            mention,
            at=at,
            customer_id=place.customer_id,
            person=name,
            place="note" if is_note else "comment",
        )
    return called


@transaction.atomic
def acknowledge_mention(*, actor: Actor, mention: Mention, as_of: date, at: datetime) -> Mention:
    """Say that a mention was seen; its clock stops. Who covers for the person may, too.

    Raises Forbidden for anybody else, and Refused for one that was acknowledged before.
    """
    actor.require("case.share")
    own(actor, mention, "mention")
    if mention.user_id not in covered_users(actor.company, user_id=actor.user_id, as_of=as_of):
        raise Forbidden(f"This calls {mention.user.username}; you may not answer for them.")
    rows = Mention.objects.filter(pk=mention.pk, acknowledged_at=None).update(
        acknowledged_at=at, acknowledged_by=actor.name
    )
    mention.refresh_from_db()
    if rows != 1:
        raise Refused(f"{mention.acknowledged_by} acknowledged this before; load the page again.")
    record_event(
        actor,
        "mention.acknowledged",
        mention,
        at=at,
        customer_id=mention.customer_id,
        person=mention.user.username,
    )
    return mention
