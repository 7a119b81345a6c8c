"""Addresses of the pages about deliveries and answers to invoices, under /deliveries/."""

from django.urls import path

from dunwell.web import deliveries, invoice_responses

urlpatterns = [
    path("", deliveries.delivery_list, name="deliveries"),
    path("export.<str:kind>", deliveries.deliveries_export, name="deliveries-export"),
    path("items/<int:item_id>/", deliveries.delivery_ladder_of, name="delivery-ladder-of"),
    path("items/<int:item_id>/note/", deliveries.delivery_note, name="delivery-note"),
    path("customers/<int:customer_id>/", deliveries.deliveries_of, name="deliveries-of"),
    path("answers/", invoice_responses.response_list, name="invoice-responses"),
    path(
        "answers/export.<str:kind>",
        invoice_responses.responses_export,
        name="invoice-responses-export",
    ),
    path("answers/upload/", invoice_responses.responses_upload, name="invoice-responses-upload"),
    path(
        "answers/<int:response_id>/file/",
        invoice_responses.response_file,
        name="invoice-response-file",
    ),
    path("cashed/", invoice_responses.cashed_list, name="invoice-cashed"),
    path(
        "cashed/export.<str:kind>", invoice_responses.cashed_export, name="invoice-cashed-export"
    ),
    path("platforms/", invoice_responses.platform_list, name="invoice-platforms"),
    path("platforms/new/", invoice_responses.platform_add, name="invoice-platform-add"),
    path(
        "platforms/<int:platform_id>/secret/",
        invoice_responses.platform_secret_show,
        name="invoice-platform-secret",
    ),
    path(
        "platforms/<int:platform_id>/switch/",
        invoice_responses.platform_switch,
        name="invoice-platform-switch",
    ),
]
