"""Addresses of the pages about statements of account."""

from django.urls import path

from dunwell.web import statement_mails, statement_runs, statements

STATEMENTS = [
    path(
        "customers/<int:customer_id>/statement/",
        statements.customer_statement,
        name="customer-statement",
    ),
    path(
        "customers/<int:customer_id>/statement/preview.<str:kind>",
        statements.customer_statement_file,
        name="customer-statement-file",
    ),
    path("statements/", statements.statement_list, name="statements"),
    path("statements/run/", statement_runs.statements_run, name="statements-run"),
    path("statements/runs/<str:run_id>/", statement_runs.statement_run, name="statement-run"),
    path(
        "statements/runs/<str:run_id>/progress/",
        statement_runs.statement_run_progress,
        name="statement-run-progress",
    ),
    path(
        "statements/runs/<str:run_id>/statements.zip",
        statement_runs.statement_run_zip,
        name="statement-run-zip",
    ),
    path("statements/export.<str:kind>", statements.statements_export, name="statements-export"),
    path("statements/<int:account_statement_id>/", statements.statement_show, name="statement"),
    path(
        "statements/<int:account_statement_id>/mail/",
        statement_mails.statement_mail,
        name="statement-mail",
    ),
    path(
        "statements/runs/<str:run_id>/mail/",
        statement_mails.statement_run_mail,
        name="statement-run-mail",
    ),
    path(
        "statements/<int:account_statement_id>/file.<str:kind>",
        statements.statement_file,
        name="statement-file",
    ),
]
"""Statements of one customer and of many, issued ones and runs; part of `web.urls`."""
