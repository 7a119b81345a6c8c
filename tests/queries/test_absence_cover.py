"""What moves while somebody is away: the work, who could take it, and what was done meanwhile."""

from datetime import timedelta

from dunwell.actions.case_comments import comment_case
from dunwell.actions.hand_offs import ask_hand_off
from dunwell.actions.notes import record_note
from dunwell.actions.workforce import record_absence
from dunwell.models import Customer, DisputeCase
from dunwell.queries.absence_cover import cover_choices, cover_page
from tests.actions.desk import acting
from tests.conftest import AT, TODAY, add_customer, add_user

ON = {"as_of": TODAY, "at": AT}


def test_work_moves_ownership_stays_and_what_was_done_is_told(company, collector, manager):
    bert = add_user(company, "bert", "collector")
    mine = add_customer(company, "K1", collector=collector)
    case = DisputeCase.objects.create(
        company=company, customer=mine, number="D-1", title="Too dear", reason="price",
        source="staff", opened_on=TODAY, owner=collector, recorded_at=AT,
    )  # fmt: skip
    ask_hand_off(
        actor=acting(manager), customer=mine, to_desk="collections", to_user=collector,
        what="Call them", **ON,
    )  # fmt: skip
    comment_case(actor=acting(manager), customer=mine, text="@anna look", **ON)
    away = record_absence(
        actor=acting(collector), user=collector, kind="holiday", from_on=TODAY,
        until_on=TODAY + timedelta(days=1), cover=bert, note="K1 pays on Friday", **ON,
    )  # fmt: skip
    record_note(actor=acting(bert), customer=mine, kind="note", text="They pay", **ON)
    page = cover_page(company, away.pk, as_of=TODAY)
    assert {part.kind: part.count for part in page.parts if part.count} == {
        "hand_offs": 1, "mentions": 1, "disputes": 1,
    }  # fmt: skip
    assert (page.row.note, page.row.is_seen, page.works_now, page.missing) == (
        "K1 pays on Friday", False, "bert", (),
    )  # fmt: skip
    assert [(one.verb, one.by) for one in page.done][:1] == [("note.recorded", "bert")]
    assert {one.by for one in page.done} == {"bert", "mona"}
    case.refresh_from_db()
    assert (case.owner, Customer.objects.get().collector) == (collector, collector)
    assert cover_page(company, away.pk + 1, as_of=TODAY) is None


def test_who_could_cover_sits_at_the_same_desk_is_there_and_has_least(company, collector, manager):
    bert, carl = (add_user(company, name, "collector") for name in ("bert", "carl"))
    add_user(company, "sara", "sales")
    add_customer(company, "K1", collector=bert)
    record_absence(
        actor=acting(carl), user=carl, kind="sick", from_on=TODAY, until_on=TODAY, cover=bert, **ON
    )
    found = cover_choices(company, collector, first=TODAY, last=TODAY)
    assert [(one.name, one.covers) for one in found] == [("mona", 0), ("bert", 1)]


def test_a_cover_who_lacks_a_desk_is_told(company, manager, collector):
    away = record_absence(
        actor=acting(manager), user=manager, kind="sick", from_on=TODAY, until_on=TODAY,
        cover=collector, **ON,
    )  # fmt: skip
    assert cover_page(company, away.pk, as_of=TODAY).missing == ("credit",)
