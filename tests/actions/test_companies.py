import pytest

from dunwell.actions.companies import add_company, add_first_admin, edit_company
from dunwell.actions.gate import Forbidden, Refused
from dunwell.models import Company, Membership, User
from tests.actions.desk import acting, last_event, verbs
from tests.conftest import AT


def new(name="Contoso"):
    return add_company(name=name, zone="UTC", country="US", currency="USD", language="en", at=AT)


def edit(user, **changes):
    edit_company(actor=acting(user), changes=changes, at=AT)


def test_a_company_begins_with_no_people_and_one_event(db):
    company = new()

    assert (company.currency, company.sending, company.is_demo) == ("USD", "test", False)
    assert Membership.objects.count() == 0
    assert last_event(company) == ("company.added", "system", None, {"name": "Contoso"})
    with pytest.raises(Refused) as refusal:
        new()
    assert str(refusal.value) == "There is already a company named Contoso."


def test_the_first_admin_is_added_once_and_has_no_password(db):
    company = new()

    user = add_first_admin(company=company, username="ann", email="ann@x.example", at=AT)

    assert not user.has_usable_password()
    assert last_event(company)[3] == {"username": "ann", "roles": ["admin"]}
    with pytest.raises(Refused):
        add_first_admin(company=company, username="bob", email="bob@x.example", at=AT)
    assert User.objects.count() == 1


def test_a_company_whose_only_admin_is_closed_gets_one_from_the_command_line(company, admin):
    User.objects.filter(pk=admin.pk).update(is_active=False)

    made = add_first_admin(company=company, username="bob", email="bob@x.example", at=AT)

    assert [one.role for one in made.memberships.all()] == ["admin"]


def test_somebody_known_becomes_first_admin_of_a_second_company(company, admin):
    other = new()

    assert add_first_admin(company=other, username="ada", email="", at=AT) == admin
    assert admin.memberships.count() == 2


def test_settings_are_changed_and_told(company, admin):
    edit(admin, pay_to="IBAN DE02", feed_max_age_days=3)

    company.refresh_from_db()
    assert (company.pay_to, company.feed_max_age_days) == ("IBAN DE02", 3)
    assert last_event(company) == (
        "company.edited",
        "ada",
        None,
        {"changes": {"pay_to": "IBAN DE02", "feed_max_age_days": 3}},
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"currency": "USD"}, "currency cannot be changed here."),
        ({"is_demo": 1}, "is_demo cannot be changed here."),
        ({"reply_to": "nobody"}, "reply_to: Enter a valid email address."),
        ({"sending": "loud"}, "sending: Value 'loud' is not a valid choice."),
        ({"language": "x" * 6}, "language: Ensure this value has at most 5 characters"),
        ({"pay_to": "x" * 301}, "pay_to: Ensure this value has at most 300 characters"),
        ({"feed_max_age_days": 61}, "Bank data may be 60 days old at most."),
        ({"feed_max_age_days": -1}, "feed_max_age_days: Ensure this value is greater than"),
        ({"large_item_minor": 2**70}, "large_item_minor: Ensure this value is less than"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_nothing_changes(company, admin, changes, says):
    with pytest.raises(Refused) as refusal:
        edit(admin, **changes)

    assert str(refusal.value).startswith(says)
    assert Company.objects.get(pk=company.pk).feed_max_age_days == 5
    assert verbs(company) == []


def test_only_an_admin_changes_them(manager):
    with pytest.raises(Forbidden):
        edit(manager, pay_to="elsewhere")
