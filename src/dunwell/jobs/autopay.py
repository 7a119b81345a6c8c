"""Having providers forget the ways to pay that were removed; outside any transaction."""

import logging

from dunwell import clock
from dunwell.actions.gate import system
from dunwell.actions.saved_methods import note_forgotten
from dunwell.engine.checkout_facts import PaymentGatewayError
from dunwell.jobs.payment_gateways import gateway_of
from dunwell.models import Company
from dunwell.queries.autopay import methods_to_forget

log = logging.getLogger(__name__)


def forget_methods(company: Company) -> int:
    """Tell providers to forget what was removed; return how many did. Run again it goes on."""
    forgotten = 0
    for method in methods_to_forget(company):
        try:
            gateway_of(method.provider).forget_method(method.token)
        except PaymentGatewayError:
            log.warning("way to pay is not forgotten yet", extra={"saved_method": method.pk})
            continue
        note_forgotten(actor=system(company), method=method, at=clock.now())
        forgotten += 1
    return forgotten
