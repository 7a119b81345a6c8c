"""Access reviews: who looked at whose rights, what was taken, and whose turn it is."""

from datetime import date, timedelta

import pytest

from dunwell.actions.access_reviews import review_access
from dunwell.actions.advisors import accept_invitation, invite_advisor
from dunwell.actions.gate import Forbidden, Refused, Stale, staff
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.models import AccessReview, AgencySeat, ApiToken, Event, Membership, User
from dunwell.queries.access_reviews import access_review_rows, overdue_reviews
from tests.actions.placement_rows import agency, partner
from tests.conftest import AT, TODAY, add_user

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


def outsiders(company, admin, manager):
    """One of our own, somebody of an agency, an auditor, and one whose access ended yesterday."""
    paula = partner(company, agency(company))
    key = {"user": paula, "company": company, "rights": [], "created_at": AT}
    ApiToken.objects.create(name="of the seat", token_hash="x", **key)
    for name, days in (("olga", 20), ("otto", 1)):
        _, token = invite_advisor(
            actor=staff(admin, company), name=name, email=f"{name}@audit.example",
            role="auditor", areas=["ledger"], reason="audit", starts_at=AT,
            ends_at=AT + timedelta(days=days), at=AT,
        )  # fmt: skip
        accept_invitation(token=token, at=AT)
    gone = add_user(company, "gus", "clerk")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    return paula, User.objects.get(email="olga@audit.example")


@pytest.mark.django_db
def test_i30_everybody_who_is_listed_can_be_reviewed_and_nobody_else(company, admin, manager):
    paula, olga = outsiders(company, admin, manager)
    ada, day = staff(admin, company), TODAY + timedelta(days=2)
    listed = {
        one.username: one.roles
        for one in access_review_rows(company, rights=ROLE_RIGHTS, as_of=day)
    }
    assert listed == {
        "ada": ("admin",), "mona": ("credit_manager",),
        "olga@audit.example": ("auditor",), "paula": ("partner",),
    }  # fmt: skip
    for user in User.objects.exclude(pk=admin.pk):
        told = {
            "actor": ada, "user": user, "taken": [], "days": 90, "note": "", "as_of": day, "at": AT,
        }  # fmt: skip
        if user.username in listed:
            assert review_access(seen=listed[user.username], **told).outcome == "kept"
        else:
            with pytest.raises(Refused, match="works for another company"):
                review_access(seen=["clerk"], **told)

    taken = {"actor": staff(manager, company), "days": 90, "note": "the audit is over", "at": AT}
    for user, role in ((paula, "partner"), (olga, "auditor")):
        review_access(user=user, seen=[role], taken=[role], as_of=day + timedelta(days=1), **taken)
        with pytest.raises(Forbidden):
            staff(user, company, at=AT + timedelta(days=1))
    assert (
        not AgencySeat.objects.exists() and not ApiToken.objects.filter(revoked_at=None).exists()
    )
    told = list(Event.objects.filter(actor="mona").values_list("verb", flat=True))
    assert told == ["agency.seat_ended", "access.reviewed", "advisor.ended", "access.reviewed"]
