"""What was said between us and the customer about a case, as the desk sees it."""

from dataclasses import dataclass
from datetime import datetime

from dunwell.models import DisputeCase, DisputeComment, DisputeEvidence


@dataclass(frozen=True, kw_only=True, slots=True)
class DisputeCommentRow:
    """Something said about a case by `side`; a proposal names what we would credit."""

    id: int
    side: str
    side_label: str
    kind: str
    kind_label: str
    text: str
    credit_minor: int | None
    currency: str
    answer: str
    answer_label: str
    files: tuple[str, ...]
    by: str
    recorded_at: datetime


def comment_rows(case: DisputeCase) -> tuple[DisputeCommentRow, ...]:
    """Return what both sides said, the oldest first; two queries."""
    names: dict[int, list[str]] = {}
    held = DisputeEvidence.objects.filter(case=case, comment__isnull=False, removed_at=None)
    for key, name in held.order_by("pk").values_list("comment", "name"):
        names.setdefault(key or 0, []).append(name)
    return tuple(
        DisputeCommentRow(
            id=one.pk,
            side=one.side,
            side_label=str(DisputeComment.Side(one.side).label),
            kind=one.kind,
            kind_label=str(DisputeComment.Kind(one.kind).label),
            text=one.text,
            credit_minor=one.credit_minor,
            currency=one.currency,
            answer=one.answer,
            answer_label=str(DisputeComment.Answer(one.answer).label) if one.answer else "",
            files=tuple(names.get(one.pk, ())),
            by=one.by,
            recorded_at=one.recorded_at,
        )
        for one in DisputeComment.objects.filter(case=case).order_by("pk")
    )
