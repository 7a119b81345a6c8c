"""A quiz on the contact rules: all questions on one page, then what was right and why."""

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.quizzes import begin_quiz, hand_in_quiz
from dunwell.models import QuizSitting
from dunwell.queries.quizzes import QuizSittingRow, quiz_sitting
from dunwell.templatetags.contact_rules import rule_texts
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, posted, refused
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


class QuizForm(forms.Form):
    """One choice for each question drawn."""

    def __init__(self, *args: object, sitting: QuizSittingRow, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for one in sitting.questions:
            self.fields[f"q{one.number}"] = forms.TypedChoiceField(
                label=one.text,
                coerce=int,
                choices=list(enumerate(one.choices)),
                widget=forms.RadioSelect,
            )

    def choices(self) -> list[int]:
        """Return what was chosen, in the order of the questions."""
        return [int(self.cleaned_data[name]) for name in self.fields]


@needs("training.take")
@require_POST
def quiz_begin(request: StaffRequest) -> HttpResponse:
    """Draw the questions, or go on with those drawn."""
    try:
        sitting = begin_quiz(
            actor=request.actor,
            quiz=request.POST.get("quiz", ""),
            texts=rule_texts(),
            as_of=request.as_of,
            at=clock.now(),
        )
    except Refused as refusal:
        return refused(request, refusal, back=reverse("curricula"))
    return redirect("quiz", sitting.pk)


@needs("training.take")
@require_http_methods(["GET", "POST"])
def quiz_show(request: StaffRequest, sitting_id: int) -> HttpResponse:
    """Show one's own quiz; hand it in."""
    company, user_id = request.actor.company, request.actor.user_id
    row = quiz_sitting(company, sitting_id, user_id=user_id)
    if row is None:
        raise Http404
    form = QuizForm(posted(request), sitting=row)
    if request.method == "POST" and form.is_valid():
        try:
            hand_in_quiz(
                actor=request.actor,
                sitting=get_object_or_404(
                    QuizSitting, pk=sitting_id, company=company, user=user_id
                ),
                choices=form.choices(),
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return redirect("quiz", sitting_id)
    status = REFUSED if form.is_bound and form.errors else 200
    return render(request, "web/quiz.html", {"row": row, "form": form}, status=status)
