"""The key pairs a SAML provider encrypts for: published, sealed, changed, and dropped."""
# ruff: noqa: F811  fixtures of another file

import base64
import io
from datetime import timedelta

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from lxml import etree

from dunwell.actions.gate import Refused
from dunwell.actions.saml_keys import drop_saml_key, make_saml_key
from dunwell.formats.saml_encryption import NOT_OPENED
from dunwell.jobs.keyrings import reseal, rotate
from dunwell.models import SamlKey
from dunwell.queries.saml_keys import opening_keys, saml_certificate
from tests.conftest import AT
from tests.trust.saml_desk import (  # noqa: F401  fixtures
    METADATA,
    nothing_came_of,
    provider,
    running,
    sign_on,
    standing_clock,
)
from tests.trust.saml_encrypting import Encrypting, pem_of

MD = "{urn:oasis:names:tc:SAML:2.0:metadata}"


def told(*words):
    out = io.StringIO()
    call_command("saml_keys", *words, stdout=out)
    return out.getvalue().splitlines()


def published(client):
    """The certificates of our metadata by what they are for, and how to encrypt for them."""
    root = etree.fromstring(client.get(METADATA).content)
    return [
        (key.get("use"), "".join(key.itertext()).strip(),
         [one.get("Algorithm").rpartition("#")[2] for one in key.findall(f"{MD}EncryptionMethod")])
        for key in root.iter(f"{MD}KeyDescriptor")
    ]  # fmt: skip


def test_a6_8_2_our_metadata_tell_the_newest_certificate_to_encrypt_for_and_no_private_key(
    client, provider, db
):
    before = published(client)
    make_saml_key(at=AT)
    first = saml_certificate()
    make_saml_key(at=AT + timedelta(days=1))

    ways = ["aes256-gcm", "aes128-gcm", "rsa-oaep", "rsa-oaep-mgf1p"]
    assert before == []
    assert published(client) == [("encryption", saml_certificate(), ways)]
    assert saml_certificate() != first
    made = x509.load_der_x509_certificate(base64.b64decode(first))
    made.verify_directly_issued_by(made)
    assert made.public_key().key_size == 3072
    assert made.not_valid_before_utc < AT < made.not_valid_after_utc - timedelta(days=3600)


def test_a6_8_2_the_private_key_lies_sealed_and_turns_with_the_keyring(db):
    make_saml_key(at=AT)

    def lies():
        with connection.cursor() as cursor:
            cursor.execute("SELECT private_key FROM dunwell_samlkey")
            return cursor.fetchone()[0]

    first, opened = lies(), opening_keys(at=AT)
    rotate(at=AT)
    reseal()

    assert (first[:3], lies()[:3]) == ("~1.", "~2.")
    assert opening_keys(at=AT) == opened
    assert opened[0].startswith("-----BEGIN PRIVATE KEY-----")


def test_a6_8_2_an_older_certificate_opens_for_thirty_days_after_a_newer_one_was_made(
    client, provider, collector, caplog
):
    make_saml_key(at=AT)
    old = Encrypting(pem_of(saml_certificate()))
    make_saml_key(at=AT)
    new = Encrypting(pem_of(saml_certificate()))
    provider.encrypts = new
    by_new = sign_on(client, provider)
    provider.encrypts = old
    by_old = sign_on(client, provider)
    client.logout()
    with time_machine.travel(AT + timedelta(days=30, seconds=-1), tick=False):
        at_last = sign_on(client, provider)
        client.logout()

    assert [one.status_code for one in (by_new, by_old, at_last)] == [302] * 3
    with time_machine.travel(AT + timedelta(days=30), tick=False):
        over = sign_on(client, provider)
        assert over.status_code == 403
        assert [one.cause for one in caplog.records if one.message == "sign_on.failed"] == [
            NOT_OPENED
        ]
        make_saml_key(at=AT + timedelta(days=30))
    assert SamlKey.objects.count() == 2


def test_a6_8_2_a_key_is_dropped_at_once_but_never_the_published_one(
    client, provider, collector, caplog
):
    first = make_saml_key(at=AT)
    provider.encrypts = Encrypting(pem_of(saml_certificate()))
    with pytest.raises(Refused, match="is published; make a new one first"):
        drop_saml_key(number=first)
    make_saml_key(at=AT)
    drop_saml_key(number=first)
    with pytest.raises(Refused, match="no such key"):
        drop_saml_key(number=first)

    nothing_came_of(sign_on(client, provider), client, caplog, cause=[NOT_OPENED])


def test_the_command_makes_lists_and_drops_keys_and_prints_the_certificate(db):
    with time_machine.travel(AT, tick=False):
        with pytest.raises(CommandError, match="no key pair yet"):
            told("certificate")
        first = told("make")
        printed = "\n".join(told("certificate")).encode()
        both = told("make")
        number = int(both[0].split(":")[0].removeprefix("key "))
        with pytest.raises(CommandError, match="Name the key"):
            told("drop")
        left = told("drop", str(number))
        with pytest.raises(CommandError, match="This key is published"):
            told("drop", str(SamlKey.objects.get().pk))

    made = x509.load_pem_x509_certificate(printed)
    shown = made.fingerprint(hashes.SHA256()).hex(":").upper()
    day, until = f"{AT:%Y-%m-%d}", f"{AT + timedelta(days=30):%Y-%m-%d %H:%M}"
    assert first == [f"key {number}: published, made {day}, SHA-256 {shown}"]
    assert both[0] == f"key {number}: opens until {until} UTC, made {day}, SHA-256 {shown}"
    assert left == both[1:]
    assert ": published, " in left[0]
