"""A request in few words, for a web form that takes only so many characters."""

from collections.abc import Iterator

from dsr.errors import InvalidInputError
from dsr.law.rights import Right
from dsr.letters.clauses import Templates, shipped_templates
from dsr.letters.compose import compose, demands_of, own_words
from dsr.letters.document import Block, Demand, Exhibit, Paragraph
from dsr.letters.text import plain_text, text_of
from dsr.letters.wording import Correspondent, Wording
from dsr.tracker.requests import IMAGES, Request


def text_within(
    limit: int, request: Request, correspondent: Correspondent, templates: Templates | None = None
) -> str:
    """The request as plain text of at most *limit* characters, line breaks counted as one.

    The whole letter if it fits; else a sentence for each right with its demands, or without them,
    and with as many images as fit.  Raises InvalidInputError if even that is too long.
    """
    templates = templates or shipped_templates()
    whole = plain_text(compose(request, correspondent, templates))
    if len(whole) <= limit:
        return whole
    short = _Short(Wording(request, correspondent, templates))
    shortest = len(whole)
    # Without its images a company may find nothing, so demands are left out before these.
    every = len(request.photo_urls)
    for with_demands, images in [(True, every), *((False, n) for n in range(every, -1, -1))]:
        text = short.text(images, with_demands=with_demands)
        if len(text) <= limit:
            return text
        shortest = min(shortest, len(text))
    raise InvalidInputError(
        f"The shortest form of this letter has {shortest} characters, more than {limit}.",
        hint="Ask for fewer rights at once, or send it by another way.",
        code="text_too_long",
    )


class _Short:
    """The sentences of one short request."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording
        self.words = wording.frame["short"]

    def text(self, images: int, *, with_demands: bool) -> str:
        """The request with its first *images* images."""
        wording = self.wording
        return text_of(
            salutation=wording.word("salutation"),
            blocks=tuple(self._blocks(images, with_demands=with_demands)),
            closing=wording.word("closing"),
            signature=wording.request.sender.name,
            colon=wording.words.get("colon", ": "),
        )

    def _blocks(self, images: int, *, with_demands: bool) -> Iterator[Block]:
        request, wording = self.wording.request, self.wording
        yield from wording.paragraphs([self.words["opening"]])
        if request.representative:
            behalf = [text for text in wording.frame["opening"] if "on_behalf ==" in text]
            yield from wording.paragraphs(behalf)
        # The order in which the rights are to be dealt with: what is erased cannot be disclosed.
        yield from wording.paragraphs(
            t for t in wording.frame["opening"] if "'access' in" in t[:60]
        )
        for right in request.rights:
            section = wording.section(right.value)
            yield from wording.paragraphs([section["short"]])
            yield from own_words(wording, section)
            if with_demands:  # without the provisions, which the sentence above names
                yield from self._demands(right)
        if request.photo_urls:
            shown, left = request.photo_urls[:images], len(request.photo_urls) - images
            about_images = request.about == IMAGES
            words = self.words if about_images else wording.frame["identification"]
            yield Paragraph(wording.say(words["photos"]))
            for place, url in enumerate(shown, start=1):
                yield Exhibit(wording.photo_label(place), url)
            if left:
                yield from wording.paragraphs([self.words["more_photos"]], count=left)
        for each in request.identifiers:
            yield Exhibit(wording.words["identifier"][each.kind], each.value)
        yield from wording.paragraphs([self.words["closing"]])

    def _demands(self, right: Right) -> Iterator[Block]:
        for block in demands_of(self.wording, right):
            if isinstance(block, Demand):
                yield Demand(block.code, block.text, "")
