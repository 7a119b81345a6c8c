"""Erasing persons: nothing of them is left where it need not be, and the books stay as they are."""

import json
import random
from datetime import date
from functools import partial

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum

from dunwell.actions.contacts import add_contact, edit_contact
from dunwell.actions.data_retention import end_retentions
from dunwell.actions.erased_rows import ERASED
from dunwell.actions.erasures import erase_contact, erase_customer
from dunwell.actions.gate import Refused, staff, system
from dunwell.actions.person_files import hand_out_person
from dunwell.models import (
    ApplicationReference,
    ApplicationSignature,
    Contact,
    CreditApplication,
    Customer,
    CustomerInvoicing,
    DetailChange,
    Erasure,
    Event,
    Hold,
    Note,
    PayerAlias,
    PortalPerson,
    PortalSeat,
    ScreeningHit,
    Suppression,
    Task,
)
from dunwell.queries.application_papers import paper_digest, signature_rows
from dunwell.queries.personal import KEPT, personal_fields
from dunwell.queries.privacy_log import privacy_log
from dunwell.queries.verify import verify_books
from tests.actions.ledger_rows import payment
from tests.conftest import AT, add_customer
from tests.dealing import is_long_tier

DAY = date(2026, 7, 1)


def planted(company, customer, n, chance, at=AT):
    """A contact whose words stand in rows around it."""
    name, email = f"Canary{n} Quill{chance.randrange(10**9)}", f"canary{n}@bird.example"
    contact = add_contact(
        actor=staff(company.members, company), customer=customer, name=name, email=email,
        phone=f"+49 30 {chance.randrange(10**7, 10**8)}", is_primary=False, at=at,
    )  # fmt: skip
    Task.objects.create(
        company=company, customer=customer, kind=Task.Kind.CALL, as_of=DAY, due_on=DAY,
        reason=f"ask {name.upper()} or {email}", status=Task.Status.DONE, recorded_at=at,
    )  # fmt: skip
    Hold.objects.create(
        company=company, customer=customer, reason=Hold.Reason.MANUAL, from_on=DAY,
        note=f"{name} asked for time", recorded_at=at,
    )  # fmt: skip
    person = PortalPerson.objects.create(email=email, name=name, session_nonce="n", recorded_at=at)
    seat = PortalSeat.objects.create(
        company=company, customer=customer, person=person, contact=contact, role="viewer",
        invited_by="mona", recorded_at=at,
    )  # fmt: skip
    DetailChange.objects.create(
        company=company, customer=customer, contact=contact, seat=seat,
        before={"name": name}, after={"email": email},
        by="portal", asked_on=DAY, recorded_at=at,
    )  # fmt: skip
    if chance.random() < 0.5:
        Suppression.objects.create(
            company=company, customer=customer, channel="email", address=email, reason="manual",
            by="mona", recorded_at=at,
        )  # fmt: skip
    if chance.random() < 0.5:
        Note.objects.create(
            company=company, customer=customer, kind="note", text=f"spoke to {name}", on=DAY,
            by="mona", at=at,
        )  # fmt: skip
    return contact, (name, email, contact.phone)


def tables_with(words):
    """Names of tables in which a word stands in any column, opened where it is sealed."""
    found = set()
    for model in apps.get_app_config("dunwell").get_models():
        for row in model._default_manager.values():
            text = json.dumps(row, default=str, ensure_ascii=False).casefold()
            if any(word.casefold() in text for word in words):
                found.add(model._meta.model_name)
    return found


@pytest.fixture
def house(company, manager):
    company.members = manager
    return company


@pytest.mark.django_db
def test_i33_erased_contacts_are_gone_and_totals_and_the_chain_stand(house):
    rounds = 200 if is_long_tier() else 4
    chance = random.Random(33)
    actor = staff(house.members, house)
    customers = [add_customer(house, f"K{n}") for n in range(3)]
    kept = {one.model for one in personal_fields() if one.goes == KEPT}
    for n in range(rounds):
        customer = chance.choice(customers)
        contact, words = planted(house, customer, n, chance)
        before = totals()
        done = erase_contact(actor=actor, contact=contact, ground="asked", as_of=DAY, at=AT)
        assert totals() == before
        left = tables_with(words)
        assert left <= kept and left == set(done.counts["kept"]), left
        contact.refresh_from_db()
        assert (contact.name, contact.email, contact.phone) == (ERASED, "", "")
        again = erase_contact(actor=actor, contact=contact, ground="asked", as_of=DAY, at=AT)
        assert again == done
    assert Erasure.objects.count() == rounds
    assert [one.id for one in verify_books(house).proofs if one.broken] == []


def totals():
    """Every sum of money there is, and how many rows each table has that is not ours."""
    sums = []
    for model in apps.get_app_config("dunwell").get_models():
        for field in model._meta.local_fields:
            if field.name.endswith("_minor"):
                told = model._default_manager.aggregate(sum=Sum(field.name))["sum"]
                sums.append((model._meta.model_name, field.name, told))
    return sums


