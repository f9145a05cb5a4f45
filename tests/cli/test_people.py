"""Several people in one record: each with their own letters, cases and mandates, and no others'."""

from collections.abc import Callable
from email import message_from_bytes, policy
from io import BytesIO
from pathlib import Path

import click
import pytest
from PIL import Image

from dsr.cli import people
from dsr.workflows.people import CLEARABLE, MOST_VARIANTS
from tests.cli.conftest import Refused
from tests.conftest import ERIKA, Dsr, Result

TODAY = "2026-11-23"
LINA = ("lina", "--role", "child", "--name", "Lina Mustermann")
MAX = ("max", "--role", "client", "--name", "Max Beispiel", "--country", "AT")
ANNA = ("anna", "--name", "Anna Anders", "--email", "anna@example.org", "--country", "FR")
Ok = Callable[..., Result]


@pytest.fixture
def ok(dsr: Dsr) -> Ok:
    """Run dsr on Monday 23 November 2026, and expect it to work."""

    def call(*arguments: str, on: str = TODAY) -> Result:
        result = dsr("--as-of", on, *arguments)
        assert result.status == 0, result.stderr
        return result

    return call


@pytest.fixture
def record(ok: Ok) -> None:
    """A record of four people."""
    ok("init", *ERIKA, "--language", "en")
    for person in (LINA, MAX, ANNA):
        ok("people", "add", *person, "--language", "en")


@pytest.fixture
def signed() -> str:
    """The file of a signed mandate."""
    Path("signed.pdf").write_bytes(b"%PDF-1.4\n% signed\n")
    return "signed.pdf"


def leaving(made: Result) -> list[str]:
    """What would leave, by the preview of a dry run for one company."""
    (letter,) = made.data
    (said,) = letter["personal_data"].values()
    return list(said)


def erasure(person: str, *options: str, company: str = "clearview") -> tuple[str, ...]:
    return ("request", company, "-t", "erasure", "--for", person, "--language", "en", *options)


# nothing of one appears in anything of another -------------------------------------------------

MARKS = {
    "me": ("Quendolin Zauberfisch", "quendolin@zauber.example", "Krummbogen 71", "Quendi Nebel",
           "Altgasse 5"),
    "xaveria": ("Xaveria Pfefferkorn", "xaveria@pfeffer.example", "Distelweg 8", "Xavi Salz",
                "Moorstieg 3"),
    "wunibald": ("Wunibald Kranich", "wunibald@kranich.example", "Eulenhof 2", "Wuni Storch",
                 "Finkenau 9"),
}  # fmt: skip
ROLES = {"me": "self", "xaveria": "self", "wunibald": "client"}


@pytest.fixture
def three(ok: Ok, signed: str) -> dict[str, str]:
    """A sent request of each of three people, by person; the third is a client of the first."""
    cases = {}
    for person, (name, email, address, variant, former) in MARKS.items():
        ok("people", "add", person, "--role", ROLES[person], "--name", name, "--email", email,
           "--address", former, "--country", "DE", "--variant", variant)  # fmt: skip
        ok("people", "move", person, "--on", "2026-11-01", "--address", address)
    ok("people", "mandate", "wunibald", signed)
    for person in MARKS:
        whole = erasure(person, "--about", "everything", "--out", person, "--json")
        cases[person] = ok(*whole).data[0]["reference"]
        ok("record", cases[person], "sent", "--note", f"of {MARKS[person][0]}")
    return cases


def texts(directory: Path) -> str:
    """All text of the files in a directory, e-mails decoded."""
    said = []
    for path in directory.rglob("*"):
        if path.suffix == ".eml":
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            body = message.get_body(("plain",))
            said += [
                str(message["subject"]),
                str(message["from"]),
                body.get_content() if body else "",
            ]
        elif path.suffix == ".txt":
            said.append(path.read_text("utf-8"))
    return "\n".join(said)


