"""The shapes of credentials: what the issuers' own documentation says of their prefixes, alphabets and lengths.

Lengths are taken as lower bounds where issuers may lengthen a token. Every quantifier is bounded, and so is the length
of what is needed to decide: MAX_SHAPE_BYTES.
"""

import re
from collections.abc import Iterator
from itertools import compress
from typing import Final, NamedTuple

MAX_SHAPE_BYTES: Final = 2048
"""The longest text by which one of the shapes is decided."""

_ESCAPES: Final = (rb"\n", rb"\r", rb"\t")
_NO_DOCUMENTED_EXAMPLE: Final = rb"(?![A-Z0-9]{9}EXAMPLE)"
_WORD_START: Final = rb"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))"
_NO_PLACEHOLDER: Final = rb"(?![A-Za-z0-9_-]{0,24}?(?:[xX]{12}|(?i:your)[_-]))"
"""A run of `x`, or `your-…`, which documentation puts in the place of a token."""
_PEM_GAP: Final = rb"(?:\\[nrt]|<br ?/?>|&#1[03];|[\s\"'`+,>#*|;\\]){0,64}+"
"""Between the lines of a PEM block: white space, also escaped, and what quotes a line in a program or in Markdown."""
_PEM_FIELDS: Final = rb"(?:[A-Za-z][A-Za-z-]{1,30}+: [^\r\n\\]{1,80}+" + _PEM_GAP + rb"){0,4}+"
_SHORT_BODY: Final = rb"(?=[A-Za-z]{0,79}+[0-9+/=])(?:[A-Za-z0-9+/=]{1,80}+(?:\\[nr]|\r?\n[\t >]{0,8}){1,4}){1,6}"
"""Some lines of a key, cut short, but no word such as REDACTED."""
_SLASH: Final = rb"\\?/"


class Shape(NamedTuple):
    """One kind of credential.

    A text with a match has one of `literals`, which are looked for first: that is faster. `patterns` are one for all of
    them, or one for each. With `is_word` no letter or digit precedes a match.
    """

    kind: str
    literals: tuple[bytes, ...]
    patterns: tuple[bytes, ...]
    is_word: bool = False

    def find(self, content: bytes) -> Iterator[int]:
        """The offset of each match."""
        found = [literal in content for literal in self.literals]
        is_possible = found if len(self.patterns) == len(found) else [any(found)]
        for pattern in compress(self.patterns, is_possible):
            yield from self._match(re.compile(pattern), content)  # which keeps what it compiled

    def _match(self, pattern: re.Pattern[bytes], content: bytes) -> Iterator[int]:
        position = 0
        while match := pattern.search(content, position):
            position = match.start() + 1
            if not self.is_word or _begins_word(content, match.start()):
                yield match.start()
                position = match.end()


def _begins_word(content: bytes, start: int) -> bool:
    """Whether no letter or digit precedes `start`, but for that of an escape in a JSON text."""
    return not content[max(start - 1, 0) : start].isalnum() or content[max(start - 2, 0) : start] in _ESCAPES


def _shape(kind: str, literals: str, pattern: bytes) -> Shape:
    """A shape with one pattern, and with literals that are separated by `|`."""
    return Shape(kind, tuple(literal.encode() for literal in literals.split("|")), (pattern,))


def _token(kind: str, literals: str, tail: bytes) -> Shape:
    """A token that begins with one of the literals, separated by spaces, and goes on with `tail`."""
    prefixes = tuple(literal.encode() for literal in literals.split())
    patterns = tuple(re.escape(prefix) + rb"(?=" + tail + rb")" + _NO_PLACEHOLDER for prefix in prefixes)
    return Shape(kind, prefixes, patterns, is_word=True)


