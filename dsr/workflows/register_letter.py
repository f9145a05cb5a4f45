"""Use the letter that a register gives a company, where it requires one of its own."""

from dsr.directory.catalogue import Catalogue
from dsr.directory.record import Company
from dsr.errors import InvalidInputError
from dsr.law.regimes import regime
from dsr.law.rights import Right
from dsr.letters.clauses import shipped_templates
from dsr.letters.register_text import RegisterText, filled
from dsr.tracker.people import DataSubject

_LAW = "gdpr"


def register_text(
    company: Company, rights: tuple[Right, ...], wanted: str, law: str, catalogue: Catalogue
) -> RegisterText:
    """The register's own text for this company and right, in the nearest language there is.

    Raises InvalidInputError if it has none, or if several rights are used at once.
    """
    if len(rights) != 1:
        raise InvalidInputError(
            "A letter of the register is for one right at a time; give --type once.",
            code="one_right",
        )
    name = company.letter_templates.get(rights[0].value)
    if name is None:
        there = ", ".join(company.letter_templates) or "none"
        raise InvalidInputError(
            f"The register gives {company.name} no letter of its own for {rights[0].value}.",
            hint=f"It has one for: {there}. Leave out --register-letter for dsr's own letter.",
            code="no_register_letter",
        )
    if law != _LAW:
        raise InvalidInputError(
            f"The register's letters are for the GDPR, not for the {regime(law).short}.",
            hint="Leave out --register-letter for dsr's own letter.",
            code="no_register_letter",
        )
    for language in dict.fromkeys(filter(None, (wanted, company.request_language, "en", "de"))):
        text = (
            catalogue.letter_of_register(language, name)
            if language in shipped_templates().languages()
            else None
        )
        if text:
            return RegisterText(language, name, text)
    raise InvalidInputError(
        f"The register's letter {name} is not there in a language that dsr writes.",
        hint="Import the register again: dsr companies import PATH",
        code="no_register_letter",
    )


def register_lines(
    template: RegisterText, company: Company, person: DataSubject, reason: str | None
) -> tuple[str, ...]:
    """The letter line by line, greeting and closing included, as the register words it.

    Raises BadFileError if something in it is left open.
    """
    who = [person.name, person.email or "", *person.address]
    values = {
        "has_fields": "yes",
        "id_data": "\n".join(filter(None, who)),
        "runs": "yes" if company.services else "",
        "runs_list": ", ".join(company.services),
        "erase_all": "yes",
        "include_objection": reason or "",
        "objection_reason": reason or "",
    }
    if reason:
        values["rectification_data"] = reason
    return tuple(line for part in filled(template, values) for line in part.split("\n"))
