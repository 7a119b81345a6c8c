from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP

from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.users import (
    LINK_MINUTES,
    add_user,
    hashed,
    lacks_second_factor,
    make_api_token,
    make_sign_in_link,
    revoke_api_token,
    set_roles,
    use_sign_in_link,
)
from dunwell.models import ApiToken, Membership, SignInLink, User
from dunwell.queries.tokens import live_token
from tests.actions.desk import acting, last_event, verbs
from tests.conftest import AT


def add(admin, username="nina", email="nina@x.example", roles=("clerk",)):
    return add_user(actor=acting(admin), username=username, email=email, roles=roles, at=AT)


def roles_of(user):
    return sorted(Membership.objects.filter(user=user).values_list("role", flat=True))


def token(admin, rights=("ledger.view",), days=None, name="erp"):
    return make_api_token(actor=acting(admin), name=name, rights=rights, days=days, at=AT)


def test_a_person_is_added_with_roles_and_without_a_password(company, admin):
    user = add(admin, roles=["clerk", "collector"])

    assert roles_of(user) == ["clerk", "collector"]
    assert not user.has_usable_password()
    assert last_event(company) == (
        "user.added",
        "ada",
        None,
        {"username": "nina", "roles": ["clerk", "collector"]},
    )


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"username": "ADA"}, "The name ADA is taken; choose another."),
        ({"username": " "}, "Give the person a name to sign in with."),
        ({"username": "x" * 81}, "The name has 81 characters; at most 80 fit."),
        ({"email": "nobody"}, "nobody is not an e-mail address."),
        (
            {"email": "ADA@northwind.example"},
            "The address ADA@northwind.example belongs to somebody else; people sign in with it.",
        ),
        ({"roles": []}, "Give the person at least one role."),
        (
            {"roles": ["boss"]},
            (
                "There is no role boss; the roles are admin, credit_manager, credit_analyst, "
                "finance_director, collector, clerk, resolver, sales, support, read_only."
            ),
        ),
    ],
)
def test_a_person_that_cannot_be_added_is_refused_with_the_reason(company, admin, values, says):
    with pytest.raises(Refused) as refusal:
        add(admin, **values)

    assert str(refusal.value) == says
    assert (User.objects.count(), verbs(company)) == (1, [])


def test_only_who_manages_users_adds_one(manager):
    with pytest.raises(Forbidden):
        add(manager)


def test_the_last_admin_of_a_company_stays(company, admin, clerk, rival):
    for roles in ([], ["clerk"]):
        with pytest.raises(Refused) as refusal:
            set_roles(actor=acting(admin), user=admin, roles=roles, at=AT)
        assert str(refusal.value).startswith("This is the company's last admin")

    set_roles(actor=acting(admin), user=clerk, roles=["admin"], at=AT)
    set_roles(actor=acting(clerk), user=admin, roles=[], at=AT)

    assert (roles_of(admin), roles_of(clerk)) == ([], ["admin"])
    assert last_event(company)[3] == {"username": "ada", "before": ["admin"], "roles": []}


def test_an_admin_whose_account_is_closed_is_not_another_admin(company, admin, clerk):
    set_roles(actor=acting(admin), user=clerk, roles=["admin"], at=AT)
    User.objects.filter(pk=clerk.pk).update(is_active=False)

    for roles in ([], ["clerk"]):
        with pytest.raises(Refused, match="last admin"):
            set_roles(actor=acting(admin), user=admin, roles=roles, at=AT)
    # and nobody is there who could give a role instead
    set_roles(actor=acting(admin), user=admin, roles=["admin", "read_only"], at=AT)

    assert roles_of(admin) == ["admin", "read_only"]


def test_the_same_roles_twice_are_the_same_roles(admin, clerk):
    for _ in range(2):
        set_roles(actor=acting(admin), user=clerk, roles=["clerk", "clerk"], at=AT)

    assert roles_of(clerk) == ["clerk"]


def test_a_link_works_once_within_its_hour_and_is_stored_as_a_hash(company, admin, clerk):
    made = make_sign_in_link(actor=acting(admin), user=clerk, at=AT)
    stored = SignInLink.objects.get()

    assert (stored.token_hash, len(made)) == (hashed(made), 43)
    for at in (AT + timedelta(minutes=LINK_MINUTES), AT + timedelta(days=9)):
        with pytest.raises(Refused):
            use_sign_in_link(token=made, at=at)
    assert use_sign_in_link(token=made, at=AT) == clerk
    with pytest.raises(Refused) as refusal:
        use_sign_in_link(token=made, at=AT)
    assert str(refusal.value) == "This link was used or has expired; ask for a new one."


def test_a_link_is_made_for_a_colleague_alone(admin, rival):
    with pytest.raises(Refused) as refusal:
        make_sign_in_link(actor=acting(admin), user=rival, at=AT)

    assert str(refusal.value) == "This person works for another company."


def test_a_token_lives_until_it_expires_is_revoked_or_its_owner_goes(admin):
    made = token(admin, days=2)
    kept = ApiToken.objects.get()

    assert (kept.token_hash, made.startswith("dw_"), len(made)) == (hashed(made), True, 46)
    assert live_token(made, at=AT + timedelta(days=1)) == kept
    assert live_token(made, at=AT + timedelta(days=2)) is None
    assert live_token("dw_other", at=AT) is None
    User.objects.update(is_active=False)
    assert live_token(made, at=AT) is None
    User.objects.update(is_active=True)
    for _ in range(2):
        revoke_api_token(actor=acting(admin), token=kept, at=AT)
    assert live_token(made, at=AT) is None
    assert verbs(kept.company) == ["token.made", "token.revoked"]


@pytest.mark.parametrize(
    ("rights", "says"),
    [
        (["fly"], "There is no right fly."),
        (["payment.record"], "You do not hold payment.record yourself."),
    ],
)
def test_a_token_gets_no_right_that_is_not_its_maker_s(admin, rights, says):
    with pytest.raises(Refused) as refusal:
        token(admin, rights=rights)

    assert (str(refusal.value), ApiToken.objects.count()) == (says, 0)


def test_a_name_that_no_event_could_hold_is_refused(admin):
    User.objects.filter(pk=admin.pk).update(username="a" * 100)
    admin.refresh_from_db()

    token(admin, name="x" * 45)
    with pytest.raises(Refused):
        token(admin, name="x" * 46)
    with pytest.raises(Refused):
        token(admin, name="x" * 81)


def test_another_company_s_token_is_not_revoked(admin, rival):
    made = token(rival)
    with pytest.raises(Refused):
        revoke_api_token(actor=acting(admin), token=ApiToken.objects.get(), at=AT)

    assert live_token(made, at=AT) is not None


def test_who_needs_a_second_factor(settings, company, manager, reader):
    settings.REQUIRE_MFA = True
    assert lacks_second_factor(manager, acting(manager))
    assert not lacks_second_factor(reader, acting(reader))

    Membership.objects.create(company=company, user=reader, role="clerk")
    assert lacks_second_factor(reader, acting(reader))
    TOTP.activate(reader, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    assert not lacks_second_factor(reader, acting(reader))

    settings.REQUIRE_MFA = False
    assert not lacks_second_factor(manager, acting(manager))
