"""Addresses of the pages about direct debit and its mandates."""

from django.urls import path

from dunwell.web import autopay, debit_returns, debit_steps, debits, mandate_files, mandates

urlpatterns = [
    path("debits/", debits.run_list, name="debits"),
    path("debits/add/", debits.run_prepare, name="debit-run-add"),
    path("debits/returns/", debit_returns.return_list, name="debit-returns"),
    path(
        "debits/returns/export.<str:kind>",
        debit_returns.returns_export,
        name="debit-returns-export",
    ),
    path("debits/answer/", debit_returns.answer_add, name="debit-answer"),
    path("debits/<int:debit_run_id>/", debits.run_show, name="debit-run"),
    path(
        "debits/<int:debit_run_id>/export.<str:kind>", debits.run_export, name="debit-run-export"
    ),
    path("debits/<int:debit_run_id>/approve/", debits.run_approve, name="debit-run-approve"),
    path("debits/<int:debit_run_id>/send/", debits.run_send, name="debit-run-send"),
    path("debits/<int:debit_run_id>/file/", debits.run_file, name="debit-run-file"),
    path("debits/<int:debit_run_id>/letters/", debit_steps.run_letters, name="debit-run-letters"),
    path("debits/<int:debit_run_id>/posted/", debit_steps.run_posted, name="debit-run-posted"),
    path("debits/<int:debit_run_id>/tell/", debit_steps.run_tell, name="debit-run-tell"),
    path(
        "debits/<int:debit_run_id>/collected/",
        debit_steps.run_collected,
        name="debit-run-collected",
    ),
    path("debits/<int:debit_run_id>/cancel/", debit_steps.run_cancel, name="debit-run-cancel"),
    path("debits/one/<int:debit_id>/remove/", debit_steps.debit_remove, name="debit-remove"),
    path("debits/one/<int:debit_id>/last/", debit_steps.debit_last, name="debit-last"),
    path("debits/one/<int:debit_id>/return/", debit_returns.debit_return, name="debit-return"),
    path("customers/<int:customer_id>/mandate/", mandates.mandate_add, name="mandate-add"),
    path("autopay/", autopay.autopay_list, name="autopay"),
    path("autopay/export.<str:kind>", autopay.autopay_export, name="autopay-export"),
    path("autopay/<int:autopay_id>/", autopay.autopay_change, name="autopay-change"),
    path(
        "autopay/charge/<int:charge_id>/drop/",
        autopay.autopay_charge_drop,
        name="autopay-charge-drop",
    ),
    path(
        "autopay/method/<int:method_id>/remove/",
        autopay.saved_method_remove,
        name="saved-method-remove",
    ),
    path("mandates/", mandates.mandate_list, name="mandates"),
    path("mandates/export.<str:kind>", mandates.mandates_export, name="mandates-export"),
    path("mandates/upload/", mandate_files.mandate_upload, name="mandate-upload"),
    path("mandates/template.<str:kind>", mandate_files.mandate_template, name="mandate-template"),
    path("mandates/file/<str:token>/", mandate_files.mandate_file, name="mandate-file"),
    path("mandates/<int:mandate_id>/sign/", mandates.mandate_sign, name="mandate-sign"),
    path("mandates/<int:mandate_id>/suspend/", mandates.mandate_suspend, name="mandate-suspend"),
    path("mandates/<int:mandate_id>/resume/", mandates.mandate_resume, name="mandate-resume"),
    path("mandates/<int:mandate_id>/end/", mandates.mandate_end, name="mandate-end"),
]
