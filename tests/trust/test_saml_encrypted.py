"""Encrypted assertions of a SAML provider: who comes in, by which key, and what is refused."""
# ruff: noqa: F811  fixtures of another file

import base64

import pytest
from django.test import Client
from lxml import etree

from dunwell.formats.saml_encryption import NOT_OPENED
from tests.trust.saml_desk import (  # noqa: F401  fixtures
    METADATA,
    brought,
    is_in,
    nothing_came_of,
    provider,
    running,
    sent,
    sign_on,
    standing_clock,
)
from tests.trust.saml_encrypting import (  # noqa: F401  fixtures
    CBC,
    GCM,
    OAEP,
    RSA_15,
    SHA256,
    TRIPLE_DES,
    XENC,
    XENC11,
    Encrypting,
    pem,
    pem_of_key,
    sealed_parts,
)
from tests.trust.saml_server import A, D, P, rsa_key
from tests.trust.test_saml_told import TOLD

SHA_2 = (f"<ds:DigestMethod xmlns:ds='{D}' Algorithm='{SHA256}'/>"
           f"<x:MGF xmlns:x='{XENC11}' Algorithm='{XENC11}mgf1sha256'/>")  # fmt: skip
BOTH = ("assertion", "response")


def flipped(root, *, of_key=False, place=-1):
    """One bit of a ciphertext turned."""
    _, data = sealed_parts(root)
    held = data.find(f".//{{{XENC}}}EncryptedKey") if of_key else data
    value = held.find(f"{{{XENC}}}CipherData/{{{XENC}}}CipherValue")
    told = bytearray(base64.b64decode(value.text))
    told[place] ^= 1
    value.text = base64.b64encode(told).decode()


def bent_by(change):
    def damage(data):
        root = etree.fromstring(data)
        change(root)
        return etree.tostring(root)

    return damage


@pytest.mark.parametrize("bits", [128, 192, 256])
@pytest.mark.parametrize(
    "how",
    [
        {}, {"beside": True}, {"loose": True}, {"transport": OAEP}, {"transport": OAEP, "inside": SHA_2},
    ],
    ids=["as it is", "key beside", "names left out", "oaep", "oaep with sha-256"],
)  # fmt: skip
@pytest.mark.parametrize("signs", [("assertion",), BOTH], ids=["assertion signed", "both signed"])
def test_a6_8_2_an_encrypted_assertion_says_who_comes_in(
    client, provider, collector, pem, bits, how, signs
):
    provider.encrypts = Encrypting(pem, cipher=f"{XENC11}aes{bits}-gcm", **how)
    provider.signs = signs

    form = brought(client, provider)
    answer = sent(client, form)
    client.get("/accounts/saml/answered/")

    told = base64.b64decode(form["SAMLResponse"])
    assert b"anna@northwind.example" not in told
    assert b"EncryptedData" in told
    assert (answer.status_code, is_in(client)) == (303, True)


@pytest.mark.parametrize("signs", [("assertion",), BOTH], ids=["assertion signed", "both signed"])
def test_a6_8_2_the_prefix_over_which_an_assertion_was_signed_stays(
    client, provider, collector, pem, signs
):
    """The answer has a prefix for what the assertion names without one."""
    told = f'<samlp:Response xmlns:saml="{A}" '.encode()
    provider.bend = lambda root: etree.fromstring(
        etree.tostring(root).replace(b"<samlp:Response ", told, 1)
    )
    provider.encrypts, provider.signs = Encrypting(pem), signs

    assert sign_on(client, provider).status_code == 302


@pytest.mark.parametrize("bits", [128, 192, 256])
def test_a6_8_2_aes_cbc_is_opened_where_the_provider_signed_the_encrypted_answer(
    client, provider, collector, pem, bits
):
    provider.encrypts, provider.signs = Encrypting(pem, cipher=f"{XENC}aes{bits}-cbc"), BOTH

    assert sign_on(client, provider).status_code == 302
    assert is_in(client)


def test_a6_8_2_aes_cbc_is_not_opened_where_nobody_signed_what_is_encrypted(
    client, provider, collector, pem, caplog
):
    provider.encrypts = Encrypting(pem, cipher=CBC)

    nothing_came_of(sign_on(client, provider), client, caplog, cause="AES-CBC is accepted only")


