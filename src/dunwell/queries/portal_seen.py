"""What somebody in the portal has not seen yet: our answers since the page was opened last."""

from collections.abc import Collection, Mapping
from datetime import datetime

from dunwell.models import PortalSeat, PortalSeen

CONVERSATION, CASE = "conversation", "disputecase"


def seen_at(
    seat: PortalSeat | None, subject: str, keys: Collection[int]
) -> Mapping[int, datetime]:
    """Return until when a seat has seen each record; none for whoever looks on by a link."""
    if seat is None:
        return {}
    rows = PortalSeen.objects.filter(seat=seat, subject=subject, subject_id__in=keys)
    return dict(rows.values_list("subject_id", "seen_at"))


def is_unread(last_at: datetime | None, seen: datetime | None) -> bool:
    """Return whether something of ours came after what was seen."""
    return last_at is not None and (seen is None or last_at > seen)
