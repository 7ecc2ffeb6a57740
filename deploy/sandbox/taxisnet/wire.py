"""A persona as TaxisNet writes it: padded attributes, letters partly as numeric entities, `null` as a word."""

from xml.sax.saxutils import quoteattr

from sandbox.people import Persona

CODE_WIDTH = 12  # seen: nine digits and three blanks
WIDE = 40


def as_json(persona: Persona) -> dict[str, dict[str, str]]:
    return {"userinfo": _attributes(persona)}


def as_xml(persona: Persona) -> str:
    encode = _all_entities if persona.wire == "padded_entities" else _some_entities
    attributes = " ".join(f'{key}="{encode(value)}"' for key, value in _attributes(persona).items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<root>\n<userinfo {attributes}/>\n</root>\n'


def _attributes(persona: Persona) -> dict[str, str]:
    is_person = persona.name is not None
    values = {
        "userid": f"U{persona.taxid[1:]}".ljust(CODE_WIDTH),
        "taxid": persona.taxid.ljust(CODE_WIDTH),
        "lastname": persona.surname,
        "firstname": persona.name or "null",
        "fathername": "ΓΕΩΡΓΙΟΣ" if is_person else "null",
        "mothername": "ΜΑΡΙΑ" if is_person else "null",
        "birthyear": "1975" if is_person else "null",
    }
    if persona.wire == "padded_entities":
        return {key: value.ljust(WIDE) for key, value in values.items()}
    return values


def _some_entities(value: str) -> str:
    """Every third Greek letter as an entity, the others raw: the original mixes the two."""
    return "".join(
        f"&#{ord(letter)};" if ord(letter) > 127 and place % 3 == 2 else _escaped(letter)
        for place, letter in enumerate(value)
    )


def _all_entities(value: str) -> str:
    return "".join(f"&#x{ord(letter):X};" if ord(letter) > 127 else _escaped(letter) for letter in value)


def _escaped(letter: str) -> str:
    return quoteattr(letter, {'"': "&quot;"})[1:-1]
