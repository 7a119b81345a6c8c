"""Addresses of the pages about mailboxes, and of files that came in by them."""

from django.urls import path

from dunwell.web import inbound_files, mailboxes

urlpatterns = [
    path("", mailboxes.mailbox_list, name="mailboxes"),
    path("export.<str:kind>", mailboxes.mailboxes_export, name="mailboxes-export"),
    path("new/", mailboxes.mailbox_add, name="mailbox-add"),
    path("fetch/", mailboxes.mailboxes_fetch, name="mailboxes-fetch"),
    path("progress/", mailboxes.mailboxes_progress, name="mailboxes-progress"),
    path("upload/", mailboxes.mails_upload, name="mails-upload"),
    path("files/<int:attachment_id>/", inbound_files.inbound_file, name="inbound-file"),
    path("mails/<int:inbound_id>/", inbound_files.inbound_mail_file, name="inbound-mail-file"),
    path("<int:mailbox_id>/change/", mailboxes.mailbox_change, name="mailbox-change"),
    path("<int:mailbox_id>/secret/", mailboxes.mailbox_secret_show, name="mailbox-secret"),
    path("<int:mailbox_id>/test/", mailboxes.mailbox_test, name="mailbox-test"),
]
