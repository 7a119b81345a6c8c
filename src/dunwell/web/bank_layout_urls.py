"""Addresses of the pages about bank sheets that ask, and the layouts kept."""

from django.urls import path

from dunwell.web import bank_layouts

urlpatterns = [
    path("files/<int:file_id>/answers/", bank_layouts.bank_answers, name="bank-answers"),
    path("layouts/", bank_layouts.bank_layouts, name="bank-layouts"),
    path(
        "layouts/export.<str:kind>", bank_layouts.bank_layouts_export, name="bank-layouts-export"
    ),
    path(
        "layouts/<int:layout_id>/forget/",
        bank_layouts.bank_layout_forget,
        name="bank-layout-forget",
    ),
]
