"""Encrypted assertions of a SAML provider, moved, doubled and wrapped: none signs anybody in."""
# ruff: noqa: F811  fixtures of another file

import pytest
from lxml import etree

from tests.trust.saml_desk import (  # noqa: F401  fixtures
    nothing_came_of,
    provider,
    running,
    sign_on,
    standing_clock,
)
from tests.trust.saml_encrypting import (  # noqa: F401  fixtures
    XENC,
    Encrypting,
    pem,
    sealed_parts,
)
from tests.trust.saml_server import A, D, P
from tests.trust.test_saml_attacks import forged


def in_the_open_beside(root, hidden, pem):
    root.append(forged(hidden))


def two_encrypted(root, hidden, pem):
    Encrypting(pem).hide(root, forged(hidden))


def forged_and_encrypted_with_the_true_one_in_extensions(root, hidden, pem):
    place = etree.Element(f"{{{P}}}Extensions")
    root.insert(1, place)
    place.append(root.find(f"{{{A}}}EncryptedAssertion"))
    Encrypting(pem).hide(root, forged(hidden))


def moved_into_extensions(root, hidden, pem):
    place = etree.Element(f"{{{P}}}Extensions")
    root.insert(1, place)
    place.append(root.find(f"{{{A}}}EncryptedAssertion"))


def true_one_inside_a_forged_one(root, hidden, pem):
    root.remove(root.find(f"{{{A}}}EncryptedAssertion"))
    evil, signature = forged(hidden), hidden.find(f"{{{D}}}Signature")
    hidden.remove(signature)
    evil.insert(1, signature)
    evil.append(hidden)
    Encrypting(pem).hide(root, evil)


def encrypted_twice(root, hidden, pem):
    inner = root.find(f"{{{A}}}EncryptedAssertion")
    root.remove(inner)
    evil = forged(hidden)
    evil.append(inner)
    Encrypting(pem).hide(root, evil)


def with_the_id_of_the_answer(root, hidden, pem):
    root.remove(root.find(f"{{{A}}}EncryptedAssertion"))
    hidden.set("ID", root.get("ID"))
    Encrypting(pem).hide(root, hidden)


def signed_beside_it(root, hidden, pem):
    root.find(f"{{{A}}}EncryptedAssertion").append(hidden.find(f"{{{D}}}Signature"))


def signature_moved_around(root, hidden, pem):
    root.remove(root.find(f"{{{A}}}EncryptedAssertion"))
    root.insert(1, hidden.find(f"{{{D}}}Signature"))
    Encrypting(pem).hide(root, hidden)


def something_beside(root, hidden, pem):
    etree.SubElement(root.find(f"{{{A}}}EncryptedAssertion"), "x")


def two_contents(root, hidden, pem):
    place, data = sealed_parts(root)
    place.append(etree.fromstring(etree.tostring(data)))


def two_keys(root, hidden, pem):
    place, data = sealed_parts(root)
    key = data.find(f".//{{{XENC}}}EncryptedKey")
    place.append(etree.fromstring(etree.tostring(key)))


def elsewhere(root, hidden, pem):
    """The ciphertext is fetched from where the answer says."""
    _, data = sealed_parts(root)
    held = data.find(f"{{{XENC}}}CipherData")
    held.remove(held[0])
    etree.SubElement(held, f"{{{XENC}}}CipherReference", URI="file:///etc/passwd")


def only_the_content(root, hidden, pem):
    _, data = sealed_parts(root)
    data.set("Type", f"{XENC}Content")


def bound_to_parameters(root, hidden, pem):
    _, data = sealed_parts(root)
    method = data.find(f".//{{{XENC}}}EncryptedKey/{{{XENC}}}EncryptionMethod")
    etree.SubElement(method, f"{{{XENC}}}OAEPparams").text = "AAAA"


WRAPPED = {
    in_the_open_beside: "and one in the open",
    two_encrypted: "2 encrypted assertions",
    forged_and_encrypted_with_the_true_one_in_extensions: "2 encrypted assertions",
    moved_into_extensions: "not in their place",
    true_one_inside_a_forged_one: "2 assertions",
    encrypted_twice: "inside the encrypted one",
    with_the_id_of_the_answer: "same ID",
    signed_beside_it: "something else than the whole answer is signed",
    signature_moved_around: "something else than where it stands",
    something_beside: "something else stands beside",
    two_contents: "2 times EncryptedData",
    two_keys: "2 keys come along",
    elsewhere: "0 times CipherValue",
    only_the_content: "is no element",
    bound_to_parameters: "parameters of OAEP",
}


@pytest.mark.parametrize("wrapped", WRAPPED, ids=lambda wrapped: wrapped.__name__)
def test_a6_8_2_an_encrypted_assertion_counts_alone_and_in_its_place(
    client, provider, collector, pem, caplog, wrapped
):
    def encrypts(root):
        hidden = etree.fromstring(etree.tostring(root.find(f"{{{A}}}Assertion")))
        Encrypting(pem)(root)
        wrapped(root, hidden, pem)

    provider.encrypts = encrypts

    nothing_came_of(sign_on(client, provider), client, caplog, cause=WRAPPED[wrapped])
