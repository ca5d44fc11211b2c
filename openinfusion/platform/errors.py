"""How an action is refused. Pages, REST and commands translate these in one place each."""

from __future__ import annotations


class Refused(Exception):
    """An action that may not happen now. The sentence is fit for the person reading it and holds no health data."""

    status = 409

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence


class NotAllowed(Refused):
    """This person may not do this."""

    status = 403


class NotFound(Refused):
    """No such thing for this person: missing, other program, or out of reach; never says which."""

    status = 404

    def __init__(self, what: str = "page") -> None:
        super().__init__("not_found", f"No such {what} here, or you may not see it.")


class BadInput(Refused):
    """Input that cannot be used. ``fields`` maps a field name to the sentence that says what to do."""

    status = 400

    def __init__(self, fields: dict[str, str], *, code: str = "bad_input") -> None:
        super().__init__(code, " ".join(f"{name}: {text}" for name, text in fields.items()))
        self.fields = fields
