"""A debtor of several of our companies hears from one of them: the one that asks for most."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from dunwell.actions.feeds import record_feed
from dunwell.actions.gate import system
from dunwell.actions.notes import record_note
from dunwell.actions.policies import load_shipped_policies
from dunwell.engine.contact_rules.policy import ContactPolicyError, read_contact_policy
from dunwell.models import Company, ContactAttempt, FxRate, Message, PolicyVersion, Run
from dunwell.queries.contact_groups import contact_group, group_log
from dunwell.queries.contact_rules import customer_verdicts
from dunwell.queries.contact_words import contact_card
from dunwell.queries.deliveries import delivery_verdicts
from dunwell.queries.dry_run import dry_run
from dunwell.queries.ledgers import Books
from dunwell.queries.policies import strategies_in_force
from dunwell.queries.reminders import LED, native, plan_contacts
from tests.actions.test_reminders import owing, sent, tonight
from tests.conftest import AT, TODAY, add_user, examples

VAT = "DE 811-128 135"


def house(name, *partners):
    """A company with strategies, bank data, and the companies it contacts with."""
    company = Company.objects.create(
        name=name, country="DE", currency="EUR", created_at=AT, feed_max_age_days=400
    )
    load_shipped_policies(company=company, at=AT)
    record_feed(
        actor=system(company), kind="bank", name="Main", covers_until_on=TODAY, as_of=TODAY, at=AT
    )
    contacts_with(company, *partners)
    return company


def contacts_with(company, *partners):
    PolicyVersion.objects.filter(company=company, kind="contact").delete()
    PolicyVersion.objects.create(
        company=company, kind="contact", name="contact", version=1, text="", document={},
        valid_from=TODAY - timedelta(days=400), status="published", author="ada",
        approver="mona", recorded_at=AT,
    )  # fmt: skip
    named = "".join(f"\n    - {partner}" for partner in partners) or " []"
    text = f"contact:\n  name: contact\n  valid_from: 2025-01-01\n  one_contact_with:{named}\n"
    PolicyVersion.objects.filter(company=company, kind="contact").update(text=text)


@pytest.fixture
def pair(db):
    return house("Alpha", "Beta"), house("Beta", "Alpha")


def ran(company, days):
    """Say that the cycle of a day is done."""
    Run.objects.create(
        company=company, kind="cycle", step="write_reminders",
        as_of=TODAY + timedelta(days=days), changed=0, finished_at=AT,
    )  # fmt: skip


def night(company, days):
    """Run the part of a day's cycle that contacts."""
    tonight(company, days)
    ran(company, days)


def contacts(*companies):
    """(company, days since TODAY) of every message, in order."""
    rows = Message.objects.filter(company__in=companies).values_list("company__name", "as_of")
    return sorted(((name, (on - TODAY).days) for name, on in rows), key=lambda row: row[::-1])


def reasons(company, days=0):
    strategies = [policy.strategy for policy in strategies_in_force(company, as_of=TODAY)]
    plan = plan_contacts(
        company, books=Books(company), strategies=strategies,
        as_of=TODAY + timedelta(days=days),
    )  # fmt: skip
    return plan.reasons["reason"].to_list()


def signed_in(client, settings, company):
    """A person who may read one company."""
    settings.REQUIRE_MFA = False
    client.force_login(add_user(company, "rita", "read_only"))
    return client


@pytest.mark.parametrize("first", [0, 1])
def test_the_company_that_asks_for_most_leads_whichever_cycle_runs_first(pair, first):
    alpha, beta = pair
    owing(alpha, "A1", amount=100_00, vat_id=VAT)
    owing(beta, "B1", amount=900_00, vat_id="de811128135")
    for company in pair:
        ran(company, -1)

    for company in (pair[first], pair[1 - first]):
        night(company, 0)

    assert contacts(*pair) == [("Beta", 0)]


def test_a_tie_goes_to_the_older_company_and_the_other_is_told_why(pair):
    alpha, beta = pair
    for company in pair:
        owing(company, "K1", vat_id=VAT)
        ran(company, -1)

    assert (reasons(alpha), reasons(beta)) == ([], [LED])
    run = dry_run(beta, as_of=TODAY)
    assert run is not None
    assert [(row.reason, row.customers) for row in run.reasons] == [(LED, 1)]
    assert run.contacts == ()


def test_what_one_company_said_counts_for_the_other_until_the_days_between_are_over(pair):
    alpha, beta = pair
    owing(alpha, "A1", amount=900_00, vat_id=VAT)
    owing(beta, "B1", amount=100_00, vat_id=VAT)
    for days in range(-1, 8):
        for company in pair:
            if days >= 0:
                night(company, days)
                sent(company)
            else:
                ran(company, days)

    # the standard strategy keeps six days between two contacts, and who spoke last gives way
    assert contacts(*pair) == [("Alpha", 0), ("Beta", 6)]


def test_a_company_whose_cycle_is_behind_keeps_nobody_waiting(pair):
    alpha, beta = pair
    owing(alpha, "A1", amount=900_00, vat_id=VAT)
    owing(beta, "B1", amount=100_00, vat_id=VAT)
    ran(alpha, -3)
    ran(beta, -1)

    night(beta, 0)

    assert contacts(*pair) == [("Beta", 0)]