def erased_person(house, *, on=DAY):
    """A natural person erased on a day, with rows of every kind that has a clock, and its actor."""
    customer = add_customer(
        house, "P1", "Ina Quill", party="person", address="Am Teich 1", vat_id="DE1"
    )
    actor = staff(house.members, house)
    planted(house, customer, 1, random.Random(1))
    CustomerInvoicing.objects.create(
        company=house,
        customer=customer,
        street="Am Teich 1",
        postcode="10115",
        city="Berlin",
        recorded_at=AT,
    )
    for text in ("QUILL INA", "I QUILL"):
        PayerAlias.objects.create(
            company=house,
            customer=customer,
            kind="name",
            text=text,
            last_on=DAY,
            recorded_by="mona",
            recorded_at=AT,
        )
    done = erase_customer(actor=actor, customer=customer, ground="asked", as_of=on, at=AT)
    return customer, done


@pytest.mark.django_db
def test_i33_a_legal_hold_stops_an_erasure_and_the_clock(house):
    customer = add_customer(house, "P1", "Ina Quill", party="person")
    actor = staff(house.members, house)
    contact, _ = planted(house, customer, 1, random.Random(1))
    held = Hold.objects.create(
        company=house, customer=customer, reason=Hold.Reason.LEGAL, from_on=DAY, note="court",
        until_on=date(2035, 6, 30), recorded_at=AT,
    )  # fmt: skip
    with pytest.raises(Refused, match="legal hold"):
        erase_contact(actor=actor, contact=contact, ground="asked", as_of=DAY, at=AT)
    with pytest.raises(Refused, match="legal hold"):
        erase_customer(actor=actor, customer=customer, ground="asked", as_of=DAY, at=AT)
    assert not Erasure.objects.exists()
    Hold.objects.filter(pk=held.pk).update(released_on=DAY)

    done = erase_customer(actor=actor, customer=customer, ground="asked", as_of=DAY, at=AT)
    assert (done.status, done.keep_until_on) == ("restricted", date(2034, 12, 31))
    assert Customer.objects.get().name == "Ina Quill"  # restricted, not gone
    Hold.objects.filter(pk=held.pk).update(released_on=None)
    ended = partial(end_retentions, actor=system(house), at=AT)
    assert ended(as_of=date(2035, 6, 30)) == 0
    assert Customer.objects.get().name == "Ina Quill"
    ended(as_of=date(2035, 7, 1))  # the hold has ended by itself
    assert Customer.objects.get().name == ERASED
    seen = Event.objects.count()
    ended(as_of=date(2035, 7, 1))
    assert Event.objects.count() == seen


@pytest.mark.django_db
def test_a14_2_7_what_the_books_kept_of_an_erased_person_goes_on_the_day_after_its_last(house):
    customer, done = erased_person(house)
    before, ended = totals(), partial(end_retentions, actor=system(house), at=AT)
    ended(as_of=date(2034, 12, 31))
    customer.refresh_from_db()
    done.refresh_from_db()
    assert (customer.name, customer.vat_id, bool(done.salt)) == ("Ina Quill", "DE1", True)
    ended(as_of=date(2035, 1, 1))
    customer.refresh_from_db()
    done.refresh_from_db()
    assert (customer.name, customer.address, customer.vat_id) == (ERASED, ERASED, ERASED)
    assert (customer.invoicing.street, customer.invoicing.city) == (ERASED, ERASED)
    assert sorted(PayerAlias.objects.values_list("text", flat=True)) == sorted(
        f"{ERASED} {one.pk}" for one in PayerAlias.objects.all()
    )
    assert (done.salt, totals()) == ("", before)
    assert [one.id for one in verify_books(house).proofs if one.broken] == []