SHAPES: Final = (
    _shape(
        "private key",
        "PRIVATE KEY",
        rb"----[- ]BEGIN (?:[A-Z0-9]{1,20} ){0,4}?PRIVATE KEY(?: BLOCK)?[- ]----"
        + _PEM_GAP
        + _PEM_FIELDS
        + rb"(?:[A-Za-z0-9+/]{16}|" + _SHORT_BODY + rb"----[- ]END)",
    ),
    _shape("PuTTY private key", "Private-Lines: ", rb"Private-Lines: [0-9]{1,4}\s{1,4}[A-Za-z0-9+/]{16}"),
    _token("age secret key", "AGE-SECRET-KEY-1", rb"[0-9A-Z]{50}"),
    _token("AWS access key", "AKIA ASIA", _NO_DOCUMENTED_EXAMPLE + rb"[A-Z0-9]{16}(?![A-Za-z0-9])"),
    _shape(
        "AWS secret access key",
        "ecret_access_key|ECRET_ACCESS_KEY|ecretAccessKey",
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
    _shape(
        "Slack webhook",
        "hooks.slack.com",
        rb"hooks\.slack\.com" + _SLASH + rb"(?:services|workflows|triggers)"
        + rb"(?!" + _SLASH + rb"T0{8}" + _SLASH + rb"B0{8}|[^\s]{0,60}?(?:X{8}|YOUR))"  # the documented examples
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
    _shape(
        "Azure storage or bus key",
        "AccountKey=|SharedAccessKey=",
        rb"(?:AccountKey|SharedAccessKey)=(?!Eby8vdM02xNO)[A-Za-z0-9+/]{42,88}+={1,2}",
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
    _token("Sentry token", "sntryu_", rb"[a-f0-9]{60}"),
    _token("Twilio key", "SK", rb"[a-f0-9]{32}(?![A-Za-z0-9])"),
    _token("Square token", "sq0atp- sq0csp-", rb"[A-Za-z0-9_-]{22}"),
    _token("Heroku key", "HRKU-", rb"[A-Za-z0-9_-]{36}"),
    _token("Doppler token", "dp.pt. dp.st. dp.sa. dp.ct.", rb"(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40}"),
    _token("Fly.io token", "fm2_", rb"[A-Za-z0-9+/]{60}"),
    _token("PlanetScale token", "pscale_tkn_ pscale_pw_ pscale_oauth_", rb"[A-Za-z0-9_.-]{32}"),
    _token("Supabase key", "sbp_", rb"[a-f0-9]{40}"),
    _token("Supabase key", "sb_secret_", rb"[A-Za-z0-9_-]{24}"),
    _token("Netlify token", "nfp_", rb"[A-Za-z0-9]{36}"),
    _token("Pulumi token", "pul-", rb"[a-f0-9]{40}"),
    _token("Bitbucket token", "ATBB", rb"[A-Za-z0-9]{24}[A-F0-9]{8}(?![A-Za-z0-9])"),
    _token("Atlassian token", "ATCTT3xFfGN0", rb"[A-Za-z0-9_=-]{60}"),
    _token("CircleCI token", "CCIPAT_", rb"[A-Za-z0-9]{22}_[a-f0-9]{40}"),
    _token("Buildkite token", "bkua_", rb"[a-f0-9]{40}"),
    _token("Dynatrace token", "dt0c01.", rb"[A-Z0-9]{24}\.[A-Z0-9]{64}"),
    _token("NuGet key", "oy2", rb"[a-z0-9]{43}(?![A-Za-z0-9])"),
    _token("crates.io token", "cio", rb"[A-Za-z0-9]{32}(?![A-Za-z0-9])"),
    _token("LangSmith key", "lsv2_pt_ lsv2_sk_", rb"[a-f0-9]{32}_[a-f0-9]{10}"),
    _token("Airtable token", "pat", rb"[A-Za-z0-9]{14}\.[a-f0-9]{64}"),
    _shape("Terraform token", ".atlasv1.", _WORD_START + rb"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60}"),
    _shape("Azure client secret", "8Q~|7Q~", _WORD_START + rb"[A-Za-z0-9_~.-]{3}[78]Q~[A-Za-z0-9_~.-]{34}"),
    _token("New Relic key", "NRAK-", rb"[A-Z0-9]{27}"),
    _shape(
        "Discord webhook",
        r"api/webhooks/|api\/webhooks\/",
        rb"discord(?:app)?\.com" + _SLASH + rb"api" + _SLASH + rb"webhooks" + _SLASH + rb"[0-9]{15,20}+" + _SLASH
        + rb"[A-Za-z0-9_-]{60}",
    ),
    _shape(
        "Telegram bot token",
        ":AA",
        _WORD_START + rb"(?:bot)?[0-9]{8,10}+:AA[A-Za-z0-9_-]{32,33}(?![A-Za-z0-9_-])",
    ),
)  # fmt: skip
"""Every kind that is found."""
