"""Readers of messages: which one serves, what each learned from, what the team has accepted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from dunwell.engine.intents import LABELS, by_weight
from dunwell.ml.intents.messages import Labelled
from dunwell.ml.intents.shipped import shipped_card, shipped_version
from dunwell.models import Company, InboundDecision, InboundReading, IntentModel

SHIPPED = "shipped"
SYSTEM = "system"
"""Who acts where no person does."""

OWN_WEIGHT = 2.0
"""A message the team has labelled counts as so many of the shipped ones."""

Verdict = InboundDecision.Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class ReaderRow:
    """One trained reader; status is candidate, serving or retired. Shares are ppm.

    `own_accuracy_ppm` is None while the team has labelled too few messages to tell.
    """

    id: int
    version: str
    status: str
    messages: int
    accepted: int
    macro_f1_ppm: int
    accuracy_ppm: int
    own_accuracy_ppm: int | None
    is_worse: bool
    trained_by: str
    trained_at: datetime
    promoted_by: str
    promoted_at: datetime | None
    retired_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReaderPage:
    """What serves, its card, and every trained reader, the newest first.

    `serving_id` is 0 for the shipped one. `read` counts messages read by the serving version,
    `unsure` those of them left to a person; `accepted` what the team has labelled so far.
    """

    serving: str
    serving_id: int
    version: str
    card: Mapping[str, Any]
    rows: tuple[ReaderRow, ...]
    read: int
    unsure: int
    accepted: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AcceptedMessage:
    """A message the team has labelled, and when it last did."""

    message: Labelled
    decided_at: datetime


def serving_model(company: Company) -> IntentModel | None:
    """Return the trained reader that serves, None where the shipped one does."""
    return _serving(company).defer("artifact").first()


def reader_page(company: Company, *, limit: int = 30) -> ReaderPage:
    """Return what serves with its card, and the trained readers. Four queries."""
    rows = reader_rows(company, limit=limit)
    model = _serving(company).only("pk", "version", "card").first()
    version = model.version if model else shipped_version()
    counted = dict(
        InboundReading.objects.filter(inbound__company=company, version=version)
        .values_list("is_sure")
        .annotate(found=Count("pk"))
    )
    return ReaderPage(
        serving=model.version[:12] if model else SHIPPED,
        serving_id=model.pk if model else 0,
        version=version,
        card=model.card if model else shipped_card(),
        rows=rows,
        read=sum(counted.values()),
        unsure=counted.get(False, 0),
        accepted=accepted_count(company),
    )


def reader_rows(company: Company, *, limit: int = 30) -> tuple[ReaderRow, ...]:
    """Return the newest trained readers."""
    found = IntentModel.objects.filter(company=company).defer("artifact")
    return tuple(_row(one) for one in found.order_by("-trained_at", "-pk")[:limit])


def reader_card(company: Company, model_id: int) -> tuple[ReaderRow, Mapping[str, Any]] | None:
    """Return one trained reader with its card; None for none of the company's."""
    found = IntentModel.objects.filter(company=company, pk=model_id).defer("artifact").first()
    return (_row(found), found.card) if found is not None else None


def accepted_count(company: Company) -> int:
    """Return how many messages the team has labelled; one query."""
    return _labelled(company).values("inbound").distinct().count()


def accepted_messages(company: Company) -> tuple[AcceptedMessage, ...]:
    """Return what the team has labelled, the oldest first.

    Every label that was accepted counts; a correction replaces what was said before it.
    """
    labels: dict[int, set[str]] = {}
    last: dict[int, InboundDecision] = {}
    for one in _labelled(company).select_related("inbound").order_by("pk"):
        if one.verdict == Verdict.CORRECTED:
            labels[one.inbound_id] = set()
        labels.setdefault(one.inbound_id, set()).add(one.label)
        last[one.inbound_id] = one
    found = [
        AcceptedMessage(
            message=Labelled(
                text=one.inbound.text,
                labels=by_weight(labels[inbound_id]),
                language=one.inbound.language[:2],
                weight=OWN_WEIGHT,
            ),
            decided_at=one.recorded_at,
        )
        for inbound_id, one in last.items()
        if one.inbound.text.strip()
    ]
    return tuple(sorted(found, key=lambda one: (one.decided_at, one.message.text)))


def _labelled(company: Company) -> QuerySet[InboundDecision]:
    """Return what people said messages are about; what was done at once taught us nothing."""
    return InboundDecision.objects.filter(
        inbound__company=company,
        verdict__in=(Verdict.ACCEPTED, Verdict.CORRECTED),
        label__in=LABELS,
    ).exclude(by=SYSTEM)


def _serving(company: Company) -> QuerySet[IntentModel]:
    return IntentModel.objects.filter(company=company, promoted_at__isnull=False, retired_at=None)


def _row(one: IntentModel) -> ReaderRow:
    card = one.card
    own = card.get("own") or {}
    status = "candidate" if one.promoted_at is None else "retired" if one.retired_at else "serving"
    return ReaderRow(
        id=one.pk,
        version=one.version,
        status=status,
        messages=one.messages,
        accepted=one.accepted,
        macro_f1_ppm=int(card.get("macro_f1_ppm", 0)),
        accuracy_ppm=int(card.get("accuracy_ppm", 0)),
        own_accuracy_ppm=own.get("accuracy_ppm"),
        is_worse=bool(card.get("is_worse")),
        trained_by=one.by,
        trained_at=one.trained_at,
        promoted_by=one.promoted_by,
        promoted_at=one.promoted_at,
        retired_at=one.retired_at,
    )
