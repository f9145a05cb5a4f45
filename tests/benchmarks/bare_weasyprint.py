"""The peer of `dsr request`: WeasyPrint alone, on the same page and with the same settings.

Usage: bare_weasyprint.py PAGE.html LETTER.pdf
"""

import sys
from pathlib import Path

import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

page, letter = Path(sys.argv[1]), Path(sys.argv[2])
fetcher = URLFetcher(allowed_protocols={"data"})
document = weasyprint.HTML(string=page.read_text("utf-8"), url_fetcher=fetcher)
letter.write_bytes(document.write_pdf(font_config=FontConfiguration(), pdf_variant="pdf/a-3a"))
