"""What the kit says of its settings, marked for the catalogs: `formats` knows no languages.

Names of products are the same in every language and stay out.
"""

from django.utils.translation import gettext_noop as _

WORDS = (
    _("A saved one by which ledgers are read."),
    _("Address"),
    _("Allocations"),
    _("API key"),
    _("API key or password"),
    _("API secret"),
    _("Category of customers"),
    _("Company there"),
    _("Currency"),
    _("Customers"),
    _("Database"),
    _("Documents"),
    _("Encryption"),
    _("Ending of the done-marker"),
    _("File"),
    _("Files that were taken"),
    _("Fingerprint of the host key"),
    _("First value of :since"),
    _("Folder"),
    _("Host and port"),
    _("Import profile"),
    _("Leave it empty: Stripe's own is taken."),
    _("Names of files"),
    _("Of a user of its own there."),
    _("Of bank accounts whose files tell none."),
    _("One that may only read."),
    _("Open items"),
    _("Password"),
    _("Password or private key"),
    _("Payments"),
    _("Restricted key"),
    _("Root certificate"),
    _("SFTP folder"),
    _("Stripe invoices"),
    _("Such as *.csv *.xml; empty: all."),
    _("User"),
    _("What the files are"),
    _("A party category; empty: all parties but companies and employees."),
    _("Any ledger kept in an SQLite file, by SELECT statements of yours."),
    _("Any ledger kept in PostgreSQL, by SELECT statements of yours."),
    _("Customers, invoices and payments of a Stripe account."),
    _("Customers, invoices, credit notes, payments and what settles what, by Odoo itself."),
    _("Customers, sales invoices, payment entries and journals, by ERPNext itself."),
    _("Empty: 1900-01-01 00:00:00. Say 0 where rows are told apart by a rising number."),
    _("folders: the sub-folders ledger, invoices and bank say it."),
    _("It begins with https://; a host inside the house is listed by your operator."),
    _("Its name in ERPNext, where there are several."),
    _("Its name in Odoo, where there are several."),
    _("Its name in Tryton, where the user has several."),
    _("Its path there; empty: where the user begins."),
    _("Its whole path, in a folder that your operator lists."),
    _("Ledger exports, e-invoices and bank files that are laid into a folder."),
    _("move: to done or refused there; leave: they stay, and nothing is written."),
    _("One SELECT of all that is open now, for the tie-out; without it there is none."),
    _("One SELECT whose columns are named as the guide says; :since is the last sync."),
    _("Parties, receivable lines and their reconciliations, by Tryton itself."),
    _("PEM text of the authority that signed; empty: those this machine trusts."),
    _("SHA256:… as whoever runs the host tells it; several with spaces between."),
    _(
        "Such as .done: a file is taken once a file of its name with this ending lies there. "
        "Empty: once two looks found it unchanged."
    ),
    _("Such as db.example:5432; your operator lists it."),
    _("Such as sftp.example:22; a host inside the house is listed by your operator."),
    _("Up to Odoo 18. From 19 on leave it empty: the key alone signs in."),
    _(
        "verify-full: the certificate is checked, with its host name; require: encrypted and "
        "not checked; auto: verify-full, but on this machine none."
    ),
)