def test_one_side_alone_and_other_debtors_change_nothing(pair):
    alpha, beta = pair
    owing(alpha, "A1", amount=900_00, vat_id=VAT)
    owing(beta, "B1", vat_id="DE999999999")
    owing(beta, "B2")
    contacts_with(alpha)
    assert contact_group(beta, as_of=TODAY) is None
    contacts_with(alpha, "Beta")
    group = contact_group(beta, as_of=TODAY)
    assert group is not None
    assert (group.others, group.twins.height) == ((alpha,), 0)
    for company in pair:
        ran(company, -1)
        night(company, 0)
    assert contacts(*pair) == [("Alpha", 0), ("Beta", 0), ("Beta", 0)]


def test_only_the_fact_of_a_contact_crosses_over(pair, client, settings):
    alpha, beta = pair
    theirs = owing(alpha, "A1", vat_id=VAT)
    ours = owing(beta, "B1", vat_id=VAT)
    tonight(alpha)
    record_note(
        actor=system(alpha), customer=theirs, kind="call", result="reached", text="secret",
        as_of=TODAY, at=AT,
    )  # fmt: skip
    group = contact_group(beta, as_of=TODAY)

    log = native(group_log(group))

    day = (TODAY - type(TODAY)(1970, 1, 1)).days
    assert log.rows() == [(ours.pk, day), (ours.pk, day)]
    card = contact_card(beta, ours.pk, as_of=TODAY, at=AT)
    assert card is not None
    assert card.one_contact_with == ("Alpha",)
    assert [(one.company, one.channel, one.at) for one in card.others] == [("Alpha", "call", AT)]
    page = signed_in(client, settings, beta).get(f"/contact-rules/customers/{ours.pk}/").text
    assert "This debtor owes Alpha too" in page and "secret" not in page and "R-A1" not in page
    # a conversation of the other company counts under the rules that hold for ours
    assert ContactAttempt.objects.get().company == alpha
    (verdict,) = customer_verdicts(beta, ours.pk, as_of=TODAY, at=AT, channels=("email",))
    assert verdict.rule_id == "EU-B2B-TOUCH"


def test_of_two_messages_that_wait_the_older_company_goes_first(pair):
    alpha = pair[0]
    for company in pair:
        owing(company, "K1", vat_id=VAT)
    # as a catch-up may leave them: both were written before either knew of the other
    contacts_with(alpha)
    for company in pair:
        tonight(company)
    contacts_with(alpha, "Beta")
    moment = AT.replace(hour=11)
    verdicts = {}
    for company in pair:
        messages = list(Message.objects.filter(company=company))
        found = delivery_verdicts(company, messages, as_of=TODAY, at=moment)
        verdicts[company.name] = {verdict.act for verdict in found.values()}

    assert verdicts == {"Alpha": {"send"}, "Beta": {"wait"}}


def test_amounts_are_compared_in_one_currency_and_without_a_rate_the_older_leads(pair):
    from tests.actions.ledger_rows import invoice

    alpha, beta = pair
    owing(alpha, "A1", amount=100_00, vat_id=VAT)
    dollars = owing(beta, "B1", amount=50_00, vat_id=VAT)
    due = TODAY - timedelta(days=10)
    invoice(
        dollars, "R-USD", 80_00, currency="USD", issued_on=due - timedelta(days=30), due_on=due
    )
    for company in pair:
        ran(company, -1)
    assert (reasons(alpha), reasons(beta)) == ([], ["below_minimum"])
    for company, expected in ((beta, ([], [LED])), (alpha, ([LED], []))):
        FxRate.objects.create(
            company=company, currency="USD", from_on=due, rate_ppm=900_000, source="test",
            recorded_at=AT,
        )  # fmt: skip
        assert (reasons(alpha), reasons(beta)) == expected


def test_a_group_costs_a_fixed_number_of_queries(pair):
    alpha, beta = pair
    counts = []
    for numbers in (["1"], ["2", "3", "4"]):
        for number in numbers:
            for company in pair:
                owing(company, f"K{number}", vat_id=f"DE{number}")
        if not counts:
            for company in pair:
                ran(company, -1)
        with CaptureQueriesContext(connection) as queries:
            reasons(beta)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert alpha.pk < beta.pk


@pytest.mark.parametrize("listed", ["[3]", "['']", "Beta"])
def test_what_is_no_company_is_refused(listed):
    import yaml

    with pytest.raises(ContactPolicyError, match="one_contact_with"):
        read_contact_policy(
            {
                "contact": {
                    "name": "c",
                    "valid_from": TODAY,
                    "one_contact_with": yaml.safe_load(listed),
                }
            }
        )


@examples(2, release=40)
@given(
    late=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), min_size=2, max_size=4),
    order=st.lists(st.permutations([0, 1]), min_size=7, max_size=7),
    missed=st.sets(st.tuples(st.integers(0, 1), st.integers(1, 6)), max_size=3),
)
def test_no_history_contacts_a_debtor_twice_in_a_cycle(db, late, order, missed):
    from django.db import transaction

    with transaction.atomic():
        pair = house("Alpha", "Beta"), house("Beta", "Alpha")
        for place, (days, amount) in enumerate(late):
            owing(pair[place % 2], f"K{place}", late=days, amount=amount * 100_00, vat_id=VAT)
        for days, turns in enumerate(order):
            for turn in turns:
                if (turn, days) not in missed:
                    night(pair[turn], days)
                    sent(pair[turn])
        rows = contacts(*pair)
        # several accounts in one company are contacts of that company; over companies never two
        by_day = {}
        for name, days in rows:
            by_day.setdefault(days, set()).add(name)
        assert rows
        assert all(len(names) == 1 for names in by_day.values())
        ends = sorted(by_day)
        for before, after in pairwise(ends):
            if by_day[before] != by_day[after]:
                assert after - before >= 5
        transaction.set_rollback(True)
