"""Addresses of paying, under /portal/."""

from django.urls import path

from dunwell.portal import pay, pay_done, pay_ways, payment_links, receipts

urlpatterns = [
    path("payment/<str:token>/", payment_links.payment_link, name="payment-link"),
    path("receipts/<slug:number>/", receipts.receipt_show, name="portal-receipt"),
    path("receipts/<slug:number>.pdf", receipts.receipt_paper, name="portal-receipt-pdf"),
    path("pay/", pay.pay_what, name="portal-pay"),
    path("pay/how/", pay.pay_how, name="portal-pay-how"),
    path("pay/start/", pay.pay_start, name="portal-pay-start"),
    path("pay/<int:checkout_id>/", pay_done.pay_done, name="portal-pay-done"),
    path("pay/<int:checkout_id>/cancel/", pay_done.pay_cancel, name="portal-pay-cancel"),
    path("pay/transfer/<int:transfer_id>/", pay_done.transfer_show, name="portal-transfer"),
    path(
        "pay/transfer/<int:transfer_id>/code.<slug:kind>",
        pay_done.transfer_code,
        name="portal-transfer-code",
    ),
    path("ways/", pay_ways.ways_list, name="portal-ways"),
    path("ways/mandate/", pay_ways.mandate_new, name="portal-mandate"),
    path("ways/autopay/", pay_ways.autopay_new, name="portal-autopay"),
    path("ways/autopay/<int:autopay_id>/", pay_ways.autopay_change, name="portal-autopay-change"),
    path("ways/method/<int:method_id>/", pay_ways.method_remove, name="portal-method-remove"),
    path("ways/charge/<int:charge_id>/", pay_ways.charge_drop, name="portal-charge-drop"),
]
