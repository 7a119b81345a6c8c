"""Bureaus and their settings, consents, and reports that come by hand or in a feed."""

from datetime import date, timedelta

import pytest

from dunwell.actions.bureau_consents import record_consent, withdraw_consent
from dunwell.actions.bureau_reports import record_report, record_report_file
from dunwell.actions.bureaus import add_bureau, edit_bureau
from dunwell.actions.gate import Refused, Stale, system
from dunwell.models import BureauConsent, BureauReport
from dunwell.queries.bureau_reports import bureau_view, consent_rows
from dunwell.queries.bureaus import bureau_rows
from tests.actions.desk import last_event
from tests.conftest import AT, TODAY, add_customer


def bureau(company, name="Alpha", **changes):
    stated = {"kind": "file", "address": "alpha.csv", "currency": "EUR", "cost_minor": 12_50}
    return add_bureau(actor=system(company), name=name, at=AT, **{**stated, **changes})


def edited(company, row, **changes):
    names = ("name", "kind", "address", "secret_name", "priority", "max_age_days", "cost_minor",
             "currency", "is_active", "version")  # fmt: skip
    stated = {name: getattr(row, name) for name in names}
    return edit_bureau(actor=system(company), bureau=row, at=AT, **{**stated, **changes})


def test_bureaus_are_asked_in_the_order_of_their_priority(company):
    bureau(company, "Second", priority=2)
    bureau(company, "First", priority=1, kind="http", address="https://api.bureau.example/v1",
           secret_name="DUNWELL_BUREAU_FIRST_TOKEN")  # fmt: skip
    assert [(row.name, row.priority, row.kind_label) for row in bureau_rows(company)] == [
        ("First", 1, "JSON over HTTPS"),
        ("Second", 2, "Feed file"),
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": " "}, "Give the bureau a name"),
        ({"kind": "fax"}, "There is no kind fax"),
        ({"address": "../secret_key"}, "the feed file alone"),
        ({"address": "a/b.csv"}, "the feed file alone"),
        ({"kind": "http", "address": "http://bureau.example/"}, "must begin with https://"),
        (
            {"kind": "http", "address": "http://127.0.0.1.evil.example/"},
            "must begin with https://",
        ),
        ({"kind": "http", "address": "https://me:pw@bureau.example/"}, "without a user"),
        ({"kind": "http", "address": "https://[::1"}, "Give an https address"),
        (
            {"kind": "http", "address": "https://b.example/", "secret_name": "DUNWELL_SECRET_KEY"},
            "DUNWELL_BUREAU_ and capital letters",
        ),
        ({"secret_name": "DUNWELL_BUREAU_X"}, "Only bureaus that are asked over HTTPS"),
        ({"priority": 0}, "priority must lie between"),
        ({"max_age_days": 4_000}, "days old"),
        ({"cost_minor": -1}, "cannot be below 0"),
        ({"currency": "EURO"}, "is no currency"),
    ],
)
def test_settings_that_cannot_work_are_refused(company, changes, message):
    with pytest.raises(Refused, match=message):
        bureau(company, **changes)


def test_a_change_is_told_before_and_after_and_a_stale_one_is_refused(company):
    row = bureau(company)
    assert edited(company, row) == row
    changed = edited(company, row, cost_minor=15_00, is_active=False)
    assert (changed.cost_minor, changed.version) == (15_00, 2)
    assert last_event(company)[3] == {
        "name": "Alpha",
        "changed": {"cost_minor": [12_50, 15_00], "is_active": [True, False]},
    }
    with pytest.raises(Stale, match="Somebody else has changed Alpha"):
        edited(company, row, cost_minor=1)
    bureau(company, "Beta")
    with pytest.raises(Refused, match="a bureau named Beta already"):
        edited(company, changed, name="Beta")


def test_another_companys_bureau_is_none_of_ours(company, rival):
    theirs = bureau(rival.memberships.all()[0].company)
    with pytest.raises(Refused, match="is no bureau of Northwind"):
        edited(company, theirs)


