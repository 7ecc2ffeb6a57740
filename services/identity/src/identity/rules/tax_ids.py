"""The ΑΦΜ: nine digits, the last a check digit, leading zeros count. Always text."""

import re

WEIGHTS = (256, 128, 64, 32, 16, 8, 4, 2)
NINE_DIGITS = re.compile(r"[0-9]{9}")


def is_valid(tax_id: str) -> bool:
    """000000000 satisfies the sum and is nobody's."""
    if not NINE_DIGITS.fullmatch(tax_id) or tax_id == "000000000":
        return False
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, tax_id, strict=False))
    return total % 11 % 10 == int(tax_id[8])


def normalised(raw: str) -> str:
    """As TaxisNet sends it: padded with blanks, and by some contexts with two zeros in front (eleven digits)."""
    trimmed = raw.strip()
    return trimmed[2:] if len(trimmed) == 11 and trimmed.startswith("00") else trimmed


def masked(tax_id: str) -> str:
    return f"*****{tax_id[-4:]}"
