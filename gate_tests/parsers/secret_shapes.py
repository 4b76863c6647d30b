"""The shapes of credentials: what the issuers' own documentation says of their prefixes, alphabets and lengths.

Lengths are taken as lower bounds where issuers may lengthen a token. Every quantifier is bounded, and so is the length
of what is needed to decide: MAX_SHAPE_BYTES.
"""

import re
from typing import Final, NamedTuple

MAX_SHAPE_BYTES: Final = 1024
"""The longest text by which one of the shapes is decided."""

_BEFORE: Final = rb"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))"
"""No letter or digit, but for those of an escape in a JSON text."""
_NO_DOCUMENTED_EXAMPLE: Final = rb"(?![A-Z0-9]{9}EXAMPLE)"
_PEM_GAP: Final = rb"(?:\\[nrt]|[\s\"'`+,>#*|;\\]){0,64}+"
"""Between the lines of a PEM block: white space, also escaped, and what quotes a line in a program or in Markdown."""
_PEM_FIELDS: Final = rb"(?:[A-Za-z][A-Za-z-]{1,30}+: [^\r\n\\]{1,80}+" + _PEM_GAP + rb"){0,4}+"
_SHORT_BODY: Final = rb"(?=[A-Za-z]{0,79}+[0-9+/=])(?:[A-Za-z0-9+/=]{1,80}+(?:\\[nr]|\r?\n[\t >]{0,8}){1,4}){1,6}"
"""Some lines of a key, cut short, but no word such as REDACTED."""
_SLASH: Final = rb"\\?/"


class Shape(NamedTuple):
    """One kind of credential. A text with a match has one of `literals`, which are looked for first: that is faster."""

    kind: str
    literals: tuple[bytes, ...]
    pattern: bytes

    def find(self, content: bytes) -> list[int]:
        """The offset of each match."""
        if not any(literal in content for literal in self.literals):
            return []
        return [match.start() for match in _compile(self.pattern).finditer(content)]


def _compile(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern)  # which keeps them


def _token(kind: str, literals: str, tail: bytes) -> Shape:
    """A token that begins with one of the literals, separated by spaces, and goes on with `tail`."""
    prefixes = tuple(literal.encode() for literal in literals.split())
    return Shape(kind, prefixes, _BEFORE + rb"(?:" + rb"|".join(map(re.escape, prefixes)) + rb")" + tail)


