"""The two sides of SAML: a provider's metadata that are refused, and our requests."""
# ruff: noqa: F811  fixtures of another file

import base64
import zlib
from urllib.parse import unquote

import pytest
from lxml import etree

from dunwell.formats.saml_parties import (
    Desk,
    Provider,
    SamlError,
    read_provider,
    sign_on_request,
    write_metadata,
)
from tests.trust.saml_desk import (  # noqa: F401  fixtures
    provider,
    running,
    sign_on,
    standing_clock,
)
from tests.trust.saml_server import certificate, rsa_key

DESK = Desk(entity_id="https://desk.example/saml", answers="https://desk.example/answer/")


def told_wrong(provider, how):
    whole = provider.metadata()
    return {
        "of another provider": whole.replace(
            f'entityID="{provider.issuer}"', 'entityID="https://x"'
        ),
        "of none": whole.replace("IDPSSODescriptor", "SPSSODescriptor"),
        "by form alone": whole.replace("HTTP-Redirect", "HTTP-POST"),
        "in the clear": whole.replace('Location="http:', 'Location="ftp:'),
        "without a key": whole.replace("X509Certificate", "X509Serial"),
        "with no certificate": whole.replace("MII", "AAA", 1),
        "with a weak key": provider.metadata(certified=certificate(rsa_key(1024))),
        "with a document type": "<!DOCTYPE a>" + whole,
        "cut off": whole[:-5],
        "twice": f"<a>{whole}{whole}</a>",
    }[how]


WRONG = {
    "of another provider": "no one identity provider",
    "of none": "no one identity provider",
    "by form alone": "no requests by redirect",
    "in the clear": "not reached by https",
    "without a key": "no certificate",
    "with no certificate": "cannot be read",
    "with a weak key": "weaker than RSA",
    "with a document type": "a type of its own",
    "cut off": "damaged",
    "twice": "no one identity provider",
}


@pytest.mark.parametrize("how", WRONG)
def test_metadata_that_do_not_tell_a_provider_are_refused(provider, how):
    with pytest.raises(SamlError, match=WRONG[how]):
        read_provider(told_wrong(provider, how).encode(), entity_id=provider.issuer)


def test_a_request_is_new_each_time_and_goes_where_the_metadata_say(provider):
    there = read_provider(provider.metadata().encode(), entity_id=provider.issuer)
    made = [sign_on_request(there, DESK, anew=anew) for anew in (False, True)]

    assert isinstance(there, Provider)
    assert made[0][0] != made[1][0]
    for (request_id, address), forced in zip(made, (None, "true"), strict=True):
        where, _, query = address.partition("?SAMLRequest=")
        told = unquote(query.split("&")[0])
        root = etree.fromstring(zlib.decompress(base64.b64decode(told), -15))
        assert where == there.sign_on
        assert (root.get("ID"), root.get("ForceAuthn")) == (request_id, forced)
        assert root.get("AssertionConsumerServiceURL") == DESK.answers
    assert b"https://desk.example/answer/" in write_metadata(DESK)
