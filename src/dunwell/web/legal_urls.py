"""Addresses of legal matters, limitation, recoveries and VAT relief."""

from django.urls import path

from dunwell.web import legal, legal_moves, limitation, recoveries, vat_relief

urlpatterns = [
    path("legal/", legal.legal_board_page, name="legal"),
    path("legal/matters/", legal.legal_list, name="legal-matters"),
    path("legal/matters/export.<str:kind>", legal.legal_export, name="legal-export"),
    path("legal/new/<int:customer_id>/", legal_moves.matter_add, name="legal-add"),
    path("legal/<int:matter_id>/", legal.matter_show, name="legal-matter"),
    path("legal/<int:matter_id>/claim.pdf", legal.matter_pdf, name="legal-pdf"),
    path("legal/<int:matter_id>/edit/", legal_moves.matter_edit, name="legal-edit"),
    path("legal/<int:matter_id>/file/", legal_moves.matter_file, name="legal-file"),
    path("legal/<int:matter_id>/admit/", legal_moves.matter_admit, name="legal-admit"),
    path("legal/<int:matter_id>/enforce/", legal_moves.matter_enforce, name="legal-enforce"),
    path("legal/<int:matter_id>/close/", legal_moves.matter_close, name="legal-close"),
    path("legal/<int:matter_id>/cost/", legal_moves.cost_add, name="legal-cost"),
    path("legal/<int:matter_id>/dividend/", legal_moves.dividend_add, name="legal-dividend"),
    path("limitation/", limitation.limitation_list, name="limitation"),
    path("limitation/export.<str:kind>", limitation.limitation_export, name="limitation-export"),
    path("limitation/events/", limitation.event_list, name="limitation-events"),
    path("limitation/new/<int:customer_id>/", limitation.event_add, name="limitation-add"),
    path("limitation/<int:event_id>/end/", limitation.event_end, name="limitation-end"),
    path(
        "limitation/<int:event_id>/take-back/",
        limitation.event_take_back,
        name="limitation-take-back",
    ),
    path("recoveries/", recoveries.recovery_list, name="recoveries"),
    path("recoveries/export.<str:kind>", recoveries.recovery_export, name="recoveries-export"),
    path("recoveries/<int:item_id>/", recoveries.recovery_add, name="recovery-add"),
    path("vat-relief/", vat_relief.vat_list, name="vat-relief"),
    path("vat-relief/export.<str:kind>", vat_relief.vat_export, name="vat-relief-export"),
    path("vat-relief/<int:item_id>/claim/", vat_relief.vat_claim, name="vat-claim"),
    path("vat-relief/<int:item_id>/repay/", vat_relief.vat_repay, name="vat-repay"),
]
