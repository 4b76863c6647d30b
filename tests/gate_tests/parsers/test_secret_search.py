"""Credentials are found by their shape. None stands here: each is put together when a test runs."""

from collections.abc import Iterator
from time import process_time
from typing import Final

import pytest

from gate_tests.parsers.secret_search import Secret, find_secrets
from gate_tests.parsers.secret_shapes import SHAPES

BODY: Final = "MIIEpAIBAAKCAQEA7bq2"
"""The beginning of the first line of a key."""


def pem(label: str, body: str = BODY, line_end: str = "\n") -> str:
    return f"-----BEGIN {label}-----{line_end}{body}{line_end}-----END {label}-----{line_end}"


TOKENS: Final = {
    "RSA": ("private key", pem("RSA PRIVATE " + "KEY")),
    "PKCS 8": ("private key", pem("PRIVATE " + "KEY")),
    "encrypted": ("private key", pem("ENCRYPTED PRIVATE " + "KEY")),
    "EC, old encryption": (
        "private key",
        pem("EC PRIVATE " + "KEY", f"Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A1B2C3D4E5F\n\n{BODY}"),
    ),
    "OpenSSH": ("private key", pem("OPENSSH PRIVATE " + "KEY", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU")),
    "PGP": ("private key", pem("PGP PRIVATE " + "KEY BLOCK", "Version: GnuPG v2\n\nlQOYBF2b0zkBCADH")),
    "SSH2": ("private key", f"---- BEGIN SSH2 PRIVATE {'KEY'} ----\nComment: \"me\"\n{BODY}"),
    "cut short": ("private key", pem("OPENSSH PRIVATE " + "KEY", "b3BlbnNzaC1r\nZXk=")),
    "in JSON": ("private key", '"private_key": "' + pem("PRIVATE " + "KEY", line_end="\\n") + '"'),
    "in a program": ("private key", f"'-----BEGIN RSA PRIVATE {'KEY'}-----\\n' +\n    '{BODY}\\n'"),
    "indented": ("private key", pem("RSA PRIVATE " + "KEY", line_end="\n    ")),
    "PuTTY": ("PuTTY private key", f"Private-Lines: {14}\n{BODY}"),
    "age": ("age secret key", "AGE-SECRET-" + "KEY-1" + "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L" + "Q" * 26),
    "AWS": ("AWS access key", "AKIA" + "J2Q7" * 4),
    "AWS, temporary": ("AWS access key", "ASIA" + "J2Q7" * 4),
    "AWS, secret": ("AWS secret access key", "aws_secret_access_key = " + "aB3/" * 10),
    "AWS, secret in JSON": ("AWS secret access key", '"SecretAccessKey": "' + "aB3+" * 10 + '"'),
    "GitHub": ("GitHub token", "ghp_" + "a1B2" * 9),
    "GitHub, server": ("GitHub token", "ghs_" + "a1B2" * 9),
    "GitHub, fine-grained": ("GitHub fine-grained token", "github_pat_" + "11A" * 7 + "_" + "a1B2" * 14),
    "GitLab": ("GitLab token", "glpat-" + "a1B2_" * 4),
    "Slack bot": ("Slack token", "xoxb-" + "123456789012-" * 2 + "a1B2" * 6),
    "Slack app": ("Slack token", "xapp-" + "1-A0B1C2D3E-" + "123456789012-" + "a1b2" * 16),
    "Slack webhook": ("Slack webhook", "https://hooks.slack.com" + "/services/T0AB1CD2E/B0AB1CD2F/" + "a1B2" * 6),
    "Slack webhook in JSON": (
        "Slack webhook",
        r"https:\/\/hooks.slack.com" + r"\/services\/T0AB1CD2E\/B0AB1CD2F\/" + "a1B2" * 6,
    ),
    "Google": ("Google API key", "AIza" + "a1B2_" * 7),
    "Google OAuth": ("Google OAuth client secret", "GOCSPX-" + "a1B2" * 7),
    "Stripe": ("Stripe key", "sk_live_" + "a1B2" * 6),
    "Stripe, restricted": ("Stripe key", "rk_live_" + "a1B2" * 6),
    "Anthropic": ("Anthropic API key", "sk-ant-" + "api03-" + "a1B2_-" * 15),
    "OpenAI": ("OpenAI API key", "sk-" + "a1B2" * 12),
    "of a like host": ("OpenAI API key", "sk-" + "abcd1efgh2" * 2),
    "OpenAI, of old": ("OpenAI API key", "sk-" + "a1B2" * 5 + "T3Blbk" + "FJ" + "a1B2" * 5),
    "OpenAI, of a project": ("OpenAI API key", "sk-proj-" + "a1B2_-" * 20),
    "npm": ("npm token", "npm_" + "a1B2" * 9),
    "PyPI": ("PyPI token", "pypi-" + "AgEIcHlwaS5vcmc" + "a1B2_-" * 20),
    "Hugging Face": ("Hugging Face token", "hf_" + "aBcD" * 9),
    "Azure": ("Azure storage or bus key", "DefaultEndpointsProtocol=https;AccountKey=" + "aB3/" * 21 + "aB" + "=="),
    "Azure bus": ("Azure storage or bus key", "SharedAccessKey=" + "aB3/" * 10 + "aB3" + "="),
    "SendGrid": ("SendGrid key", "SG." + "a1B2_-" * 3 + "a1B2" + "." + "a1B2_-" * 7 + "a"),
    "DigitalOcean": ("DigitalOcean token", "dop_v1_" + "a1b2" * 16),
    "Telegram": ("Telegram bot token", "123456789" + ":AA" + "a1B2_" * 6 + "a1B"),
    "Docker": ("Docker token", "dckr_pat_" + "a1B2_-" * 5),
    "in HTML": ("private key", f"-----BEGIN RSA PRIVATE {'KEY'}-----<br/>{BODY}"),
    "Twilio": ("Twilio key", "S" + "K" + "a1b2" * 8),
    "Terraform": ("Terraform token", "a1B2c3D4e5F6g7" + ".atlasv1." + "a1B2" * 16),
    "Azure client": ("Azure client secret", "a1B" + "8Q~" + "a1B2_" * 6 + "a1B2"),
    "Supabase": ("Supabase key", "sb_" + "secret_" + "a1B2" * 8),
    "CircleCI": ("CircleCI token", "CCI" + "PAT_" + "a1B2" * 5 + "a1_" + "a1b2" * 10),
    "Discord": ("Discord webhook", "https://discord.com/api" + "/webhooks/" + "1234567890" * 2 + "/" + "a1B2_-" * 12),
}  # fmt: skip


def find(content: str | bytes, block_bytes: int = 1 << 20) -> list[Secret]:
    data = content.encode() if isinstance(content, str) else content
    return list(find_secrets(data[start : start + block_bytes] for start in range(0, len(data), block_bytes)))


@pytest.mark.quick("*")
@pytest.mark.parametrize(("kind", "token"), TOKENS.values(), ids=TOKENS.keys())
def test_a_credential_is_found_with_its_line_wherever_it_stands(kind: str, token: str) -> None:
    assert find(token) == [Secret(kind, 1)]
    assert find(f"one\ntwo `{token}`\n") == [Secret(kind, 2)]
    assert find(f'{{"text": "one\\n{token}"}}') == [Secret(kind, 1)]
    assert find(b"\x89PNG\0\xff\n\n=" + token.encode() + b"\0\xfe") == [Secret(kind, 3)]
    assert find(f"a\n{token}\n".encode("utf-16")) == [Secret(kind, 2)]
    assert find(b"\0x" + f"a\n{token}\n".encode("utf-16-be")) == [Secret(kind, 2)]


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("AKIA" + "IOSFODNN7EXAMPLE", id="the example of AWS"),
        pytest.param("aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY", id="its secret"),
        pytest.param(
            "https://hooks.slack.com" + "/services/T00000000/B00000000/" + "X" * 24, id="the example of Slack"
        ),
        pytest.param("It begins with `ghp_`, `sk-ant-` or `-----BEGIN PRIVATE KEY-----`.", id="prefixes alone"),
        pytest.param(pem("PRIVATE " + "KEY", "…"), id="a key left out"),
        pytest.param(pem("PRIVATE " + "KEY", "<your key>"), id="a key to be put in"),
        pytest.param(pem("PRIVATE " + "KEY", "REDACTED"), id="a key taken out"),
        pytest.param(pem("PUBLIC KEY"), id="a public key"),
        pytest.param(pem("CERTIFICATE"), id="a certificate"),
        pytest.param("ghp_<token>, ghp_abc, sk-..., xoxb-your-token, AIza...", id="what is too short"),
        pytest.param("ghp_" + "x" * 36 + " sk-" + "X" * 48 + " AIzaSy" + "X" * 33, id="crossed out"),
        pytest.param("sk-ant-" + "api03-your-key-here-1234567890, sk-proj-" + "your-openai-api-key-1", id="yours"),
        pytest.param(
            "https://hooks.slack.com" + "/services/" + "X" * 9 + "/XXXXXXXXX/XXXXXXX", id="a hook crossed out"
        ),
        pytest.param("cache-key-" + "a1b2" * 8 + " risk-" + "a1b2" * 8, id="a hash with a name"),
        pytest.param("task-" + "a1B2" * 12, id="the end of a word"),
        pytest.param("sk-" + "learn-is-a-library-for-machine-learning-in-python", id="words"),
        pytest.param("AKIA" + "J2Q7" * 5, id="more letters than a key has"),
        pytest.param("sha512-" + "aB3/" * 20, id="a hash"),
        pytest.param("".join(f"{number:x}" for number in range(9_000)), id="digits"),
        pytest.param("SG." + "a1B2" * 10, id="one part of two"),
        pytest.param("password = hunter2", id="what has no shape"),
    ],
)
def test_what_only_looks_a_little_like_one_is_none(text: str) -> None:
    assert find(text) == []
    assert find(text.encode("utf-16")) == []


