"""What letters say: pinned word by word where it counts, and by rule for all others."""

import os
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsr.directory.record import Kind
from dsr.errors import BadFileError, InvalidInputError
from dsr.law.regimes import regime, regime_ids
from dsr.law.rights import Right
from dsr.letters.citations import Citations
from dsr.letters.clauses import rendered, shipped_templates
from dsr.letters.compose import check_letter_exists, rights_with_letters
from dsr.letters.document import Demand, Exhibit, Heading, Letter, Paragraph
from dsr.letters.text import full_text, plain_text
from dsr.paths import bundled

Write = Callable[..., Letter]

GOLDEN = Path(__file__).parent / "golden"
UPDATE = bool(os.environ.get("DSR_UPDATE_GOLDEN"))  # read before the fresh home hides it

TEMPLATES = shipped_templates()
LANGUAGES = TEMPLATES.languages()
LAWS = [law for law in regime_ids() if TEMPLATES.has_section(law, "letter")]
FAMILIES = {TEMPLATES.family(law): law for law in reversed(LAWS)}  # the first law of each
COMBINATIONS = [
    (law, language)
    for law in FAMILIES.values()
    for language in LANGUAGES
    if TEMPLATES.language_for(language, law) == language
]
PHOTOS = ("https://example.org/me.jpg?a=1&b=2", "https://example.org/party/IMG_0042.jpeg")


def demands(letter: Letter) -> list[Demand]:
    return [block for block in letter.blocks if isinstance(block, Demand)]


# Word by word ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "slug", "law", "rights", "options"),
    [
        ("clearview-gdpr-erasure-en", "clearview", "gdpr", ["erasure"], {}),
        (
            "clearview-gdpr-access-objection-erasure-de",
            "clearview",
            "gdpr",
            ["erasure", "objection", "access"],
            {
                "language": "de",
                "photos": PHOTOS,
                "reason": "Ich arbeite mit Opfern von Stalking\nund werde selbst bedroht.\n\n"
                "Wer mich findet, findet auch sie.",
            },
        ),
        ("stability-ai-gdpr-access-en", "stability-ai", "gdpr", ["access"], {}),
        ("laion-gdpr-erasure-de", "laion", "gdpr", ["erasure"], {"language": "de"}),
        *(
            (
                f"clearview-gdpr-access-objection-erasure-{language}",
                "clearview",
                "gdpr",
                ["access", "objection", "erasure"],
                {"language": language, "photos": PHOTOS},
            )
            for language in LANGUAGES
            if language != "de"
        ),
        (
            "openai-gdpr-every-other-right-en",
            "openai",
            "gdpr",
            [
                "portability",
                "withdraw-consent",
                "rectification",
                "restriction",
                "automated-decision",
            ],
            {},
        ),
        (
            "meta-gdpr-every-other-right-de",
            "meta",
            "gdpr",
            [
                "portability",
                "withdraw-consent",
                "rectification",
                "restriction",
                "automated-decision",
            ],
            {"language": "de"},
        ),
        *(
            (
                f"clearview-ch-fadp-every-right-{language}",
                "clearview",
                "ch-fadp",
                ["access", "rectification", "objection", "erasure", "portability"],
                {"language": language},
            )
            for language in ("de", "fr", "it", "en")
        ),
        (
            "clearview-br-lgpd-access-erasure-pt",
            "clearview",
            "br-lgpd",
            ["access", "objection", "erasure"],
            {"language": "pt"},
        ),
        (
            "clearview-ca-qc-access-erasure-fr",
            "clearview",
            "ca-qc",
            ["access", "erasure"],
            {"language": "fr"},
        ),
        (
            "spokeo-us-va-every-right-en",
            "spokeo",
            "us-va",
            ["access", "portability", "rectification", "opt-out", "erasure"],
            {},
        ),
        (
            "spokeo-us-va-every-right-es",
            "spokeo",
            "us-va",
            ["access", "portability", "rectification", "opt-out", "erasure"],
            {"language": "es"},
        ),
        ("clearview-us-il-bipa-erasure-en", "clearview", "us-il-bipa", ["erasure"], {}),
        ("clearview-us-tx-cubi-erasure-en", "clearview", "us-tx-cubi", ["erasure"], {}),
        ("clearview-kr-access-erasure-en", "clearview", "kr", ["access", "erasure"], {}),
        (
            "spokeo-ccpa-opt-out-limit-correct-en",
            "spokeo",
            "ccpa",
            ["opt-out", "limit", "rectification"],
            {},
        ),
        ("clearview-ccpa-know-delete-en", "clearview", "ccpa", ["access", "erasure"], {}),
        ("clearview-uk-gdpr-access-erasure-en", "clearview", "uk-gdpr", ["access", "erasure"], {}),
    ],
    ids=lambda value: value if isinstance(value, str) and value.count("-") > 1 else " ",
)
def test_the_letter_is_the_one_that_was_reviewed(
    write: Write, name: str, slug: str, law: str, rights: list[str], options: dict[str, Any]
) -> None:
    text = full_text(write(slug, law, *rights, **options))
    golden = GOLDEN / f"{name}.txt"
    if UPDATE:
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8"), "reviewed and meant? Run with DSR_UPDATE_GOLDEN=1"


