"""Addresses of the pages about webhooks."""

from django.urls import path

from dunwell.web import webhooks

urlpatterns = [
    path("", webhooks.webhook_list, name="webhooks"),
    path("<int:endpoint_id>/", webhooks.webhook_show, name="webhook"),
    path("<int:endpoint_id>/export.<str:kind>", webhooks.deliveries_export, name="webhook-export"),
    path("<int:endpoint_id>/change/", webhooks.webhook_change, name="webhook-change"),
    path("<int:endpoint_id>/replay/", webhooks.webhook_replay, name="webhook-replay"),
    path("<int:endpoint_id>/secret/", webhooks.webhook_secret, name="webhook-secret"),
    path(
        "<int:endpoint_id>/secret/drop/", webhooks.webhook_secret_drop, name="webhook-secret-drop"
    ),
    path("<int:endpoint_id>/test/", webhooks.webhook_test, name="webhook-test"),
    path("<int:endpoint_id>/end/", webhooks.webhook_end, name="webhook-end"),
    path("deliveries/<int:delivery_id>/retry/", webhooks.delivery_retry, name="delivery-retry"),
]
