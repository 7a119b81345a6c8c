"""Addresses of what a debtor sees (items, statement, documents, orders), under /portal/."""

from django.urls import path

from dunwell.portal import (
    account_calendar,
    account_contacts,
    account_credit,
    account_documents,
    account_home,
    account_items,
    account_receipts,
    account_reconciliation,
    account_statement,
    tours,
)

urlpatterns = [
    path("", account_home.account_home, name="portal-home"),
    path("tour/", tours.portal_tour, name="portal-tour"),
    path("items/", account_items.item_list, name="portal-items"),
    path("items/items.<slug:kind>", account_items.items_file, name="portal-items-file"),
    path("items/<int:item_id>/", account_items.item_page, name="portal-item"),
    path(
        "items/<int:item_id>/files/<int:document_id>/",
        account_items.item_file,
        name="portal-item-file",
    ),
    path(
        "items/<int:item_id>/invoice.<slug:kind>",
        account_items.invoice_file,
        name="portal-invoice-file",
    ),
    path("statement/", account_statement.statement_page, name="portal-statement"),
    path(
        "statement/statement.<slug:kind>",
        account_statement.statement_file,
        name="portal-statement-file",
    ),
    path(
        "statement/compare/",
        account_reconciliation.reconciliation_list,
        name="portal-reconciliations",
    ),
    path(
        "statement/compare/<int:supplier_statement_id>/",
        account_reconciliation.reconciliation,
        name="portal-reconciliation",
    ),
    path(
        "statement/compare/<int:supplier_statement_id>/<slug:kind>/",
        account_reconciliation.reconciliation_file,
        name="portal-reconciliation-file",
    ),
    path("documents/", account_documents.document_list, name="portal-documents"),
    path(
        "documents/<int:document_id>/",
        account_documents.paper_file,
        name="portal-paper-file",
    ),
    path(
        "documents/statements/<int:account_statement_id>/<slug:kind>/",
        account_documents.issued_statement_file,
        name="portal-issued-statement",
    ),
    path(
        "documents/messages/<int:message_id>/",
        account_documents.letter_file,
        name="portal-letter",
    ),
    path("receipts/", account_receipts.receipt_list, name="portal-receipts"),
    path(
        "receipts/payments.<slug:kind>",
        account_receipts.receipts_file,
        name="portal-receipts-file",
    ),
    path("receipts/<int:payment_id>/", account_receipts.receipt_page, name="portal-received"),
    path("credit/", account_credit.credit_page, name="portal-credit"),
    path("calendar/", account_calendar.calendar_page, name="portal-calendar"),
    path("calendar/stop/", account_calendar.calendar_stop, name="portal-calendar-stop"),
    path("calendar/due-days.ics", account_calendar.calendar_file, name="portal-calendar-file"),
    path(
        "calendar/<str:token>/feed.ics",
        account_calendar.calendar_feed,
        name="portal-calendar-feed",
    ),
    path("contacts/", account_contacts.contacts_page, name="portal-contacts"),
    path("contacts/all/", account_contacts.contacts_others, name="portal-contacts-others"),
    path("contacts/add/", account_contacts.contact_add, name="portal-contact-add"),
    path("contacts/details/", account_contacts.details_ask, name="portal-details"),
    path("contacts/<int:contact_id>/", account_contacts.contact_save, name="portal-contact-save"),
    path(
        "contacts/<int:contact_id>/channels/",
        account_contacts.channel_set,
        name="portal-contact-channel",
    ),
]