# Every letter there can be ---------------------------------------------------------------------


def test_the_laws_that_are_reviewed_word_by_word_have_letters() -> None:
    assert {"ccpa", "gdpr", "uk-gdpr"} <= set(LAWS)
    assert {("gdpr", "de"), ("ccpa", "de")} <= set(COMBINATIONS)


LEFTOVERS = re.compile(
    r"\{\{|\}\}|\{%|%\}|\{\w*\}|None|Undefined|True|False|\[\]|\(\)|\(;|;\s*\)|\(\s|\s\)|"
    r"  | ,| \.|,,|;;|\.\.|“”|„“"
)


def assert_clean(letter: Letter) -> None:
    text = full_text(letter)
    assert not (found := LEFTOVERS.search(text)), text[
        max(0, found.start() - 60) : found.end() + 60
    ]
    for block in letter.blocks:
        words = block.url if isinstance(block, Exhibit) else block.text
        assert words
        assert words == words.strip()
    for demand in demands(letter):
        assert demand.text.endswith((".", "?", "!", ";"))  # ";" asks in Greek
        assert demand.text.lstrip("¿¡")[0].isupper()


@pytest.mark.parametrize("kind", Kind, ids=str)
@pytest.mark.parametrize(("law", "language"), COMBINATIONS)
def test_every_letter_composes_without_leftovers(
    write: Write, law: str, language: str, kind: str
) -> None:
    rights = rights_with_letters(law)
    assert rights
    letters = [write("laion", law, *rights, language=language, kind=kind)]
    for right in rights:
        options = {"photos": PHOTOS, "reason": "Because. I. Say. So.", "address": ()}
        letters.append(write("clearview", law, right, language=language, kind=kind, **options))
    for letter in letters:
        assert_clean(letter)
        codes = [demand.code for demand in demands(letter)]
        assert codes
        assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("law", LAWS)
def test_every_right_under_every_law_has_a_letter(write: Write, law: str) -> None:
    for right in rights_with_letters(law):
        assert_clean(write("clearview", law, right))


def test_sections_with_a_colon_in_their_number_are_cited_as_their_own(write: Write) -> None:
    letter = write("clearview", "us-nj", "access")
    assert "56:8-166.10" in full_text(letter)


@pytest.mark.parametrize("law", FAMILIES.values())
@pytest.mark.parametrize("kind", Kind, ids=str)
def test_all_languages_make_the_same_demands(write: Write, law: str, kind: str) -> None:
    rights = rights_with_letters(law)
    made = {
        language: [
            demand.code
            for demand in demands(write("laion", law, *rights, kind=kind, language=language))
        ]
        for one_law, language in COMBINATIONS
        if one_law == law
    }
    assert len({tuple(codes) for codes in made.values()}) == 1, made


@pytest.mark.parametrize(("law", "language"), COMBINATIONS)
def test_a_template_has_words_for_each_demand_and_for_no_other(law: str, language: str) -> None:
    for right in rights_with_letters(law):
        rules = TEMPLATES.demand_rules(law, right)
        codes = {rule.code for rule in rules}
        section = TEMPLATES.clauses(language, law, right)
        general = section.get("general", {}).get("demands", {})
        said = {**section["demands"], **general}
        words = {code for code, text in said.items() if isinstance(text, str)}
        assert codes <= words
        rules_file = bundled("templates") / "demands" / f"{TEMPLATES.family(law)}.toml"
        base = tomllib.loads(rules_file.read_text("utf-8")).get("extends")
        inherited = TEMPLATES.demand_rules(base, right) if base else ()
        assert words <= codes | {rule.code for rule in inherited}
        for kind, special in section["demands"].items():
            if isinstance(special, dict):
                assert kind in set(Kind)
                used = {rule.code for rule in rules if rule.is_for(kind)}
                assert set(special) <= used