@pytest.mark.django_db
def test_a14_2_7_applications_and_screening_go_after_their_own_years(house):
    opened = date(2026, 3, 5)
    customer = add_customer(house, "K1")
    application = CreditApplication.objects.create(
        company=house, customer=customer, number="A1", name="Ina Quill", email="ina@quill.example",
        currency="EUR", opened_on=opened, expires_on=opened, answers={"name": "Ina"},
        consents=[{"kind": "truth", "text": "It is true.", "by": "Ina Quill", "at": "2026"}],
        recorded_at=AT,
    )  # fmt: skip
    signature = ApplicationSignature.objects.create(
        application=application, signed_by="Ina Quill", statement="I sign.", signed_on=opened,
        sha256=paper_digest(application, at=AT), recorded_by="applicant", recorded_at=AT,
    )  # fmt: skip
    (row,) = signature_rows(application)
    assert row.is_current
    ApplicationReference.objects.create(
        application=application, kind="trade", name="Quill AG", phone="+49 30 5", recorded_at=AT
    )
    ScreeningHit.objects.create(
        company=house, customer=customer, source="eu", uid="1", list_label="EU",
        list_sha256="0" * 64, entry_digest="0" * 64, subject_name="Ina Quill",
        entry_name="I. Quill", score_ppm=900_000, screened_at=AT.replace(year=2026),
    )  # fmt: skip

    def names(*, as_of):
        end_retentions(actor=system(house), as_of=as_of, at=AT)
        one = CreditApplication.objects.get()
        return (
            ScreeningHit.objects.get().subject_name.partition(" ")[0], one.name,
            ApplicationReference.objects.get().phone,
        )  # fmt: skip

    assert names(as_of=date(2031, 12, 31)) == ("Ina", "Ina Quill", "+49 30 5")
    assert names(as_of=date(2032, 1, 1)) == (ERASED, "Ina Quill", "+49 30 5")
    assert names(as_of=date(2032, 12, 31)) == (ERASED, "Ina Quill", "+49 30 5")
    held = Hold.objects.create(
        company=house, customer=customer, reason=Hold.Reason.LEGAL, from_on=DAY, note="court",
        recorded_at=AT,
    )  # fmt: skip
    assert names(as_of=date(2033, 1, 1)) == (ERASED, "Ina Quill", "+49 30 5")
    Hold.objects.filter(pk=held.pk).update(released_on=DAY)
    assert names(as_of=date(2033, 1, 1)) == (ERASED, ERASED, ERASED)
    one = CreditApplication.objects.get()
    assert (one.email, one.answers, one.consents, one.number) == ("", {}, [], "A1")
    # what was signed can no longer be read, and its hash still says which paper it was
    (left,) = signature_rows(one)
    assert (left.signed_by, left.statement, left.sha256) == (ERASED, "I sign.", signature.sha256)
    assert tables_with({"ina quill"}) == set()
    told = Event.objects.filter(verb="retention.ended").values_list("data__kind", flat=True)
    assert sorted(told) == [
        "applicationreference", "applicationsignature", "creditapplication", "screeninghit",
    ]  # fmt: skip
    seen = Event.objects.count()
    end_retentions(actor=system(house), as_of=date(2033, 1, 1), at=AT)
    assert Event.objects.count() == seen


@pytest.mark.django_db
def test_i33_what_is_kept_for_the_books_has_no_clock():
    books = {"payment", "invoice", "bankentry", "remittance", "mandateconsent", "event", "message"}
    assert {one.goes for one in personal_fields() if one.model in books} == {KEPT}


@pytest.mark.django_db
def test_i33_who_was_erased_is_not_written_back_and_whose_account_is_open_stays(house):
    customer = add_customer(house, "P1", "Ina Quill", party="person")
    actor = staff(house.members, house)
    contact, _ = planted(house, customer, 1, random.Random(3))
    Contact.objects.filter(pk=contact.pk).update(phone="")
    contact.refresh_from_db()
    erase_contact(actor=actor, contact=contact, ground="asked", as_of=DAY, at=AT)
    with pytest.raises(Refused, match="was erased"):
        edit_contact(actor=actor, contact=contact, changes={"phone": "+49 30 1"}, at=AT)
    payment(customer, "P1", 10_00)
    with pytest.raises(Refused, match="still open"):
        erase_customer(actor=actor, customer=customer, ground="asked", as_of=DAY, at=AT)


@pytest.mark.django_db
@pytest.mark.parametrize("change", [
    "UPDATE dunwell_erasure SET ground = 'another'",
    "UPDATE dunwell_erasure SET counts = '{}'",
    "UPDATE dunwell_erasure SET keep_until_on = '2026-01-01'",
    "DELETE FROM dunwell_erasure",
])  # fmt: skip
def test_i33_the_database_keeps_an_erasure_as_it_was_written(house, change):
    erased_person(house)
    with (
        pytest.raises(DatabaseError, match="stays as it was written"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)


@pytest.mark.django_db
def test_i33_a_company_is_not_erased_and_a_person_s_file_holds_all_that_is_known(house):
    customer = add_customer(house, "K1")
    actor = staff(house.members, house)
    contact, (name, email, _) = planted(house, customer, 1, random.Random(2))
    with pytest.raises(Refused, match="no person"):
        erase_customer(actor=actor, customer=customer, ground="asked", as_of=DAY, at=AT)
    hand_out = partial(hand_out_person, actor=actor, customer=customer, as_of=DAY, at=AT)
    with pytest.raises(Refused, match="no person"):
        hand_out(contact=None, purpose="access")
    with pytest.raises(Refused, match="no purpose sale"):
        hand_out(contact=contact, purpose="sale")
    with pytest.raises(Refused, match="another customer"):
        hand_out_person(
            actor=actor, customer=add_customer(house, "K2"), contact=contact, purpose="access",
            as_of=DAY, at=AT,
        )  # fmt: skip
    file = hand_out(contact=contact, purpose="access")
    told = json.loads(file.text)
    assert told["about"] == name
    assert {"contact", "task", "hold", "detailchange", "portalperson"} <= set(told["data"])
    assert email in json.dumps(told["data"]["portalperson"])
    row = privacy_log(house).rows[0]
    assert (row.verb, row.purpose, row.by, row.contact_id, row.rows) == (
        "person.handed_out", "access", house.members.username, contact.pk, file.rows,
    )  # fmt: skip
    assert name not in json.dumps(list(Event.objects.values("data")))
    erase_contact(actor=actor, contact=contact, ground="asked", as_of=DAY, at=AT)
    with pytest.raises(Refused, match="was erased"):
        hand_out(contact=contact, purpose="access")
