"""Asking customers how they were treated, once each and seldom, and taking their answers."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from dunwell.actions.events import Fact, record_event, record_events
from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.texts import fitting
from dunwell.engine.feedback_policy import SCALES, FeedbackPolicy
from dunwell.formats.survey_words import survey_mail
from dunwell.models import Company, Customer, Message, Survey
from dunwell.queries.link_tokens import fresh_nonce, hashed_link
from dunwell.queries.surveys import LINK, SURVEY, SurveyDue, survey_token
from dunwell.queries.wordings import day_text

AUTHOR = "feedback"
"""Who composed the mail of a question: nobody of ours."""

BATCH = 500


@transaction.atomic
def ask_surveys(
    *, actor: Actor, policy: FeedbackPolicy, due: Sequence[SurveyDue], as_of: date, at: datetime
) -> int:
    """Ask the customers that are due, each by a mail with a link; return how many.

    Run twice it asks once: there is one question per payment, case or conversation.
    """
    actor.require("survey.edit")
    if not due:
        return 0
    # two cycles at once ask one after the other
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    since = as_of - timedelta(days=policy.every_days)
    keys = [one.customer_id for one in due]
    asked = set(
        Survey.objects.filter(
            company=actor.company, customer__in=keys, asked_on__gt=since
        ).values_list("customer_id", flat=True)
    )
    known = set(
        Survey.objects.filter(company=actor.company, customer__in=keys).values_list(
            "occasion", "subject_id"
        )
    )
    chosen = [
        one
        for one in due
        if one.customer_id not in asked and (one.occasion, one.subject_id) not in known
    ]
    names = dict(Customer.objects.filter(pk__in=keys).values_list("pk", "name"))
    until_on = as_of + timedelta(days=policy.open_days)
    mails = Message.objects.bulk_create(
        [
            _mail(actor, one, policy, name=names[one.customer_id], until_on=until_on, at=at)
            for one in chosen
        ],
        batch_size=BATCH,
    )
    surveys = Survey.objects.bulk_create(
        [
            _question(actor, one, mail, until_on=until_on, at=at)
            for one, mail in zip(chosen, mails, strict=True)
        ],
        batch_size=BATCH,
    )
    facts = [_asked(survey) for survey in surveys]
    record_events(actor, facts, at=at)
    return len(facts)


@transaction.atomic
def answer_survey(
    *, actor: Actor, survey: Survey, score: int, comment: str = "", as_of: date, at: datetime
) -> Survey:
    """Take the answer to a question, once; the very same answer again changes nothing.

    Raises Refused for a score that is not on the scale, a question that was answered otherwise
    or may not be answered any more.
    """
    actor.require("survey.answer")
    own(actor, survey, "question")
    found = Survey.objects.select_for_update().get(pk=survey.pk)
    said = fitting(text=comment, most=1000, what="comment")
    lowest, highest = SCALES[found.kind]
    if not lowest <= score <= highest:
        raise Refused(f"Choose a number from {lowest} to {highest}.")
    if found.answered_at is not None:
        if (found.score, found.comment) == (score, said):
            return found
        raise Refused("This question has been answered already. Thank you.")
    if as_of > found.until_on:
        raise Refused(f"This question could be answered until {found.until_on.isoformat()}.")
    Survey.objects.filter(pk=found.pk).update(score=score, comment=said, answered_at=at)
    record_event(
        actor, "survey.answered", found, at=at, customer_id=found.customer_id,
        kind=found.kind, occasion=found.occasion, score=score, has_comment=bool(said),
    )  # fmt: skip
    return Survey.objects.get(pk=found.pk)


def _mail(
    actor: Actor,
    due: SurveyDue,
    policy: FeedbackPolicy,
    *,
    name: str,
    until_on: date,
    at: datetime,
) -> Message:
    """Return the mail that brings a question, not written yet."""
    as_of = until_on - timedelta(days=policy.open_days)
    mail = survey_mail(
        language=due.language,
        kind=due.kind,
        company=actor.company.name,
        name=name,
        link=LINK,
        until=day_text(until_on, due.language[:2] or "en"),
    )
    return Message(
        company=actor.company,
        customer_id=due.customer_id,
        channel="email",
        strategy="",
        level=0,
        template=SURVEY,
        language=mail.language,
        to=due.email,
        subject=mail.subject,
        body=mail.body,
        body_sha256=hashlib.sha256(mail.body.encode()).hexdigest(),
        message_id=f"<{due.occasion}-{due.subject_id}.survey@dunwell>",
        decision={"as_of": as_of.isoformat(), "demand_minor": {}, "policy": policy.name},
        author=AUTHOR,
        as_of=as_of,
        recorded_at=at,
    )


def _question(
    actor: Actor, due: SurveyDue, mail: Message, *, until_on: date, at: datetime
) -> Survey:
    """Return a question, not written yet; its token is of what it is about and a fresh nonce."""
    survey = Survey(
        company=actor.company,
        customer_id=due.customer_id,
        contact_id=due.contact_id,
        kind=due.kind,
        occasion=due.occasion,
        subject_id=due.subject_id,
        message=mail,
        nonce=fresh_nonce(),
        asked_on=mail.as_of,
        until_on=until_on,
        recorded_at=at,
    )
    survey.token_hash = hashed_link(survey_token(survey))
    return survey


def _asked(survey: Survey) -> Fact:
    return Fact(
        verb="survey.asked",
        subject="survey",
        subject_id=survey.pk,
        customer_id=survey.customer_id,
        data={
            "kind": survey.kind,
            "occasion": survey.occasion,
            "until_on": survey.until_on.isoformat(),
        },
    )