@pytest.mark.parametrize("law", LAWS)
def test_every_kind_of_company_that_is_asked_exists(law: str) -> None:
    kinds = {
        kind
        for right in Right
        for rule in TEMPLATES.demand_rules(law, right)
        for kind in rule.kinds
    }
    assert kinds <= {*Kind, "*"}


def codes_of(law: str, *rights: str) -> set[str]:
    return {rule.code for right in rights for rule in TEMPLATES.demand_rules(law, right)}


def test_the_questions_follow_the_way_of_a_photo() -> None:
    stages = {"C": 6, "P": 5, "T": 6, "V": 3, "S": 5, "U": 4}
    questions = {f"{stage}{n}" for stage, count in stages.items() for n in range(1, count + 1)}
    general = {f"G{n}" for n in range(1, 10)}  # asked where a request is not about images
    assert codes_of("gdpr", "access") == questions | general
    assert codes_of("uk-gdpr", "access") == (questions | general) - {"T5"}  # the EU's AI Act
    assert codes_of("gdpr", "erasure") == {f"E{n}" for n in range(1, 11)} | {
        f"EG{n}" for n in range(1, 5)
    }


def test_a_kind_of_company_is_asked_what_fits_it(write: Write) -> None:
    asked = {
        kind: {d.code for d in demands(write("laion", "gdpr", "access", "erasure", kind=kind))}
        for kind in ("face-search", "dataset-publisher", "social-platform")
    }
    assert {"V3", "U1", "E9"} <= asked["face-search"]
    assert not {"V3", "U1", "E9", "T1"} & asked["dataset-publisher"]
    assert "U3" in asked["social-platform"]
    assert "C4" not in asked["social-platform"]


def test_demands_cite_what_they_rest_on(write: Write) -> None:
    english = {d.code: d for d in demands(write("clearview", "gdpr", "access"))}
    german = {d.code: d for d in demands(write("clearview", "gdpr", "access", language="de"))}
    assert english["C1"].citation == "Articles 15(1) and 15(3) GDPR"
    assert german["C1"].citation == "Art. 15 Abs. 1 und Art. 15 Abs. 3 DSGVO"
    assert english["S1"].citation == "Article 15(1)(c) GDPR; CJEU C-154/21"
    assert ", Art. 4 Nr. 14, " in german["P2"].citation
    assert english["C1"].sentence.endswith(f"({english['C1'].citation})")


# What the laws ask of a letter -----------------------------------------------------------------


def test_rights_stand_in_the_lawful_order_and_access_is_answered_first(write: Write) -> None:
    letter = write("clearview", "gdpr", "erasure", "objection", "access")
    headings = [b for b in letter.blocks if isinstance(b, Heading) and b.number]
    assert [heading.number for heading in headings] == [1, 2, 3, 4, 5]
    for heading, article in zip(headings, (15, 21, 17), strict=False):
        assert f"(Article {article} GDPR)" in heading.text
    assert "Articles 18(1)(c) and 18(1)(d) GDPR" in full_text(letter)


@pytest.mark.parametrize("kind", Kind, ids=str)
def test_letters_to_the_united_kingdom_cite_its_own_law(write: Write, kind: str) -> None:
    text = full_text(
        write("laion", "uk-gdpr", *rights_with_letters("uk-gdpr"), language="en", kind=kind)
    )
    assert "section 164A of the Data Protection Act 2018" in text
    assert "section 165(2) of the Data Protection Act 2018" in text
    assert "12A" in text
    for of_the_union in ("Article 77", "AI Act", "14(5)(b)", "European Union", "22 UK", "CJEU"):
        assert of_the_union not in text
    assert " GDPR" not in text.replace("UK GDPR", "")


