"""The message texts of a language as the studio shows them: versions, own texts, outcomes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, DateField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from dunwell.engine.proportions import wilson
from dunwell.engine.wording_documents import WORDABLE, WordingsDocument
from dunwell.formats.wording_texts import empty_wordings
from dunwell.models import Allocation, Company, InboundMessage, Message, MessageItem, PolicyVersion
from dunwell.queries.policies import PolicyRow, policy_rows
from dunwell.queries.wordings import (
    KIND,
    WordingsInForce,
    every_wording_in_force,
    published_wordings,
)

PAID_DAYS = 14
"""A message brought money if something was paid on its items within so many days."""

CONFIDENCE = 1.96
PPM = 1_000_000
Status = PolicyVersion.Status


@dataclass(frozen=True, kw_only=True, slots=True)
class StudioText:
    """One template: whether the company words it, and which tones and variants there are."""

    template: str
    is_own: bool
    tones: tuple[str, ...]
    variants: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class VariantRow:
    """How one variant of a template fares; shares in ppm with their 95 % interval (Wilson).

    Replies are counted of all that was sent, payments of what was sent PAID_DAYS ago or longer.
    An empty variant is the plain text.
    """

    template: str
    variant: str
    sent: int
    replied: int
    matured: int
    paid: int
    replied_ppm: tuple[int, int, int]
    paid_ppm: tuple[int, int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Studio:
    """A language's texts: in force, the drafts that wait, each template, and every language."""

    now: WordingsInForce
    every: Mapping[str, WordingsInForce]
    drafts: tuple[PolicyRow, ...]
    versions: tuple[PolicyRow, ...]
    texts: tuple[StudioText, ...]


def studio(company: Company, language: str, *, as_of: date) -> Studio:
    """Return what the studio shows of a language; four queries."""
    every = every_wording_in_force(company, as_of=as_of)
    name = f"wordings_{language}"
    versions = policy_rows(company, as_of=as_of, kind=KIND, name=name).rows
    drafts = tuple(row for row in versions if row.status == Status.DRAFT)
    return Studio(
        now=every[language],
        every=every,
        drafts=drafts,
        versions=versions,
        texts=_texts(every[language]),
    )


def text_to_edit(company: Company, language: str, *, as_of: date) -> str:
    """Return the YAML a change of a text starts from; one query.

    It is that of the latest draft where one waits, else of the version in force, else a document
    that changes nothing.
    """
    found = PolicyVersion.objects.filter(company=company, kind=KIND, name=f"wordings_{language}")
    draft = found.filter(status=Status.DRAFT).order_by("-id").first()
    if draft is not None:
        return draft.text
    return own_text(company, language, as_of=as_of) or empty_wordings(language, valid_from=as_of)


def own_text(company: Company, language: str, *, as_of: date) -> str:
    """Return the YAML of the company's texts in force, empty where the shipped ones are."""
    found = published_wordings(company, as_of=as_of, language=language)
    return found.values_list("text", flat=True).last() or ""


def variant_rows(company: Company, language: str, *, as_of: date) -> tuple[VariantRow, ...]:
    """Return how the variants of the language's templates fare, templates with one alone.

    Two queries, whatever the messages.
    """
    sent = Message.objects.filter(
        company=company, language=language, author="", status__in=Message.HANDED_OVER
    )
    compared = list(
        sent.exclude(variant="").order_by("template").values_list("template", flat=True).distinct()
    )
    if not compared:
        return ()
    # since the comparison began: what was written before it had no arms
    began = sent.exclude(variant="").order_by("as_of").values_list("as_of", flat=True)[:1]
    matured = Q(as_of__lte=as_of - timedelta(days=PAID_DAYS))
    rows = (
        sent.filter(template__in=compared, as_of__gte=began)
        .annotate(
            has_reply=Exists(InboundMessage.objects.filter(answers=OuterRef("pk"))),
            has_money=Exists(_money()),
        )
        .order_by("template", "variant")
        .values("template", "variant")
        .annotate(
            sent=Count("pk"),
            replied=Count("pk", filter=Q(has_reply=True)),
            matured=Count("pk", filter=matured),
            paid=Count("pk", filter=matured & Q(has_money=True)),
        )
    )
    return tuple(
        VariantRow(
            **row,
            replied_ppm=_share(row["replied"], row["sent"]),
            paid_ppm=_share(row["paid"], row["matured"]),
        )
        for row in rows
        if row["template"] in WORDABLE
    )


def _money() -> QuerySet[MessageItem]:
    """Return the payments on a message's items within PAID_DAYS of it, as a condition's rows."""
    named = MessageItem.objects.filter(message=OuterRef("pk"), open_minor__gt=0)
    paid = Allocation.objects.filter(
        item=OuterRef("item"),
        source=Allocation.Source.PAYMENT,
        reverses=None,
        reversed_by=None,
        applied_on__gte=OuterRef("message__as_of"),
        applied_on__lte=ExpressionWrapper(
            OuterRef("message__as_of") + timedelta(days=PAID_DAYS), output_field=DateField()
        ),
    )
    return named.filter(Exists(paid))


def _share(right: int, cases: int) -> tuple[int, int, int]:
    low, high = wilson(right, cases, z=CONFIDENCE)
    middle = right / cases if cases else 0.0
    return round(middle * PPM), round(low * PPM), round(high * PPM)


def _texts(now: WordingsInForce) -> tuple[StudioText, ...]:
    document: WordingsDocument = now.document
    own = now.version_id is not None
    return tuple(
        StudioText(
            template=template,
            is_own=own and template in document.stated,
            tones=tuple(tone for name, tone in document.toned if name == template),
            variants=tuple(one.name for one in document.variants.get(template, ())),
        )
        for template in WORDABLE
    )
