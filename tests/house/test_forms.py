from __future__ import annotations

import re

from django import forms


class Kind(forms.Form):
    words = forms.CharField(label="What happened", help_text="A few words are enough.", widget=forms.Textarea)
    choice = forms.ChoiceField(label="Who", choices=[("a", "Me"), ("b", "Them")], widget=forms.RadioSelect)
    extra = forms.CharField(label="Anything else", required=False)


def test_an_error_stands_beside_its_field_which_names_it() -> None:
    page = Kind({"choice": "a"}).render()
    assert re.findall(r'<textarea[^>]*aria-describedby="([^"]*)"', page) == ["id_words_helptext id_words_error"]
    assert re.findall(r'id="id_words_(helptext|error)"', page) == ["helptext", "error"]


def test_the_summary_leads_to_each_field_and_takes_the_focus() -> None:
    page = Kind({}).render()
    targets = re.findall(r'<a href="#([^"]*)"', page)
    assert targets == ["id_words", "id_choice_0"]
    assert all(f'id="{target}"' in page for target in targets)
    assert re.findall(r'class="error-summary"[^>]*', page) == [
        'class="error-summary" role="alert" tabindex="-1" autofocus'
    ]


def test_nothing_is_said_to_be_wrong_before_it_is() -> None:
    page = Kind().render()
    assert "error" not in page
    assert page.count("(you may leave this out)") == 1


def test_what_was_typed_stays_and_cannot_become_markup() -> None:
    page = Kind({"words": "<b>still here</b>"}).render()
    assert "&lt;b&gt;still here&lt;/b&gt;" in page
    assert "<b>" not in page


def test_a_group_of_choices_has_its_legend() -> None:
    assert re.findall(r'<legend class="field__label">([^<]*)</legend>', Kind().render()) == ["Who"]
