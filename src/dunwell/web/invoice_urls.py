"""Addresses of the pages about invoices, under /invoices/."""

from django.urls import path

from dunwell.web import invoice_edit, invoice_schedules, invoice_steps, invoices, invoicing

urlpatterns = [
    path("", invoices.invoice_list, name="invoices"),
    path("export.<str:kind>", invoices.invoices_export, name="invoices-export"),
    path("new/", invoice_edit.invoice_who, name="invoice-who"),
    path("new/<int:customer_id>/", invoice_edit.invoice_new, name="invoice-new"),
    path("import/", invoice_edit.invoice_import, name="invoice-import"),
    path("schedules/", invoice_schedules.schedule_list, name="invoice-schedules"),
    path(
        "schedules/<int:invoice_schedule_id>/end/",
        invoice_schedules.schedule_end,
        name="invoice-schedule-end",
    ),
    path("settings/", invoicing.invoicing_settings, name="invoicing"),
    path("settings/profile/", invoicing.invoicing_profile, name="invoicing-profile"),
    path("settings/series/", invoicing.invoicing_series, name="invoicing-series"),
    path("settings/tax/", invoicing.invoicing_tax, name="invoicing-tax"),
    path("customers/<int:customer_id>/", invoicing.customer_invoicing, name="customer-invoicing"),
    path("orders/<int:order_id>/", invoice_steps.order_invoice, name="order-invoice"),
    path(
        "requests/<int:request_id>/",
        invoice_steps.request_credit_note,
        name="credit-request-note",
    ),
    path("<int:invoice_id>/", invoices.invoice_show, name="invoice"),
    path("<int:invoice_id>/edit/", invoice_edit.invoice_edit, name="invoice-edit"),
    path("<int:invoice_id>/preview.pdf", invoices.invoice_preview, name="invoice-preview"),
    path(
        "<int:invoice_id>/files/<int:invoice_file_id>/", invoices.invoice_file, name="invoice-file"
    ),
    path("<int:invoice_id>/approve/", invoice_steps.invoice_approve, name="invoice-approve"),
    path("<int:invoice_id>/issue/", invoice_steps.invoice_issue, name="invoice-issue"),
    path("<int:invoice_id>/send/", invoice_steps.invoice_send, name="invoice-send"),
    path("<int:invoice_id>/void/", invoice_steps.invoice_void, name="invoice-void"),
    path("<int:invoice_id>/credit/", invoice_steps.invoice_credit, name="invoice-credit"),
    path("<int:invoice_id>/again/", invoice_schedules.schedule_add, name="invoice-schedule-add"),
]
