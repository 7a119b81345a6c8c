"""Ports for servers that tests start."""

import os
import socket
from itertools import count

FIRST, LAST = 20_000, 31_999
"""Below what systems give to whoever asks for any port: a server that another test starts
meanwhile could otherwise get the port before ours is up."""

_asked = count()


def free_port():
    """A port of this machine that nobody listens on, another one each time it is asked for."""
    for place in _asked:
        port = FIRST + (os.getpid() * 61 + place) % (LAST - FIRST + 1)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError
