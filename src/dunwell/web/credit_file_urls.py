"""Addresses of credit files, financial statements and bureaus."""

from django.urls import path

from dunwell.web import bureaus, credit_file, credit_file_forms, financial_statements

urlpatterns = [
    path(
        "customers/<int:customer_id>/credit-file/",
        credit_file.credit_file_show,
        name="credit-file",
    ),
    path(
        "customers/<int:customer_id>/credit-file/export.<str:kind>",
        credit_file.credit_file_export,
        name="credit-file-export",
    ),
    path(
        "customers/<int:customer_id>/credit-file/point/",
        credit_file_forms.point_add,
        name="credit-point-add",
    ),
    path(
        "customers/<int:customer_id>/credit-file/ask/",
        credit_file_forms.bureau_ask,
        name="credit-file-ask",
    ),
    path(
        "customers/<int:customer_id>/credit-file/consent/",
        credit_file_forms.consent_add,
        name="credit-consent-add",
    ),
    path(
        "customers/<int:customer_id>/credit-file/report/",
        credit_file_forms.report_add,
        name="credit-report-add",
    ),
    path(
        "customers/<int:customer_id>/credit-file/statement/",
        financial_statements.statement_add,
        name="financial-statement-add",
    ),
    path(
        "customers/<int:customer_id>/credit-file/statement-file/",
        financial_statements.statement_upload,
        name="financial-statement-upload",
    ),
    path(
        "financial-statements/<int:financial_statement_id>/",
        financial_statements.statement_show,
        name="financial-statement",
    ),
    path(
        "bureau-consents/<int:bureau_consent_id>/withdraw/",
        credit_file_forms.consent_withdraw,
        name="credit-consent-withdraw",
    ),
    path("bureaus/", bureaus.bureau_list, name="bureaus"),
    path("bureaus/new/", bureaus.bureau_add, name="bureau-add"),
    path("bureaus/<int:bureau_id>/edit/", bureaus.bureau_change, name="bureau-change"),
    path("bureaus/<int:bureau_id>/reports/", bureaus.bureau_feed, name="bureau-feed"),
    path("bureaus/questions/", bureaus.pull_list, name="bureau-pulls"),
    path("bureaus/questions/export.<str:kind>", bureaus.pulls_export, name="bureau-pulls-export"),
]
