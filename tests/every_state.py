"""A record with a case in every state, as one may have it on 26 November 2026."""

from collections.abc import Callable
from typing import Any

TODAY = "2026-11-26"
ERIKA = ("--name", "Erika Mustermann", "--email", "erika@example.org", "--country", "DE",
         "--address", "Beispielweg 12", "--address", "50667 Köln", "--region", "NW")  # fmt: skip
# Company, rights, the day of the letter, and what happened; by what the case shows.
CASES: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "overdue": ("clearview", "access,erasure", "2026-09-21", ("sent --on 2026-09-21",)),
    "reminded": ("pimeyes", "erasure", "2026-09-14",
                 ("sent --on 2026-09-14", "reminded --on 2026-11-20")),
    "reminded twice": ("perplexity", "access", "2026-07-01",
                       ("sent --on 2026-07-01", "reminded --on 2026-08-10",
                        "reminded --on 2026-09-10")),
    "due soon": ("stability-ai", "access", "2026-10-29", ("sent --on 2026-10-29",)),
    "due today": ("openai", "erasure", "2026-10-26", ("sent --on 2026-10-26",)),
    "waiting": ("midjourney", "access,erasure", "2026-11-20",
                ("sent --on 2026-11-20", "acknowledged --on 2026-11-21")),
    "asked for proof": ("laion", "erasure", "2026-11-10",
                        ("sent --on 2026-11-10", "identity-requested --on 2026-11-16")),
    "bounced": ("runway", "access", "2026-11-24",
                ("sent --on 2026-11-24", "bounced --on 2026-11-25")),
    "fulfilled": ("getty-images", "access", "2026-10-20",
                  ("sent --on 2026-10-20", "fulfilled --on 2026-11-18")),
    "answered in part": ("shutterstock", "erasure", "2026-10-12",
                         ("sent --on 2026-10-12",
                          "partly-fulfilled --on 2026-11-09 --answered E1 --missing E3")),
    "refused": ("facebook", "objection,erasure", "2026-10-05",
                ("sent --on 2026-10-05",
                 "refused --on 2026-11-02 --reason legitimate-interest,public-photos")),
    "no data": ("adobe", "access", "2026-10-15",
                ("sent --on 2026-10-15", "no-data --on 2026-11-11")),
    "ready": ("google", "access", "2026-11-25", ()),
    "escalated": ("reddit", "erasure", "2026-05-04",
                  ("sent --on 2026-05-04", "complained --on 2026-08-03")),
    "closed": ("x", "access", "2026-08-03",
               ("sent --on 2026-08-03", "fulfilled --on 2026-08-28", "closed --on 2026-08-30")),
}  # fmt: skip


def fill(dsr: Callable[..., Any]) -> dict[str, str]:
    """Make the cases with the command line; the reference of each, by what it shows."""
    assert dsr("init", *ERIKA).status == 0
    references = {}
    for name, (company, rights, made_on, events) in CASES.items():
        result = dsr("request", company, "--type", rights, "--json", "--language", "en",
                     "--out", "letters", "--as-of", made_on)  # fmt: skip
        assert result.status == 0, (company, result.stderr)
        references[name] = result.data[0]["reference"]
        for event in events:
            result = dsr("record", references[name], *event.split(), "--as-of", TODAY)
            assert result.status == 0, (name, event, result.stderr)
    return references
