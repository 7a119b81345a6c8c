"""Colleagues, second factor, keys and passkeys as a customer's people see them."""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache

from dunwell.actions.gate import Refused, debtor, system
from dunwell.actions.portal_access import change_role, end_seat, invite_person
from dunwell.actions.portal_codes import check_code, send_code
from dunwell.actions.portal_passkeys import add_passkey, note_use
from dunwell.models import Event, PortalCode, PortalKey, PortalMail, PortalPasskey, PortalSeat
from dunwell.queries.portal_links import code_digits
from tests.conftest import AT, add_customer
from tests.portal.seats import seat_of, seated

TODAY = AT.date()


@pytest.fixture(autouse=True)
def now():
    cache.clear()
    with time_machine.travel(AT, tick=False) as moved:
        yield moved


@pytest.fixture
def seat(customer):
    return seat_of(customer)


def confirmed(seat, client=None):
    """A browser of the seat's person that has given the code of its mail."""
    client = client or seated(seat)
    assert client.post("/portal/confirm/send/").status_code == 302
    code = PortalCode.objects.order_by("-pk").first()
    assert client.post("/portal/confirm/", {"code": code_digits(code)}).status_code == 302
    return client


def mails(company):
    """The words of the mails in the file outbox, by address."""
    told = {}
    for path in (settings.DATA_DIR / "outbox" / str(company.pk)).glob("*.eml"):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        told.setdefault(mail["To"], []).append(mail.get_body().get_content())
    return told


def test_a_manager_invites_a_colleague_after_confirming_and_the_others_are_told(
    company, customer, seat
):
    other = seat_of(customer, email="max@buyer.example")
    client = seated(seat)
    form = {"email": "New@Buyer.example", "name": "Nia", "role": "payer", "language": "de"}
    asked = client.post("/portal/people/invite/", form)
    assert asked.status_code == 302
    assert asked.headers["Location"].startswith("/portal/confirm/?next=/portal/people/")
    assert PortalSeat.objects.count() == 2

    assert confirmed(seat, client).post("/portal/people/invite/", form).status_code == 302
    made = PortalSeat.objects.get(person__email="new@buyer.example")
    assert (made.role, made.invited_by) == ("payer", "jane@buyer.example (portal)")
    told = mails(company)
    assert "/portal/link/" in told["new@buyer.example"][-1]
    assert "new@buyer.example wurde" not in told[other.person.email][-1]
    assert "new@buyer.example was invited (pays and asks)" in told[other.person.email][-1]
    assert Event.objects.filter(verb="portal.invited", customer_id=customer.pk).count() == 1


def test_addresses_of_colleagues_show_once_confirmed(customer, seat):
    seat_of(customer, email="max@buyer.example", role="payer")
    client = seated(seat)
    page = client.get("/portal/people/").content.decode()
    assert "max@buyer.example" not in page
    assert "m…@buyer.example" in page

    page = confirmed(seat, client).get("/portal/people/").content.decode()
    assert "max@buyer.example" in page


def test_a_confirmation_ends_after_a_quarter_of_an_hour(seat, now):
    client = confirmed(seat)
    assert client.get("/portal/keys/").status_code == 200
    now.move_to(AT + timedelta(minutes=15))
    assert client.get("/portal/keys/").status_code == 302


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("payer", 403), ("manager", 302)])
def test_access_is_given_by_managers_alone(customer, role, status):
    client = seated(seat_of(customer, role=role))
    for path in ("/portal/people/invite/", "/portal/keys/"):
        assert client.get(path).status_code == status
    assert client.get("/portal/people/").status_code == 200


def test_a_code_is_stored_nowhere_works_once_and_takes_five_tries(company, seat):
    code = send_code(actor=debtor(seat), seat=seat, site="", at=AT)
    digits = code_digits(code)
    assert re.fullmatch(r"\d{6}", digits)
    assert digits not in repr(PortalMail.objects.values().get())
    assert digits not in repr(PortalCode.objects.values().get())

    def tried(said, at=AT):
        return check_code(actor=debtor(seat), seat=seat, key=code.pk, said=said, at=at)

    wrong = "000000" if digits != "000000" else "000001"
    assert [tried(wrong) for _ in range(4)] == [False] * 4
    assert tried(f" {digits[:3]} {digits[3:]} ") is True
    assert tried(digits) is False
    again = send_code(actor=debtor(seat), seat=seat, site="", at=AT)
    for _ in range(5):
        check_code(actor=debtor(seat), seat=seat, key=again.pk, said="x", at=AT)
    right = code_digits(again)
    assert not check_code(actor=debtor(seat), seat=seat, key=again.pk, said=right, at=AT)


def test_a_code_ends_after_ten_minutes_and_with_the_next_one(seat):
    first = send_code(actor=debtor(seat), seat=seat, site="", at=AT)
    late = AT + timedelta(minutes=10)
    assert not check_code(
        actor=debtor(seat), seat=seat, key=first.pk, said=code_digits(first), at=late
    )
    second = send_code(actor=debtor(seat), seat=seat, site="", at=late)
    send_code(actor=debtor(seat), seat=seat, site="", at=late)
    assert not check_code(
        actor=debtor(seat), seat=seat, key=second.pk, said=code_digits(second), at=late
    )


