"""Access reviews: who looked at whose rights, what was taken, and whose turn it is."""

from datetime import date

import pytest

from dunwell.actions.access_reviews import review_access
from dunwell.actions.gate import Refused, Stale, staff
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.models import AccessReview, Event, Membership
from dunwell.queries.access_reviews import access_review_rows, overdue_reviews
from tests.conftest import AT

DAY = date(2026, 7, 1)


def reviewed(actor, user, **told):
    return review_access(
        actor=actor, user=user, as_of=DAY, at=AT,
        **{"seen": ["collector"], "taken": [], "days": 90, "note": "", **told},
    )  # fmt: skip


@pytest.mark.django_db
def test_i30_rights_are_kept_or_taken_on_record_and_are_due_again(company, admin, collector):
    actor = staff(admin, company)
    kept = reviewed(actor, collector)
    assert (kept.outcome, kept.roles, kept.due_on) == ("kept", ["collector"], date(2026, 9, 29))
    assert reviewed(actor, collector) == kept
    row = next(
        one
        for one in access_review_rows(company, rights=ROLE_RIGHTS, as_of=date(2026, 9, 30))
        if one.user_id == collector.pk
    )
    assert (row.by, row.outcome, row.is_overdue) == ("ada", "kept", True)
    assert overdue_reviews(company, rights=ROLE_RIGHTS, as_of=date(2026, 9, 30)) >= 1

    taken = review_access(
        actor=actor, user=collector, seen=["collector"], taken=["collector"], days=90,
        note="moved to sales", as_of=date(2026, 9, 30), at=AT,
    )  # fmt: skip
    assert (taken.outcome, taken.taken) == ("taken", ["collector"])
    assert not Membership.objects.filter(user=collector).exists()
    assert list(Event.objects.values_list("verb", flat=True)) == ["access.reviewed"] * 2


@pytest.mark.django_db
def test_i30_a_review_that_is_one_s_own_or_of_other_roles_is_refused(
    company, admin, manager, collector
):
    actor = staff(manager, company)
    with pytest.raises(Refused, match="your own rights"):
        reviewed(actor, manager, seen=["credit_manager"])
    with pytest.raises(Stale):
        reviewed(actor, collector, seen=["clerk"])
    with pytest.raises(Refused, match="last admin"):
        reviewed(actor, admin, seen=["admin"], taken=["admin"], note="gone")
    with pytest.raises(Refused, match="Say why"):
        reviewed(actor, collector, taken=["collector"])
    assert not AccessReview.objects.exists()
