"""Addresses of the shared inbox, under /inbox/."""

from django.urls import path

from dunwell.web import inbox, inbox_figures

urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("export.<str:kind>", inbox.inbox_export, name="inbox-export"),
    path("aside/", inbox.inbox_aside, name="inbox-aside"),
    path("figures/", inbox_figures.inbox_figures_show, name="inbox-figures"),
    path("figures/rows/", inbox_figures.inbox_figure_rows, name="inbox-figure-rows"),
    path("figures/export.<str:kind>", inbox_figures.figures_export, name="inbox-figures-export"),
    path("<int:inbound_id>/accept/<int:place>/", inbox.inbox_accept, name="inbox-accept"),
    path("<int:inbound_id>/edit/<int:place>/", inbox.inbox_edit, name="inbox-edit"),
    path("<int:inbound_id>/dismiss/", inbox.inbox_dismiss, name="inbox-dismiss"),
    path("<int:inbound_id>/correct/", inbox.inbox_correct, name="inbox-correct"),
    path("<int:inbound_id>/again/", inbox.inbox_again, name="inbox-again"),
    path("<int:inbound_id>/undo/<int:decision_id>/", inbox.inbox_undo, name="inbox-undo"),
    path("<int:inbound_id>/take/", inbox.inbox_take, name="inbox-take"),
    path("<int:inbound_id>/done/", inbox.inbox_done, name="inbox-done"),
]
