"""Form base classes and the bound field that knows how to dress itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import boundfield
from django.forms.renderers import DjangoTemplates
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the fields under it."""

    title: Text
    fields: Sequence[str]


@dataclass(frozen=True, slots=True)
class Option:
    """One radio button or tick box with its hint and the field it reveals."""

    tag: str
    id: str
    label: Text
    hint: Text
    reveals: BoundField | None


class BoundField(boundfield.BoundField):
    """A field with its data, as ``ui/forms/field.html`` draws it."""

    @property
    def kind(self) -> str:
        """``hidden``, ``group`` (fieldset), ``check`` (one tick box) or ``control``."""
        if self.is_hidden:
            return "hidden"
        if self.use_fieldset:
            return "group"
        return "check" if isinstance(self.field.widget, forms.CheckboxInput) else "control"

    @property
    def hint_id(self) -> str:
        return f"{self.auto_id}_helptext"

    @property
    def error_id(self) -> str:
        return f"{self.auto_id}_error"

    @property
    def suffix(self) -> Text:
        """Words right of the control: a fixed unit."""
        return getattr(self.field, "suffix", "")

    @property
    def suffix_id(self) -> str:
        return f"{self.auto_id}_unit"

    @property
    def is_optional(self) -> bool:
        return not self.field.required and not self.field.disabled and self.kind != "check"

    @property
    def first_error(self) -> str:
        """The one sentence shown at the field and in the summary."""
        return str(self.errors[0]) if self.errors else ""

    @property
    def summary_error(self) -> str:
        """The same sentence away from its field: led by the name of the field, unless it says what is missing."""
        if not self.errors or self.errors.as_data()[0].code == "required":
            return self.first_error
        return f"{str(self.label).rstrip('?:. ')}: {self.first_error}"

    @property
    def focus_id(self) -> str:
        """The id a link in the summary leads to: the first control of a group."""
        return f"{self.auto_id}_0" if self.use_fieldset else self.id_for_label or self.auto_id

    @property
    def aria_describedby(self) -> str:
        ids = [self.hint_id] if self.help_text else []
        ids += [self.error_id] if self.errors else []
        ids += [self.suffix_id] if self.suffix else []
        return " ".join(ids)

    @property
    def options(self) -> list[Option]:
        """Radio buttons or tick boxes of a group; empty for other fields."""
        if not isinstance(self.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
            return []
        return [self._option(one) for one in self.subwidgets]

    def _option(self, one: Any) -> Option:
        value = str(one.data["value"])
        revealed = getattr(self.field, "reveals", {}).get(value)
        return Option(
            tag=one.tag(),
            id=one.id_for_label,
            label=one.choice_label,
            hint=getattr(self.field, "hints", {}).get(value, ""),
            reveals=bound(self.form, revealed) if revealed else None,
        )

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Any = None) -> dict[str, Any]:
        attrs = super().build_widget_attrs(attrs, widget)
        if self.kind == "control":
            width = getattr(self.field, "width", "")
            attrs["class"] = " ".join(filter(None, ["input", f"input--{width}" if width else ""]))
        return attrs


class Renderer(DjangoTemplates):
    """Setting ``FORM_RENDERER``: every form of the product, also those of libraries, in the design system."""

    form_template_name = "ui/forms/fields.html"
    field_template_name = "ui/forms/field.html"
    bound_field_class = BoundField


_renderer = Renderer()


class _Dressed:
    """Behaviour shared by ``Form`` and ``ModelForm``."""

    default_renderer: Any = Renderer
    bound_field_class: Any = BoundField
    use_required_attribute = False  # the server says what is missing, in words, once
    sections: Sequence[Section] = ()
    submit_label: Text = _("Save")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class Form(_Dressed, forms.Form):
    """Base of every form of the product."""


class ModelForm(_Dressed, forms.ModelForm):
    """The same for forms of one row."""


def bound(form: Any, name: str) -> BoundField:
    """A field of any form, also of a library, as our bound field with our renderer."""
    if not isinstance(form.renderer, Renderer):
        form.renderer = _renderer
    field = form[name]
    return field if isinstance(field, BoundField) else BoundField(form, form.fields[name], name)


def bound_fields(form: Any) -> Iterator[BoundField]:
    """All fields in order."""
    return (bound(form, name) for name in form.fields)


def sections_of(form: Any) -> list[tuple[Text, list[BoundField]]]:
    """Headings with their visible fields. A field revealed by a choice is drawn under that choice only."""
    revealed = {name for field in form.fields.values() for name in getattr(field, "reveals", {}).values()}
    visible = {one.name: one for one in bound_fields(form) if one.kind != "hidden" and one.name not in revealed}
    sections: list[tuple[Text, list[BoundField]]] = []
    for section in getattr(form, "sections", ()):
        sections.append((section.title, [visible.pop(name) for name in _present(form, section) if name in visible]))
    if visible:
        sections.append(("", list(visible.values())))
    return sections


def _present(form: Any, section: Section) -> list[str]:
    """Names of a section; a form may take a field away, but a name it never had is a mistake."""
    if strange := [name for name in section.fields if name not in form.base_fields and name not in form.fields]:
        raise KeyError(f"section {section.title!s} names no field: {', '.join(strange)}")
    return [name for name in section.fields if name in form.fields]


def problems_of(form: Any) -> list[tuple[str, str]]:
    """(sentence, id of the control) for the summary: one per field, problems of the whole form first."""
    whole = [(str(error), "") for error in form.non_field_errors()]
    fields = [(one.summary_error, "" if one.kind == "hidden" else one.focus_id) for one in bound_fields(form)]
    return whole + [problem for problem in fields if problem[0]]
