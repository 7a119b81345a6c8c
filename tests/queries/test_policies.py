from datetime import date

from dunwell.actions.policies import load_shipped_policies
from dunwell.queries.policies import PolicyRow, policy_rows, policy_text
from tests.actions.test_policies import TEXT, changed, draft, publish
from tests.conftest import AT, TODAY, add_user

DAY = date(2026, 3, 10)


def found(company, as_of=DAY, **asked):
    return [
        (row.version, row.is_in_force) for row in policy_rows(company, as_of=as_of, **asked).rows
    ]


def test_a_row_says_who_wrote_and_who_approved_it(company, manager):
    version = draft(manager)
    publish(manager, version)

    assert policy_rows(company, as_of=DAY).rows == (
        PolicyRow(
            id=version.pk,
            kind="strategy",
            name="polite",
            version=1,
            valid_from=DAY,
            status="published",
            status_label="Published",
            author="mona",
            approver="mona",
            recorded_at=AT,
            published_at=AT,
            is_in_force=True,
        ),
    )
    assert policy_text(company, version.pk) == TEXT


def test_one_version_of_a_name_is_in_force_on_a_day(company, manager):
    second = add_user(company, "max", "credit_manager")
    publish(second, draft(manager))
    publish(second, draft(manager, changed("2026-03-10", "2026-04-01")))
    draft(manager, changed("day: 14", "day: 15"))

    assert found(company, TODAY) == [(3, False), (2, False), (1, False)]
    assert found(company, DAY) == [(3, False), (2, False), (1, True)]
    assert found(company, date(2026, 4, 1)) == [(3, False), (2, True), (1, False)]
    assert found(company, status="draft") == [(3, False)]
    assert found(company, name="rude") == []
    page = policy_rows(company, as_of=DAY, limit=2)
    assert found(company, limit=2, cursor=page.next) == [(1, True)]


def test_versions_are_the_companys_own_and_take_the_same_queries(
    company, manager, rival, django_assert_num_queries
):
    version = draft(manager)
    theirs = rival.memberships.all()[0].company
    load_shipped_policies(company=theirs, at=AT)
    with django_assert_num_queries(2):
        assert found(company) == [(1, False)]
    with django_assert_num_queries(2):
        assert len(found(theirs)) >= 3
    assert policy_text(theirs, version.pk) is None