@pytest.mark.parametrize("cipher", [GCM, CBC])
@pytest.mark.parametrize("of_key", [False, True])
@pytest.mark.parametrize("place", [0, 40, -1])
def test_a6_8_2_a_ciphertext_changed_under_the_signature_is_not_opened(
    client, provider, collector, pem, caplog, cipher, of_key, place
):
    provider.encrypts, provider.signs = Encrypting(pem, cipher=cipher), BOTH
    provider.damage = bent_by(lambda root: flipped(root, of_key=of_key, place=place))

    answer = sign_on(client, provider)

    nothing_came_of(answer, client, caplog, cause="Signature validation failed")


@pytest.mark.parametrize("of_key", [False, True])
@pytest.mark.parametrize("place", [0, 12, 40, -1])
def test_a6_8_2_each_way_of_not_opening_is_told_by_one_text(
    client, provider, collector, pem, caplog, of_key, place
):
    provider.encrypts = Encrypting(pem)
    provider.damage = bent_by(lambda root: flipped(root, of_key=of_key, place=place))

    nothing_came_of(sign_on(client, provider), client, caplog, cause=[NOT_OPENED])


def value_of(root, kind):
    """Where the ciphertext of the content or of its key stands."""
    return root.find(f".//{{{XENC}}}{kind}/{{{XENC}}}CipherData/{{{XENC}}}CipherValue")


def renamed(assertion):
    assertion.tag = f"{{{P}}}Assertion"


def commented(assertion):
    assertion.insert(0, etree.Comment("x"))


@pytest.mark.parametrize("change", [renamed, commented], ids=lambda change: change.__name__)
def test_a6_8_2_what_opens_to_no_assertion_is_told_by_the_same_text(
    client, provider, collector, pem, caplog, change
):
    def encrypts(root):
        held = root.find(f"{{{A}}}Assertion")
        root.remove(held)
        change(held)
        Encrypting(pem).hide(root, held)

    provider.encrypts = encrypts

    nothing_came_of(sign_on(client, provider), client, caplog, cause=[NOT_OPENED])


@pytest.mark.parametrize(
    ("kind", "told"),
    [("EncryptedData", "%%%"), ("EncryptedData", "AAAA"), ("EncryptedData", ""),
     ("EncryptedKey", "AAAA"), ("EncryptedKey", "%%%")],
)  # fmt: skip
def test_a6_8_2_what_is_no_ciphertext_is_told_by_the_same_text(
    client, provider, collector, pem, caplog, kind, told
):
    def spoil(root):
        value_of(root, kind).text = told

    provider.encrypts, provider.damage = Encrypting(pem), bent_by(spoil)

    nothing_came_of(sign_on(client, provider), client, caplog, cause=[NOT_OPENED])


def test_a6_8_2_what_is_encrypted_for_another_key_is_told_by_the_same_text(
    client, provider, collector, pem, caplog
):
    provider.encrypts = Encrypting(pem_of_key(rsa_key()))

    nothing_came_of(sign_on(client, provider), client, caplog, cause=[NOT_OPENED])


def test_a6_8_2_a_key_of_another_length_is_told_by_the_same_text(
    client, provider, collector, pem, caplog
):
    provider.encrypts = Encrypting(pem, cipher=f"{XENC11}aes128-gcm")
    provider.damage = lambda data: data.replace(b"aes128-gcm", b"aes256-gcm")

    nothing_came_of(sign_on(client, provider), client, caplog, cause=[NOT_OPENED])


def test_a6_8_2_cbc_that_opens_to_nothing_is_told_by_the_same_text(
    client, provider, collector, pem, caplog
):
    def encrypts(root):
        Encrypting(pem, cipher=CBC)(root)
        # changed before the answer is signed: a provider that is broken, or the key of another
        flipped(root, place=0)

    provider.encrypts, provider.signs = encrypts, BOTH

    nothing_came_of(sign_on(client, provider), client, caplog, cause=[NOT_OPENED])


@pytest.mark.parametrize(
    ("how", "cause"),
    [
        ({"cipher": TRIPLE_DES}, "tripledes-cbc is not accepted"),
        ({"transport": RSA_15}, "rsa-1_5 is not accepted"),
    ],
)
def test_a6_8_2_weak_encryption_is_refused_though_the_answer_is_signed(
    client, provider, collector, pem, caplog, how, cause
):
    provider.encrypts, provider.signs = Encrypting(pem, **how), BOTH

    nothing_came_of(sign_on(client, provider), client, caplog, cause=cause)


