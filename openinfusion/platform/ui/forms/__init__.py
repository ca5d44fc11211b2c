"""Form fields that render the design system themselves: a page is a list of fields and ``{% form form %}``.

Use ``Form`` (or ``ModelForm``) with the fields below. Values people typed are kept, each problem stands once at its
field and once in the summary, and nothing is preselected: what nobody chose stays unknown.
"""

from openinfusion.platform.ui.forms.base import BoundField, Form, ModelForm, Renderer, Section
from openinfusion.platform.ui.forms.fields import (
    CheckboxesField,
    CheckField,
    EmailField,
    FileField,
    PasswordField,
    PhoneField,
    RadioField,
    SelectField,
    TextField,
    YesNoUnknownField,
)
from openinfusion.platform.ui.forms.measures import DecimalField, EnteredQuantity, IntegerField, QuantityField
from openinfusion.platform.ui.forms.times import DateField, DatePartsField, DateTimeField, TimeField

__all__ = [
    "BoundField",
    "CheckField",
    "CheckboxesField",
    "DateField",
    "DatePartsField",
    "DateTimeField",
    "DecimalField",
    "EmailField",
    "EnteredQuantity",
    "FileField",
    "Form",
    "IntegerField",
    "ModelForm",
    "PasswordField",
    "PhoneField",
    "QuantityField",
    "RadioField",
    "Renderer",
    "Section",
    "SelectField",
    "TextField",
    "TimeField",
    "YesNoUnknownField",
]
