"""Answers of a SAML provider that were bent on their way: each is refused before anything is read
of it, nobody is in, nothing is written, and the log has the cause."""
# ruff: noqa: F811  fixtures of another file

import base64
import copy

import pytest
import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from tests.trust.saml_desk import (  # noqa: F401  fixtures
    nothing_came_of,
    provider,
    running,
    sent,
    sign_on,
    standing_clock,
)
from tests.trust.saml_server import A, D, P, certificate, rsa_key

EVIL = "eve@northwind.example"


def parts(root):
    return root.find(f"{{{A}}}Assertion"), root.find(f"{{{A}}}Assertion/{{{D}}}Signature")


def forged(assertion, identity="_forged"):
    """The same assertion about somebody else, without its signature."""
    made = copy.deepcopy(assertion)
    for one in made.iter(f"{{{D}}}Signature"):
        one.getparent().remove(one)
    made.set("ID", identity)
    made.find(f"{{{A}}}Subject/{{{A}}}NameID").text = "s-of-anna"
    return made


def extended(root):
    """A place in which the schema lets anything stand."""
    place = etree.Element(f"{{{P}}}Extensions")
    root.insert(1, place)
    return place


def wrapped_before(root):
    assertion, _ = parts(root)
    root.insert(root.index(assertion), forged(assertion))


def wrapped_after(root):
    assertion, _ = parts(root)
    root.append(forged(assertion))


def wrapped_with_the_same_id(root):
    assertion, _ = parts(root)
    root.insert(root.index(assertion), forged(assertion, assertion.get("ID")))


def wrapped_in_extensions(root):
    assertion, _ = parts(root)
    root.append(forged(assertion))
    extended(root).append(assertion)


def wrapped_in_its_own_signature(root):
    """The true assertion hides in an object of its signature, which the forged one carries."""
    assertion, signature = parts(root)
    evil = forged(assertion)
    root.replace(assertion, evil)
    assertion.remove(signature)
    evil.insert(1, signature)
    etree.SubElement(signature, f"{{{D}}}Object").append(assertion)


def wrapped_around(root):
    """The true assertion stands inside the forged one."""
    assertion, signature = parts(root)
    evil = forged(assertion)
    root.replace(assertion, evil)
    evil.insert(1, signature)
    evil.append(assertion)


def wrapped_whole(root):
    """The true answer stands in the extensions of a forged one."""
    true = copy.deepcopy(root)
    assertion, _ = parts(root)
    root.replace(assertion, forged(assertion))
    extended(root).append(true)


def moved_signature(root):
    assertion, signature = parts(root)
    assertion.remove(signature)
    root.insert(1, signature)


def reference_to_everything(root):
    _, signature = parts(root)
    signature.find(f".//{{{D}}}Reference").set("URI", "")


def two_references(root):
    _, signature = parts(root)
    one = signature.find(f".//{{{D}}}Reference")
    one.addnext(copy.deepcopy(one))


def another_transform(root):
    _, signature = parts(root)
    one = signature.find(f".//{{{D}}}Transform")
    one.set("Algorithm", "http://www.w3.org/TR/1999/REC-xslt-19991116")


