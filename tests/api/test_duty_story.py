"""Duties that are kept apart and reviews of rights, over the API."""

from dunwell import clock
from dunwell.models import DutyOverride, Event, Membership
from tests.api.conftest import add_token
from tests.conftest import add_user


def roles(user):
    return sorted(Membership.objects.filter(user=user).values_list("role", flat=True))


def test_both_duties_are_allowed_for_a_time_with_a_reason_and_ended(as_admin, company):
    both = add_user(company, "bea", "clerk", "credit_manager")
    told = {"user_id": both.pk, "pair": "cash_credit", "reason": "Carla is ill", "days": 5}

    held = [row["pair"] for row in as_admin.get("/duty-overrides").json() if row["id"] is None]
    assert "cash_credit" in held
    assert "cash_credit" in {pair["id"] for pair in as_admin.get("/duty-overrides/pairs").json()}

    made = as_admin.post("/duty-overrides", told)
    assert made.status_code == 201
    shown = as_admin.get(f"/duty-overrides/{made.json()['id']}").json()
    assert (shown["username"], shown["state"], shown["reason"], shown["used"]) == (
        "bea", "allowed", "Carla is ill", 0,
    )  # fmt: skip

    end = f"/duty-overrides/{made.json()['id']}/end"
    assert [as_admin.post(end).json() for _ in range(2)] == [{"changed": 1}, {"changed": 0}]
    assert as_admin.get(f"/duty-overrides/{made.json()['id']}").json()["state"] == "ended"
    assert as_admin.post("/duty-overrides", {**told, "pair": "none"}).status_code == 422
    assert as_admin.post("/duty-overrides", {**told, "days": 181}).status_code == 422
    assert DutyOverride.objects.count() == 1


def test_rights_are_reviewed_what_is_taken_is_gone_and_a_changed_role_is_a_conflict(
    as_admin, company, manager
):
    anna = add_user(company, "anna", "collector", "support")
    seen = {"user_id": anna.pk, "seen": ["collector", "support"], "days": 90}

    assert "anna" in {row["username"] for row in as_admin.get("/access-reviews").json()}
    stale = as_admin.post("/access-reviews", {**seen, "seen": ["clerk"]})
    silent = as_admin.post("/access-reviews", {**seen, "taken": ["support"]})
    made = as_admin.post(
        "/access-reviews", {**seen, "taken": ["support"], "note": "left the phones"}
    )

    assert (stale.status_code, silent.status_code, made.status_code) == (409, 422, 201)
    assert roles(anna) == ["collector"]
    shown = as_admin.get(f"/access-reviews/{made.json()['id']}").json()
    assert (shown["outcome"], shown["taken"], shown["reviewed_on"]) == (
        "taken", ["support"], str(clock.today(company.zone)),
    )  # fmt: skip
    assert as_admin.get("/access-reviews/past").json() == [shown]
    assert Event.objects.latest("seq").verb == "access.reviewed"

    own = add_token(manager, company).post(
        "/access-reviews", {"user_id": manager.pk, "seen": ["credit_manager"], "days": 90}
    )
    assert own.status_code == 422


def test_people_of_another_company_are_not_found(as_admin, rival):
    told = {"user_id": rival.pk, "pair": "cash_credit", "reason": "x", "days": 5}
    review = {"user_id": rival.pk, "seen": ["admin"], "days": 90}

    assert as_admin.post("/duty-overrides", told).status_code == 404
    assert as_admin.post("/access-reviews", review).status_code == 404
