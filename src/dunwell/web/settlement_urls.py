"""Addresses of the pages about settlements, under /settlements/."""

from django.urls import path

from dunwell.web import settlement_new, settlements

urlpatterns = [
    path("", settlements.settlement_list, name="settlements"),
    path("export.<str:kind>", settlements.settlements_export, name="settlements-export"),
    path("new/<int:customer_id>/", settlement_new.settlement_add, name="settlement-add"),
    path(
        "new/<int:customer_id>/worth/",
        settlement_new.settlement_compare,
        name="settlement-compare",
    ),
    path("<int:settlement_id>/", settlements.settlement_show, name="settlement"),
    path("<int:settlement_id>/accept/", settlements.settlement_accept, name="settlement-accept"),
    path(
        "<int:settlement_id>/decline/", settlements.settlement_decline, name="settlement-decline"
    ),
    path("<int:settlement_id>/cancel/", settlements.settlement_cancel, name="settlement-cancel"),
]
