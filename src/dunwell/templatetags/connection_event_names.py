"""Names of the events of connections in the audit log, marked for the catalogs."""

from django.utils.translation import gettext_noop as _

EVENTS = (
    _("connection added"),
    _("connection change approved"),
    _("connection change dismissed"),
    _("connection change proposed"),
    _("connection change written"),
    _("connection changed"),
    _("connection ended"),
    _("connection rewound"),
    _("connection sync asked"),
    _("connection sync failed"),
    _("connection synced"),
    _("connection tested"),
)
