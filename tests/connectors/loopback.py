"""Servers of tests: answering on the loopback while a block runs, gone with all threads after."""

import threading
from contextlib import contextmanager


@contextmanager
def answering(server):
    """Let a server answer in a thread of its own; yield its host and port, such as 127.0.0.1:80."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
