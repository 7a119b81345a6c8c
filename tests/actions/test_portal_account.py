"""Settings, views, papers, contacts, wishes and calendars of the portal, by their actions."""

from datetime import timedelta

import pytest

from dunwell.actions.contacts import add_contact, edit_customer
from dunwell.actions.customer_documents import (
    ask_document,
    decide_document,
    send_document,
    withdraw_document_request,
)
from dunwell.actions.detail_changes import decide_detail_change
from dunwell.actions.gate import Forbidden, Refused, Stale, debtor, system
from dunwell.actions.portal_calendars import make_calendar, revoke_calendar
from dunwell.actions.portal_contacts import (
    add_own_contact,
    ask_detail_change,
    save_own_contact,
    set_channel,
)
from dunwell.actions.portal_settings import save_portal_settings
from dunwell.actions.portal_views import note_view
from dunwell.actions.uploads import Upload
from dunwell.models import (
    Contact,
    ContactRestriction,
    DetailChange,
    DocumentRequest,
    Event,
    PortalCalendar,
    PortalView,
    Task,
)
from dunwell.queries.portal_calendar import calendar_of_token, calendar_token
from dunwell.queries.portal_settings import portal_choices
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer
from tests.portal.seats import onlooker, seat_of

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
ON = {"as_of": TODAY, "at": AT}
SETTINGS = {
    "shows_limit": "everyone",
    "shows_orders": False,
    "shows_interest": False,
    "takes_statements": True,
    "welcome": " Hello ",
}


@pytest.fixture
def desk(company):
    return system(company)


@pytest.fixture
def seat(customer):
    return seat_of(customer)


def told(seat):
    return {"actor": debtor(seat), "customer": seat.customer, "seat": seat}


def verbs():
    return set(Event.objects.values_list("verb", flat=True))


def test_settings_are_saved_once_and_not_over_somebody_elses(company, desk):
    save_portal_settings(actor=desk, version=0, at=AT, **SETTINGS)
    same = save_portal_settings(actor=desk, version=1, at=AT, **SETTINGS)
    found = portal_choices(company)
    assert (same.version, found.version, found.welcome) == (1, 1, "Hello")
    assert [found.shows_limit_to(role) for role in ("", "viewer")] == [False, True]
    with pytest.raises(Stale, match="saved these settings meanwhile"):
        save_portal_settings(actor=desk, version=0, at=AT, **SETTINGS)
    with pytest.raises(Refused, match="cannot be shown to"):
        save_portal_settings(actor=desk, version=1, at=AT, **{**SETTINGS, "shows_limit": "all"})
    assert Event.objects.filter(verb="portal_setting.saved").count() == 1


def test_a_view_is_kept_once_per_viewer_thing_and_day(customer, seat):
    item = invoice(customer, "R1", 100_00)
    _, link = onlooker(customer)
    who = {"actor": debtor(seat), "customer": customer, "seat": seat}
    assert [note_view(**who, item=item, kind="item", **ON) for _ in range(2)] == [True, False]
    assert note_view(**who, item=item, kind="download", **ON)
    assert note_view(**who, item=item, kind="item", as_of=TODAY + timedelta(days=1), at=AT)
    assert note_view(actor=debtor(seat), customer=customer, link=link, **ON)
    assert PortalView.objects.count() == 4
    with pytest.raises(Refused, match="of a seat or of a link"):
        note_view(actor=debtor(seat), customer=customer, **ON)
    with pytest.raises(Refused, match="no kind"):
        note_view(**who, kind="glance", **ON)


def test_another_customers_item_cannot_be_seen(company, seat):
    item = invoice(add_customer(company, "K2", "Other"), "S1", 10_00)
    with pytest.raises(Refused, match="another customer"):
        note_view(**told(seat), item=item, kind="item", **ON)
    assert not PortalView.objects.exists()


def test_a_paper_is_asked_for_sent_and_accepted(desk, customer, seat):
    asked = ask_document(actor=desk, customer=customer, kind="resale", note="for tax", **ON)
    assert ask_document(actor=desk, customer=customer, kind="resale", **ON) == asked
    file = Upload(name="../cert.png", data=PNG)
    sent = send_document(**told(seat), kind="resale", file=file, expires_on=TODAY, **ON)
    assert send_document(**told(seat), kind="resale", file=file, **ON) == sent
    assert sent.name == "cert.png" and Task.objects.get().kind == "follow_up"
    decide_document(actor=desk, document=sent, status="accepted", **ON)
    asked.refresh_from_db()
    sent.refresh_from_db()
    assert asked.closed_on == TODAY and sent.status == "accepted"
    with pytest.raises(Refused, match="accepted"):
        decide_document(actor=desk, document=sent, status="rejected", reason="late", **ON)
    assert {"document_request.asked", "customer_document.sent", "customer_document.accepted"} <= (
        verbs()
    )


