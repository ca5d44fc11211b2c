"""The design system: templates, tags, form fields, formats and static files that every page of the product uses.

For page builders: read ``shapes`` (what each component needs), ``templatetags/ui`` (the components), ``forms`` (fields
that render themselves) and ``formats`` (how a date, a dose or money is written). Sources: the reference kit of the
design, ISMP list of error-prone abbreviations, WCAG 2.2 AA.
"""
