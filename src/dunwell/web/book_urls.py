"""Addresses of the pages about closing, journals and exchange differences, under /books/."""

from django.urls import path

from dunwell.web import books

urlpatterns = [
    path("", books.books, name="books"),
    path("close/", books.period_lock, name="period-lock"),
    path("open/", books.unlock_ask, name="unlock-ask"),
    path("open/<int:lock_id>/grant/", books.unlock_grant, name="unlock-grant"),
    path("open/<int:lock_id>/refuse/", books.unlock_refuse, name="unlock-refuse"),
    path("journals/", books.journal_list, name="journals"),
    path("journals/make/", books.journal_make, name="journal-make"),
    path("journals/<int:journal_id>/", books.journal_show, name="journal"),
    path(
        "journals/<int:journal_id>/export.<str:kind>",
        books.journal_export,
        name="journal-export",
    ),
    path(
        "journals/<int:journal_id>/taken-over/",
        books.journal_acknowledge,
        name="journal-acknowledge",
    ),
    path("exchange/", books.fx_list, name="fx"),
    path("exchange/<int:year>/<int:month>/", books.fx_month, name="fx-month"),
    path(
        "exchange/<int:year>/<int:month>/export.<str:kind>",
        books.fx_export,
        name="fx-export",
    ),
]
