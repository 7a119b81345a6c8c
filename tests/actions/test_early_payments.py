"""Early payment: offered by the policy and by hand, taken back, accepted, and earned by money."""

from datetime import timedelta

import pytest

from dunwell.actions.allocations import locked_items
from dunwell.actions.early_payment_mails import tell_offers
from dunwell.actions.early_payments import (
    accept_offer,
    offer_by_hand,
    offer_early,
    take_discount,
    withdraw_offer,
)
from dunwell.actions.gate import Actor, Forbidden, Refused, debtor, staff, system
from dunwell.actions.items import add_item
from dunwell.actions.policies_by_kind import draft_document, publish_document
from dunwell.engine.early_payment import OfferStep
from dunwell.models import (
    Adjustment,
    Contact,
    Dispute,
    EarlyPaymentOffer,
    Event,
    Hold,
    Item,
    Message,
    OpenItem,
    Promise,
)
from dunwell.queries.early_payment import (
    discounts_on,
    early_payment_policy,
    offer_terms,
    offers_due,
    open_offers,
)
from tests.actions.merge_rows import merged_by, split_by
from tests.conftest import AT, TODAY, add_customer
from tests.portal.seats import seat_of

DUE = TODAY + timedelta(days=26)
POLICY = """
early_payment:
  name: early_payment
  valid_from: 2026-03-05
  tells: true
  programmes:
    - {name: Steps, kind: tiers, currency: EUR, least_minor: 1000, least_days: 5, budget_minor: 4000,
       steps: [{days: 10, rate_ppm: 15000}, {days: 20, rate_ppm: 7500}]}
"""


def with_policy(company, text=POLICY):
    version = draft_document(actor=system(company), kind="early_pay", text=text, at=AT)
    publisher = Actor(company=company, name="paula", rights=system(company).rights)
    publish_document(actor=publisher, version=version, as_of=TODAY, at=AT)


def invoice(company, customer, number, amount_minor=100_000, due_on=DUE):
    return add_item(
        actor=system(company), customer=customer, number=number, kind="invoice", currency="EUR",
        amount_minor=amount_minor, issued_on=TODAY - timedelta(days=4), due_on=due_on,
        as_of=TODAY, at=AT,
    )  # fmt: skip


@pytest.fixture
def buyer(company):
    customer = add_customer(company, "K1", "Acme")
    Contact.objects.create(customer=customer, email="ap@acme.example", recorded_at=AT)
    return customer


def run(company, on=TODAY):
    return offer_early(
        actor=system(company), due=offers_due(company, as_of=on), as_of=on, at=AT + (on - TODAY)
    )


def test_the_policy_offers_once_what_its_budget_allows_the_largest_first(company, buyer):
    with_policy(company)
    large, small = invoice(company, buyer, "R1", 200_000), invoice(company, buyer, "R2", 60_000)
    third = invoice(company, buyer, "R3", 100_000)
    assert [run(company), run(company)] == [2, 0]
    found = EarlyPaymentOffer.objects.order_by("pk")
    # 30.00 and 9.00 of 40.00; 15.00 did not fit in between
    assert [(one.item, one.most_minor, one.terms) for one in found] == [
        (large, 3_000, "1.5/10, 0.75/20"), (small, 900, "1.5/10, 0.75/20"),
    ]  # fmt: skip
    assert not EarlyPaymentOffer.objects.filter(item=third).exists()
    assert Event.objects.filter(verb="early_payment.offered").count() == 2


def test_nothing_is_offered_without_a_policy_of_its_own(company, buyer):
    invoice(company, buyer, "R1")
    assert offers_due(company, as_of=TODAY) is None
    assert run(company) == 0


def test_an_offer_is_withdrawn_when_its_item_is_disputed_or_held(company, buyer):
    with_policy(company)
    disputed, held = invoice(company, buyer, "R1"), invoice(company, buyer, "R2")
    run(company)
    Dispute.objects.create(
        company=company,
        customer=buyer,
        item=disputed,
        amount_minor=100,
        reason="price",
        opened_on=TODAY,
        recorded_at=AT,
    )
    Hold.objects.create(
        company=company, customer=buyer, item=held, reason="agreement", from_on=TODAY, recorded_at=AT,
    )  # fmt: skip
    run(company, TODAY + timedelta(days=1))
    found = dict(EarlyPaymentOffer.objects.values_list("item_id", "reason"))
    assert found == {disputed.pk: "The item is disputed", held.pk: "The item is on hold"}
    assert set(EarlyPaymentOffer.objects.values_list("status", flat=True)) == {"withdrawn"}


