"""Addresses of the pages about early payment, under /early-payment/."""

from django.urls import path

from dunwell.web import early_payments

urlpatterns = [
    path("", early_payments.early_payment_list, name="early-payment"),
    path("export.<str:kind>", early_payments.early_payment_export, name="early-payment-export"),
    path("item/<int:item_id>/", early_payments.early_payment_offer, name="early-payment-offer"),
    path(
        "<int:offer_id>/withdraw/",
        early_payments.early_payment_withdraw,
        name="early-payment-withdraw",
    ),
]
