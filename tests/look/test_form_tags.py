"""Django forms through the components: names, notes and errors tied to their boxes, nothing lost, nothing unescaped."""

import re
from datetime import date
from typing import Any

import pytest
from django import forms
from django.forms import formset_factory
from django.template import Context, Template

from common.forms import MoneyField, PhoneField, TextField
from portal.pages.styleguide import SampleForm


def show(source: str, **context: Any) -> str:
    return Template("{% load portal %}" + source).render(Context(context))


def box(html: str, name: str) -> str:
    """The start tag of the control with this name."""
    found = re.search(rf'<(?:input|select|textarea)\b[^>]*\bname="{name}"[^>]*>', html)
    assert found, html
    return found[0]


class Words(forms.Form):
    name = forms.CharField(label="姓名", help_text="跟身份证上一样", max_length=100)
    note = TextField(label="说明", max_length=200, required=False)
    phone = PhoneField(label="手机号")
    amount = MoneyField(label="金额")
    day = forms.DateField(label="哪天")
    way = forms.ChoiceField(label="方式", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="同意")
    key = forms.CharField(widget=forms.HiddenInput)


def test_a_field_has_label_hint_and_no_browser_check() -> None:
    html = show("{% form_field form 'name' %}", form=Words())
    assert '<label class="label" for="id_name">' in html
    assert 'id="id_name-hint"' in html and 'aria-describedby="id_name-hint"' in box(html, "name")
    assert "required" not in html and "maxlength" not in html and "（选填）" not in html


def test_optional_fields_say_so_and_long_texts_count() -> None:
    html = show("{% form_field form 'note' who='谁能看到：法官' %}", form=Words())
    assert "（选填）" in html and 'data-counter="200"' in html and "最多 200 个字" in html
    assert 'aria-describedby="id_note-count id_note-who"' in box(html, "note")


def test_typing_help() -> None:
    html = show("{% form_fields form %}", form=Words())
    assert 'inputmode="tel"' in box(html, "phone") and 'autocomplete="tel"' in box(html, "phone")
    assert 'inputmode="decimal"' in box(html, "amount") and ">元<" in html
    assert box(html, "key").startswith('<input type="hidden"')


def test_errors_stand_beside_the_field_and_in_the_summary_with_the_same_words() -> None:
    form = Words({"name": "", "phone": "123", "way": "", "key": "k"})
    html = show("{% error_summary form %}{% form_fields form %}", form=form)
    summary = html[: html.index("</ul>")]
    for name, target in (
        ("name", "#id_name"),
        ("phone", "#id_phone"),
        ("way", "#id_way_0"),
        ("agree", "#id_agree"),
    ):
        sentence = str(form.errors[name][0])
        assert f'<a href="{target}">{sentence}</a>' in re.sub(r">\s+|\s+<", lambda m: m[0].strip(), summary)
        assert html.count(sentence) >= 2
    assert 'aria-invalid="true"' in box(html, "name")
    assert "id_name-hint id_name-err" in box(html, "name")
    assert "有 6 处需要改" in summary and 'role="alert"' in summary


def test_no_summary_without_errors() -> None:
    assert show("{% error_summary form %}", form=Words()) == ""
    assert show("{% error_summary form %}") == ""
    assert show("{{ form|has_errors }} {{ missing|has_errors }}", form=Words({})) == "True False"


def test_one_summary_for_entries_and_files() -> None:
    files = [{"href": "#files", "text": "照片打不开，请重新拍一张"}]
    html = show("{% error_summary form files %}", form=Words({}), files=files)
    assert html.count('id="errsum-title"') == 1 and f"有 {html.count('<li>')} 处需要改" in html
    assert html.index("#id_phone") < html.index('href="#files">照片打不开')


def test_whole_form_errors_and_formsets() -> None:
    people = formset_factory(Words, max_num=1, validate_max=True)
    data = {
        "form-TOTAL_FORMS": "2",
        "form-INITIAL_FORMS": "0",
        "form-0-name": "甲",
        "form-1-name": "",
        "form-1-phone": "1",
    }
    html = show("{% error_summary people %}", people=people(data))
    assert "#id_form-1-name" in html and "#id_form-0-name" not in html


def test_typed_text_is_kept_and_escaped() -> None:
    attack = '"><script>alert(1)</script>'
    form = Words({"name": attack, "day": attack, "amount": attack, "phone": attack, "note": attack})
    html = show("{% error_summary form %}{% form_fields form %}", form=form)
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") >= 5


@pytest.mark.parametrize(
    ("typed", "kind", "shown"),
    [
        ("2025-03-14", "date", "2025-03-14"),
        ("去年三月", "text", "去年三月"),
        ("2025/3/14", "text", "2025/3/14"),
        ("", "date", ""),
    ],
)
def test_a_date_box_never_drops_what_was_typed(typed: str, kind: str, shown: str) -> None:
    tag = box(show("{% form_field form 'day' %}", form=Words({"day": typed})), "day")
    assert f'type="{kind}"' in tag and f'value="{shown}"' in tag


def test_a_stored_date_fills_the_box() -> None:
    form = Words(initial={"day": date(2025, 3, 14)})
    assert 'value="2025-03-14"' in box(show("{% form_field form 'day' %}", form=form), "day")


def test_a_number_box_keeps_letters() -> None:
    html = show("{% form_field form 'amount' %}", form=SampleForm({"amount": "1,250元"}))
    assert 'type="text"' in box(html, "amount") and 'value="1,250元"' in box(html, "amount")


def test_question_as_heading() -> None:
    assert re.search(
        r"<h1>\s*<label for=\"id_name\">", show("{% form_field form 'name' heading=True %}", form=Words())
    )
    assert re.search(
        r"<legend[^>]*>\s*<h1>方式</h1>", show("{% form_field form 'way' heading=True %}", form=Words())
    )


def test_chosen_answers_stay_chosen() -> None:
    html = show("{% form_fields form %}", form=Words({"way": "b", "agree": "on"}))
    assert re.search(r'id="id_way_1"[^>]*checked', html) and not re.search(r'id="id_way_0"[^>]*checked', html)
    assert re.search(r'id="id_agree"[^>]*checked', html)


def test_unknown_glossary_word_is_a_mistake() -> None:
    assert "把缺的材料补上" in show("{% term '补正' %}")
    with pytest.raises(KeyError):
        show("{% term '没有这个词' %}")


def test_masks() -> None:
    html = show(
        "{{ n|mask_name }} {{ p|mask_phone }} {{ i|mask_id }}",
        n="王小明",
        p="13800005678",
        i="110101199003070011",
    )
    assert html.split()[:2] == ["王**", "138****5678"] and html.endswith("0011") and "1990" not in html


def test_nowrap_escapes() -> None:
    assert show("{{ n|nowrap }}", n="<b>") == '<span class="nb">&lt;b&gt;</span>'
