"""Pages for everybody: home, display settings, help, accessibility, privacy. No sign-in, no database."""

from __future__ import annotations

from dataclasses import replace

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from common.requests import path_here
from portal.context import PREFS_COOKIE, Display, read_display

YEAR_SECONDS = 365 * 24 * 3600


class PrefsForm(forms.Form):
    """Display settings; the header's button sends ``text`` alone."""

    text = forms.ChoiceField(
        label=_("字的大小"),
        choices=[("standard", _("标准")), ("large", _("长辈版")), ("xlarge", _("特大"))],
        widget=forms.RadioSelect,
        required=False,
    )
    contrast = forms.ChoiceField(
        label=_("颜色"),
        choices=[("normal", _("普通")), ("high", _("高对比：黑底白字"))],
        widget=forms.RadioSelect,
        required=False,
    )
    next = forms.CharField(widget=forms.HiddenInput, required=False)
    option_hints = {"text": {"large": _("字大，选项少"), "xlarge": _("字更大")}}

    def display(self, present: Display) -> Display:
        """The present settings with what was chosen; what was not sent stays."""
        chosen = {
            name: self.cleaned_data[name] for name in ("text", "contrast") if self.cleaned_data.get(name)
        }
        return replace(present, **chosen)


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front door: three doors, five in 长辈版."""
    return render(request, "pages/home.html")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def prefs(request: HttpRequest) -> HttpResponse:
    """Show or store the display settings; then back to the page the visitor came from."""
    present = read_display(request)
    if request.method != "POST":
        initial = {"text": present.text, "contrast": present.contrast}
        return render(
            request, "pages/prefs.html", {"settings_form": PrefsForm(initial=initial, auto_id="prefs_%s")}
        )
    form = PrefsForm(request.POST)
    chosen = form.display(present) if form.is_valid() else present
    response = redirect(path_here(request, request.POST.get("next", ""), "/"))
    response.set_cookie(
        PREFS_COOKIE,
        chosen.cookie,
        max_age=YEAR_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Who helps, and the questions asked most."""
    return render(request, "pages/help.html")


@login_not_required
@require_safe
def a11y(request: HttpRequest) -> HttpResponse:
    """What this site does for people who see, hear, move or read differently, and its limits."""
    return render(request, "pages/a11y.html")


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What the court keeps about people, why, who sees it, how long, and their rights."""
    return render(request, "pages/privacy.html")
