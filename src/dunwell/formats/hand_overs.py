"""What a carrier says to a message handed over: taken, with its own id and price, or refused."""

from dataclasses import dataclass


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
