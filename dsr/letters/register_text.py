"""Fill in a letter text of the Datenanfragen.de register, written in its small template language.

``[flag>text]`` stays if the flag is set, ``{variable}`` takes a value, ``<bold>`` and ``<italic>``
are for print.  Format: the register's ``templates/`` as its website reads them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dsr.errors import BadFileError

_FLAG = re.compile(r"\[([a-z_]+)>([^\[\]]*)\]")
_VARIABLE = re.compile(r"\{([^{}]*)\}")
_MARKUP = re.compile(r"</?(?:bold|italic)>")
# Laws of churches, which dsr does not know: it could neither cite nor compute anything there.
_OTHER_LAWS = re.compile(r"\b(DSG-EKD|KDG|KDR-OG)\b")


@dataclass(frozen=True, slots=True)
class RegisterText:
    """A text of the register, with the language and name that it has there."""

    language: str
    name: str
    text: str

    @property
    def other_law(self) -> str | None:
        """The law of a church on which the text rests, or None."""
        found = _OTHER_LAWS.search(self.text)
        return found[1] if found else None


def filled(template: RegisterText, values: Mapping[str, str]) -> list[str]:
    """The paragraphs of the letter; a flag is set if *values* has a text for it.

    Values are taken as they are: what looks like the template language in them stays.  Raises
    BadFileError if anything is left open.
    """
    text = _MARKUP.sub("", template.text.replace("\r\n", "\n"))
    text = _FLAG.sub(lambda found: found[2] if values.get(found[1]) else "", text)
    open_ends = {name for name in _VARIABLE.findall(text) if name not in values}
    left = re.search(r"\[[a-z_]+>", text)
    if open_ends or left:
        what = ", ".join(sorted(open_ends)) or str(left and left[0])
        raise BadFileError(
            f"The register's letter {template.language}/{template.name} cannot be filled in: "
            f"it leaves open {what}.",
            hint="Say with --reason what is to be corrected."
            if open_ends == {"rectification_data"}
            else "Write dsr's own letter: leave out --register-letter.",
            code="open_template",
        )
    text = _VARIABLE.sub(lambda found: values[found[1]], text)
    return [part.strip("\n") for part in re.split(r"\n{2,}", text) if part.strip()]
