"""Addresses that programs of others call, under /hooks/."""

from django.urls import path

from dunwell.portal import delivery_hooks, mail_hooks

urlpatterns = [
    path(
        "delivery/<int:channel_id>/<str:token>/",
        delivery_hooks.delivery_report,
        name="delivery-report",
    ),
    path("mail/<int:mailbox_id>/<str:token>/", mail_hooks.inbound_mail, name="inbound-mail"),
]