def test_an_item_whose_hold_has_run_out_is_offered_for_again(company, buyer):
    with_policy(company)
    held = invoice(company, buyer, "R1")
    Hold.objects.create(
        company=company, customer=buyer, item=held, reason="manual", from_on=TODAY, until_on=TODAY,
        recorded_at=AT,
    )  # fmt: skip
    assert run(company) == 0
    assert run(company, TODAY + timedelta(days=1)) == 1
    assert run(company, TODAY + timedelta(days=2)) == 0
    assert EarlyPaymentOffer.objects.get().status == "open"


def test_customers_are_told_once_in_a_week(company, buyer, settings):
    settings.SITE = "https://desk.example"
    with_policy(company)
    invoice(company, buyer, "R1")
    run(company)
    policy, _ = early_payment_policy(company, as_of=TODAY)
    tell = lambda on: tell_offers(actor=system(company), policy=policy, as_of=on, at=AT)  # noqa: E731
    assert [tell(TODAY), tell(TODAY)] == [1, 0]
    mail = Message.objects.get(template="early_payment")
    assert "R1: €985.00 instead of €1,000.00 by Mar 11, 2026" in mail.body
    assert "1.5 % off, 27.79 % a year" in mail.body
    assert "https://desk.example/portal/offers/" in mail.body
    invoice(company, buyer, "R2", 50_000)
    run(company)
    assert [tell(TODAY + timedelta(days=6)), tell(TODAY + timedelta(days=7))] == [0, 1]


def test_who_opted_out_is_not_told(company, buyer):
    with_policy(company)
    invoice(company, buyer, "R1")
    run(company)
    type(buyer).objects.update(is_opted_out=True)
    policy, _ = early_payment_policy(company, as_of=TODAY)
    assert tell_offers(actor=system(company), policy=policy, as_of=TODAY, at=AT) == 0


def steps(*pairs):
    return [OfferStep(until_on=TODAY + timedelta(days=day), rate_ppm=rate) for day, rate in pairs]


def test_a_manager_offers_by_hand_within_the_policy(company, manager, buyer):
    item = invoice(company, buyer, "R1")
    actor = staff(manager, company)
    give = lambda *pairs: offer_by_hand(  # noqa: E731
        actor=actor, item=item, steps=steps(*pairs), reason="needs cash", as_of=TODAY, at=AT
    )
    for pairs, says in [
        ((), "Name 1 to 10 days"),
        (((26, 10_000),), "is not between today and the due date"),
        (((-1, 10_000),), "is not between today and the due date"),
        (((5, 50_100),), "at most 5 %"),
        (((25, 10_000),), "comes to 368.7 percent a year"),
        (((5, 10_000), (10, 10_000)), "A later day earns less"),
    ]:
        with pytest.raises(Refused, match=says):
            give(*pairs)
    assert EarlyPaymentOffer.objects.count() == 0
    offer = give((5, 10_000), (10, 5_000))
    assert give((5, 10_000), (10, 5_000)) == offer
    assert (offer.terms, offer.most_minor, offer.kind) == ("1/9, 0.5/14", 1_000, "by_hand")
    with pytest.raises(Refused, match="has an offer until"):
        give((5, 20_000))


def test_a_collector_may_not_offer_money(company, collector, buyer):
    item = invoice(company, buyer, "R1")
    with pytest.raises(Forbidden):
        offer_by_hand(
            actor=staff(collector, company), item=item, steps=steps((5, 10_000)), reason="x",
            as_of=TODAY, at=AT,
        )  # fmt: skip


@pytest.fixture
def offer(company, manager, buyer):
    return offer_by_hand(
        actor=staff(manager, company), item=invoice(company, buyer, "R1"),
        steps=steps((5, 10_000), (10, 5_000)), reason="needs cash", as_of=TODAY, at=AT,
    )  # fmt: skip


def test_a_customer_accepts_for_a_day_and_its_word_is_a_promise(company, buyer, offer):
    actor = debtor(seat_of(buyer, role="payer"))
    on = TODAY + timedelta(days=8)
    for _ in range(2):
        accept_offer(actor=actor, offer=offer, pay_on=on, as_of=TODAY, at=AT)
    promise = Promise.objects.get()
    assert (promise.due_on, promise.lines.get().amount_minor) == (on, 99_500)
    offer.refresh_from_db()
    assert (offer.status, offer.pay_on, offer.accepted_by) == (
        "accepted",
        on,
        "jane@buyer.example (portal)",
    )
    # the item stays due in full
    assert OpenItem.objects.get(item=offer.item).open_minor == 100_000
    assert Event.objects.filter(verb="early_payment.accepted").count() == 1


