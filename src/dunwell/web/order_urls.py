"""Addresses of the pages about orders and what holds them."""

from django.urls import path

from dunwell.web import credit_hold_moves, credit_holds, orders

urlpatterns = [
    path("orders/", orders.order_list, name="orders"),
    path("orders/export.<str:kind>", orders.orders_export, name="orders-export"),
    path("orders/check/", orders.orders_check, name="orders-check"),
    path("orders/template.csv", orders.orders_template, name="orders-template"),
    path("orders/of/<int:customer_id>/", orders.customer_orders, name="customer-orders"),
    path("orders/<int:order_id>/", orders.order_show, name="order"),
    path("credit-holds/", credit_holds.hold_list, name="credit-holds"),
    path("credit-holds/export.<str:kind>", credit_holds.holds_export, name="credit-holds-export"),
    path("credit-holds/release/", credit_holds.holds_release, name="credit-holds-release"),
    path(
        "credit-holds/new/<int:customer_id>/",
        credit_hold_moves.hold_place,
        name="credit-hold-place",
    ),
    path("credit-holds/<int:hold_id>/", credit_holds.hold_show, name="credit-hold"),
    path(
        "credit-holds/<int:hold_id>/review/",
        credit_hold_moves.hold_review,
        name="credit-hold-review",
    ),
    path(
        "credit-holds/<int:hold_id>/evaluate/",
        credit_hold_moves.hold_evaluate,
        name="credit-hold-evaluate",
    ),
    path(
        "credit-holds/<int:hold_id>/release/",
        credit_hold_moves.hold_release,
        name="credit-hold-release",
    ),
    path(
        "credit-holds/<int:hold_id>/reject/",
        credit_hold_moves.hold_reject,
        name="credit-hold-reject",
    ),
]