@pytest.mark.parametrize(
    ("told", "weak"),
    [
        (SHA256, "http://www.w3.org/2001/04/xmldsig-more#md5"),
        (f"{XENC11}mgf1sha256", f"{XENC11}mgf1md5"),
        (OAEP, f"{XENC}rsa-1_5"),
        (GCM, TRIPLE_DES),
        (GCM, f"{XENC}kw-aes256"),
    ],
    ids=["digest", "mask", "transport", "cipher", "no cipher"],
)
def test_a6_8_2_weak_names_in_a_strong_encryption_are_refused(
    client, provider, collector, pem, caplog, told, weak
):
    def weakened(root):
        for one in root.find(f".//{{{A}}}EncryptedAssertion").iter():
            if one.get("Algorithm") == told:
                one.set("Algorithm", weak)

    provider.encrypts = Encrypting(pem, transport=OAEP, inside=SHA_2)
    provider.damage = bent_by(weakened)

    nothing_came_of(sign_on(client, provider), client, caplog, cause=f"{weak} is not accepted")


def test_a6_8_2_without_a_key_of_ours_nothing_encrypted_is_opened(
    client, provider, collector, caplog
):
    provider.encrypts = Encrypting(pem_of_key(rsa_key()))

    nothing_came_of(sign_on(client, provider), client, caplog, cause="this desk has no key")


def test_a6_8_2_without_the_keyring_nothing_encrypted_is_opened(
    client, provider, collector, pem, caplog, settings, tmp_path
):
    provider.encrypts = Encrypting(pem)
    settings.KEYRING_FILE = tmp_path / "lost"

    nothing_came_of(sign_on(client, provider), client, caplog, cause="The keyring")


def test_a6_8_2_where_only_encrypted_ones_count_an_assertion_in_the_open_is_refused(
    client, provider, collector, pem, caplog, settings
):
    settings.SAML_ENCRYPTED_ONLY = True
    opened = sign_on(client, provider)
    nothing_came_of(opened, client, caplog, cause="is not encrypted")

    provider.encrypts = Encrypting(pem)

    assert sign_on(client, provider).status_code == 302


@pytest.mark.parametrize("signs", [(), ("response",)])
def test_a6_8_2_an_encrypted_assertion_has_to_be_signed_itself(
    client, provider, collector, pem, caplog, signs
):
    """Anybody can encrypt for us; what stands around it is signed by whoever wrote that."""
    provider.encrypts, provider.signs = Encrypting(pem), signs

    nothing_came_of(
        sign_on(client, provider), client, caplog, cause="the assertion is not signed itself"
    )


def test_a6_8_2_an_encrypted_assertion_that_another_key_signed_is_refused(
    client, provider, collector, pem, caplog
):
    provider.encrypts, provider.by = Encrypting(pem), rsa_key()

    nothing_came_of(sign_on(client, provider), client, caplog, cause="Signature validation failed")


def test_a6_8_2_an_encrypted_answer_that_another_key_signed_is_refused(
    client, provider, collector, pem, caplog
):
    """The assertion is the provider's; what stands around it is not."""

    def encrypts(root):
        Encrypting(pem, cipher=CBC)(root)
        provider.by = rsa_key()

    provider.encrypts, provider.signs = encrypts, BOTH

    nothing_came_of(sign_on(client, provider), client, caplog, cause="Signature validation failed")


@pytest.mark.parametrize("attack", TOLD)
def test_a6_8_2_what_was_encrypted_is_for_here_and_now_or_signs_nobody_in(
    client, provider, collector, pem, caplog, attack
):
    told, cause = TOLD[attack]
    provider.told |= told
    provider.encrypts = Encrypting(pem)

    nothing_came_of(sign_on(client, provider), client, caplog, cause=cause)


def test_a6_8_2_an_encrypted_answer_works_once_though_it_is_encrypted_anew(
    client, provider, collector, pem
):
    provider.told["assertion_id"] = "_the-same"
    provider.encrypts = Encrypting(pem)
    form = brought(client, provider)
    first = sent(client, form)
    anew = base64.b64encode(provider.answer()).decode()

    assert first.status_code == 303
    assert anew != form["SAMLResponse"]
    assert [sent(Client(), {"SAMLResponse": one}).status_code for one in
            (form["SAMLResponse"], anew)] == [403, 403]  # fmt: skip