@pytest.mark.parametrize("person", MARKS)
def test_nothing_of_one_appears_in_anything_of_another(
    dsr: Dsr, three: dict[str, str], person: str
) -> None:
    reference, late = three[person], "2027-02-01"
    runs = [
        *(("people", "show", person), ("list", "--for", person), ("report", "--for", person)),
        ("show", "--for", person, reference, "--out", f"{person}-documents"),
        erasure(person, "--dry-run"),
        erasure(person, "--about", "everything", "--dry-run"),
        ("follow-up", "--for", person, reference, "--dry-run"),
        ("complain", "--for", person, reference, "--dry-run", "--authority", "deberlbdi"),
        ("mandate", "Agency", "--for", person, "--dry-run"),
        ("law", "which", "--for", person),
    ]
    others = [("show", "--for", person, three[other]) for other in MARKS if other != person]
    said = texts(Path(person))
    for run in [*runs, *others, ("show", "--for", person, "DSR-0000-0000")]:
        for form in ((), ("--json",)):
            result = dsr("--as-of", late, *run, *form)
            assert result.status == (0 if run in runs else 3), result.stderr
            said += result.stdout + result.stderr
    said += texts(Path(f"{person}-documents"))
    for mark in MARKS[person]:
        assert mark in said
    # A client's letters name who writes them, and the client; never the writer's other names.
    writes = set(MARKS["me"][:3]) if ROLES[person] == "client" else set()
    for other in set(MARKS) - {person}:
        assert [mark for mark in MARKS[other] if mark in said and mark not in writes] == []


@pytest.mark.parametrize(
    "command",
    [("show",), ("record", "note"), ("follow-up", "--dry-run"), ("complain", "--dry-run")],
)
def test_a_case_of_somebody_else_is_not_found(
    dsr: Dsr, refused: Refused, record: None, ok: Ok, command: tuple[str, ...]
) -> None:
    reference = ok(*erasure("anna", "--json")).data[0]["reference"]
    name, *rest = command
    note = ["--note", "x"] if name == "record" else []
    words = (name, reference, *rest, *note, "--for")
    said = refused(*words, "max", status=3)
    assert "max has no request" in said
    assert refused(name, "DSR-0000-0000", *rest, *note, "--for", "max", status=3) == said.replace(
        reference, "DSR-0000-0000"
    )
    assert dsr("show", reference, "--for", "anna").status == 0


def test_who_is_not_there_is_answered_with_the_nearest(refused: Refused, record: None) -> None:
    for words in (
        erasure("ana"), ("list",), ("report",), ("show", "DSR-0000-0000"), ("mandate", "X"),
        ("law", "which"), ("law", "authority"),
    ):  # fmt: skip
        given = () if "--for" in words else ("--for", "ana")
        assert "Did you mean anna?" in refused(*words, *given, status=3)
    for command in ("show", "edit", "remove", "move", "revoke", "mandate"):
        assert "Did you mean anna?" in refused("people", command, "ana", status=3)
        refused("people", command, "../../etc/passwd", status=3)


def test_an_empty_for_is_nobody_and_not_everybody(refused: Refused, record: None) -> None:
    for words in (("list",), ("report",), erasure("")[:-4], ("law", "which")):
        refused(*words, "--for", "", status=3)


