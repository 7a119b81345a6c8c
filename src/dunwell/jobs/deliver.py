"""Handing over a company's messages: to whoever carries them, or while testing to files."""

from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date

from dunwell import clock
from dunwell.actions.channel_health import note_failure, note_success
from dunwell.actions.gate import Actor, system
from dunwell.actions.outbox import (
    CARRIED,
    LEASE,
    claim_messages,
    mark_failed,
    mark_sent,
    put_back_messages,
    withdraw_message,
)
from dunwell.formats.hand_overs import CarrierError, HandedOver
from dunwell.formats.mail import AddressUnknown, MailFormError
from dunwell.jobs.application_mails import deliver_application_mails
from dunwell.jobs.channels import HandOver, carrier_of
from dunwell.jobs.message_mails import mail_of
from dunwell.jobs.portal_mails import deliver_portal_mails
from dunwell.jobs.report_mails import deliver_report_mails
from dunwell.jobs.team_work import deliver_team_mails
from dunwell.models import Channel, Company, Message
from dunwell.queries.channel_carriers import active_channels, is_resting, kind_of
from dunwell.queries.deliveries import (
    Verdict,
    delivery_verdicts,
    early_messages,
    is_unchanged,
)

BATCH = 100
"""Messages claimed and judged together; small enough to be handed over within the lease."""

EMAIL = str(Channel.Kind.EMAIL)


@dataclass(slots=True)
class Carriers:
    """Who carries what in one call of delivery; one that failed too often rests at once."""

    actor: Actor
    channels: Mapping[str, Channel]
    opened: ExitStack
    resting: set[str] = field(default_factory=set)
    _lines: dict[str, HandOver] = field(default_factory=dict)
    _served: set[str] = field(default_factory=set)

    def kind_of(self, message: Message) -> str:
        """Return the kind of channel that carries a message."""
        return kind_of(message.channel, self.channels)

    def served(self) -> list[str]:
        """Return the channels of messages that may be handed over now."""
        carried = {channel: kind_of(channel, self.channels) for channel in CARRIED}
        return [channel for channel, kind in carried.items() if kind and kind not in self.resting]

    def line(self, kind: str) -> HandOver:
        """Return how messages of a kind are handed over."""
        if kind not in self._lines:
            leaving = carrier_of(self.actor.company, kind, self.channels.get(kind))
            self._lines[kind] = self.opened.enter_context(leaving)
        return self._lines[kind]

    def took(self, kind: str) -> None:
        """Note once a call that a carrier takes messages."""
        if kind not in self._served and kind in self.channels:
            note_success(actor=self.actor, kind=kind, at=clock.now())
        self._served.add(kind)

    def failed(self, kind: str, error: CarrierError) -> None:
        """Note a failure that is the carrier's; after several in a row it rests."""
        self._served.discard(kind)
        if note_failure(actor=self.actor, kind=kind, error=str(error), at=clock.now()):
            self.resting.add(kind)


def deliver(company_id: int) -> Counter[str]:
    """Hand over what is ready; return how many were sent, failed, dead, withdrawn or wait.

    Each message is claimed, judged by the chase gate once more, handed over outside any
    transaction, and marked. Killed in between, a later call hands it over again under the
    same message id once the claim has run out. Messages of a channel that rests are not touched.
    """
    company = Company.objects.get(pk=company_id)
    actor, as_of = system(company), clock.today(company.zone)
    channels, at = active_channels(company), clock.now()
    counts: Counter[str] = Counter()
    after = 0
    with ExitStack() as opened:
        resting = {kind for kind, channel in channels.items() if is_resting(channel, at=at)}
        carriers = Carriers(actor, channels, opened, resting)
        while batch := _claimed(carriers, as_of, after=after):
            after = batch[-1].pk
            verdicts = delivery_verdicts(company, batch, as_of=as_of, at=clock.now())
            for message in batch:
                counts[_deliver_one(carriers, message, verdicts[message.pk])] += 1
        if EMAIL not in carriers.resting:
            counts += deliver_application_mails(company_id)
            counts += deliver_portal_mails(company_id)
            counts += deliver_report_mails(company_id)
            counts += deliver_team_mails(company_id)
    return counts


def _claimed(carriers: Carriers, as_of: date, *, after: int) -> list[Message]:
    """Claim the next batch; a mail that was given a later hour of the day is left alone."""
    at, actor = clock.now(), carriers.actor
    early = early_messages(actor.company, as_of=as_of, at=at)
    return claim_messages(
        actor=actor, limit=BATCH, at=at, after=after, besides=early, channels=carriers.served()
    )


def _deliver_one(carriers: Carriers, message: Message, verdict: Verdict) -> str:
    """Act on one claimed message; return what became of it."""
    at, actor, kind = clock.now(), carriers.actor, carriers.kind_of(message)
    if message.delivered_at is not None or message.bounced_at is not None:
        # a worker died before it could note the hand-over, and the carrier told of it meanwhile
        return _sent(carriers, message, verdict, HandedOver(place="as the carrier reported"))
    if verdict.act == "withdraw":
        withdraw_message(
            actor=actor, message=message, reasons=verdict.reasons, text=verdict.text, at=at
        )
        return "withdrawn"
    # too close to the end of the claim, another worker might take the message over meanwhile
    is_late = message.claimed_at is None or at - message.claimed_at > LEASE / 2
    text = ""
    if verdict.act == "wait" or is_late or not is_unchanged(message):
        text = verdict.text or "judged too long ago, or something has changed since"
    elif kind in carriers.resting:
        text = "the channel rests after failures of its carrier"
    if text:
        return _waits(actor, message, text)
    return _hand_over(carriers, message, verdict)


def _hand_over(carriers: Carriers, message: Message, verdict: Verdict) -> str:
    """Give a message to its carrier, outside any transaction; return what became of it."""
    actor, kind = carriers.actor, carriers.kind_of(message)
    try:
        handed = carriers.line(kind)(mail_of(message), clock.now())
    except AddressUnknown as error:
        return _waits(actor, message, str(error))
    except MailFormError as error:
        return _failed(actor, message, str(error), permanent=True)
    except CarrierError as error:
        return _refused(carriers, message, kind, error)
    except OSError as error:
        return _failed(actor, message, f"The file outbox: {error}", permanent=False)
    carriers.took(kind)
    return _sent(carriers, message, verdict, handed)


def _refused(carriers: Carriers, message: Message, kind: str, error: CarrierError) -> str:
    """Write down that a carrier did not take a message.

    The first message after a rest asks whether the carrier is back: that it is not costs the
    message nothing, else one would be given up for all of them.
    """
    channel = carriers.channels.get(kind)
    is_probe = error.of_carrier and channel is not None and channel.rest_until is not None
    if error.of_carrier:
        carriers.failed(kind, error)
    if is_probe and kind in carriers.resting:
        return _waits(carriers.actor, message, str(error))
    return _failed(carriers.actor, message, str(error), permanent=error.permanent)


def _sent(carriers: Carriers, message: Message, verdict: Verdict, handed: HandedOver) -> str:
    mark_sent(
        actor=carriers.actor,
        message=message,
        place=handed.place,
        at=clock.now(),
        verdict=verdict.contact,
        handed=handed,
    )
    return "sent"


def _waits(actor: Actor, message: Message, text: str) -> str:
    put_back_messages(actor=actor, messages=[message], text=text)
    return "waiting"


def _failed(actor: Actor, message: Message, error: str, *, permanent: bool) -> str:
    status = mark_failed(
        actor=actor, message=message, error=error, permanent=permanent, at=clock.now()
    )
    return str(status)