def test_an_offer_is_accepted_only_for_a_day_it_names_by_its_own_customer(company, buyer, offer):
    actor = debtor(seat_of(buyer, role="payer"))
    with pytest.raises(Refused, match="This offer is for payment from"):
        accept_offer(
            actor=actor, offer=offer, pay_on=TODAY + timedelta(days=11), as_of=TODAY, at=AT
        )
    other = debtor(
        seat_of(add_customer(company, "K2", "Other"), role="payer", email="o@o.example")
    )
    with pytest.raises(Refused, match="another customer"):
        accept_offer(actor=other, offer=offer, pay_on=TODAY, as_of=TODAY, at=AT)
    looks = debtor(seat_of(buyer, role="viewer", email="v@buyer.example"))
    with pytest.raises(Forbidden):
        accept_offer(actor=looks, offer=offer, pay_on=TODAY, as_of=TODAY, at=AT)


def test_what_was_accepted_is_kept_and_the_rest_can_be_taken_back(company, manager, buyer, offer):
    actor = staff(manager, company)
    accept_offer(
        actor=debtor(seat_of(buyer, role="payer")), offer=offer, pay_on=TODAY, as_of=TODAY, at=AT
    )
    take_back = lambda one: withdraw_offer(  # noqa: E731
        actor=actor, offer=one, reason="mistake", as_of=TODAY, at=AT
    )
    with pytest.raises(Refused, match="it is kept"):
        take_back(offer)
    second = offer_by_hand(
        actor=actor, item=invoice(company, buyer, "R2"), steps=steps((5, 10_000)), reason="x",
        as_of=TODAY, at=AT,
    )  # fmt: skip
    assert take_back(second).status == "withdrawn"
    with pytest.raises(Refused, match="withdrawn"):
        take_back(second)
    assert offer_terms([offer.item_id, second.item_id]) == {offer.item_id: "1/9, 0.5/14"}


def test_offers_and_terms_are_shown_by_the_day_with_their_yearly_rate(company, buyer, offer):
    type(buyer).objects.filter(pk=buyer.pk).update(terms="2/6 net 30")
    buyer.refresh_from_db()
    invoice(company, buyer, "R2", 50_000)
    found = {one.number: one for one in open_offers(company, buyer, as_of=TODAY)}
    assert [(one.until_on - TODAY, one.discount_minor) for one in found["R1"].lines] == [
        (timedelta(days=2), 2_000), (timedelta(days=5), 1_000), (timedelta(days=10), 500),
    ]  # fmt: skip
    assert (found["R2"].offer_id, found["R2"].kind) == (None, "terms")
    assert found["R2"].lines[0].apr_ppm == 310_374  # 2 % for 24 days
    on = TODAY + timedelta(days=7)
    assert discounts_on(company, buyer, on=on, as_of=TODAY) == {offer.item_id: (offer.pk, 500)}


def test_a_discount_that_was_earned_is_booked_on_the_item(company, offer):
    from django.db import transaction

    with transaction.atomic():
        locked = locked_items(company=company, items=[offer.item])[offer.item_id]
        take_discount(
            locked, amount_minor=1_000, what="Early payment", on=TODAY, as_of=TODAY, at=AT
        )
    assert Adjustment.objects.get().kind == "discount"
    assert OpenItem.objects.get(item=offer.item).open_minor == 99_000


def test_after_a_merge_the_survivor_is_offered_and_earns_the_discount(
    company, clerk, manager, buyer, offer
):
    survivor = add_customer(company, "K2", "Acme GmbH")
    with pytest.raises(Refused, match="A discount for paying early is offered"):
        merged_by(clerk, manager, buyer, survivor)
    withdraw_offer(
        actor=staff(manager, company), offer=offer, reason="to be merged", as_of=TODAY, at=AT
    )
    merge = merged_by(clerk, manager, buyer, survivor)
    again = offer_by_hand(
        actor=staff(manager, company), item=Item.objects.get(pk=offer.item_id),
        steps=steps((5, 10_000)), reason="needs cash", as_of=TODAY, at=AT,
    )  # fmt: skip

    assert (again.customer, offer_terms([offer.item_id])) == (survivor, {offer.item_id: "1/9"})
    assert open_offers(company, buyer, as_of=TODAY) == ()
    assert [one.offer_id for one in open_offers(company, survivor, as_of=TODAY)] == [again.pk]
    with pytest.raises(Refused, match="another customer"):
        accept_offer(
            actor=debtor(seat_of(add_customer(company, "K3"), role="payer")), offer=again,
            pay_on=TODAY, as_of=TODAY, at=AT,
        )  # fmt: skip
    accept_offer(
        actor=debtor(seat_of(survivor, role="payer", email="k2@buyer.example")), offer=again,
        pay_on=TODAY, as_of=TODAY, at=AT,
    )  # fmt: skip
    assert Promise.objects.get().customer == survivor
    assert discounts_on(company, survivor, on=TODAY, as_of=TODAY) == {
        offer.item_id: (again.pk, 1_000)
    }
    # what is agreed on since the merge stays where it was agreed on
    with pytest.raises(Refused, match="cannot be split off"):
        split_by(manager, merge)
