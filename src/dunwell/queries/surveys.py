"""Who could be asked how they were treated, the links of questions, and the answers."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max, Q, QuerySet
from django.urls import reverse

from dunwell.engine.feedback_policy import SCALES, FeedbackPolicy
from dunwell.engine.satisfaction import Satisfaction, satisfaction
from dunwell.models import (
    Company,
    Consent,
    Contact,
    Conversation,
    Customer,
    DisputeCase,
    Payment,
    Survey,
)
from dunwell.queries.holds import active_holds
from dunwell.queries.link_tokens import hashed_link, link_token
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

SURVEY = "survey"
"""What a link of a survey opens, and the template of the mail that brings it."""

LINK = "[[link]]"
"""Stands for the link in the mail until it is handed over."""

FRESH = timedelta(days=3)
"""After what happened longer ago nobody is asked any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyDue:
    """A customer to be asked after an occasion, and where."""

    customer_id: int
    contact_id: int
    email: str
    language: str
    occasion: str
    kind: str
    subject_id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyRow:
    """One question and its answer; `score` None where nobody has answered."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    kind: str
    kind_label: str
    occasion: str
    occasion_label: str
    subject_id: int
    asked_on: date
    until_on: date
    score: int | None
    comment: str
    answered_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SurveyFigure:
    """What a month's questions of a kind come to; `month` is its first day, None for all."""

    month: date | None
    kind: str
    asked: int
    result: Satisfaction


def surveys_due(company: Company, policy: FeedbackPolicy, *, as_of: date) -> list[SurveyDue]:
    """Return who is asked today, one question a customer, by customer; as many queries as ever.

    Nobody who opted out, is on hold for law or hardship, has no usable mail address, complained,
    or was asked less than the policy's days ago.
    """
    happened: dict[int, tuple[str, int]] = {}
    for occasion, found in _occasions(company, as_of).items():
        chosen = policy.occasions.get(occasion)
        if chosen is not None and chosen.is_on:
            latest = dict(found.order_by("id").values_list("customer_id", "id"))
            for customer_id, key in latest.items():
                happened.setdefault(customer_id, (occasion, key))
    if not happened:
        return []
    asked_on = dict(
        Survey.objects.filter(company=company, customer__in=happened)
        .values_list("customer_id")
        .annotate(last=Max("asked_on"))
    )
    agreed = set(
        Consent.objects.filter(
            company=company, channel="email", purpose="service", given_on__lte=as_of
        )
        .filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=as_of))
        .values_list("customer_id", flat=True)
    )
    contacts = Contact.objects.filter(
        customer__in=_askable(company, happened, as_of=as_of),
        role=Contact.Role.PAYABLES, is_primary=True, bounced_on=None,
    ).exclude(email="").select_related("customer")  # fmt: skip
    due = []
    for contact in contacts.order_by("customer_id"):
        customer, (occasion, key) = contact.customer, happened[contact.customer_id]
        last = asked_on.get(customer.pk)
        since = None if last is None else (as_of - last).days
        if policy.asks(occasion, days_since=since, has_agreed=customer.pk in agreed):
            due.append(
                SurveyDue(
                    customer_id=customer.pk,
                    contact_id=contact.pk,
                    email=contact.email,
                    language=contact.language or customer.language or company.language,
                    occasion=occasion,
                    kind=policy.occasions[occasion].kind,
                    subject_id=key,
                )
            )
    return due


def survey_of_link(token: str) -> Survey | None:
    """Return the question a link was sent for, None for a token nobody was sent."""
    return (
        Survey.objects.filter(token_hash=hashed_link(token))
        .select_related("company", "customer", "contact")
        .first()
    )


def survey_token(survey: Survey) -> str:
    """Return the token that opens a question; it is stored nowhere."""
    return link_token(SURVEY, survey.subject_id, survey.nonce)


def survey_address(message_id: int) -> str:
    """Return the address of the question a message brings, "" where this site has no address."""
    survey = Survey.objects.filter(message=message_id).first()
    if survey is None or not settings.SITE:
        return ""
    return f"{settings.SITE}{reverse('survey', args=[survey_token(survey)])}"


