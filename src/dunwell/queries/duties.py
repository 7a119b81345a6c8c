"""Who is on call for which role, now and to come."""

from dataclasses import dataclass
from datetime import date

from dunwell.models import Company, Duty, Role


@dataclass(frozen=True, kw_only=True, slots=True)
class DutyRow:
    """Days on which somebody is on call; `is_now`: on the day asked for."""

    id: int
    role: str
    role_label: str
    user_id: int
    name: str
    from_on: date
    until_on: date
    is_now: bool


def duty_rows(company: Company, *, as_of: date) -> tuple[DutyRow, ...]:
    """Return who is or will be on call, the next days first; one query."""
    found = Duty.objects.filter(company=company, ended_on=None, until_on__gte=as_of)
    people = found.select_related("user").order_by("from_on", "id")
    return tuple(_row(one, as_of=as_of) for one in people)


def duty_of(company: Company, duty_id: int, *, as_of: date) -> DutyRow | None:
    """Return one duty that was not ended, past ones too; None for none."""
    found = Duty.objects.filter(company=company, ended_on=None, pk=duty_id)
    one = found.select_related("user").first()
    return None if one is None else _row(one, as_of=as_of)


def _row(one: Duty, *, as_of: date) -> DutyRow:
    return DutyRow(
        id=one.pk,
        role=one.role,
        role_label=str(Role(one.role).label),
        user_id=one.user_id,
        name=one.user.username,
        from_on=one.from_on,
        until_on=one.until_on,
        is_now=one.from_on <= as_of <= one.until_on,
    )