SHAPES: Final = (
    Shape(
        "private key",
        (b"PRIVATE KEY",),
        rb"----[- ]BEGIN (?:[A-Z0-9]{1,20} ){0,4}?PRIVATE KEY(?: BLOCK)?[- ]----"
        + _PEM_GAP
        + _PEM_FIELDS
        + rb"(?:[A-Za-z0-9+/]{16}|" + _SHORT_BODY + rb"----[- ]END)",
    ),
    Shape("PuTTY private key", (b"Private-Lines: ",), rb"Private-Lines: [0-9]{1,4}\s{1,4}[A-Za-z0-9+/]{16}"),
    _token("age secret key", "AGE-SECRET-KEY-1", rb"[0-9A-Z]{50}"),
    _token("AWS access key", "AKIA ASIA", _NO_DOCUMENTED_EXAMPLE + rb"[A-Z0-9]{16}(?![A-Za-z0-9])"),
    Shape(
        "AWS secret access key",
        (b"ecret_access_key", b"ECRET_ACCESS_KEY", b"ecretAccessKey"),
        rb"(?i:secret_?access_?key)[\"'\\\s:=>]{1,16}+[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])(?<!EXAMPLEKEY)",
    ),
    _token("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", rb"[A-Za-z0-9]{30}"),
    _token("GitHub fine-grained token", "github_pat_", rb"[A-Za-z0-9_]{30}"),
    _token(
        "GitLab token",
        "glpat- gldt- glrt- glptt- glsoat- glcbt- glft- glimt- glagent-",
        rb"[A-Za-z0-9_-]{20}",
    ),
    _token("Slack token", "xoxa- xoxb- xoxe- xoxo- xoxp- xoxr- xoxs-", rb"[0-9]{1,14}-[A-Za-z0-9-]{10}"),
    _token("Slack token", "xoxe.xoxp- xoxe.xoxb- xapp-", rb"[0-9]-[A-Za-z0-9-]{20}"),
    Shape(
        "Slack webhook",
        (b"hooks.slack.com",),
        rb"hooks\.slack\.com" + _SLASH + rb"(?:services|workflows|triggers)"
        + rb"(?!" + _SLASH + rb"T0{8}" + _SLASH + rb"B0{8})"  # the documented example
        + rb"(?:" + _SLASH + rb"[A-Za-z0-9]{6,64}+){3}",
    ),
    _token("Google API key", "AIza", rb"[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    _token("Google OAuth client secret", "GOCSPX-", rb"[A-Za-z0-9_-]{24}"),
    _token("Google OAuth token", "ya29.", rb"[A-Za-z0-9_-]{30}"),
    _token("Stripe key", "sk_live_ rk_live_", rb"[A-Za-z0-9]{16}"),
    _token("Stripe webhook secret", "whsec_", rb"[A-Za-z0-9+/]{32}"),
    _token("Anthropic API key", "sk-ant-", rb"[A-Za-z0-9_-]{24}"),
    _token("OpenAI API key", "sk-proj- sk-svcacct- sk-admin- sk-None-", rb"[A-Za-z0-9_-]{20}"),
    _token("OpenAI API key", "sk-", rb"(?:[A-Za-z0-9]{32}|(?=[A-Za-z]{0,19}+[0-9])[A-Za-z0-9]{20})"),
    _token("OpenRouter API key", "sk-or-v1-", rb"[a-f0-9]{40}"),
    _token("Groq API key", "gsk_", rb"[A-Za-z0-9]{40}"),
    _token("xAI API key", "xai-", rb"[A-Za-z0-9]{60}"),
    _token("Perplexity API key", "pplx-", rb"[A-Za-z0-9]{40}"),
    _token("Replicate token", "r8_", rb"[A-Za-z0-9]{37}"),
    _token("Hugging Face token", "hf_ api_org_", rb"[A-Za-z0-9]{30}"),
    _token("npm token", "npm_", rb"[A-Za-z0-9]{30}"),
    _token("PyPI token", "pypi-AgE", rb"[A-Za-z0-9_-]{30}"),
    _token("RubyGems key", "rubygems_", rb"[a-f0-9]{48}"),
    _token("Docker token", "dckr_pat_ dckr_oat_", rb"[A-Za-z0-9_-]{24}"),
    Shape(
        "Azure storage or bus key",
        (b"AccountKey=", b"SharedAccessKey="),
        rb"(?:AccountKey|SharedAccessKey)=[A-Za-z0-9+/]{42,88}+={1,2}",
    ),
    _token("SendGrid key", "SG.", rb"[A-Za-z0-9_-]{20,24}\.[A-Za-z0-9_-]{39}"),
    _token("DigitalOcean token", "dop_v1_ doo_v1_ dor_v1_", rb"[a-f0-9]{40}"),
    _token("Databricks token", "dapi", rb"[a-f0-9]{32}(?![A-Za-z0-9])"),
    _token("Shopify token", "shpat_ shpca_ shppa_ shpss_", rb"[a-fA-F0-9]{32}"),
    _token("Vault token", "hvs. hvb.", rb"[A-Za-z0-9_-]{24}"),
    _token("Grafana token", "glsa_ glc_", rb"[A-Za-z0-9_+/=]{32}"),
    _token("Linear API key", "lin_api_", rb"[A-Za-z0-9]{40}"),
    _token("Notion token", "ntn_", rb"[A-Za-z0-9]{40}"),
    _token("Figma token", "figd_", rb"[A-Za-z0-9_-]{40}"),
    _token("Postman API key", "PMAK-", rb"[a-f0-9]{24}-[a-f0-9]{34}"),
    _token("Atlassian token", "ATATT3xFfGF0", rb"[A-Za-z0-9_=-]{60}"),
    _token("Sentry token", "sntrys_", rb"[A-Za-z0-9+/=_]{40}"),
    _token("New Relic key", "NRAK-", rb"[A-Z0-9]{27}"),
    Shape(
        "Discord webhook",
        (b"api/webhooks/", rb"api\/webhooks\/"),
        rb"discord(?:app)?\.com" + _SLASH + rb"api" + _SLASH + rb"webhooks" + _SLASH + rb"[0-9]{15,20}+" + _SLASH
        + rb"[A-Za-z0-9_-]{60}",
    ),
    Shape(
        "Telegram bot token",
        (b":AA",),
        _BEFORE + rb"(?:bot)?[0-9]{8,10}+:AA[A-Za-z0-9_-]{32,33}(?![A-Za-z0-9_-])",
    ),
)  # fmt: skip
"""Every kind that is found."""
