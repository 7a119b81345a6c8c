"""Addresses that programs of others call, under /hooks/."""

from django.urls import path

from dunwell.portal import delivery_hooks, mail_hooks, payment_hooks, response_hooks

urlpatterns = [
    path(
        "payments/<int:provider_id>/<str:token>/",
        payment_hooks.payment_hook,
        name="payment-hook",
    ),
    path(
        "delivery/<int:channel_id>/<str:token>/",
        delivery_hooks.delivery_report,
        name="delivery-report",
    ),
    path("mail/<int:mailbox_id>/<str:token>/", mail_hooks.inbound_mail, name="inbound-mail"),
    path(
        "responses/<int:platform_id>/<str:token>/",
        response_hooks.invoice_response,
        name="invoice-response-hook",
    ),
]
