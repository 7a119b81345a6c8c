"""Pages about duties that are kept apart: who holds both, what is allowed for a time, the report."""

import csv
import io
from datetime import timedelta

from python_calamine import CalamineWorkbook

from dunwell.actions.duty_overrides import allow_duties
from dunwell.actions.gate import staff
from dunwell.models import DutyOverride, Event
from tests.conftest import AT, add_user

PAGE = "/people/duties/"


def allowed(admin, company, user, pair="cash_credit", at=AT):
    return allow_duties(
        actor=staff(admin, company), user=user, pair=pair, reason="Carla is ill", days=5, at=at
    )


def test_who_holds_both_sides_is_allowed_them_for_a_time_and_it_is_ended(come_in, admin, company):
    bea = add_user(company, "bea", "clerk", "credit_manager")
    client = come_in(admin)
    before = client.get(PAGE).text
    assert "bea" in before and "not allowed" in before
    assert f'href="/people/{bea.pk}/duties/allow/?pair=cash_credit"' in before

    form = client.get(f"/people/{bea.pk}/duties/allow/?pair=cash_credit").text
    assert '<option value="cash_credit" selected>' in form
    done = client.post(
        f"/people/{bea.pk}/duties/allow/",
        {"pair": "cash_credit", "reason": "Carla is ill", "days": "5"},
    )
    made = DutyOverride.objects.get()
    assert done["Location"] == PAGE
    assert (made.pair, made.by, made.ends_at) == ("cash_credit", "ada", AT + timedelta(days=5))
    assert "Carla is ill" in client.get(PAGE).text

    assert client.post(f"{PAGE}{made.pk}/end/")["Location"] == PAGE
    made.refresh_from_db()
    assert (made.ended_at, made.ended_by) == (AT, "ada")
    assert Event.objects.latest("seq").verb == "duties.ended"


def test_without_a_reason_or_for_oneself_it_is_refused_and_what_was_typed_stays(
    come_in, admin, company
):
    bea = add_user(company, "bea", "clerk", "credit_manager")
    add_user(company, "other", "admin")
    client = come_in(admin)
    told = {"pair": "cash_bank", "reason": "", "days": "7"}

    silent = client.post(f"/people/{bea.pk}/duties/allow/", told)
    long = client.post(f"/people/{bea.pk}/duties/allow/", {**told, "reason": "x", "days": "181"})
    own = client.post(f"/people/{admin.pk}/duties/allow/", {**told, "reason": "I am alone"})

    assert [one.status_code for one in (silent, long, own)] == [422] * 3
    assert 'value="7"' in silent.text and '<option value="cash_bank" selected>' in silent.text
    assert "another admin has to allow it" in own.text and "I am alone" in own.text
    assert not DutyOverride.objects.exists()


def test_the_report_is_a_file_with_every_override(come_in, admin, company):
    bea = add_user(company, "bea", "clerk", "credit_manager")
    allowed(admin, company, bea)
    allowed(admin, company, bea, "cash_bank", AT - timedelta(days=10))
    client = come_in(admin)

    rows = list(csv.reader(io.StringIO(client.get(f"{PAGE}export.csv").text)))
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{PAGE}export.xlsx").content))

    assert rows[0][1:3] == ["Kept apart", "Where it stands"]
    stand = {(row[1], row[2]) for row in rows[1:]}
    assert ("who posts cash should not write off or credit", "allowed") in stand
    assert (
        "who posts cash should not change accounts that money goes to", "ran out",
    ) in stand  # fmt: skip
    assert len(book.get_sheet_by_index(0).to_python()) == len(rows)
    assert client.get(f"{PAGE}export.pdf").status_code == 404


def test_only_an_admin_sees_it_and_only_the_own_company(come_in, admin, company, manager, rival):
    made = allowed(admin, company, add_user(company, "bea", "clerk", "credit_manager"))
    assert come_in(manager).get(PAGE).status_code == 403

    client = come_in(rival)
    assert "bea" not in client.get(PAGE).text
    assert client.get(f"/people/{made.user_id}/duties/allow/").status_code == 404
    assert client.post(f"{PAGE}{made.pk}/end/").status_code == 404
    made.refresh_from_db()
    assert made.ended_at is None


def test_the_page_costs_the_same_for_one_or_three(
    come_in, admin, company, django_assert_num_queries
):
    client = come_in(admin)
    for n in range(3):
        allowed(admin, company, add_user(company, f"bea{n}", "clerk", "credit_manager"))
        with django_assert_num_queries(QUERIES):
            client.get(PAGE)


QUERIES = 7
