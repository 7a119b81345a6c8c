"""Money of placements: splits, repeats, the bank payment, and an agency's file read back."""

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.placement_files import read_agency_report
from dunwell.actions.placement_reports import reconcile_reports, report_collection
from dunwell.actions.placement_work import accept_placement, end_placement
from dunwell.actions.placements import close_placement, recall_placement
from dunwell.models import AgencyFileLine, AgencyReport, Event, Hold, Placement
from dunwell.queries.agencies import agency_detail
from dunwell.queries.placements import PlacementFilter, placement_rows, placement_totals
from tests.actions.desk import acting, verbs
from tests.actions.ledger_rows import payment
from tests.actions.placement_rows import (
    ON,
    agency,
    as_partner,
    collected,
    handed,
    partner,
    ready,
    running,
)
from tests.conftest import TODAY, add_customer, examples

HEAD = "placement,event,on,reference,currency,gross,commission,net,note\n"


def test_the_commission_follows_from_the_age_and_all_of_it_ends_the_placement(
    company, collector, customer
):
    placement = running(company, collector, ready(customer), agency(company))
    first = collected(company, placement, 333_33)
    assert (first.commission_minor, first.net_minor) == (66_67, 266_66)
    assert collected(company, placement, 333_33) == first
    with pytest.raises(Refused, match="with other amounts before"):
        collected(company, placement, 333_34)
    with pytest.raises(Refused, match="600.01 EUR would be reported"):
        collected(company, placement, 266_68, "M-2")
    collected(company, placement, 266_67, "M-2", kind="direct")
    placement.refresh_from_db()
    assert (placement.status, placement.ended_as) == ("paid", "paid")
    assert not Hold.objects.filter(released_on=None).exists()
    back = collected(company, placement, -100_00, "M-3")
    assert (back.commission_minor, back.net_minor) == (-20_00, -80_00)
    with pytest.raises(Refused, match="-1.00 EUR|would be reported"):
        collected(company, placement, -500_01, "M-4")


def test_a_commission_above_the_agreed_one_is_refused_and_a_lower_one_taken(
    company, collector, customer
):
    placement = running(company, collector, ready(customer), agency(company))
    with pytest.raises(Refused, match="20.00 EUR; 20.01 EUR was stated"):
        collected(company, placement, 100_00, commission_minor=20_01)
    with pytest.raises(Refused, match="was stated"):
        collected(company, placement, 100_00, commission_minor=-1)
    low = collected(company, placement, 100_00, commission_minor=10_00)
    assert (low.commission_minor, low.net_minor) == (10_00, 90_00)


def test_money_is_reported_while_and_after_the_agency_works_and_of_its_days_alone(
    company, collector, customer
):
    placement = handed(company, collector, ready(customer), agency(company))
    with pytest.raises(Refused, match="is marked: transmitted; no money"):
        collected(company, placement, 1_00)
    accept_placement(actor=system(company), placement=placement, reference="A", **ON)
    for day, message in [("2026-03-04", "was handed over on"), ("2026-03-06", "still ahead")]:
        with pytest.raises(Refused, match=message):
            report_collection(
                actor=system(company), placement=placement, kind="remitted", reference="M",
                gross_minor=1_00, reported_on=TODAY.fromisoformat(day), **ON,
            )  # fmt: skip
    recall_placement(actor=system(company), placement=placement, reason="he called", **ON)
    assert collected(company, placement, 100_00).gross_minor == 100_00


def test_reports_are_reconciled_with_the_payment_they_fit_into(company, collector, customer):
    to = agency(company)
    one = running(company, collector, ready(customer, "R1"), to)
    two = running(company, collector, ready(customer, "R2"), to)
    first, second = collected(company, one, 100_00), collected(company, two, 50_00)
    money, small = payment(customer, "P1", 120_00), payment(customer, "P2", 79_99)
    desk = system(company)
    with pytest.raises(Refused, match="bring 80.00 EUR, but P2 is 79.99 EUR"):
        reconcile_reports(actor=desk, payment=small, reports=[first], **ON)
    assert reconcile_reports(actor=desk, payment=money, reports=[first, second], **ON) == 2
    assert reconcile_reports(actor=desk, payment=money, reports=[first, second], **ON) == 0
    with pytest.raises(Refused, match="stands on another payment"):
        reconcile_reports(actor=desk, payment=small, reports=[first], **ON)
    third = collected(company, two, 1_00, "D-1", kind="direct")
    stranger = payment(add_customer(company, "K2"), "P3", 1_00)
    with pytest.raises(Refused, match="paid by another customer"):
        reconcile_reports(actor=desk, payment=stranger, reports=[third], **ON)
    end_placement(actor=desk, placement=two, status="returned", reason="nothing to get", **ON)
    with pytest.raises(Refused, match="1 reports of PL-2 have no bank payment yet"):
        close_placement(actor=desk, placement=two, at=ON["at"])
    own = payment(customer, "P4", 1_00)
    reconcile_reports(actor=desk, payment=own, reports=[third], **ON)
    close_placement(actor=desk, placement=two, at=ON["at"])
    two.refresh_from_db()
    assert (two.status, two.ended_as) == ("closed", "returned")


def send(company, to, text, **changes):
    return read_agency_report(
        actor=system(company), agency=to, data=text.encode(), **{**ON, **changes}
    )


