from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.queries.users import UserRow, collectors_of, user_rows
from tests.conftest import add_customer, add_user


def test_people_come_by_name_with_roles_conflicts_and_customers(company, collector, rival):
    both = add_user(company, "bob", "admin", "clerk")
    add_customer(company, "K1", collector=collector)

    assert user_rows(company, rights=ROLE_RIGHTS) == (
        UserRow(
            id=collector.pk,
            username="anna",
            email="anna@northwind.example",
            is_active=True,
            roles=("collector",),
            role_labels=("Collector",),
            conflicts=(),
            has_second_factor=False,
            last_login=None,
            customers=1,
        ),
        UserRow(
            id=both.pk,
            username="bob",
            email="bob@northwind.example",
            is_active=True,
            roles=("admin", "clerk"),
            role_labels=("Admin", "Cash-application clerk"),
            conflicts=(
                "who posts cash should not change accounts that money goes to",
                "who enters rates should not bill interest by them",
                "who manages users should not post money",
            ),
            has_second_factor=False,
            last_login=None,
            customers=0,
        ),
    )


def test_collectors_are_those_who_may_be_given_customers(
    company, collector, manager, clerk, rival
):
    gone = add_user(company, "gus", "collector")
    gone.is_active = False
    gone.save()

    assert collectors_of(company) == ((collector.pk, "anna"), (manager.pk, "mona"))


def test_one_person_and_three_take_the_same_queries(company, collector, django_assert_num_queries):
    with django_assert_num_queries(4):
        user_rows(company, rights=ROLE_RIGHTS)
    add_user(company, "bob", "admin")
    add_user(company, "zoe", "clerk")
    with django_assert_num_queries(4):
        assert len(user_rows(company, rights=ROLE_RIGHTS)) == 3