def test_letters_under_the_gdpr_demand_no_money_and_state_their_purpose(write: Write) -> None:
    text = full_text(write("clearview", "gdpr", "access", "erasure"))
    assert "verify that this is lawful" in text
    assert not re.search(r"compensat|damages|€|EUR", text)


def test_letters_to_california_give_its_time_limits(write: Write) -> None:
    both = full_text(write("clearview", "ccpa", "access", "erasure"))
    assert "within 10 business days (11 CCR § 7021(a))" in both
    assert "within 45 calendar days of receipt" in both
    assert "since January 1, 2022" in both
    opting_out = full_text(write("clearview", "ccpa", "opt-out"))
    assert "within 15 business days of receipt" in opting_out
    assert "45 calendar days" not in opting_out


@pytest.mark.parametrize("law", FAMILIES.values())
def test_no_letter_encloses_a_photo_of_the_face_or_an_identity_document(
    write: Write, law: str
) -> None:
    for right in rights_with_letters(law):
        text = full_text(write("clearview", law, right))
        if law == "ch-fadp":  # there one has to help with identification (DPO Art. 16(5))
            assert "I enclose no photo of my face" in text
            assert "for the time being no identity document" in text
        else:
            assert "neither a photo of my face nor an identity document" in text


def test_decisions_against_the_company_are_cited_under_their_own_law_only(write: Write) -> None:
    laws = ("gdpr", "uk-gdpr", "ccpa")
    gdpr, uk, ccpa = (full_text(write("clearview", law, "erasure")) for law in laws)
    assert "Hellenic Data Protection Authority (Greece), 35/2022, 13 July 2022" in gdpr
    assert "[2025] UKUT 319 (AAC)" in uk
    assert "Hellenic" not in uk + ccpa
    assert "UKUT" not in gdpr + ccpa


def test_only_a_company_outside_is_told_that_the_law_reaches_it(write: Write) -> None:
    assert "outside the European Union" in full_text(write("clearview", "gdpr", "erasure"))
    assert "outside the European Union" in full_text(write("stability-ai", "gdpr", "erasure"))
    assert "outside the European Union" not in full_text(write("laion", "gdpr", "erasure"))


def test_no_letter_says_that_one_lives_where_one_does_not(write: Write) -> None:
    """The UK GDPR binds companies there towards anyone: dsr.law.applicability.chosen_law."""
    letter = write("stability-ai", "uk-gdpr", "erasure", country="FR", address=())
    assert "I live in the United Kingdom" not in full_text(letter)


@pytest.mark.parametrize(("law", "language"), COMBINATIONS)
def test_a_person_without_email_is_not_said_to_have_one(
    write: Write, law: str, language: str
) -> None:
    for right in rights_with_letters(law):
        text = full_text(write("laion", law, right, language=language, email=None))
        assert not re.search(r"name and e-mail address|E-Mail-Adresse finden", text)


def test_addresses_name_the_country_where_the_letter_crosses_a_border(write: Write) -> None:
    abroad, at_home = write("clearview", "gdpr", "erasure"), write("laion", "gdpr", "erasure")
    assert abroad.recipient[-1] == "UNITED STATES"
    assert abroad.sender[-1] == "Germany"
    assert at_home.recipient[-1] == "22525 Hamburg"
    assert at_home.sender[-1] == "51147 Köln"
    assert (
        write("clearview", "gdpr", "erasure", language="de").recipient[-1] == "VEREINIGTE STAATEN"
    )


def test_the_date_and_the_forms_are_those_of_the_country(write: Write) -> None:
    british, american = (
        write("clearview", "uk-gdpr", "erasure"),
        write("clearview", "ccpa", "erasure"),
    )
    german = write("laion", "gdpr", "erasure", language="de")
    assert (british.date_line, british.closing) == ("23 November 2026", "Yours faithfully,")
    assert (american.date_line, american.closing) == ("November 23, 2026", "Sincerely,")
    assert german.date_line == "23. November 2026"
    assert (british.layout, american.layout, german.layout) == ("uk", "us-10", "din-5008-b")


def test_an_own_reason_takes_the_place_of_the_ready_made_grounds(write: Write) -> None:
    ready = write("clearview", "gdpr", "objection")
    own = write("clearview", "gdpr", "objection", reason="I am  a\nwitness.\n\nI was threatened.")
    said = [block.text for block in own.blocks if isinstance(block, Paragraph)]
    assert "I am a witness." in said
    assert "I was threatened." in said
    assert "my face, which I cannot change" in full_text(ready)
    assert "my face, which I cannot change" not in full_text(own)


