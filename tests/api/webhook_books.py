"""A webhook with a delivery that was given up."""

from dunwell.actions.gate import system
from dunwell.actions.webhook_deliveries import claim_deliveries, mark_untold, plan_deliveries
from dunwell.actions.webhooks import add_webhook


def keep_webhooks(company, *, at):
    """Add a webhook that was told in vain; return keys."""
    actor = system(company)
    endpoint = add_webhook(
        actor=actor, name="ERP", address="https://erp.example/hook", verbs=["webhook.*"], at=at
    )
    plan_deliveries(actor=actor, endpoint=endpoint, at=at)
    (delivery,) = claim_deliveries(actor=actor, endpoint=endpoint, limit=1, at=at)
    mark_untold(actor=actor, delivery=delivery, error="no answer", permanent=True, at=at)
    told = f"evt_{company.pk}_{delivery.event.seq}"
    return {"webhook_id": endpoint.pk, "delivery_id": delivery.pk, "webhook_event": told}
