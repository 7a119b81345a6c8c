"""Reading what came in: labels, extracts and suggestions of every message not read yet."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from dunwell import clock
from dunwell.actions.gate import Actor, Refused, system
from dunwell.actions.inbox_decisions import act_at_once
from dunwell.actions.readings import ReadMessage, record_readings
from dunwell.engine.intents import Reading
from dunwell.engine.reply_suggestions import suggest
from dunwell.formats.extracts.finds import Around
from dunwell.formats.extracts.reading import extracts
from dunwell.ml.intents.artifact import load
from dunwell.ml.intents.reader import Reader
from dunwell.ml.intents.shipped import shipped_reader, shipped_version
from dunwell.models import Company, InboundMessage, InboundReading, IntentModel
from dunwell.queries.inbound_texts import UnreadText, unread_texts
from dunwell.queries.intent_models import serving_model
from dunwell.queries.reply_facts import said_of, suggestion_facts

CHUNK = 200
"""Messages read and written in one go."""

AT_ONCE_LABELS = ("cease", "out_of_office")
"""What may have to be done before a person looks."""

log = logging.getLogger(__name__)


def read_new(company_id: int) -> int:
    """Read every message of a person that the serving reader has not read; return how many.

    Written in chunks, each in its own transaction: what was read stays read. What must not wait
    for a person (a wish to be left alone) is done then. Running it twice, or twice at once, adds
    nothing.
    """
    company = Company.objects.get(pk=company_id)
    version, reader = serving_reader(company)
    actor, count, after = system(company), 0, 0
    while found := unread_texts(company, version=version, after=after, limit=CHUNK):
        read = _read(company, reader, found)
        count += record_readings(actor=actor, version=version, read=read, at=clock.now())
        after = found[-1].inbound_id
    _act_at_once(actor, version)
    return count


def serving_reader(company: Company) -> tuple[str, Reader]:
    """Return the version that serves and its reader: a trained one, else the shipped one."""
    model = serving_model(company)
    if model is None:
        return shipped_version(), shipped_reader()
    return model.version, _loaded(model.pk, model.version)


def reading_of(reader: Reader, words: str, text: str, around: Around) -> Reading:
    """Return what a message says, with what can be picked out of its text."""
    return replace(reader.read(words), extracts=extracts(text, around))


@lru_cache(maxsize=8)
def _loaded(model_id: int, version: str) -> Reader:
    """Return a trained reader; `version` is its digest, so what was loaded stays right."""
    del version
    return load(bytes(IntentModel.objects.values_list("artifact", flat=True).get(pk=model_id)))


def _read(company: Company, reader: Reader, found: Sequence[UnreadText]) -> list[ReadMessage]:
    """Return what is read in messages, and what may be done about each on its own."""
    customers = {one.customer_id for one in found if one.customer_id is not None}
    facts = suggestion_facts(company, customers, as_of=clock.today(company.zone))
    said = said_of([one.inbound_id for one in found])
    read = []
    for one in found:
        reading = reading_of(reader, one.words, one.text, one.around)
        told = suggest(reading, facts.get(one.customer_id or 0), said[one.inbound_id])
        read.append(
            ReadMessage(
                inbound_id=one.inbound_id,
                reading=reading,
                suggestions=[suggestion.as_dict() for suggestion in told],
            )
        )
    return read


def _act_at_once(actor: Actor, version: str) -> None:
    """Do what cannot wait, for messages nobody has looked at; a refusal leaves it to a person.

    Looked for in the database, not among what was just read: what a crash left undone is done
    the next time.
    """
    waiting = InboundReading.objects.filter(
        inbound__company=actor.company,
        inbound__status=InboundMessage.Status.NEW,
        inbound__decisions=None,
        version=version,
        is_sure=True,
        label__in=AT_ONCE_LABELS,
    )
    for reading in waiting.select_related("inbound").order_by("pk"):
        try:
            act_at_once(
                actor=actor,
                reading=reading,
                as_of=clock.today(actor.company.zone),
                at=clock.now(),
            )
        except Refused:
            log.warning("what a message asks for at once was refused", extra={"key": reading.pk})
