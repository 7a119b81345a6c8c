"""Addresses of what customers told us in the portal, and of the portal's settings."""

from django.urls import path

from dunwell.web import customer_answers, portal_settings

urlpatterns = [
    path("settings/portal/", portal_settings.portal_settings, name="settings-portal"),
    path("customer-answers/", customer_answers.customer_answers, name="customer-answers"),
    path(
        "customer-answers/export.<str:kind>",
        customer_answers.customer_answers_export,
        name="customer-answers-export",
    ),
    path(
        "customer-answers/lists/<int:supplier_statement_id>/",
        customer_answers.customer_list,
        name="customer-list",
    ),
    path(
        "customer-answers/lists/<int:supplier_statement_id>/<str:kind>/",
        customer_answers.customer_list_file,
        name="customer-list-file",
    ),
    path(
        "customer-answers/papers/<int:customer_document_id>/file/",
        customer_answers.customer_paper_file,
        name="customer-paper-file",
    ),
    path(
        "customer-answers/papers/<int:customer_document_id>/decide/",
        customer_answers.customer_paper_decide,
        name="customer-paper-decide",
    ),
    path(
        "customer-answers/asked/<int:document_request_id>/withdraw/",
        customer_answers.document_ask_withdraw,
        name="document-ask-withdraw",
    ),
    path(
        "customer-answers/changes/<int:detail_change_id>/decide/",
        customer_answers.detail_change_decide,
        name="detail-change-decide",
    ),
    path(
        "customers/<int:customer_id>/papers/ask/",
        customer_answers.document_ask,
        name="document-ask",
    ),
]