def test_a_file_is_booked_once_whatever_is_sent_again(company, collector, customer):
    to = agency(company)
    handed(company, collector, ready(customer), to)
    text = (
        HEAD + "PL-1,accepted,2026-03-05,A-1,,,,,\n"
        "PL-1,remitted,2026-03-05,M-1,EUR,100.00,20.00,80.00,\n"
        "PL-1,note,2026-03-05,,,,,,he promised\nPL-1,returned,2026-03-05,,,,,,nothing left\n"
    )
    first = send(company, to, text)
    assert (first.lines, first.changed, first.refusals) == (4, 4, ())
    before = Event.objects.count()
    again = send(company, to, text)
    assert (again.lines, again.changed, Event.objects.count()) == (4, 0, before)
    more = send(company, to, text + "PL-1,remitted,2026-03-05,M-2,EUR,5,,,\n")
    assert more.changed == 1 and AgencyReport.objects.count() == 2
    assert verbs(company).count("placement.report_read") == 2
    placement = Placement.objects.get()
    assert (placement.status, placement.ending) == ("returned", "nothing left")


def test_a_file_with_one_bad_line_writes_nothing_at_all(company, collector, customer):
    to, other = agency(company), agency(company, "Other")
    handed(company, collector, ready(customer, "R1"), to)
    handed(company, collector, ready(customer, "R2"), other)
    before = Event.objects.count()
    read = send(
        company, to,
        HEAD + "PL-1,accepted,2026-03-05,A-1,,,,,\nPL-2,accepted,2026-03-05,A-2,,,,,\n"
        "PL-1,remitted,2026-03-05,M-1,USD,1.00,,,\nPL-1,remitted,2026-03-06,M-2,EUR,1.00,,,\n"
        "PL-1,remitted,2026-03-05,M-3,EUR,700.00,,,\nPL-1,refused,2026-03-05,,,,,,no\n",
    )  # fmt: skip
    assert [(one.line, one.column) for one in read.refusals] == [
        (3, "placement"), (4, "currency"), (5, "on"), (6, "gross"), (7, "event"),
    ]  # fmt: skip
    assert read.changed == 0 and Event.objects.count() == before
    assert not AgencyReport.objects.exists() and not AgencyFileLine.objects.exists()
    assert set(Placement.objects.values_list("status", flat=True)) == {"transmitted"}


def test_a_partner_s_hands_are_tied_to_its_own_agency(company, collector, manager, customer):
    mine, other = agency(company), agency(company, "Other")
    own = running(company, collector, ready(customer, "R1"), mine)
    foreign = running(company, collector, ready(customer, "R2"), other)
    actor = as_partner(partner(company, mine), company)
    facts = {"reference": "M", "gross_minor": 1_00, "reported_on": TODAY, **ON}
    report_collection(actor=actor, placement=own, kind="remitted", **facts)
    with pytest.raises(Refused, match="paid us directly is reported by us"):
        report_collection(actor=actor, placement=own, kind="direct", **facts)
    with pytest.raises(Refused, match="There is no such placement for paula"):
        report_collection(actor=actor, placement=foreign, kind="remitted", **facts)
    with pytest.raises(Refused, match="agreed with us first"):
        end_placement(actor=actor, placement=own, status="settled", reason="deal", **ON)
    with pytest.raises(Forbidden):
        recall_placement(actor=actor, placement=own, reason="x", **ON)
    with pytest.raises(Forbidden):
        read_agency_report(actor=actor, agency=mine, data=b"", **ON)
    settled = end_placement(
        actor=acting(manager), placement=own, status="settled", reason="agreed", **ON
    )
    assert settled.ended_as == "settled"


def test_the_score_is_what_the_placements_behind_it_sum_to(company, collector, customer):
    to = agency(company)
    for number, minor in (("R1", 100_00), ("R2", 600_00), ("R3", 0)):
        placement = running(company, collector, ready(customer, number), to)
        if minor:
            collected(company, placement, minor, f"M-{number}")
    recall_placement(actor=system(company), placement=placement, reason="he called", **ON)
    ((card,),) = [agency_detail(company, to.pk).cards]
    assert (card.total.placements, card.total.running, card.total.recalled) == (3, 1, 1)
    for score in (card.total, *card.cohorts):
        only = PlacementFilter(state="handed", agency_id=to.pk, cohort=score.name)
        (total,) = placement_totals(company, only)
        rows = placement_rows(company, only).rows
        assert (total.placed_minor, total.collected_minor, total.commission_minor) == (
            score.placed_minor, score.collected_minor, score.commission_minor,
        )  # fmt: skip
        assert sum(row.collected_minor for row in rows) == score.collected_minor == 700_00
        assert len(rows) == score.placements


@examples(8, release=40)
@given(st.lists(st.tuples(st.integers(-300_00, 300_00), st.integers(1, 3)), max_size=8))
def test_whatever_is_reported_gross_is_net_and_commission_and_never_more_than_placed(
    company, collector, customer, moves
):
    customer.refresh_from_db()
    with transaction.atomic():
        placement = running(company, collector, ready(customer), agency(company))
        for gross, number in moves:
            try:
                collected(company, placement, gross, f"M-{number}")
            except Refused:
                continue
        reports = list(AgencyReport.objects.all())
        assert 0 <= sum(one.gross_minor for one in reports) <= placement.placed_minor
        assert all(one.gross_minor == one.net_minor + one.commission_minor for one in reports)
        assert len({one.reference for one in reports}) == len(reports)
        transaction.set_rollback(True)
