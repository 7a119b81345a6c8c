"""The assistant as customers ask it: one text after another, from reading it to the kept turn."""

from collections.abc import Callable
from datetime import UTC
from time import perf_counter, process_time

from django.db import transaction

from bench.cost import Meter
from bench.desk import the_company
from bench.measures import Result
from bench.pages import REQUESTS, latencies, sample_customers
from bench.workload import Workload
from dunwell import clock
from dunwell.actions.assistant_talks import begin_talk, save_assistant_setting
from dunwell.actions.gate import debtor, system
from dunwell.jobs.assistant import answer
from dunwell.ml.assistant.reader import assistant_reader
from dunwell.models import Customer, PortalPerson, PortalSeat

TEXTS = (
    ("en", "How much do I owe?"),
    ("de", "Welche Rechnungen sind noch offen?"),
    ("fr", "Quelles sont vos coordonnées bancaires ?"),
    ("es", "¿Cuándo vencen mis facturas?"),
)
"""What is asked of each customer, one talk each."""


def _answers(load: Workload) -> Result:
    """Ask about many customers; the cost is that of one answer. Nothing of it is kept."""
    company, at = the_company(), clock.now().astimezone(UTC)
    as_of = clock.today(company.zone)
    assistant_reader()  # learns once in a process, when the server begins
    times: list[float] = []
    busy: list[float] = []
    empty = 0
    with transaction.atomic():
        save_assistant_setting(actor=system(company), version=0, is_on=True, at=at)
        person = PortalPerson.objects.create(
            email="jane@buyer.example", name="Jane", session_nonce="bench", recorded_at=at
        )
        keys = dict.fromkeys(sample_customers()[: REQUESTS // len(TEXTS)])
        customers = Customer.objects.select_related("company").in_bulk(list(keys))
        seats = [
            PortalSeat.objects.create(
                company=company, customer=customers[key], person=person, role="payer",
                invited_by="bench", recorded_at=at,
            )
            for key in keys
        ]  # fmt: skip
        with Meter() as meter:
            for seat in seats:
                talk = begin_talk(actor=debtor(seat), seat=seat, language="en", as_of=as_of, at=at)
                for place, (_language, text) in enumerate(TEXTS):
                    begin, begin_cpu = perf_counter(), process_time()
                    told = answer(talk, text, key=f"bench-{place}", at=at)
                    times.append((perf_counter() - begin) * 1000)
                    busy.append((process_time() - begin_cpu) * 1000)
                    empty += not told.text
                    if told.hand_over:
                        break
        transaction.set_rollback(True)
    result = Result(latencies(meter.cost(), times, busy))
    result.expect("empty_answers", empty, 0)
    result.counts |= {"requests": len(times), "items": load.size}
    return result


ASSISTANT: dict[str, Callable[[Workload], Result]] = {"assistant": _answers}
"""The measure by its name."""
