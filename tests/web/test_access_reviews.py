"""Pages of access reviews: whose turn it is, the look itself, what was found."""

import csv
import io
from datetime import date, timedelta

from python_calamine import CalamineWorkbook

from dunwell.models import AccessReview, Membership, User
from tests.conftest import AT, TODAY, add_user

PAGE = "/people/reviews/"


def roles(user):
    return sorted(Membership.objects.filter(user=user).values_list("role", flat=True))


def test_rights_are_looked_at_taken_and_due_again(come_in, manager, company):
    tom = add_user(company, "tom", "collector", "support")
    User.objects.filter(pk=tom.pk).update(date_joined=AT - timedelta(days=200))
    client = come_in(manager)
    before = client.get(PAGE).text
    assert "overdue" in before and "never" in before
    assert f'href="/people/{manager.pk}/review/"' not in before
    assert "wait for a review" in client.get("/team/").text

    form = client.get(f"/people/{tom.pk}/review/").text
    assert 'value="collector,support"' in form
    done = client.post(
        f"/people/{tom.pk}/review/",
        {"taken": ["support"], "note": "left the phones", "days": "90",
         "seen": "collector,support"},
    )  # fmt: skip
    made = AccessReview.objects.get()
    assert (done["Location"], roles(tom)) == (PAGE, ["collector"])
    assert (made.outcome, made.by, made.due_on) == ("taken", "mona", TODAY + timedelta(days=90))

    after = client.get(PAGE).text
    assert "overdue" not in after and "left the phones" in after
    assert "wait for a review" not in client.get("/team/").text


def test_a_review_of_other_roles_without_a_reason_or_of_oneself_is_refused(
    come_in, manager, company
):
    tom = add_user(company, "tom", "collector", "support")
    client = come_in(manager)
    told = {"taken": ["support"], "note": "", "days": "90", "seen": "collector,support"}

    silent = client.post(f"/people/{tom.pk}/review/", told)
    stale = client.post(f"/people/{tom.pk}/review/", {**told, "note": "x", "seen": "collector"})
    own = client.post(
        f"/people/{manager.pk}/review/",
        {"days": "90", "seen": "credit_manager", "note": "all I need"},
    )

    assert [one.status_code for one in (silent, stale, own)] == [422] * 3
    assert "Say why these roles are taken away" in silent.text
    assert "Somebody changed the roles of tom" in stale.text
    assert "somebody else has to look" in own.text and "all I need" in own.text
    assert not AccessReview.objects.exists() and roles(tom) == ["collector", "support"]


def test_what_was_found_is_a_file(come_in, manager, company, collector):
    client = come_in(manager)
    client.post(f"/people/{collector.pk}/review/", {"days": "90", "seen": "collector"})

    rows = list(csv.reader(io.StringIO(client.get(f"{PAGE}export.csv").text)))
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{PAGE}export.xlsx").content))

    assert rows[1:] == [
        ["anna", "collector", "Kept", "", "", "mona", str(TODAY), str(date(2026, 6, 3))]
    ]
    assert len(book.get_sheet_by_index(0).to_python()) == 2


def test_only_who_may_sees_reviews_and_only_of_the_own_company(come_in, collector, company, rival):
    assert come_in(collector).get(PAGE).status_code == 403

    client = come_in(rival)
    assert "anna" not in client.get(PAGE).text
    assert client.get(f"/people/{collector.pk}/review/").status_code == 404
    assert client.post(f"/people/{collector.pk}/review/", {"days": "9"}).status_code == 404


def test_the_page_costs_the_same_for_one_or_three(
    come_in, manager, company, django_assert_num_queries
):
    client = come_in(manager)
    for n in range(3):
        person = add_user(company, f"tom{n}", "collector")
        client.post(f"/people/{person.pk}/review/", {"days": "90", "seen": "collector"})
        with django_assert_num_queries(QUERIES):
            client.get(PAGE)


QUERIES = 8