def test_a_consent_holds_from_its_day_until_it_ends_or_is_withdrawn(company):
    customer = add_customer(company, "P1", party="person")
    actor = system(company)
    consent = record_consent(
        actor=actor, customer=customer, given_on=TODAY, until_on=TODAY + timedelta(days=30),
        evidence="signed form", as_of=TODAY, at=AT,
    )  # fmt: skip
    held = [
        [row.holds for row in consent_rows(company, customer.pk, as_of=day)]
        for day in (TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=31))
    ]
    assert held == [[], [True], [False]]
    withdraw_consent(actor=actor, consent=consent, as_of=TODAY, at=AT)
    assert consent_rows(company, customer.pk, as_of=TODAY)[0].holds is False
    with pytest.raises(Refused, match="withdrawn already"):
        withdraw_consent(actor=actor, consent=consent, as_of=TODAY, at=AT)
    assert BureauConsent.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"evidence": ""}, "Say how the customer agreed"),
        ({"given_on": TODAY + timedelta(days=1)}, "has not come yet"),
        ({"until_on": TODAY - timedelta(days=1)}, "cannot end before"),
    ],
)
def test_a_consent_without_proof_or_with_impossible_days_is_refused(company, changes, message):
    stated = {"given_on": TODAY, "evidence": "mail", **changes}
    with pytest.raises(Refused, match=message):
        record_consent(
            actor=system(company),
            customer=add_customer(company, "P1"),
            as_of=TODAY,
            at=AT,
            **stated,
        )


def test_an_external_score_is_entered_by_hand_and_shown_beside_the_others(company):
    customer = add_customer(company, "1001")
    alpha, beta = bureau(company), bureau(company, "Beta", kind="hand", address="", priority=2)
    report = {"actor": system(company), "customer": customer, "as_of": TODAY, "at": AT}
    record_report(bureau=alpha, reported_on=date(2026, 2, 1), pd_ppm=10_000, risk_class="A",
                  is_insolvent=False, **report)  # fmt: skip
    record_report(bureau=beta, reported_on=date(2026, 3, 1), pd_ppm=35_000, risk_class="C",
                  limit_minor=5_000_00, currency="EUR", **report)  # fmt: skip
    view = bureau_view(company, customer.pk, as_of=TODAY)
    assert (view.disagreement_ppm, view.classes, view.is_insolvent) == (25_000, ("A", "C"), False)
    assert [(row.bureau, row.leads, row.is_latest, row.age_days) for row in view.reports] == [
        ("Beta", False, True, 4),
        ("Alpha", True, True, 32),
    ]
    assert last_event(company)[0] == "bureau_report.recorded"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "Fill in what the bureau said"),
        ({"score": 1, "reported_on": TODAY + timedelta(days=1)}, "has not come yet"),
        ({"pd_ppm": 1_000_001}, "from 0 to 1000000"),
        ({"limit_minor": 5}, "the currency of the limit"),
    ],
)
def test_a_report_that_says_nothing_or_cannot_be_is_refused(company, changes, message):
    stated = {"reported_on": TODAY, **changes}
    with pytest.raises(Refused, match=message):
        record_report(
            actor=system(company), customer=add_customer(company, "1001"), bureau=bureau(company),
            as_of=TODAY, at=AT, **stated,
        )  # fmt: skip


def test_a_feed_is_read_all_or_none_and_once(company):
    add_customer(company, "1001", vat_id="DE 123")
    add_customer(company, "1002")
    feed = {
        "actor": system(company), "bureau": bureau(company), "name": "f.csv", "as_of": TODAY, "at": AT,
    }  # fmt: skip
    text = (
        "vat_id,customer_number,score,reported_on\n"
        "DE123,,700,2026-02-01\n,1002,400,2026-02-01\n,9999,1,2026-02-01\n"
    )
    assert record_report_file(data=text.encode(), **feed) == (
        2,
        ["Row 3: no customer of ours is 9999."],
    )
    assert record_report_file(data=text.encode(), **feed)[0] == 0
    told = BureauReport.objects.order_by("pk").values_list("customer__number", "score", "source")
    assert list(told) == [("1001", 700, "file"), ("1002", 400, "file")]
    broken = text + ",1001,good,2026-02-01\n"
    with pytest.raises(Refused, match=r"f.csv, row 4: score is 'good'"):
        record_report_file(data=broken.encode(), **feed)