def test_papers_that_will_not_do_are_refused(desk, customer, seat):
    for changes, words in [
        ({"kind": "passport"}, "no kind of paper"),
        ({"kind": "vat", "file": Upload(name="x", data=b"#!/bin/sh")}, "Send a PDF"),
        ({"kind": "vat", "expires_on": TODAY - timedelta(days=1)}, "was valid until"),
    ]:
        values = {"file": Upload(name="x.png", data=PNG), **changes}
        with pytest.raises(Refused, match=words):
            send_document(**told(seat), **values, **ON)
    sent = send_document(**told(seat), kind="vat", file=Upload(name="x", data=PNG), **ON)
    with pytest.raises(Refused, match="Say why"):
        decide_document(actor=desk, document=sent, status="rejected", **ON)
    viewer = seat_of(customer, role="viewer", email="vera@buyer.example")
    with pytest.raises(Forbidden):
        send_document(**told(viewer), kind="vat", file=Upload(name="x", data=PNG), **ON)


def test_a_paper_may_be_needed_no_more(desk, customer):
    asked = ask_document(actor=desk, customer=customer, kind="w9", **ON)
    for _ in range(2):
        withdraw_document_request(actor=desk, request=asked, **ON)
    assert DocumentRequest.objects.get().closed_by == "system"
    assert Event.objects.filter(verb="document_request.withdrawn").count() == 1


def test_people_change_themselves_and_a_new_address_waits_for_us(desk, customer):
    own = add_contact(actor=desk, customer=customer, email="jane@buyer.example", at=AT)
    seat = seat_of(customer, role="viewer")
    changes = {"name": "Jane B.", "phone": "+1 555", "email": "jb@buyer.example"}
    wish = save_own_contact(**told(seat), contact=own, changes=changes, **ON)
    own.refresh_from_db()
    assert (own.name, own.phone, own.email) == ("Jane B.", "+1 555", "jane@buyer.example")
    assert save_own_contact(**told(seat), contact=own, changes=changes, **ON) == wish
    decide_detail_change(actor=desk, change=wish, status="applied", at=AT)
    own.refresh_from_db()
    assert own.email == "jb@buyer.example"
    with pytest.raises(Refused, match="done"):
        decide_detail_change(actor=desk, change=wish, status="declined", reason="no", at=AT)


def test_others_are_changed_by_who_manages_access_alone(desk, customer, seat):
    other = add_contact(actor=desk, customer=customer, email="pat@buyer.example", at=AT)
    viewer = seat_of(customer, role="payer", email="vera@buyer.example")
    with pytest.raises(Forbidden):
        save_own_contact(**told(viewer), contact=other, changes={"name": "P"}, **ON)
    with pytest.raises(Forbidden):
        add_own_contact(**told(viewer), role="approver", email="new@buyer.example", at=AT)
    assert add_own_contact(**told(viewer), role="payables", email="vera@buyer.example", at=AT)
    save_own_contact(**told(seat), contact=other, changes={"name": "P"}, **ON)
    with pytest.raises(Refused, match="is a contact already"):
        add_own_contact(**told(seat), role="approver", email="PAT@buyer.example", at=AT)
    assert set(Contact.objects.values_list("name", flat=True)) == {"P", ""}


def test_a_channel_is_stopped_and_allowed_again(desk, customer, seat):
    own = add_contact(actor=desk, customer=customer, email="jane@buyer.example", at=AT)
    for stop in (True, True):
        set_channel(**told(seat), contact=own, channel="call", is_stopped=stop, **ON)
    row = ContactRestriction.objects.get()
    assert (row.kind, row.channel, row.contact, row.lifted_on) == ("opt_out", "call", own, None)
    set_channel(**told(seat), contact=own, channel="call", is_stopped=False, **ON)
    row.refresh_from_db()
    assert row.lifted_on == TODAY
    with pytest.raises(Refused, match="no channel"):
        set_channel(**told(seat), contact=own, channel="pigeon", is_stopped=True, **ON)


def test_details_of_the_customer_are_a_wish_that_we_confirm(desk, customer, seat):
    with pytest.raises(Refused, match="Nothing is different"):
        ask_detail_change(**told(seat), after={"name": "Acme"}, **ON)
    wish = ask_detail_change(**told(seat), after={"address": "New Street 1"}, **ON)
    with pytest.raises(Refused, match="earlier change waits"):
        ask_detail_change(**told(seat), after={"vat_id": "DE123"}, **ON)
    edit_customer(actor=desk, customer=customer, changes={"address": "Elsewhere"}, at=AT)
    with pytest.raises(Stale, match="changed since"):
        decide_detail_change(actor=desk, change=wish, status="applied", at=AT)
    decide_detail_change(actor=desk, change=wish, status="declined", reason="moved twice", at=AT)
    customer.refresh_from_db()
    assert customer.address == "Elsewhere" and DetailChange.objects.get().status == "declined"


def test_a_calendar_has_one_address_at_a_time(customer, seat):
    first = make_calendar(**told(seat), at=AT)
    second = make_calendar(**told(seat), at=AT)
    tokens = [calendar_token(seat.pk, one.nonce) for one in (first, second)]
    assert [calendar_of_token(one) for one in tokens] == [None, second]
    revoke_calendar(**told(seat), at=AT)
    assert calendar_of_token(tokens[1]) is None and PortalCalendar.objects.count() == 2
    assert calendar_of_token("") is None
    other = seat_of(add_customer(customer.company, "K2", "Other"), email="tom@other.example")
    with pytest.raises(Refused, match="another customer"):
        make_calendar(actor=debtor(seat), customer=customer, seat=other, at=AT)
