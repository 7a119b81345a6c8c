"""Addresses of provisions and of what stands beside them, under /provisions/."""

from django.urls import path

from dunwell.web import credit_yields, loss_assessments, provisions, retentions

urlpatterns = [
    path("", provisions.provision_list, name="provisions"),
    path("draw/", provisions.provision_draw, name="provision-draw"),
    path("assessments/", loss_assessments.assessment_list, name="loss-assessments"),
    path("assessments/add/", loss_assessments.assessment_add, name="loss-assessment-add"),
    path(
        "assessments/<int:assessment_id>/decide/",
        loss_assessments.assessment_decide,
        name="loss-assessment-decide",
    ),
    path(
        "assessments/<int:assessment_id>/end/",
        loss_assessments.assessment_end,
        name="loss-assessment-end",
    ),
    path("retentions/", retentions.retention_show_list, name="retentions"),
    path("retentions/export.<str:kind>", retentions.retentions_export, name="retentions-export"),
    path("retentions/item/<int:item_id>/", retentions.retention_add, name="retention-add"),
    path(
        "retentions/<int:retention_id>/release/",
        retentions.retention_release,
        name="retention-release",
    ),
    path("retentions/<int:retention_id>/drop/", retentions.retention_drop, name="retention-drop"),
    path("yield/", credit_yields.credit_yield_show, name="credit-yield"),
    path("yield/export.<str:kind>", credit_yields.credit_yield_export, name="credit-yield-export"),
    path("words/", credit_yields.credit_words_show, name="credit-words"),
    path("<int:provision_id>/", provisions.provision_show, name="provision"),
    path("<int:provision_id>/review/", provisions.provision_review, name="provision-review"),
    path("<int:provision_id>/post/", provisions.provision_post, name="provision-post"),
    path("<int:provision_id>/drop/", provisions.provision_drop, name="provision-drop"),
    path("<int:provision_id>/reverse/", provisions.provision_reverse, name="provision-reverse"),
    path(
        "<int:provision_id>/export.<str:kind>",
        provisions.provision_export,
        name="provision-export",
    ),
    path("<int:provision_id>/items/", provisions.provision_items, name="provision-items"),
    path(
        "<int:provision_id>/items/export.<str:kind>",
        provisions.provision_items_export,
        name="provision-items-export",
    ),
    path(
        "<int:provision_id>/hindsight/", provisions.provision_hindsight, name="provision-hindsight"
    ),
    path("<int:provision_id>/note/", provisions.provision_note_page, name="provision-note"),
    path(
        "<int:provision_id>/note.<str:kind>",
        provisions.provision_note_file,
        name="provision-note-file",
    ),
]