def survey_rows(
    company: Company,
    *,
    kind: str = "",
    occasion: str = "",
    only_answered: bool = False,
    from_on: date | None = None,
    until_on: date | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[SurveyRow]:
    """Return one page of questions, the newest first."""
    limit = page_limit(limit)
    found = _asked(company, from_on=from_on, until_on=until_on)
    for name, value in (("kind", kind), ("occasion", occasion)):
        if value:
            found = found.filter(**{name: value})
    if only_answered:
        found = found.exclude(score=None)
    rows = (
        found.filter(after(cursor, ("-asked_on", "-id"), (date, int)))
        .select_related("customer")
        .order_by("-asked_on", "-id")[: limit + 1]
    )
    return page_of(
        [
            SurveyRow(
                id=one.pk,
                customer_id=one.customer_id,
                customer_number=one.customer.number,
                customer_name=one.customer.name,
                kind=one.kind,
                kind_label=str(Survey.Kind(one.kind).label),
                occasion=one.occasion,
                occasion_label=str(Survey.Occasion(one.occasion).label),
                subject_id=one.subject_id,
                asked_on=one.asked_on,
                until_on=one.until_on,
                score=one.score,
                comment=one.comment,
                answered_at=one.answered_at,
            )
            for one in rows
        ],
        limit=limit,
        key=lambda row: (row.asked_on, row.id),
    )


def survey_figures(company: Company, *, from_on: date, until_on: date) -> list[SurveyFigure]:
    """Return what the questions of a span come to, by kind over all and by month of asking.

    Kinds in the order of SCALES; those never asked are left out.
    """
    told = list(
        _asked(company, from_on=from_on, until_on=until_on).values_list(
            "kind", "asked_on", "score"
        )
    )
    months = sorted({asked_on.replace(day=1) for _, asked_on, _ in told})
    figures = []
    for kind in SCALES:
        for month in (None, *months):
            scores = [
                score
                for one, asked_on, score in told
                if one == kind and (month is None or asked_on.replace(day=1) == month)
            ]
            if scores:
                answers = [score for score in scores if score is not None]
                figures.append(
                    SurveyFigure(
                        month=month,
                        kind=kind,
                        asked=len(scores),
                        result=satisfaction(kind, answers),
                    )
                )
    return figures


def _asked(company: Company, *, from_on: date | None, until_on: date | None) -> QuerySet[Survey]:
    found = Survey.objects.filter(company=company)
    if from_on is not None:
        found = found.filter(asked_on__gte=from_on)
    return found if until_on is None else found.filter(asked_on__lte=until_on)


def _occasions(company: Company, as_of: date) -> dict[str, QuerySet[Any]]:
    """Return by occasion what happened in the last days, in the order of OCCASIONS."""
    since = as_of - FRESH
    cases = DisputeCase.objects.filter(
        company=company,
        status__in=(DisputeCase.Status.RESOLVED, DisputeCase.Status.CLOSED),
        resolved_on__gt=since,
        resolved_on__lte=as_of,
    )
    talks = Conversation.objects.filter(
        company=company,
        status=Conversation.Status.DONE,
        customer__isnull=False,
        is_complaint=False,
        answered_at__isnull=False,
        done_at__date__gt=since,
        done_at__date__lte=as_of,
    )
    payments = Payment.objects.filter(
        company=company,
        customer__isnull=False,
        reverses=None,
        reversed_by=None,
        amount_minor__gt=0,
        value_on__gt=since,
        value_on__lte=as_of,
    )
    return {"case": cases, "conversation": talks, "payment": payments}


def _askable(company: Company, among: dict[int, tuple[str, int]], *, as_of: date) -> list[int]:
    """Return those of the customers that may be asked at all."""
    stopped = (
        active_holds(company, as_of=as_of)
        .filter(customer__in=among)
        .values_list("customer_id", flat=True)
    )
    return list(
        Customer.objects.filter(company=company, pk__in=among, is_opted_out=False)
        .exclude(pk__in=list(stopped))
        .values_list("pk", flat=True)
    )
