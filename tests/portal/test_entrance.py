"""Entering the portal: the door, links used once, nothing told, nothing burnt, nothing kept."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from dunwell.actions.gate import Refused, system
from dunwell.actions.portal_access import end_seat
from dunwell.actions.portal_links import make_demo_link, make_view_link
from dunwell.models import Contact, Event, PortalKnock, PortalLink, PortalMail
from dunwell.queries.portal_links import portal_token
from tests.conftest import AT, add_customer
from tests.portal.seats import onlooker, seat_of, seated


@pytest.fixture(autouse=True)
def now():
    cache.clear()
    with time_machine.travel(AT, tick=False) as now:
        yield now


@pytest.fixture
def seat(customer):
    return seat_of(customer)


def knocked(email, client=None):
    return (client or Client()).post("/portal/enter/", {"email": email})


def mailed_path(company):
    """The path of the link in the newest mail, as it lies in the file outbox."""
    folder = settings.DATA_DIR / "outbox" / str(company.pk)
    newest = PortalMail.objects.order_by("-pk").first()
    name = next(p for p in folder.glob("*.eml") if newest.message_id.encode() in p.read_bytes())
    from email import message_from_bytes, policy

    words = message_from_bytes(name.read_bytes(), policy=policy.default).get_body().get_content()
    return re.search(r"http://testserver(/portal/link/\S+)", words).group(1)


def test_another_language_is_read_on_the_page_of_the_link_itself(company, seat):
    """It led to the door, where one asks for the link that one has."""
    client = Client()
    knocked("Jane@Buyer.example", client)
    path = mailed_path(company)

    assert f'name="next" value="{path}"' in client.get(path).content.decode()
    assert client.post("/language/", {"language": "de", "next": path}).headers["Location"] == path
    assert "Anmelden" in client.get(path).content.decode()


def test_an_address_with_access_is_sent_a_link_that_signs_in_once(company, seat):
    client = Client()
    told = knocked("Jane@Buyer.example", client)
    assert told.status_code == 200
    path = mailed_path(company)

    for _ in range(3):
        page = client.get(path)
        assert page.status_code == 200
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
        client.head(path)
    before = client.session.session_key
    inside = client.post(path)
    assert inside.status_code == 302
    assert inside.headers["Location"] == "/portal/"
    assert client.session.session_key != before
    assert client.get("/portal/people/").status_code == 200
    assert Client().post(path).status_code == 422
    assert client.get(path).status_code == 422
    seat.refresh_from_db()
    assert seat.last_seen_at == AT
    assert [e.verb for e in Event.objects.order_by("seq")] == [
        "portal.link_sent",
        "portal.mailed",
        "portal.signed_in",
    ]


def test_only_the_portal_of_a_demo_is_shown_to_others(company, seat):
    with pytest.raises(Refused, match="Only the portal of a demo"):
        make_demo_link(actor=system(company), seat=seat, at=AT)
    type(company).objects.filter(pk=company.pk).update(is_demo=True)
    company.refresh_from_db()
    links = [make_demo_link(actor=system(company), seat=seat, at=AT) for _ in range(7)]

    ways = [Client().post(f"/portal/link/{portal_token(one)}/").status_code for one in links]
    assert ways == [422] * 6 + [302]
    assert PortalMail.objects.count() == 0
    end_seat(actor=system(company), seat=seat, as_of=AT.date(), at=AT)
    with pytest.raises(Refused, match="has ended"):
        make_demo_link(actor=system(company), seat=seat, at=AT)


def test_the_door_says_the_same_to_everybody(company, seat):
    known = knocked("jane@buyer.example")
    unknown = knocked("joan@buyer.example")

    assert known.status_code == unknown.status_code == 200
    hidden = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')
    one = hidden.sub(b"", known.content).replace(b"jane@", b"@")
    other = hidden.sub(b"", unknown.content).replace(b"joan@", b"@")
    assert one == other
    assert PortalLink.objects.count() == 1
    assert not PortalKnock.objects.exists()


def test_the_door_does_the_same_work_for_everybody(seat, django_assert_num_queries):
    from dunwell.actions.portal_links import knock

    for email in ("jane@buyer.example", "nobody@else.example"):
        with django_assert_num_queries(4):
            knock(email=email, site="http://testserver/", at=AT)


def test_links_for_one_address_are_limited_whoever_asks(company, seat, now):
    for number in range(9):
        now.move_to(AT + timedelta(minutes=number))
        cache.clear()
        assert knocked("jane@buyer.example").status_code == 200

    assert PortalLink.objects.count() == 5
    live = PortalLink.objects.filter(revoked_at=None)
    assert live.count() == 1


def test_what_is_stored_opens_nothing(company, seat):
    knocked("jane@buyer.example")
    link = PortalLink.objects.get()
    token = portal_token(link)
    stored = repr(PortalLink.objects.values().get()) + repr(PortalMail.objects.values().get())

    assert token not in stored
    assert link.token_hash in stored
    for wrong in (link.token_hash, link.nonce):
        assert Client().post(f"/portal/link/{wrong}/").status_code == 422


def test_a_link_to_look_cannot_sign_in_and_another_purpose_has_another_token(customer, seat):
    link = make_view_link(
        actor=system(customer.company), customer=customer, email="jane@buyer.example", at=AT
    )
    as_sign_in = PortalLink(
        purpose="portal_sign_in", seat=seat, customer=customer, nonce=link.nonce
    )
    assert portal_token(link) != portal_token(as_sign_in)
    client = Client()
    assert client.post(f"/portal/link/{portal_token(link)}/").status_code == 302
    assert client.session["portal"] == {"link": link.pk}
    assert client.get("/portal/people/").status_code == 200
    for path in ("/portal/people/invite/", "/portal/keys/", "/portal/passkeys/"):
        assert client.get(path).status_code == 403
        assert client.post(path, {"email": "x@y.example"}).status_code == 403


@pytest.mark.parametrize("minutes", [59, 60, 61])
def test_a_link_to_sign_in_lives_an_hour(company, seat, now, minutes):
    knocked("jane@buyer.example")
    path = mailed_path(company)
    now.move_to(AT + timedelta(minutes=minutes))

    assert Client().post(path).status_code == (302 if minutes < 60 else 422)


def test_guessing_is_stopped_long_before_a_thousand(seat):
    client = Client()
    told = [client.get(f"/portal/link/guess{number}/").status_code for number in range(250)]
    assert told[:200] == [422] * 200
    assert told[200:] == [429] * 50
    cache.clear()
    sent = [client.post(f"/portal/link/guess{number}/").status_code for number in range(30)]
    assert sent == [422] * 20 + [429] * 10


def test_wrong_used_and_old_links_read_alike(company, seat, now):
    knocked("jane@buyer.example")
    used = mailed_path(company)
    Client().post(used)
    pages = [Client().get(path) for path in (used, "/portal/link/none/")]
    hidden = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')

    assert [page.status_code for page in pages] == [422, 422]
    assert len({hidden.sub(b"", page.content) for page in pages}) == 1


@pytest.mark.parametrize("change", ["address", "bounced", "gone"])
def test_a_link_to_look_ends_with_the_address_of_its_contact(customer, change):
    contact = customer.contacts.create(email="ap@acme.example", recorded_at=AT)
    link = make_view_link(
        actor=system(customer.company), customer=customer, contact=contact,
        email="ap@acme.example", at=AT,
    )  # fmt: skip
    client = Client()
    client.post(f"/portal/link/{portal_token(link)}/")
    assert client.get("/portal/people/").status_code == 200

    if change == "address":
        Contact.objects.filter(pk=contact.pk).update(email="other@acme.example")
    elif change == "bounced":
        Contact.objects.filter(pk=contact.pk).update(bounced_on=AT.date())
    else:
        contact.delete()
    assert client.get("/portal/people/").headers["Location"] == "/portal/enter/"
    assert Client().post(f"/portal/link/{portal_token(link)}/").status_code == 422


def test_a_link_to_look_ends_after_its_days(customer, now):
    client, _ = onlooker(customer, days=30)
    assert client.get("/portal/people/").status_code == 200
    now.move_to(AT + timedelta(days=30))
    assert client.get("/portal/people/").status_code == 302


def test_access_that_ended_is_out_at_the_next_request(company, seat):
    client = seated(seat)
    assert client.get("/portal/people/").status_code == 200
    end_seat(actor=system(company), seat=seat, as_of=AT.date(), at=AT)
    assert client.get("/portal/people/").headers["Location"] == "/portal/enter/"


def test_signing_out_everywhere_ends_every_session(seat):
    here, there = seated(seat), seated(seat)
    assert here.post("/portal/leave/everywhere/").status_code == 302
    assert there.get("/portal/people/").headers["Location"] == "/portal/enter/"


def test_leaving_forgets_the_seat_in_this_browser_alone(seat):
    here, there = seated(seat), seated(seat)
    before = here.session.session_key
    here.post("/portal/leave/")
    assert "portal" not in here.session
    assert here.session.session_key != before
    assert there.get("/portal/people/").status_code == 200


def test_a16_3_1_leaving_the_portal_is_told(seat, caplog):
    client = seated(seat)
    for _ in range(2):
        client.post("/portal/leave/")
    client.post("/portal/link/of-nobody/")

    left = Event.objects.filter(verb="portal.signed_out")
    assert [one.customer_id for one in left] == [seat.customer_id]
    failed = [one for one in caplog.records if one.msg == "portal.sign_in_failed"]
    assert [(one.by, one.client) for one in failed] == [("link", "127.0.0.1")]


def test_no_form_is_taken_without_its_token(seat):
    strict = seated(seat, Client(enforce_csrf_checks=True))
    for path in ("/portal/enter/", "/portal/leave/", "/portal/people/", "/portal/confirm/send/"):
        assert strict.post(path, {"email": "jane@buyer.example"}).status_code == 403


def test_a_person_goes_from_one_supplier_to_the_other_and_never_to_a_strangers(seat, rival):
    from dunwell.models import Company

    theirs = Company.objects.get(name="Rival")
    other = seat_of(add_customer(theirs, "R1", "Acme at Rival"))
    strange = seat_of(add_customer(theirs, "R2"), email="someone@else.example")
    client = seated(seat)
    page = client.get("/portal/suppliers/").content.decode()
    assert "Northwind" in page
    assert "Acme at Rival" in page

    assert client.post(f"/portal/suppliers/{strange.pk}/").status_code == 404
    assert client.post(f"/portal/suppliers/{other.pk}/").status_code == 302
    assert client.session["portal"]["seat"] == other.pk


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(company, seat):
    knocked("jane@buyer.example")
    client = Client()
    cookies = client.post(mailed_path(company)).cookies
    session = cookies[settings.SESSION_COOKIE_NAME]
    assert session["httponly"]
    assert session["samesite"] == "Lax"


def test_a_link_leads_on_inside_the_portal_alone(customer):
    for told, leads in (
        ("/portal/people/", "/portal/people/"),
        ("https://evil.example/portal/", "/portal/"),
        ("//evil.example/portal/", "/portal/"),
        ("/customers/", "/portal/"),
    ):
        link = make_view_link(
            actor=system(customer.company), customer=customer, email="a@b.example", at=AT
        )
        answer = Client().post(f"/portal/link/{portal_token(link)}/?next={told}")
        assert answer.headers["Location"] == leads