def another_canonicalization(root):
    _, signature = parts(root)
    one = signature.find(f".//{{{D}}}CanonicalizationMethod")
    one.set("Algorithm", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments")


def changed(root):
    assertion, _ = parts(root)
    assertion.find(f"{{{A}}}Subject/{{{A}}}NameID").text = "s-of-anna"


def encrypted(root):
    assertion, _ = parts(root)
    etree.SubElement(root, f"{{{A}}}EncryptedAssertion")
    root.remove(assertion)


def no_assertion(root):
    root.remove(parts(root)[0])


BENT = {
    wrapped_before: "2 assertions",
    wrapped_after: "2 assertions",
    wrapped_with_the_same_id: "same ID",
    wrapped_in_extensions: "2 assertions",
    wrapped_in_its_own_signature: "2 assertions",
    wrapped_around: "2 assertions",
    wrapped_whole: "same ID",
    moved_signature: "not signed itself",
    reference_to_everything: "something else than where it stands",
    two_references: "more than one thing",
    another_transform: "xslt-19991116 is not accepted",
    another_canonicalization: "WithComments is not accepted",
    changed: "Signature validation failed",
    encrypted: "encrypted",
    no_assertion: "0 assertions",
}


@pytest.mark.parametrize("bent", BENT, ids=lambda bent: bent.__name__)
def test_a6_8_2_a_signature_counts_for_what_it_stands_in_and_nothing_else(
    client,
    provider,
    collector,
    caplog,
    bent,
):
    def damage(data):
        root = etree.fromstring(data)
        bent(root)
        return etree.tostring(root)

    provider.damage = damage

    answer = sign_on(client, provider)

    nothing_came_of(answer, client, caplog, cause=BENT[bent])


def after_the_id(data, told):
    """Something put into the subject's name, where comments once split it."""
    return data.replace(b">s-1<", b">s-1" + told + b"<")


def declared(data, told):
    return b"<!DOCTYPE r [" + told + b"]>" + data


BYTES = {
    "a comment in the name": (lambda data: after_the_id(data, b"<!-- -->.eve"), "comments"),
    "an instruction": (lambda data: after_the_id(data, b"<?eve?>"), "instructions"),
    "a comment before it": (lambda data: b"<!-- -->" + data, "comments"),
    "a document type": (lambda data: declared(data, b""), "a type of its own"),
    "a file of ours": (
        lambda data: after_the_id(
            declared(data, b'<!ENTITY x SYSTEM "file:///etc/passwd">'), b"&x;"), "a type of its own",
    ),
    "a host asked": (
        lambda data: declared(data, b'<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;'), "type of",
    ),
    "a thousand million laughs": (
        lambda data: after_the_id(declared(data, b'<!ENTITY a "ha">' + b"".join(
            b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
        )), b"&j;"), ("a type of its own", "amplification"),
    ),
    "another encoding of a document type": (
        lambda data: ('<?xml version="1.0" encoding="UTF-16"?>'
                      + declared(data, b"").decode()).encode("utf-16"), "a type of its own",
    ),
    "too much": (lambda data: data + b" " * 256 * 1024, "too large"),
    "too deep": (lambda data: data.replace(b"<Conditions", b"<a>" * 300 + b"<Conditions"), "damaged"),
    "cut off": (lambda data: data[:-20], "damaged"),
    "nothing": (lambda _data: b"", "damaged"),
    "something else": (lambda _data: b"<a/>", "no answer to a request"),
}  # fmt: skip


@pytest.mark.parametrize("attack", BYTES)
def test_a6_8_2_what_is_no_plain_answer_is_refused_unread(
    client,
    provider,
    collector,
    caplog,
    attack,
):
    provider.damage, cause = BYTES[attack]

    answer = sign_on(client, provider)

    nothing_came_of(answer, client, caplog, cause=cause)


@pytest.mark.parametrize("told", ["%%%", "PGE", "ä", "\0"])
def test_a6_8_2_what_is_not_base64_is_refused(client, provider, collector, caplog, told):
    answer = sent(client, {"SAMLResponse": told})

    nothing_came_of(answer, client, caplog, cause="base64")


@pytest.mark.parametrize("form", [{}, {"SAMLRequest": "PGE+"}])
def test_a6_8_2_a_form_without_an_answer_is_refused(client, provider, collector, caplog, form):
    nothing_came_of(sent(client, form), client, caplog, cause="damaged")


@pytest.mark.parametrize(
    ("name", "cause"),
    [("RSA_SHA1", "rsa-sha1 is not accepted"), ("RSA_MD5", "rsa-md5 is not accepted")],
)
def test_a6_8_2_weak_signatures_are_refused(client, provider, collector, caplog, name, cause):
    def weakened(data):
        """The name of the algorithm, as a provider of long ago writes it."""
        weak = {
            "RSA_SHA1": b"http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            "RSA_MD5": b"http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
        }[name]
        return data.replace(b"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", weak)

    if hasattr(xmlsec.Transform, name):
        provider.algorithm = name
    else:
        provider.damage = weakened
    try:
        answer = sign_on(client, provider)
    except xmlsec.Error:  # the library here no longer makes such a signature: write its name
        provider.algorithm, provider.damage = "RSA_SHA256", weakened
        answer = sign_on(client, provider)

    nothing_came_of(answer, client, caplog, cause=cause)


def test_a6_8_2_a_weak_digest_is_refused(client, provider, collector, caplog):
    provider.damage = lambda data: data.replace(
        b"http://www.w3.org/2001/04/xmlenc#sha256", b"http://www.w3.org/2000/09/xmldsig#sha1"
    )

    nothing_came_of(
        sign_on(client, provider), client, caplog, cause="xmldsig#sha1 is not accepted"
    )


def test_a6_8_2_the_public_certificate_is_no_shared_secret(client, provider, collector, caplog):
    provider.damage = lambda data: data.replace(
        b"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        b"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
    )

    nothing_came_of(sign_on(client, provider), client, caplog, cause="hmac-sha256 is not accepted")


@pytest.mark.parametrize("signs", [(), ("response",)])
def test_a6_8_2_an_assertion_that_is_not_signed_itself_is_refused(
    client,
    provider,
    collector,
    caplog,
    signs,
):
    provider.signs = signs

    answer = sign_on(client, provider)

    nothing_came_of(answer, client, caplog, cause="the assertion is not signed itself")


def test_a6_8_2_answer_and_assertion_may_both_be_signed(client, provider, collector):
    provider.signs = ("assertion", "response")

    assert sign_on(client, provider).status_code == 302


def test_a6_8_2_another_key_is_refused_though_its_certificate_comes_along(
    client,
    provider,
    collector,
    caplog,
):
    provider.by = rsa_key()
    shown = base64.b64encode(certificate(provider.by).public_bytes(Encoding.DER))

    def with_certificate(data):
        held = b"<ds:KeyInfo xmlns:ds='%s'><ds:X509Data><ds:X509Certificate>%s" % (
            D.encode(),
            shown,
        )
        closed = b"</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
        root = etree.fromstring(data)
        parts(root)[1].append(etree.fromstring(held + closed))
        return etree.tostring(root)

    provider.damage = with_certificate

    answer = sign_on(client, provider)

    nothing_came_of(answer, client, caplog, cause="Signature validation failed")


def test_a6_8_2_a_new_certificate_beside_the_old_one_is_believed(
    client,
    provider,
    collector,
    settings,
):
    """A provider that changes its key tells both for a while."""
    provider.by = rsa_key()
    old, new = provider.metadata(), provider.metadata(certified=certificate(provider.by))
    key = new[new.index("<KeyDescriptor") : new.index("<SingleSignOnService")]
    settings.SAML_METADATA = old.replace("<SingleSignOnService", f"{key}<SingleSignOnService")

    assert sign_on(client, provider).status_code == 302