@pytest.mark.quick("1000")
@pytest.mark.parametrize("block_bytes", [1, 7, 1000])
def test_blocks_of_any_size_are_searched_alike(block_bytes: int) -> None:
    token = "ghp_" + "a1B2" * 9
    text = f"{token}\n" + "x\n" * 1_500 + f"{token} {token}\n" + " " * 2_500 + token + "\n" + f"=\n{token}"
    assert [secret.line for secret in find(text, block_bytes)] == [1, 1502, 1503, 1505]
    assert [secret.line for secret in find(text)] == [1, 1502, 1503, 1505]


@pytest.mark.parametrize("position", range(2_040, 2_060))
def test_a_credential_at_the_edge_of_a_block_is_found_once(position: int) -> None:
    token = TOKENS["RSA"][1]
    content = " " * position + token
    for block_bytes in (2_048, 2_050, 4_096):
        assert find(content, block_bytes) == [Secret("private key", 1)]
        assert find(content.encode("utf-16-le"), block_bytes) == [Secret("private key", 1)]


def test_several_kinds_on_a_line_are_told_and_each_once() -> None:
    both = "ghp_" + "a1B2" * 9 + " " + "AKIA" + "J2Q7" * 4
    assert find(f"{both} {both}") == [Secret("GitHub token", 1), Secret("AWS access key", 1)]


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted({shape.kind for shape in SHAPES}))
def test_the_beginnings_of_credentials_take_linear_time(kind: str) -> None:
    literals = [literal for shape in SHAPES if shape.kind == kind for literal in shape.literals]
    for literal in literals:
        for filler in (b"", b" \n", b"A" * 15, b"0a: b\n"):
            data = (literal + filler) * (300_000 // len(literal + filler))
            started = process_time()
            sum(1 for _ in find_secrets([data]))
            assert process_time() - started < 1


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file() -> None:
    import tracemalloc

    def blocks() -> Iterator[bytes]:
        for _ in range(24):
            yield b"tea " * (1 << 18)

    tracemalloc.start()
    try:
        list(find_secrets(blocks()))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 16 << 20