@pytest.mark.parametrize("gap", ["\n\n\n", "\n\n \n\n", "\r\n\r\n"])
def test_gaps_in_a_reason_leave_no_empty_paragraph(write: Write, gap: str) -> None:
    letter = write("clearview", "gdpr", "objection", reason=f"First.{gap}Second.")
    said = [block.text for block in letter.blocks if isinstance(block, Paragraph)]
    assert all(said)
    assert said[said.index("First.") + 1] == "Second."


def test_an_erasure_that_objects_gives_the_persons_own_reason(write: Write) -> None:
    text = full_text(write("clearview", "gdpr", "erasure", reason="I was a witness in court."))
    assert "I object to the processing on grounds relating to my particular situation" in text
    assert "I was a witness in court." in text


# Templates and what is filled in ---------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "{% raw %}",
    "{{ cycler.__init__.__globals__ }}",
    "**x**",
    "{reference}",
    "محمد بن سلمان",
    "🦄 Ünïcode",
    "&amp; &lt;b&gt;",
    '"quoted" \\ backslash',
    "# heading",
    "%s %(x)s $HOME",
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_a_person_types_is_printed_as_typed(write: Write, typed: str) -> None:
    url = f"https://example.org/{typed.replace(' ', '+')}"
    letter = write(
        "clearview",
        "gdpr",
        "objection",
        name=typed,
        reason=typed,
        photos=(url,),
        email=None,
        address=(typed,),
    )
    text = full_text(letter).split("\n")
    assert text[0] == text[1] == typed
    assert text.count(typed) == 4  # sender, address, reason, signature
    assert f"Photo 1: {url}" in text
    assert "49" not in plain_text(letter)


@settings(deadline=None, max_examples=20)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1))
def test_any_printable_name_signs_the_letter(write: Write, name: str) -> None:
    letter = write("laion", "gdpr", "erasure", name=name)
    assert letter.signature == letter.sender[0] == name
    assert full_text(letter).endswith(f"\n{name}\n")


@pytest.mark.parametrize("text", ["{{ nobody }}", "{{ rights.nothing }}", "{% if %}"])
def test_a_template_that_asks_for_what_is_not_there_is_an_error(text: str) -> None:
    with pytest.raises(BadFileError):
        rendered(text, {"rights": ["access"]})


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ rights.append('erasure') }}",
        "{{ cite.__globals__ }}",
        "{{ rights.__init__.__globals__ }}",
        "{{ 'x' * 10 }}",
        "{{ 9 ** 9 }}",
    ],
)
def test_a_template_cannot_leave_the_sandbox(text: str) -> None:
    rights = ["access"]
    with pytest.raises(BadFileError):
        rendered(text, {"rights": rights, "cite": full_text})
    assert rights == ["access"]


@pytest.mark.parametrize("provision", ["99", "17(9)", "", "17 (1)", "nonsense"])
def test_a_provision_that_the_law_does_not_have_cannot_be_cited(provision: str) -> None:
    with pytest.raises(BadFileError):
        Citations(regime("gdpr"), TEMPLATES.language_words("en")).cite(provision)


@pytest.mark.parametrize(("law", "language"), COMBINATIONS)
def test_every_provision_can_be_printed_in_every_language(law: str, language: str) -> None:
    citations = Citations(regime(law), TEMPLATES.language_words(language, law))
    for provision in regime(law).provisions:
        printed = citations.cite(provision)
        assert all(number in printed for number in re.findall(r"\d+", provision))


@pytest.mark.parametrize(
    ("law", "right"), [("us-ca-delete", Right.ERASURE), ("ccpa", Right.OBJECTION)]
)
def test_a_letter_that_does_not_exist_is_refused(law: str, right: Right) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check_letter_exists(regime(law), (right,))
    assert caught.value.hint


def test_a_language_without_letters_falls_back_to_english() -> None:
    assert TEMPLATES.language_for("de", "gdpr") == "de"
    assert TEMPLATES.language_for("de", "uk-gdpr") == "en"
    assert TEMPLATES.language_for("xx", "gdpr") == "en"
    assert TEMPLATES.language_for("../en", "gdpr") == "en"
