"""People and programs over the API: four eyes, sign-in links, rights that act at once."""

from datetime import timedelta

from allauth.mfa.totp.internal.auth import TOTP

from dunwell import clock
from dunwell.models import Payment, User
from tests.api.books import strategy
from tests.api.conftest import add_token
from tests.conftest import add_user


def payment(number="B1"):
    return {
        "number": number,
        "currency": "EUR",
        "amount_minor": 5,
        "value_on": str(clock.today("Europe/Berlin")),
    }


def test_who_drafts_with_one_program_does_not_publish_with_another_or_in_person(
    client, company, manager, settings
):
    settings.REQUIRE_MFA = False
    other = add_token(add_user(company, "max", "credit_manager"), company)
    one, two = add_token(manager, company, "one"), add_token(manager, company, "two")
    text = strategy("polite", clock.today(company.zone) + timedelta(days=1))
    version = one.post("/strategies", {"text": text}).json()["id"]
    path = f"/strategies/{version}/publish"

    client.force_login(manager)
    in_person = client.post(
        f"/api/v1{path}", content_type="application/json", headers={"Idempotency-Key": "k"}
    )

    assert [program.post(path).status_code for program in (one, two)] == [422, 422]
    assert in_person.status_code == 422
    assert in_person.json()["detail"] == "You wrote this version; somebody else has to publish it."
    assert other.post(path).status_code == 200


def test_a_person_is_added_comes_in_by_a_link_and_loses_every_role(
    as_admin, client, company, settings
):
    settings.REQUIRE_MFA = False
    person = as_admin.post("/users", {"username": "nina", "roles": ["collector"]}).json()["id"]
    path = as_admin.post(f"/users/{person}/sign-in-link").json()["path"]

    client.post(path)
    assert client.get("/api/v1/me").json()["roles"] == ["collector"]
    as_admin.call("PUT", f"/users/{person}/roles", {"roles": []})

    assert client.get("/api/v1/me").status_code == 401
    assert as_admin.post(f"/users/{person}/sign-in-link").status_code == 404


def test_a_lost_factor_is_reset_once_and_not_by_who_made_the_link(
    as_admin, collector, admin, company
):
    TOTP.activate(collector, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    path, why = f"/users/{collector.pk}/second-factor-reset", {"reason": "phone lost, called back"}

    assert as_admin.post(path, {}).status_code == 422
    assert as_admin.post(path, why, key="one").json() == {"changed": 1}
    assert as_admin.post(path, why, key="one").json() == {"changed": 1}
    assert as_admin.post(path, why).json()["detail"] == "anna has no second factor."
    add_user(company, "other", "admin")
    assert as_admin.post(f"/users/{collector.pk}/sign-in-link").status_code == 422


def test_the_last_admin_cannot_be_taken_away(as_admin, admin):
    answer = as_admin.call("PUT", f"/users/{admin.pk}/roles", {"roles": ["clerk"]})

    assert answer.status_code == 422


def test_a_program_may_write_without_reading(clerk, company):
    feed = add_token(clerk, company, rights=["payment.record"])

    assert feed.post("/payments", payment()).status_code == 201
    assert feed.get("/payments").status_code == 403
    assert Payment.objects.get().number == "B1"


def test_a_program_acts_in_the_company_of_its_token_alone(clerk, company, rival):
    other = rival.memberships.first().company
    add_user(other, "spare", "admin")
    clerk.memberships.create(company=other, role="clerk")
    here, there = add_token(clerk, company), add_token(clerk, other, "there")

    here.post("/payments", payment())

    assert [row["number"] for row in here.get("/payments").json()["rows"]] == ["B1"]
    assert there.get("/payments").json()["rows"] == []
    assert (here.get("/me").json()["company"], there.get("/me").json()["company"]) == (
        "Northwind",
        "Rival",
    )


def test_a_token_s_owner_who_leaves_or_is_deactivated_takes_it_along(as_clerk, clerk):
    assert as_clerk.get("/me").status_code == 200
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert as_clerk.get("/me").status_code == 401

    User.objects.filter(pk=clerk.pk).update(is_active=True)
    clerk.memberships.all().delete()
    assert as_clerk.get("/me").status_code == 401


def test_secrets_made_are_shown_once_and_stored_nowhere(as_admin, company):
    made = as_admin.post("/tokens", {"name": "two", "rights": ["ledger.view"]}).json()["token"]

    listed = as_admin.get("/tokens").content.decode() + as_admin.get("/events").content.decode()

    assert made not in listed
    assert as_admin.get("/tokens").json()[0]["name"] == "two"


def test_a_failed_sign_in_says_the_same_whatever_was_wrong(client, db, as_clerk):
    told = {
        client.get("/api/v1/me", headers={"Authorization": value}).content
        for value in ("", "Bearer", "Bearer x", f"Basic {as_clerk.token}", "Bearer dw_unknown")
    }

    assert told == {b'{"detail": "Unauthorized"}'}
