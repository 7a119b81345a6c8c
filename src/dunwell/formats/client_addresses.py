"""Where a request comes from, by what the proxies in front say; nobody else is believed."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network


def read_networks(text: str) -> tuple[Network, ...]:
    """Return addresses and networks that stand between commas; raise ValueError for any other."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def client_address(*, direct: str, forwarded: str, proxies: Sequence[Network]) -> str:
    """Return the address of a client from that of the connection and `X-Forwarded-For`.

    Read from its end, where each proxy adds whom it heard: the first that is none of our proxies
    is the client, whatever stands before it. A connection from elsewhere is the client itself,
    and a word that is no address ends the reading at the proxy that passed it on.
    """
    peer = _read(direct)
    if peer is None:
        return direct
    for text in reversed(forwarded.split(",") if forwarded else []):
        if not _is_one_of(peer, proxies):
            break
        told = _read(text)
        if told is None:
            break
        peer = told
    return str(peer)


def _is_one_of(address: IPv4Address | IPv6Address, networks: Sequence[Network]) -> bool:
    return any(address in one for one in networks)


def _read(text: str) -> IPv4Address | IPv6Address | None:
    """Return an address, without the port that some proxies add; IPv4 is never dressed as IPv6."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
