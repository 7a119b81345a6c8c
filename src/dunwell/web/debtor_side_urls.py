"""Addresses of the pages about the debtor's side: invoices, deliveries, money, the portal."""

from django.urls import include, path

urlpatterns = [
    path("invoices/", include("dunwell.web.invoice_urls")),
    path("einvoices/", include("dunwell.web.einvoice_urls")),
    path("online-payments/", include("dunwell.web.checkout_urls")),
    path("", include("dunwell.web.portal_access_urls")),
    path("", include("dunwell.web.customer_answer_urls")),
    path("early-payment/", include("dunwell.web.early_payment_urls")),
    path("deliveries/", include("dunwell.web.delivery_urls")),
]
