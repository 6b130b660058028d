"""Shapes of the forms about members of staff."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import ROLE_WORDS
from common.forms import ChoiceField, DayField, LineField, NameField, PlainForm
from common.search import SearchForm
from courts.models import StaffPost
from courts.people_selectors import deputies_in, divisions_of
from courts.people_services import GIVEN_HERE


def post_words(post: StaffPost) -> str:
    """A post in words: division or court, and the role."""
    return f"{post.division or post.court} {role_words(post.role)}"


def role_words(role: str) -> str:
    """A role in words."""
    return str({key.value: words for key, words in ROLE_WORDS.items()}.get(role, role))


class PeopleSearchForm(SearchForm):
    """The filter of the list."""

    q = LineField(label=gettext_lazy("姓名、工号或用户名"), max_length=60, required=False)


class InviteForm(PlainForm):
    """A new colleague."""

    name = NameField(label=gettext_lazy("姓名"))
    staff_no = LineField(label=gettext_lazy("工号"), max_length=20)
    username = LineField(
        label=gettext_lazy("用户名"), max_length=40, help_text=gettext_lazy("登录用，小写字母、数字和连字符")
    )
    company = LineField(
        label=gettext_lazy("所属公司（选填）"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("公司派来的人才填。这样的账号写明本人姓名，30天后自动停用"),
    )

    def clean_username(self) -> str:
        """Plain letters: it is typed on every keyboard."""
        name: str = self.cleaned_data["username"]
        if not (name.isascii() and name.replace("-", "").isalnum() and name == name.lower()):
            raise forms.ValidationError(_("用户名只能有小写字母、数字和连字符"))
        return name


class PostForm(PlainForm):
    """A post that is proposed."""

    role = ChoiceField(label=gettext_lazy("岗位"), ask=gettext_lazy("请选岗位"))
    division = ChoiceField(label=gettext_lazy("庭室（选填）"), required=False)
    from_on = DayField(
        label=gettext_lazy("从哪天起（选填）"),
        required=False,
        past_allowed=False,
        help_text=gettext_lazy("不填，同意的时候就开始"),
    )
    until_on = DayField(
        label=gettext_lazy("最后一天（选填）"),
        required=False,
        past_allowed=False,
        help_text=gettext_lazy("不填，一直到有人提出结束"),
    )
    deputy = ChoiceField(label=gettext_lazy("平时谁代班（选填）"), required=False)
    reason = LineField(
        label=gettext_lazy("理由"), max_length=200, help_text=gettext_lazy("例如哪一份任命文件")
    )

    def __init__(self, court_id: int, user: User, data: Any = None) -> None:
        super().__init__(data)
        none = [("", _("不选"))]
        self.divisions = {str(one.pk): one for one in divisions_of(court_id)}
        self.deputies = {str(one.public_id): one for one in deputies_in(court_id, user)}
        own: Any = self.fields
        own["role"].choices = [("", _("请选择")), *((role.value, role_words(role)) for role in GIVEN_HERE)]
        own["division"].choices = [*none, *((key, one.name) for key, one in self.divisions.items())]
        own["deputy"].choices = [
            *none,
            *((key, f"{one.user.name} {post_words(one)}") for key, one in self.deputies.items()),
        ]


class ChangeForm(PlainForm):
    """What else can be done about somebody, with a reason. ``choices`` are those that make sense now."""

    what = ChoiceField(label=gettext_lazy("办什么"), ask=gettext_lazy("请选办什么"), widget=forms.RadioSelect)
    reason = LineField(label=gettext_lazy("理由"), max_length=200)

    def __init__(self, choices: list[tuple[str, str]], data: Any = None) -> None:
        super().__init__(data, prefix="change")
        own: Any = self.fields["what"]
        own.choices = choices
