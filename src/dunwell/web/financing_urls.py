"""Addresses of financing, under /financing/."""

from django.urls import path

from dunwell.web import financing, financing_draws

urlpatterns = [
    path("", financing.facility_list, name="financing"),
    path("compare/", financing.financing_compare, name="financing-compare"),
    path("add/", financing.facility_add, name="facility-add"),
    path("<int:facility_id>/", financing.facility_show, name="facility"),
    path("<int:facility_id>/terms/", financing.terms_add, name="facility-terms"),
    path("<int:facility_id>/open/", financing.facility_open, name="facility-open"),
    path("<int:facility_id>/close/", financing.facility_close, name="facility-close"),
    path("<int:facility_id>/items/", financing.facility_items, name="facility-items"),
    path(
        "<int:facility_id>/items/export.<str:kind>",
        financing.facility_items_export,
        name="facility-items-export",
    ),
    path("<int:facility_id>/draw/", financing_draws.draw_propose, name="draw-propose"),
    path("draws/<int:draw_id>/", financing_draws.draw_show, name="draw"),
    path(
        "draws/<int:draw_id>/export.<str:kind>",
        financing_draws.draw_export,
        name="draw-export",
    ),
    path("draws/<int:draw_id>/sanction/", financing_draws.draw_sanction, name="draw-sanction"),
    path("draws/<int:draw_id>/disburse/", financing_draws.draw_disburse, name="draw-disburse"),
    path("draws/<int:draw_id>/settle/", financing_draws.draw_settle, name="draw-settle"),
    path("draws/<int:draw_id>/cancel/", financing_draws.draw_cancel, name="draw-cancel"),
    path(
        "draws/<int:draw_id>/items/<int:draw_item_id>/return/",
        financing_draws.draw_return,
        name="draw-return",
    ),
]
