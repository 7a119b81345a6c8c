"""The desk as a program calls it: `Dunwell(address, token).payments.new_payment(...)`."""

from dunwell_client.generated.areas import Areas
from dunwell_client.transport import Connection


class Dunwell(Areas):
    """A desk, with its operations by area; every write is sent under an idempotency key.

    A call is tried up to `tries` times where that is safe, waiting as `Retry-After` says but at
    most `patience_seconds` each time. May be shared by threads.
    """

    def __init__(
        self,
        address: str,
        token: str,
        *,
        timeout_seconds: float = 60.0,
        tries: int = 5,
        patience_seconds: int = 60,
    ) -> None:
        """Connect to `https://desk.example`; raises ValueError for what is no safe address."""
        self._connection = Connection(
            address,
            token,
            timeout_seconds=timeout_seconds,
            tries=tries,
            patience_seconds=patience_seconds,
        )
