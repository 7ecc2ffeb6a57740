"""Text as people search for it: capitals, accents, final sigma and spare spaces make no difference."""

import unicodedata


def folded(text: str) -> str:
    """The form that search columns store and search terms are compared in."""
    decomposed = unicodedata.normalize("NFKD", text)
    unmarked = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    # casefold turns ς into σ, and may itself compose a letter with marks («ΐ» of other scripts): hence the second pass.
    refolded = unicodedata.normalize("NFKD", unmarked.casefold())
    return " ".join("".join(letter for letter in refolded if not unicodedata.combining(letter)).split())
