"""The peer of `dsr request`: WeasyPrint alone, on the same page and with the same settings.

Usage: bare_weasyprint.py PAGE.html LETTER.pdf [PAGE.html LETTER.pdf]...
"""

import sys
from pathlib import Path

import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

fetcher = URLFetcher(allowed_protocols={"data"})
fonts = FontConfiguration()
for page, letter in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
    document = weasyprint.HTML(string=Path(page).read_text("utf-8"), url_fetcher=fetcher)
    pdf = document.write_pdf(font_config=fonts, pdf_variant="pdf/a-3a")
    Path(letter).write_bytes(pdf)