def test_codes_are_limited_and_somebody_elses_does_not_count(customer, seat):
    other = seat_of(customer, email="max@buyer.example")
    code = send_code(actor=debtor(other), seat=other, site="", at=AT)
    assert not check_code(
        actor=debtor(seat), seat=seat, key=code.pk, said=code_digits(code), at=AT
    )
    for _ in range(5):
        send_code(actor=debtor(seat), seat=seat, site="", at=AT)
    with pytest.raises(Refused):
        send_code(actor=debtor(seat), seat=seat, site="", at=AT)


def test_a_key_is_shown_once_and_its_hash_kept(seat):
    client = confirmed(seat)
    form = {
        "name": "robot",
        "rights": ["portal.view", "portal.ask"],
        "expires_on": str(TODAY + timedelta(days=300)),
    }
    token = re.search(r"dwp_[\w-]+", client.post("/portal/keys/", form).content.decode()).group()
    key = PortalKey.objects.get()
    assert token not in repr(PortalKey.objects.values().get())
    assert key.rights == ["portal.ask", "portal.view"]
    assert token not in client.get("/portal/keys/").content.decode()
    assert client.post(f"/portal/keys/{key.pk}/revoke/").status_code == 302
    key.refresh_from_db()
    assert key.revoked_on == TODAY


@pytest.mark.parametrize(
    "change",
    [{"expires_on": "2031-01-01"}, {"expires_on": "2020-01-01"}, {"rights": ["portal.manage"]}],
)
def test_a_key_too_long_or_too_strong_is_refused_at_the_form(seat, change):
    form = {"name": "r", "rights": ["portal.view"], "expires_on": str(TODAY + timedelta(days=9))}
    answer = confirmed(seat).post("/portal/keys/", {**form, **change})
    assert answer.status_code == 422
    assert not PortalKey.objects.exists()


def test_the_last_manager_stays_while_colleagues_have_access(customer, seat):
    colleague = seat_of(customer, email="max@buyer.example", role="payer")
    with pytest.raises(Refused, match="Nobody else manages access"):
        end_seat(actor=debtor(seat), seat=seat, as_of=TODAY, at=AT)
    with pytest.raises(Refused, match="own role"):
        change_role(actor=debtor(seat), seat=seat, role="viewer", site="", at=AT)
    change_role(actor=debtor(seat), seat=colleague, role="manager", site="", at=AT)
    assert end_seat(actor=debtor(seat), seat=seat, as_of=TODAY, at=AT).ended_on == TODAY


def test_an_address_that_is_no_contact_needs_our_word(company, customer):
    actor = system(company)
    told = {"customer": customer, "email": "ap@acme.example", "role": "manager", "site": ""}
    with pytest.raises(Refused, match="is no contact of Acme"):
        invite_person(actor=actor, at=AT, **told)
    contact = customer.contacts.create(email="AP@acme.example", recorded_at=AT)
    made = invite_person(actor=actor, at=AT, **told)
    assert made.contact == contact
    with pytest.raises(Refused, match="has access already"):
        invite_person(actor=actor, at=AT, **told)


def test_a_manager_reaches_nobody_of_another_customer(company, customer, seat):
    theirs = seat_of(add_customer(company, "K2"), email="eve@other.example")
    client = confirmed(seat)
    for path in (f"/portal/people/{theirs.pk}/end/", f"/portal/people/{theirs.pk}/role/"):
        assert client.post(path, {"role": "manager"}).status_code == 404
    for act in (
        lambda: end_seat(actor=debtor(seat), seat=theirs, as_of=TODAY, at=AT),
        lambda: change_role(actor=debtor(seat), seat=theirs, role="viewer", site="", at=AT),
        lambda: invite_person(
            actor=debtor(seat), customer=theirs.customer, email="a@b.example", role="payer",
            site="", at=AT,
        ),
    ):  # fmt: skip
        with pytest.raises(Refused, match="another customer's"):
            act()


def test_everybody_may_change_the_own_name_and_end_the_own_access(customer, seat):
    viewer = seat_of(customer, email="max@buyer.example", role="viewer")
    client = seated(viewer)
    assert client.post("/portal/people/", {"name": "Max", "language": "de"}).status_code == 302
    viewer.person.refresh_from_db()
    assert (viewer.person.name, viewer.person.language) == ("Max", "de")
    assert client.post(f"/portal/people/{seat.pk}/end/").status_code == 403
    assert client.post(f"/portal/people/{viewer.pk}/end/").status_code == 302
    assert client.get("/portal/people/").headers["Location"] == "/portal/enter/"


def test_a_passkey_whose_counter_stands_still_is_refused(seat):
    passkey = add_passkey(
        actor=debtor(seat), seat=seat, name="phone", credential_id="abc", credential=b"x",
        sign_count=3, site="", at=AT,
    )  # fmt: skip
    note_use(passkey, sign_count=4, at=AT)
    with pytest.raises(Refused, match="copied"):
        note_use(passkey, sign_count=4, at=AT)
    PortalPasskey.objects.update(sign_count=0)
    note_use(passkey, sign_count=0, at=AT)


@pytest.mark.parametrize("told", ["", "{}", "[]", "nonsense", '{"id": "a"}', "x" * 30_000])
def test_a_forged_passkey_opens_nothing(client, seat, told):
    client.post("/portal/enter/passkey/options/")
    answer = client.post("/portal/enter/passkey/", {"credential": told})
    assert answer.status_code == 422
    assert "portal" not in client.session
