"""Addresses of the pages about online payments, under /online-payments/."""

from django.urls import path

from dunwell.web import checkout_refunds, checkouts, payment_providers, provider_payouts

urlpatterns = [
    path("", checkouts.checkout_list, name="checkouts"),
    path("export.<str:kind>", checkouts.checkouts_export, name="checkouts-export"),
    path("<int:checkout_id>/", checkouts.checkout_show, name="checkout"),
    path("<int:checkout_id>/ask/", checkouts.checkout_ask, name="checkout-ask"),
    path("<int:checkout_id>/stop/", checkouts.checkout_cancel, name="checkout-cancel"),
    path(
        "<int:checkout_id>/refund/",
        checkout_refunds.checkout_refund_add,
        name="checkout-refund-add",
    ),
    path(
        "refunds/<int:refund_id>/approve/",
        checkout_refunds.checkout_refund_approve,
        name="checkout-refund-approve",
    ),
    path(
        "refunds/<int:refund_id>/reject/",
        checkout_refunds.checkout_refund_reject,
        name="checkout-refund-reject",
    ),
    path("links/<int:customer_id>/", checkouts.payment_link_add, name="payment-link-add"),
    path("payouts/", provider_payouts.payout_list, name="provider-payouts"),
    path(
        "payouts/export.<str:kind>",
        provider_payouts.payouts_export,
        name="provider-payouts-export",
    ),
    path("payouts/<int:payout_id>/", provider_payouts.payout_show, name="provider-payout"),
    path("chargebacks/", provider_payouts.chargeback_list, name="chargebacks"),
    path(
        "chargebacks/export.<str:kind>",
        provider_payouts.chargebacks_export,
        name="chargebacks-export",
    ),
    path(
        "chargebacks/<int:chargeback_id>/evidence.<str:kind>",
        provider_payouts.chargeback_pack,
        name="chargeback-evidence",
    ),
    path(
        "chargebacks/<int:chargeback_id>/answered/",
        provider_payouts.chargeback_answered,
        name="chargeback-answered",
    ),
    path("events/", provider_payouts.provider_event_list, name="provider-events"),
    path(
        "events/<int:event_id>/retry/",
        provider_payouts.provider_event_retry,
        name="provider-event-retry",
    ),
    path("providers/", payment_providers.payment_provider_list, name="payment-providers"),
    path(
        "providers/<int:provider_id>/change/",
        payment_providers.payment_provider_change,
        name="payment-provider-change",
    ),
    path(
        "providers/<int:provider_id>/test/",
        payment_providers.payment_provider_test,
        name="payment-provider-test",
    ),
    path(
        "providers/<int:provider_id>/pay-out/",
        payment_providers.payment_provider_pay_out,
        name="payment-provider-pay-out",
    ),
    path(
        "providers/<int:provider_id>/end/",
        payment_providers.payment_provider_end,
        name="payment-provider-end",
    ),
]
