"""Forms of initiatives: the goal, the change, how it is measured, who sees to it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dunwell.actions.initiatives import InitiativeTerms
from dunwell.engine.kpi_catalogue import KPIS
from dunwell.models import Company, Experiment, Initiative, PolicyVersion, User
from dunwell.queries.kpi_parts import DIMENSIONS
from dunwell.templatetags.improvement import DIMENSION_LABELS, PLACE_LABELS
from dunwell.web.fields import day_field

MOST_VERSIONS = 200


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the company's people."""

    def label_from_instance(self, obj: User) -> str:
        """Return the name a colleague is known by."""
        return obj.get_full_name() or obj.username


class VersionChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A version of a strategy, a text or another policy."""

    def label_from_instance(self, obj: PolicyVersion) -> str:
        """Return kind, name and number."""
        return f"{PolicyVersion.Kind(obj.kind).label}: {obj.name} v{obj.version}"


class InitiativeForm(forms.Form):
    """Everything an initiative is."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kpi = forms.ChoiceField(
        label=_("Figure that is to get better"), choices=lambda: [(k, KPIS[k].name) for k in KPIS]
    )
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    baseline = forms.CharField(
        label=_("Where it is now"), max_length=20, required=False, help_text=_("In its own unit.")
    )
    target = forms.CharField(label=_("Where it is to be"), max_length=20)
    target_on = day_field(label=_("By when"))
    place = forms.ChoiceField(label=_("Where in the process"), choices=PLACE_LABELS.items)
    change = forms.CharField(
        label=_("What is changed"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    policy_version = VersionChoice(
        PolicyVersion.objects.none(),
        label=_("Policy, strategy or text that carries it"),
        required=False,
    )
    measure = forms.ChoiceField(
        label=_("How it is measured"),
        choices=Initiative.Measure.choices,
        help_text=_("An experiment is the strongest; a course before and after the weakest."),
    )
    experiment = forms.ModelChoiceField(
        Experiment.objects.none(), label=_("Experiment"), required=False
    )
    dimension = forms.ChoiceField(
        label=_("What the parts are"),
        choices=[
            ("", _("Everything is changed")),
            *((one, DIMENSION_LABELS[one]) for one in DIMENSIONS),
        ],
        required=False,
        help_text=_("Where it is measured beside customers left as they were."),
    )
    slices = forms.CharField(
        label=_("Parts that are changed, one a line"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    owner = PersonChoice(User.objects.none(), label=_("Owner"))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        kwargs["initial"] = {"currency": company.currency, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        versions = PolicyVersion.objects.filter(company=company).order_by("-id")
        newest = versions.values_list("pk", flat=True)[:MOST_VERSIONS]
        self._choose("policy_version", versions.filter(pk__in=list(newest)))
        self._choose("experiment", Experiment.objects.filter(company=company).order_by("-id"))
        people = User.objects.filter(memberships__company=company, is_active=True)
        ours = people.exclude(memberships__role__in=("partner", "advisor", "auditor"))
        self._choose("owner", ours.distinct().order_by("username"))

    def _choose(self, name: str, found: Any) -> None:
        self.fields[name].queryset = found  # type: ignore[attr-defined]

    @property
    def terms(self) -> InitiativeTerms:
        """Return what was told, as the actions take it."""
        told = dict(self.cleaned_data)
        told.pop("version")
        told["currency"] = told["currency"].upper()
        told["slices"] = tuple(told["slices"].splitlines())
        return InitiativeTerms(**told)


class StartForm(forms.Form):
    """From which day the change acts."""

    changed_on = day_field(label=_("First day of the change"))


def initial_of(initiative: Initiative) -> dict[str, Any]:
    """Return what the form shows of an initiative."""
    names = (
        "name", "kpi", "currency", "baseline", "target", "target_on", "place", "change",
        "policy_version", "measure", "experiment", "dimension", "owner", "version",
    )  # fmt: skip
    told = {name: getattr(initiative, name) for name in names}
    return {**told, "slices": "\n".join(initiative.slices)}