# who is there ---------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", ["../x", "", "Анна", "x" * 500, "a b", "a\nb", "ANNA"])
def test_what_is_no_id_is_refused(refused: Refused, bad: str) -> None:
    refused("people", "add", bad, *ANNA[1:], status=4)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("add", *ANNA), 5, "dsr people edit anna"),
        (("add", "kim", "--name", "Kim"), 2, "--email or --address, --country"),
        (("add", "kim", "--role", "client", "--name", "Kim"), 2, "missing: --country"),
        (("add", "kim", *ANNA[1:], "--name", "A\nB"), 4, "line break"),
        (("add", "kim", *ANNA[1:], "--variant", "A\nB"), 4, "line break"),
        (("add", "kim", *ANNA[1:], "--variant", " "), 4, "empty"),
        (("add", "kim", *ANNA[1:], "--acts", "me"), 2, "--acts belongs"),
        (("add", "kim", *LINA[1:], "--acts", "lina"), 5, "cannot write for others"),
        (("add", "kim", *LINA[1:], "--acts", "anan"), 3, "anna"),
        (("edit", "anna"), 2, "What is to change?"),
        (("edit", "anna", "--no-variant", "Nobody"), 3, "No such other name"),
        (("edit", "anna", "--clear", "email"), 2, "--email or --address"),
        (("edit", "me", "--role", "child"), 2, "is you"),
        (("edit", "me", "--country", "XX"), 4, "XX"),
        (("move", "anna", "--on", "2026-11-24", "--country", "DE"), 4, "in the future"),
        (("move", "anna"), 2, "Moved to where?"),
        (("remove", "me"), 5, "acts for lina, max"),
        (("revoke", "max"), 3, "Which mandate"),
        (("mandate", "lina", "--from", TODAY), 5, "no client"),
        (("mandate", "max", "--from", "2026-11-02", "--until", "2026-11-01"), 4, "end before"),
        (("mandate", "max", "--company", "pimeye"), 3, "pimeyes"),
        (("mandate", "max", "--right", "flying"), 2, "flying"),
        (("mandate", "max", "nothing.pdf"), 3, "nothing.pdf"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(
    refused: Refused, record: None, arguments: tuple[str, ...], status: int, said: str
) -> None:
    assert said in refused("--as-of", TODAY, "people", *arguments, status=status)


def test_nobody_is_added_before_all_is_known(refused: Refused) -> None:
    refused("people", "add", "kim", "--name", "Kim", status=2)  # not even a record is made


def test_a_file_that_is_no_mandate_is_refused(refused: Refused, record: None) -> None:
    Path("text.pdf").write_text("I may.")
    Path("empty.png").touch()
    for name in ("text.pdf", "empty.png"):
        refused("people", "mandate", "max", name, status=4)


def test_people_are_listed_with_what_is_open(ok: Ok, record: None) -> None:
    ok(*erasure("anna"))
    listed = {each["id"]: each for each in ok("people", "list", "--json").data}
    assert list(listed) == ["anna", "lina", "max", "me"]
    assert (listed["anna"]["open"], listed["max"]["open"]) == (1, 0)
    assert listed["lina"] == {
        "id": "lina", "name": "Lina Mustermann", "role": "child", "country": "DE", "region": None,
        "acts": "me", "open": 0, "total": 0, "default": False,
    }  # fmt: skip
    assert "Anna Anders" in ok("people", "list").stdout
    assert ok("people", "list", "--home", "new", "--json").data == []


def test_what_is_changed_is_shown(ok: Ok, record: None, signed: str) -> None:
    ok("people", "edit", "max", "--variant", "M. Art", "--variant", "m. ART", "--name", "Max B.")
    ok("people", "edit", "max", "--email", "max@example.org", "--address", "Gasse 1")
    ok("people", "move", "max", "--on", "2026-03-01", "--country", "DE", "--region", "BE")
    ok("people", "mandate", "max", signed, "--until", TODAY, "--right", "erasure,access")
    ok("people", "mandate", "max", "--from", "2027-01-01", "--company", "laion")
    ok("people", "revoke", "max", "2", "--on", "2027-01-02", on="2027-01-05")
    shown = ok("people", "show", "max", "--json").data
    assert shown["name"] == "Max B."
    assert shown["other_names"] == ["M. Art"]
    assert (shown["country"], shown["region"], shown["address"]) == ("DE", "BE", [])
    assert shown["residences"] == [
        {"country": "AT", "region": None, "address": ["Gasse 1"], "until": "2026-02-28"}
    ]
    first, second = shown["mandates"]
    assert (first["valid"], first["state"]) == (True, "valid until 23 November 2026")
    assert (first["rights"], first["name"]) == (["erasure", "access"], "signed.pdf")
    assert (second["valid"], second["state"]) == (False, "is not valid before 1 January 2027")
    text = ok("people", "show", "max", on="2027-01-05").stdout
    assert "Mandate 1: expired on 23 November 2026; erasure, access; towards every" in text
    assert "Mandate 2: was revoked on 2 January 2027; all rights; towards laion" in text
    ok("people", "edit", "max", "--no-variant", "M. art", "--clear", "email")
    shown = ok("people", "show", "max", "--json").data
    assert (shown["other_names"], shown["email"]) == ([], None)


def test_only_so_many_other_names_are_kept(refused: Refused, record: None) -> None:
    names = [word for n in range(MOST_VARIANTS + 1) for word in ("--variant", f"Anna {n}")]
    assert "At most" in refused("people", "edit", "anna", *names, status=4)


def test_the_words_of_clear_are_those_that_can_be_cleared() -> None:
    edit = people.people_command.commands["edit"]
    (clear,) = (each.type for each in edit.params if each.name == "clear")
    assert isinstance(clear, click.Choice)
    assert tuple(clear.choices) == CLEARABLE


def test_who_has_requests_stays(ok: Ok, refused: Refused, record: None) -> None:
    ok(*erasure("anna"))
    assert "dsr data forget anna" in refused("people", "remove", "anna", status=5)
    assert ok("people", "remove", "lina", "--json").data == {"removed": "lina"}
    assert [each["id"] for each in ok("people", "list", "--json").data] == ["anna", "max", "me"]


def test_init_corrects_oneself_and_keeps_the_rest(ok: Ok, record: None) -> None:
    ok("people", "edit", "me", "--variant", "Erika Gabler")
    ok("init", "--name", "Erika Neumann")
    shown = ok("people", "show", "me", "--json").data
    assert (shown["name"], shown["other_names"]) == ("Erika Neumann", ["Erika Gabler"])


# whose rights a letter uses -------------------------------------------------------------------


def test_a_default_person_is_meant_where_nobody_is_named(ok: Ok, record: None) -> None:
    dry = ("request", "laion", "-t", "access", "--dry-run", "--json")
    assert "name: Erika Mustermann" in leaving(ok(*dry))
    ok("people", "edit", "anna", "--default")
    assert "name: Anna Anders" in leaving(ok(*dry))
    assert ok("mandate", "Agency", "--dry-run").stdout.startswith("Anna Anders\n")
    assert "name: Erika Mustermann" in leaving(ok(*dry, "--for", "me"))
    ok("people", "remove", "anna")
    assert "name: Erika Mustermann" in leaving(ok(*dry))


def test_list_and_report_show_everyone_and_say_who(ok: Ok, record: None) -> None:
    for person in ("anna", "lina"):
        ok(*erasure(person))
    ok("people", "edit", "anna", "--default")
    assert {each["person"] for each in ok("list", "--json").data} == {"anna", "lina"}
    assert ok("list").stdout.startswith("For")
    assert "(for lina)" in ok("report").stdout
    assert "lina" not in ok("list", "--for", "anna").stdout + ok("report", "--for", "anna").stdout


def test_who_acts_writes_for_a_child(ok: Ok, record: None) -> None:
    letter = ok(*erasure("lina", "--dry-run")).stdout
    assert letter.startswith("Erika Mustermann\n")
    assert "for my child Lina Mustermann" in letter
    ok("people", "edit", "lina", "--acts", "anna")
    assert ok(*erasure("lina", "--dry-run")).stdout.startswith("Anna Anders\n")


def test_without_who_acts_there_is_no_letter(dsr: Dsr, refused: Refused) -> None:
    assert dsr("people", "add", *LINA, "--country", "DE").status == 0
    assert "dsr init" in refused(*erasure("lina"), status=2)


def test_the_name_of_somebody_else_is_refused(refused: Refused, ok: Ok, record: None) -> None:
    refused(*erasure("anna", "--name", "Max Beispiel", "--dry-run"), status=2)
    ok("people", "edit", "anna", "--variant", "Anna Andere")
    assert "name: Anna Andere" in leaving(
        ok(*erasure("anna", "--name", "Anna Andere", "--dry-run", "--json"))
    )


@pytest.mark.parametrize("role", ["child", "client"])
def test_a_name_is_enough_and_the_person_is_kept(ok: Ok, role: str) -> None:
    for _ in range(2):
        ok("request", "clearview", "-t", "erasure", f"--{role}", "Max Müller", *ERIKA)
    ok("request", "clearview", "-t", "erasure", f"--{role}", "Max Muller")
    kept = {each["id"]: each for each in ok("people", "list", "--json").data}
    first, second = f"{role}-max-muller", f"{role}-max-muller-2"
    assert {each: kept[each]["name"] for each in (first, second)} == {
        first: "Max Müller", second: "Max Muller"
    }  # fmt: skip
    assert (kept[first]["total"], kept[second]["total"], kept[first]["role"]) == (2, 1, role)


def test_a_name_that_is_kept_means_that_person(ok: Ok, record: None) -> None:
    ok("people", "edit", "max", "--variant", "M. Art")
    dry = ok("request", "laion", "-t", "access", "--client", "max BEISPIEL", "--dry-run", "--json")
    assert "other-name: M. Art" in leaving(dry)
    assert "residence: AT" in leaving(dry)


# mandates -------------------------------------------------------------------------------------


def test_the_mandate_on_file_is_enclosed(ok: Ok, record: None, signed: str) -> None:
    assert "Attach the signed mandate" in ok(*erasure("max", "--dry-run")).stderr
    ok("people", "mandate", "max", signed, "--right", "erasure", "--company", "clearview")
    made = ok(*erasure("max", "--json"))
    assert "mandate" not in made.stderr.lower()
    message = message_from_bytes(Path(made.data[0]["files"]["eml"]).read_bytes())
    contents = [part.get_payload(decode=True) for part in message.walk()]
    assert Path(signed).read_bytes() in contents
    assert "ENCLOSED: Mandate" in leaving(ok(*erasure("max", "--dry-run", "--json")))


def test_a_mandate_may_be_a_picture_or_on_paper(ok: Ok, record: None) -> None:
    out = BytesIO()
    Image.effect_noise((300, 300), 60).convert("RGB").save(out, "PNG")
    Path("scan.png").write_bytes(out.getvalue())
    ok("people", "mandate", "max", "scan.png")
    assert "ENCLOSED: Mandate" in leaving(ok(*erasure("max", "--dry-run", "--json")))
    ok("people", "revoke", "max")
    ok("people", "mandate", "max")
    dry = ok(*erasure("max", "--dry-run"))
    assert "Attach the signed mandate" in dry.stderr
    assert "ENCLOSED" not in dry.stderr


@pytest.mark.parametrize(
    ("terms", "day", "why"),
    [
        (("--until", TODAY), "2026-11-24", "it expired on 23 November 2026"),
        (("--from", "2026-12-01"), TODAY, "it is not valid before 1 December 2026"),
        (("--right", "access"), TODAY, "it does not cover erasure"),
        (("--company", "laion"), TODAY, "it covers only laion"),
    ],
)
def test_a_mandate_that_does_not_cover_the_request_stops_it(
    refused: Refused, ok: Ok, record: None, signed: str, terms: tuple[str, ...], day: str, why: str
) -> None:
    ok("people", "mandate", "max", signed, *terms)
    said = refused("--as-of", day, *erasure("max"), status=5)
    assert why in said
    assert "dsr people mandate max FILE" in said
    ok(*erasure("max", "--mandate", signed, "--dry-run"), on=day)


def test_a_mandate_holds_through_its_last_day_and_not_from_the_day_it_is_revoked(
    refused: Refused, ok: Ok, record: None, signed: str
) -> None:
    ok("people", "mandate", "max", signed, "--until", TODAY)
    ok(*erasure("max", "--dry-run"))
    ok("people", "revoke", "max", "--on", TODAY)
    assert "revoked on 23 November 2026" in refused("--as-of", TODAY, *erasure("max"), status=5)
    assert "already" in refused("--as-of", TODAY, "people", "revoke", "max", "1", status=5)
    ok("people", "mandate", "max", signed)
    ok(*erasure("max", "--dry-run"))


def test_a_further_letter_needs_a_mandate_that_still_holds(
    ok: Ok, refused: Refused, record: None, signed: str
) -> None:
    ok("people", "mandate", "max", signed, "--from", "2026-11-01", "--until", "2027-01-31")
    (made,) = ok(*erasure("max"), "--json").data
    ok("record", made["reference"], "sent")
    letter = ("follow-up", made["reference"], "--kind", "reminder", "--dry-run")
    ok(*letter, on="2027-01-31")
    assert "expired on 31 January 2027" in refused("--as-of", "2027-02-01", *letter, status=5)
    complaint = ("complain", made["reference"], "--dry-run")
    assert "expired" in refused("--as-of", "2027-02-01", *complaint, status=5)


def test_of_several_companies_only_those_that_are_covered_get_a_letter(
    dsr: Dsr, ok: Ok, record: None, signed: str
) -> None:
    ok("people", "mandate", "max", signed, "--company", "laion")
    result = dsr("--as-of", TODAY, *erasure("max"), "laion", "--json")
    assert result.status == 7
    assert [each["company"] for each in result.data] == ["laion"]
    assert "it covers only laion" in result.stderr


def test_only_a_client_has_mandates(refused: Refused, record: None, signed: str) -> None:
    refused(*erasure("lina", "--mandate", signed), status=2)
    refused(*erasure("anna", "--mandate", signed), status=2)


# what helps to find somebody ------------------------------------------------------------------


def test_other_names_are_given_unless_they_are_left_out(ok: Ok, record: None) -> None:
    ok("people", "edit", "anna", "--variant", "Anna Geborene", "--variant", "Anna Anders")
    dry = ("--dry-run", "--json")
    assert "other-name: Anna Geborene" in leaving(ok(*erasure("anna", *dry)))
    assert not [x for x in leaving(ok(*erasure("anna", *dry))) if x == "other-name: Anna Anders"]
    letter = ok(*erasure("anna", "--dry-run")).stdout
    assert "\nOther name: Anna Geborene\n" in letter
    assert "Please search by my name" in letter
    assert "Geborene" not in str(leaving(ok(*erasure("anna", *dry, "--no-other-names"))))
    assert "Geborene" not in ok(*erasure("anna", "--dry-run", "--no-other-names")).stdout


def test_earlier_addresses_are_given_only_where_they_help(ok: Ok, record: None) -> None:
    ok("people", "edit", "anna", "--address", "1 rue du Test", "--address", "75001 Paris")
    ok("people", "move", "anna", "--on", "2026-11-01", "--country", "DE", "--address", "Weg 1")
    given = "former-address: 1 rue du Test, 75001 Paris, France"
    dry = ("--dry-run", "--json")
    for options, is_given in (
        ((), False),
        (("--former-addresses",), True),
        (("--about", "everything"), True),
        (("--about", "everything", "--no-former-addresses"), False),
    ):
        assert (given in leaving(ok(*erasure("anna", *dry, *options)))) is is_given, options
    german = ok(*erasure("anna", "--former-addresses", "--dry-run", "--language", "de")).stdout
    assert "Frühere Anschrift: 1 rue du Test, 75001 Paris, Frankreich" in german


def test_a_letter_has_the_address_of_its_day(ok: Ok, record: None) -> None:
    ok("people", "edit", "anna", "--address", "1 rue du Test")
    ok("people", "move", "anna", "--on", "2026-11-10", "--address", "2 rue Neuve")
    assert "1 rue du Test" in ok(*erasure("anna", "--dry-run"), on="2026-11-09").stdout
    assert "2 rue Neuve" in ok(*erasure("anna", "--dry-run"), on="2026-11-10").stdout
