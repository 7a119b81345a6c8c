"""The address of a client by what proxies say: the first from the end that is no proxy of ours."""

import pytest

from dunwell.formats.client_addresses import client_address, read_networks

OURS = read_networks("127.0.0.0/8, ::1,10.1.0.0/16")


@pytest.mark.parametrize(
    ("direct", "forwarded", "client"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "10.1.0.1", "192.0.2.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("127.0.0.1", "6.6.6.6, 192.0.2.1", "192.0.2.1"),
        ("127.0.0.1", "6.6.6.6, 192.0.2.1, 10.1.2.3", "192.0.2.1"),
        ("127.0.0.1", "10.1.9.9, 10.1.2.3", "10.1.9.9"),
        ("127.0.0.1", "192.0.2.1, <b>", "127.0.0.1"),
        ("127.0.0.1", "192.0.2.1, unknown, 10.1.2.3", "10.1.2.3"),
        ("127.0.0.1", "192.0.2.1:4711", "192.0.2.1"),
        ("::1", "[2001:db8::7]:4711", "2001:db8::7"),
        ("::ffff:127.0.0.1", "2001:DB8::7", "2001:db8::7"),
        ("127.0.0.1", "," * 1_000, "127.0.0.1"),
        ("", "192.0.2.1", ""),
    ],
)
def test_who_is_asking(direct, forwarded, client):
    assert client_address(direct=direct, forwarded=forwarded, proxies=OURS) == client


def test_nobody_is_believed_where_no_proxy_is_named():
    assert read_networks("") == ()
    assert client_address(direct="127.0.0.1", forwarded="192.0.2.1", proxies=()) == "127.0.0.1"


@pytest.mark.parametrize("text", ["10.0.0.1/8", "proxy", "10.0.0.0/99"])
def test_a_wrong_network_is_refused(text):
    with pytest.raises(ValueError, match="host bits|IPv4 or IPv6"):
        read_networks(text)
