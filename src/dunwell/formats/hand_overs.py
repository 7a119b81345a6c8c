"""What a carrier says to a message handed over: taken, with its own id and price, or refused."""

from dataclasses import dataclass

TOO_MANY, REQUEST_TIMEOUT, SERVER_FAULT = 429, 408, 500
FIRST_REFUSAL = 400
"""An answer below it that is none of success is a redirect, which is not followed."""
ACCOUNT = frozenset({401, 402, 403, 404})
"""Our account or address is to blame: no other message would fare better."""
CONFLICT = 409
"""The same message is being handled right now; asking again finds out."""


def is_passing(status: int) -> bool:
    """Return whether an answer over HTTP says that the carrier is busy, too slow or at fault."""
    return status in {TOO_MANY, REQUEST_TIMEOUT} or status >= SERVER_FAULT


class CarrierError(RuntimeError):
    """A carrier did not take a message.

    `permanent`: trying again cannot help. `of_carrier`: the carrier is to blame, not the
    message, so that others handed to it now would fare no better.
    """

    def __init__(self, text: str, *, permanent: bool, of_carrier: bool = False) -> None:
        super().__init__(text)
        self.permanent = permanent
        self.of_carrier = of_carrier


@dataclass(frozen=True, kw_only=True, slots=True)
class HandedOver:
    """A message that was taken: where, by whom, under which id, and for how much.

    `cost_micros` are millionths of `cost_currency`, None where nothing is charged or nobody
    knows. `is_repeat_safe`: handed over twice under one Message-ID it arrives once.
    """

    place: str
    provider: str = ""
    provider_id: str = ""
    cost_micros: int | None = None
    cost_currency: str = ""
    is_repeat_safe: bool = False
