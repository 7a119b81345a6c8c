"""Addresses of electronic invoices, under /einvoices/."""

from django.urls import path

from dunwell.web import einvoices

urlpatterns = [
    path("", einvoices.einvoice_check, name="einvoice-check"),
    path("received/", einvoices.einvoice_list, name="einvoice-files"),
    path("received/add/", einvoices.einvoices_receive, name="einvoice-files-add"),
    path("received/take/", einvoices.einvoices_take, name="einvoice-files-take"),
    path("received/export.<str:kind>", einvoices.einvoices_export, name="einvoice-files-export"),
]
