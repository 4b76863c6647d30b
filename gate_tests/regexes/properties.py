"""The Unicode properties that `\\p{…}` may name: by JavaScript's spelling, which is strict."""

import re

_CATEGORIES = """
C Cc Cf Cn Co Cs L LC Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs
Letter Cased_Letter Lowercase_Letter
Uppercase_Letter Titlecase_Letter Modifier_Letter Other_Letter Mark
Nonspacing_Mark Spacing_Mark Enclosing_Mark Number Decimal_Number Letter_Number Other_Number
Punctuation Symbol Math_Symbol Currency_Symbol Modifier_Symbol Other_Symbol Separator Space_Separator
Line_Separator Paragraph_Separator Other Control Format Private_Use Unassigned
"""
_YES_OR_NO = """
Alphabetic Lowercase Uppercase White_Space ID_Start ID_Continue XID_Start XID_Continue Math Dash
Emoji Emoji_Presentation Emoji_Modifier Emoji_Modifier_Base Emoji_Component Extended_Pictographic
Hex_Digit Ideographic Quotation_Mark Diacritic
"""
_SCRIPTS = """
Arabic Armenian Bengali Bopomofo Common Coptic Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han
Hangul Hebrew Hiragana Inherited Kannada Katakana Khmer Lao Latin Malayalam Mongolian Myanmar Sinhala Syriac Tamil
Telugu Thai Tibetan
"""
_NAMES = frozenset((_CATEGORIES + _YES_OR_NO).split()) | {"Any", "ASCII", "Assigned"}
_NAMED = re.compile(r"(General_Category|gc|Script|sc|Script_Extensions|scx)=(\w+)", re.ASCII)


def property_of(name: str) -> str | None:
    """How the library `regex` spells it; None for what JavaScript does not know or we do not support."""
    if name in _NAMES:
        return name
    match = _NAMED.fullmatch(name)
    if not match:
        return None
    if match[1] in ("General_Category", "gc"):
        return match[2] if match[2] in _CATEGORIES.split() else None
    long = "Script_Extensions" if match[1] in ("Script_Extensions", "scx") else "Script"
    return f"{long}={match[2]}" if match[2] in _SCRIPTS.split() else None
