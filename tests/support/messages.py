"""The wording of every message that a test refers to, once: tests name a message, and give the values in it.

`tests/acceptance/messages` produces each of them; a new wording is a change of the code and of this table.
"""

import re
from string import Formatter

MESSAGES = {
    # Files that `orch agent` writes
    "section-without-end": "a section of orch begins here, expected `<!-- orch: end -->` after it",
    "section-without-begin": "a section of orch ends here, expected `<!-- orch: begin` before it",
    "second-section": "another section of orch begins here, expected one (the first begins in line {first})",
    "no-parent-directory": "directory {directory} does not exist",
    "file-not-readable": "cannot be read ({reason})",
    "file-not-written": "cannot be written ({reason})",
    "not-written-by-skill": "{path} exists and was not written by orch agent skill",
    "write-is-empty": "--write is empty; name a path",
    "write-is-a-dash": "--write names a path; without it, the text is printed",
    "user-file-read-only": "{path}: is read-only",
    "file-changed-meanwhile": "{path}: was changed by another process",
    # Packages of a host, and its packaging
    "user-site": "installed for one user, in {directory}: python -I -m runner does not find it and exits 1",
    "two-packages": "setuptools finds two packages, {package} and orchestration, and so builds none (pip install .)",
    "installs-orchestration": "setuptools installs orchestration/ as a package{instead} (pip install .)",
    "find-rule-finds": "{file}: {section} finds orchestration/, which pip install . installs as a package",
    "same-package": "{owner} installs a package {packages}, as orch does: one replaces files of the other",
    "files-replaced": "{count} of orch changed since the installation: {files}",
    "host-package-imported": (
        "{path} was imported, which has the name of a package of orch; orch gate check judges without it"
    ),
    # Hooks of hosts
    "copilot-runs-twice": "warning: Copilot CLI reads .claude/settings.json too, so hooks run twice; see {command}",
    "codex-runs-twice": "warning: hooks of orch are in .codex/config.toml too, and each runs twice; remove them there",
    "hooks-below-top": "warning: an agent that works outside of {directory} is not sent back for its gates",
    # What a commit changes
    "not-staged": "not staged: {path}",
    "not-staged-ignored": "not staged: {path} (git ignores it: {rule})",
    "rule-not-staged": "{path}: not staged, but named by {workflow}",
    "nothing-touched": "the staged change touches no run, nothing was verified",
    "nothing-linted": "the staged change touches no contract, nothing was linted",
    "no-such-file": "file {path} does not exist",
    "outside-the-repository": "file {path} is outside the repository {top}",
    "touched-needs-staged": "--touched requires --staged",
    "touched-excludes": "--touched excludes --run, --all, --at and --replay",
    "run-deleted": "note: {run} is deleted",
    # What is verified
    "all-and-run": "--all and RUN exclude each other",
    "at-and-staged": "--at and --staged exclude each other",
    "base-excludes": "--base excludes RUN, --all, --touched and --replay",
    "allow-needs-base": "--allow requires --base",
    "network-needs-replay": "--network requires --replay",
    "allow-form": "--allow {value!r}: {forms}",
    "allow-kind": "--allow {value!r}: unknown kind {kind!r}",
    "not-in-git": "{root} is not in a git repository",
    "unknown-revision": "unknown revision {name!r}",
    "no-commit-yet": "unknown revision {name!r}: no commit exists",
    "invalid-revision": "invalid revision {name!r}",
    "range-of-revisions": "{name!r} is a range, not a revision",
    "not-a-commit": "revision {name!r} is a {kind}, not a commit",
    "ambiguous-revision": "revision {name!r} is ambiguous: {refs}",
    "no-root-in-tree": "{tree} has no orchestration/ at this root",
    "in-conflict": "{path} has merge conflicts in the index",
    "file-changed": "changed: {path} ({attempt})",
    "file-missing": "missing: {path} ({attempt})",
    "file-moved": "moved: {path} → {copy} ({attempt})",
    "contract-differs": "contract changed since {gate} passed: {path}",
    "contract-gone": "contract missing since {gate} passed: {path}",
    "workflow-differs": "workflow changed since the run started: {path}",
    "workflow-gone": "workflow missing since the run started: {path}",
    "difference-looser": "looser: {check}: {change}",
    "difference-unknown": "what changed is not known: {problem}",
    "no-check-changed": "no check changed",
    "outputs-unchanged": "warning: {attempt}: its outputs are those that existed before it started",
    "runs-verified": "{count} run{where}: {files}",
    "no-runs-verified": "no runs, nothing was verified",
    "since-base": "since {commit}: {counts}",
    "touched-none": "touched: no runs",
    "attempt-deleted": "deleted: {run}: {attempt} ({file})",
    "rule-loosened": "loosened: {name}: {check}: {change}",
    "difference-allowed": "allowed: loosened: {name}: {change}",
    "replay-of": "Replay of {run}",
    "replay-result": "{count} {gates} that passed: {outcomes}",
    "nothing-to-replay": "no passed gates to judge again",
    "replay-required": "{option} requires --replay",
    "cannot-be-exported": "{tree} cannot be exported to {directory}: {reason}",
    # Names and paths
    "not-a-gate-id": (
        "invalid gate id {gate!r}: expected a letter, then letters, digits, '.', '_' or '-', at most 64, no '..'"
    ),
    "not-a-slug": "invalid slug {slug!r}: expected words of a-z and 0-9 joined by single '-', at most 100 characters",
    "slug-meant": ", did you mean {slug!r}?",
    "slug-example": ", such as the-word-robot",
    "not-a-run-id": "invalid run id {run!r} (expected the form run_20261122T093000Z_the-word-robot_k3x9ab)",
    "no-run-matches": "no run matches {run!r}",
    "ambiguous-run": "{run!r} is ambiguous: matches {count} runs: {runs}",
    "two-runs": "{argument!r} and --run {option!r} are two runs; name one",
    "run-required": "{count} runs are {condition}, so --run is required: {runs}",
    "run-number": "expected a number from 1 to {highest}, found {typed!r}",
    "one-gate": "expected one gate, found {count}: {gates}",
    "gate-required": "{count} gates have an open attempt, so --gate is required: {gates}",
    "no-open-attempt": "no attempt is open in run {run}",
    "all-gates-passed": "all gates of run {run} have passed",
    "all-runs-completed": "all runs are completed",
    "unknown-depth": "unknown depth {depth!r}",
    "unknown-status": "unknown status {status!r}",
    "unknown-run": "unknown run {run!r}",
    "run-without-record": "unknown run {run!r}: its directory has no record, only files that git ignores",
    "unknown-gate": "unknown gate {gate!r} in run {run}",
    "unknown-workflow": "unknown workflow {workflow!r}",
    "unknown-shell": "unknown shell {shell!r}",
    "unknown-command": "no {what} {name!r}",
    "no-schema": "unknown schema {kind!r}",
    "no-run-of-workflow": "no run of a workflow {workflow!r}",
    "not-a-time": (
        "invalid time {text!r}: expected a date (2026-11-22), a time (2026-11-22T09:30, UTC) or an age"
        " (90m, 12h, 3d, 2w)"
    ),
    "did-you-mean": ", did you mean {name!r}?",
    "known": " (known: {names})",
    "empty-text": "{what} must not be empty",
    "names-not-counted": ", and {count} with control characters in the name, which do not count",
    "text-not-in-this-locale": "{what} {text} cannot be read in this locale (encoding: {encoding})",
    "no-name-in-this-locale": "{path} cannot be a file name in this locale (encoding: {encoding})",
    "control-character": "{what} {text!r} contains a control character",
    "text-not-utf-8": "{what} {text!r} is not UTF-8",
    "absolute-path": "{what} {path!r} is absolute; expected a path relative to the root",
    "path-of-the-root": "{what} {path!r} is not a path below the root",
    "path-leaves-root": "{what} {path!r} is outside the root",
    "symlink-leaves-root": "{what} {path!r} is outside the root (through a symlink)",
    "file-leaves-root": "{path}: is outside the root (through a symlink)",
    "record-leaves-root": "{path}: is outside the root (through a symlink); records must be below the root",
    # The root
    "no-root": "no orchestration/gates/ or orchestration/workflows/ in {start} or any parent directory",
    "root-is-file": "{named_by}: {root} is not a directory",
    "root-without-orchestration": ("{named_by}: {root} has no orchestration/gates/ or orchestration/workflows/"),
    "roots-below": "; roots below: {roots}",
    "roots-beside": "; roots below {top}: {roots}",
    "records-without-root": "; records found in {runs}",
    "nested-root": "root: {root}; another root is above it: {outer}",
    "root-above-tree": "root: {root}, which is above the git work tree {tree}",
    "other-work-tree": (
        "Gate {gate} {name} is open in {root}, but the agent works in another git work tree, {tree}; the gate was not"
        " judged"
    ),
    "named-root": (
        "-C names {root}, but the agent works in another git work tree, {tree}; no gate was judged. Remove -C where the"
        " hook is configured: without it the agent's directory decides"
    ),
    "package-beside": "{folder} is a Python package; its modules were not changed",
    "init-beside-roots": "warning: this repository has other roots: {roots}; each command uses the nearest one upwards",
    "init-below-root": "warning: another root is above it: {outer}; below {root}, commands use the new root",
    "commit-orchestration": "commit orchestration/ with git; its .gitignore excludes the logs of runs",
    "record-ignored": "git ignores the record ({rule}): no commit will have it",
    "nothing-to-lint": "no contract in {root}/orchestration/gates/contracts",
    "nothing-to-check": "no runs, nothing was checked",
    "root-is-missing": "{named_by}: {root} does not exist",
    "cwd-removed": "the current directory has been removed",
    # JSON files
    "missing": "{path}: file is missing",
    "empty-file": "is empty; expected a JSON object",
    "not-json": "invalid JSON: {reason}",
    "constant": "invalid JSON: {constant} is not JSON; write null or a number",
    "number-too-large": "number {number} is too large",
    "half-surrogate-pair": "contains half of a surrogate pair, which is not text",
    "duplicate-key": "duplicate key {key!r} (first on line {line})",
    "utf-16": "is UTF-16; expected UTF-8",
    "not-utf-8": "is not UTF-8",
    "nested-too-deeply": "is nested too deeply",
    "is-directory": "is a directory; expected a JSON file",
    "is-special": "is a special file; expected a JSON file",
    "larger-than": "is larger than {limit}",
    "conflict-markers": "contains git conflict markers",
    "cannot-be-read": "{path}: cannot be read: {reason}",
    "more-errors": "has more than {limit} errors",
    "unknown-key": "unknown key {key!r}",
    "missing-key": "missing key {key!r}",
    "unknown-value": "unknown value {value!r}",
    "wrong-type": "must be {kind}",
    "too-large": "must be at most {limit}",
    "too-small": "must be at least {limit}",
    "not-more": "must be more than {limit}",
    "one-of": "must be one of {values}",
    "empty-value": "must not be empty",
    "missing-member": "is missing",
    "no-match": "must match {regex}",
    "twice-in-list": "must not contain duplicates",
    # Contracts and workflows
    "no-contract": "no contract for gate {gate!r}: {path} does not exist",
    "contract-is-dangling-link": "{path}: is a broken symlink",
    "other-than-file-name": "is {name!r}, but the file name says {stem!r}",
    "reserved-workflow": "{workflow!r} is a command of `orch run`, so no workflow can have this name",
    "not-a-workflow-name": (
        "{name!r} is not a workflow name: words of a-z and 0-9 joined by single '-', a letter first"
    ),
    "command-name": "{name!r} is a command of `orch run`, so no workflow can have this name",
    "workflow-exists": "{path} already exists",
    "no-gates-given": "no gates given; use --gate or --from-run",
    "gates-and-run": "--gate and --from-run cannot be combined",
    "no-name-given": "the workflow's name is missing",
    "workflow-not-valid": "the workflow would not be valid: {error}",
    "no-checks": "contains no check at depth {depth}",
    "unknown-variable": "unknown variable {{{variable}}}",
    "no-value-for-depth": "has neither a value for depth {depth!r} nor 'default'",
    "contract-changed": (
        "{path} changed after attempt {attempt} of gate {gate} started; a person decides whether to accept that"
    ),
    "decision": "; a person decides whether to accept that",
    "left-out-of-baseline": "left out of the baseline: {outputs}",
    "hash-timeout": "hashing timed out after {seconds} s (limits.check_s)",
    "nothing-changed": "nothing changed in this attempt",
    "rules-changed": "{path} changed after the pipeline began; a person decides whether to accept that",
    "context-changed-meanwhile": "the record of run {run} changed after the pipeline began: {changes}",
    "stale-gate": "gate {gate} is stale: {path} {change} after attempt {attempt} passed",
    "recorded-elsewhere": (
        "attempt {attempt} of gate {gate} was recorded as PASS by another process; judged here: FAIL: {reason}"
    ),
    "recorded-otherwise": (
        "attempt {attempt} of gate {gate} was recorded by another process with outputs other than the current ones"
    ),
    "passed-otherwise": (
        "attempt {attempt} of gate {gate} passed with another contract than the current one; judged here: FAIL:"
        " {reason}"
    ),
    "completed-elsewhere": "run {run} was completed as PASSED by another process, but gate {gate} is {status}",
    "contract-changed-after-run": "{path} changed after run {run} started; a person decides whether to accept that",
    "context-changed": "the record of run {run} changed after attempt {attempt} of gate {gate} started: {changes}",
    "changed-while-judged": "changed while gate {gate} was judged: {changes}; nothing was recorded",
    "no-default-artifact-path": "workflow {workflow!r} has no default artifact path; give --artifact-path",
    "contract-exists": "{path} already exists",
    "no-contract-by-name": "{path} is not named like a contract (expected <gate>.contract.json)",
    "no-contract-in-directory": "{path} contains no contract (expected <gate>.contract.json)",
    "lint-path-missing": "{path} does not exist",
    "no-good-artifacts": "{path} contains no files; put good artifacts of {gate} there, laid out as below the root",
    "not-writable": "{path}: cannot be written ({reason})",
    "bad-regex": "invalid regex: {reason}",
    "regex-too-large": "{parts} parts with repetitions written out (at most 1000000 are allowed)",
    "regex-too-long": "{characters} characters (at most 100000 are allowed)",
    "regex-too-much-memory": "an invalid regex: it takes too much memory to be compiled",
    "markdown-too-large": "{size} bytes of Markdown, more than the {limit} that are parsed (limits.markdown_bytes)",
    "too-much-memory": "{size} bytes, for which the check needs more than 448 MiB of memory",
    "no-such-outputs": "is {outputs!r}, but required_outputs has no {group!r}",
    "outputs-twice": "duplicate check of {outputs!r}",
    "required-and-missing-ok": "{outputs!r} are required outputs; missing_ok is not allowed",
    "only-file-exists": "only file_exists may name {outputs!r}; use a path",
    "gate-without-contract": "gate {gate!r} has no contract, so no run can pass it",
    "contract-without-workflow": "no workflow has gate {gate!r}, so no run is judged by this contract",
    "missing-rule-file": "the {what} {path} does not exist",
    "missing-prompt": "the prompt {path} does not exist, so `orch run {workflow}` stops at gate {gate}",
    "empty-prompt": "the prompt {path} is empty, so the packet has no instructions",
    "unusable-prompt": "the prompt {path} cannot be used: {reason}",
    "unknown-gate-in-workflow": "unknown gate {gate!r}",
    "own-gate": "names its own gate {gate!r}",
    "later-gate": "gate {gate!r} comes later in the list; a gate can only require earlier ones",
    "same-agent": "gate {gate!r} has the same agent, {agent!r}; independent gates need different agents",
    "gate-twice": "duplicate gate {gate!r}",
    "contract-elsewhere": "is {path!r}, but the contract's path is {place}",
    "built-in-variable": "{variable!r} is a built-in variable and cannot be redefined",
    "no-skill": "the skill {path}: {reason}",
    "skill-is-directory": "is a directory; list its files under `inject`",
    "no-variable": "{name!r} is not a variable and is taken literally",
    "demands-nothing": "requires only that the file exists: {detail}",
    "in-a-run-of": " (in a run of workflow {workflow})",
    "lint-summary": "{contracts}: {result}",
    "contract-changed-note": "{path} changed after attempt {attempt} started; a person decides whether to accept that",
    "context-changed-note": "the record changed after attempt {attempt} started: {changes}; gate finish refuses that",
    "contract-changed-hook": "; {path} changed after the attempt started, and a person decides whether to accept that",
    "passes-now": "Gate {gate} {name} passes",
    "fails-good-artifacts": "fails for the good artifacts: {reason}",
    "would-run-program": "it would run a program",
    "mutated-gate": "{gate}, mutations of its good artifacts ({slug}, {path}, depth {depth})",
    "survived": "SURVIVED   {check}: no mutation of what it reads makes it fail",
    "survives-emptying": "{path}: every check passes when it {ways} [survives-emptying]",
    "needlessly-accepted": "unused     x-accepted-advice: no warning {topic!r} occurs here",
    "work-can-be-emptied": "the gate passes with an output that is empty or one word",
    "every-check-can-fail": "every tested check can fail",
    "not-every-check": "a check fails for the good artifacts, or cannot fail",
    "nothing-to-mutate": "no check of this gate can be tested with files alone",
    "no-good-artifact": "not testable, {path} is missing in the good artifacts",
    "mutation-too-long": "timed out after {limit} s (limits.check_s)",
    "accepted-without-reason": "has no reason",
    "no-such-warning": "no warning {topic!r} occurs here",
    "not-topics": "must be {{topic: reason}}",
    "explained-gate": "Gate {gate} {name}: a failure {what} the run",
    "may-fail": " (may fail)",
    "or-else": ", or the first existing of {paths}",
    "optional-outputs": "Optional files:",
    "one-output-of": "One of these files must exist:",
    "expected-outputs": "These files should exist (warning only):",
    # Checks of installed packages
    "unknown-check-type": "unknown check type {type!r}: no installed package provides it",
    "custom-type": "check type {type!r} of {package}: {fault}",
    "custom-type-replaces": (
        "check type {type!r} of {package}: the name of a built-in type cannot be used; rename it in the package"
    ),
    "custom-type-twice": "check type {type!r} is provided by {packages}: uninstall one of them",
    "custom-type-no-name": (
        "check type {type!r} of {package}: invalid name: use words of a-z and 0-9 joined by single '_'"
    ),
    "custom-not-loaded": "cannot be loaded: {error}",
    "custom-no-check": "{value} must be a gate_tests.own.OwnCheck (found {kind})",
    "custom-signature": "its function must accept a text and the keys: {error}",
    "custom-undeclared": "requires {key!r}, which is not one of its keys",
    "custom-common-key": "{key!r} is reserved: every check has it",
    "custom-means-nothing": "invalid definition: {error}",
    "unknown-keyword": "unknown schema keyword {keyword!r}",
    "unknown-type": "unknown type {type!r}",
    "unknown-ref": "unknown $ref {ref!r}",
    "fragment-no-object": "a schema fragment must be an object (found {kind})",
    "keyword-cannot-be": "the schema keyword {keyword!r} cannot be {value!r}",
    "if-without-then": "the schema keyword 'if' requires a 'then'",
    "required-no-tuple": "its required keys must be a tuple of names",
    "not-one-line": "its {name} must be one line of text",
    "no-mapping": "its {name} must be a mapping (found {kind})",
    "gate-left-workflow": "gate {gate!r} of run {run} is no longer in {path}",
    # Runs, gates, attempts
    "no-run-yet": "no runs yet",
    "no-runs": "no runs yet",
    "no-such-run": "no run matches",
    "passed-over": "run {run} is {status} and was skipped",
    "paused": "paused at gate {gate}, attempt {attempt}: waiting for a person or an agent",
    "unchanged": "No output has changed since the packet was written; press Enter again to check.",
    "other-topic": "{file} is not the prompt file that run {run} was started with (expected {expected})",
    "prompt-file-lost": "the prompt file of run {run}, {file}, {state} (expected SHA-256 {sha256}…)",
    "prompt-file-unnamed": "--prompt-file is empty; name a file",
    "prompt-file-empty": "{path}: the prompt file is empty",
    "home-not-expanded": "artifact path {path!r} begins with '~'; it must be relative to the root",
    "no-instructions": "the packet has no instructions: {why}",
    "related-run": "warning: another run with the same {shared} is unfinished",
    "related-runs": "warning: {count} other runs with the same {shared} are unfinished",
    # Agents and their commands
    "no-program": "--agent-command: no program {program!r} {where}",
    "shell-operator": "--agent-command is run without a shell, so {operator!r} would be an argument",
    "placeholder": "--agent-command replaces nothing, so '{{packet}}' would be an argument",
    "shell-assignment": "--agent-command is run without a shell, so it cannot begin with {assignment!r}",
    "cannot-be-split": "--agent-command {text!r} cannot be split into arguments: {reason}",
    "names-no-program": "--agent-command is empty; name a program",
    "unknown-agent": "--agent-command: unknown agent {agent!r}",
    "agent-given-twice": "--agent-command is given twice for agent {agent!r}",
    "default-given-twice": (
        "--agent-command is given twice without the name of an agent; write AGENT=COMMAND (known: {agents})"
    ),
    "option-without-agent": "{option} requires --agent-command or orchestration/agents.local.json",
    "no-command-for-agent": "no command for {agent}: a person does its work",
    "may-not-write": "{command!r} may not write files, unless its settings allow it",
    "same-command": (
        "gate {gate} must be independent of {other_gate}, but their agents {agent} and {other_agent} have the same"
        " command"
    ),
    "no-such-agent": "no workflow has an agent {agent!r}",
    "agents-file-tracked": "git tracks {path}, which is meant for one machine",
    "agents-file-not-ignored": "git does not ignore {path}: a commit would contain the commands of this machine",
    "no-program-here": "no program {program!r} {where}",
    "shell-operator-here": "is run without a shell, so {operator!r} would be an argument; write {command}",
    "shell-assignment-here": "is run without a shell, so it cannot begin with {assignment!r}; write {command}",
    "cannot-be-split-here": "{text!r} cannot be split into arguments: {reason}",
    "names-no-program-here": "is empty; name a program",
    "same-agent-twice": "is the same agent as {agent!r}",
    "agent-failed-itself": (
        "paused at gate {gate}, attempt {attempt}: the agent failed by itself 3 times in a row ({failure}); no attempt"
        " was spent"
    ),
    "budget-used-up": "paused at gate {gate}, attempt {attempt}: {option} {limit} is used up: {used}",
    "agent-at-work": ("another process is running an agent in run {run}; wait until it ends, or interrupt it"),
    "not-a-number": "{option} {value} is not a number of {unit}",
    "agent-timed-out": "timed out after {seconds} s",
    # Hooks of hosts
    "which-target": "name the host with --target ({targets}): {found}",
    "for-claude-code-only": "{option} is for claude-code only, not for {target}",
    "settings-read-only": "{path} is read-only",
    "settings-symlink": "{path} is a symlink to {target}; hooks are written into no file behind one",
    "settings-no-file": "{path} {what}, so no hook can be written there",
    "settings-not-written": "{path}: cannot be written: {reason}",
    "guarded-contract": "{path} is {what}: a person changes it, not an agent; if it is wrong, say so and stop",
    "guarded-record": "{path} is part of the record of a run: only orch writes it, as with `orch gate finish`",
    "guarded-directory": (
        "{path} contains contracts, workflows or records: a person removes or restores it, not an agent"
    ),
    "dry-run": "{path} was not changed (--dry-run)",
    "guarded-decision": (
        "`{option}` is for a person: whether a changed contract is accepted is not the agent's decision"
    ),
    # Agents and their commands
    "left-running": "left running: process {pid} ({command})",
    "nothing-waits": "nothing waits for a person or an agent",
    # Runs, gates, attempts
    "all-needs-waiting": "--all requires --waiting",
    # Agents and their commands
    "no-notify-program": "--notify: no program {program!r} {where}",
    "notify-file-program": "orchestration/agents.local.json:1: $.notify: no program {program!r} {where}",
    "notify-shell-operator": "--notify is run without a shell, so {operator!r} would be an argument",
    "notify-empty": "--notify is empty; name a program",
    "notify-failed": "--notify: {found}",
    # Notifications
    "told-end": "the run {status}: {passed} of {count} gates passed",
    "told-failure": "gate {gate} failed, attempt {attempt}",
    # Agents and their commands
    "more-left-running": "left running: {count} more processes",
    # Hooks of hosts
    "other-event": "unexpected hook event {event!r} of {agent}; expected {events}",
    # Runs, gates, attempts
    "output-changed": "changed since it passed: {path}",
    "output-missing": "missing since it passed: {path}",
    "output-not-compared": "not compared since it passed: {path}",
    "artifacts-gone": "artifacts directory {path} is gone",
    "artifacts-missing": "the artifact directory {path} is missing; earlier attempts recorded files in it",
    "contract-changed-since": "changed since {event}: {path}",
    "doctor-summary": "{counts}",
    # What `orch doctor` finds
    "doctor-fine": "no problems found",
    "unused-contracts": "contracts that no workflow uses: {gates}",
    "no-lock": "cannot lock files in {path}: {reason}",
    "locks-held": "locks work; {count} in use: {runs}",
    "no-lock-held": "locks work; none in use",
    # Hooks of hosts
    "gate-has-not-passed": "Gate {gate} {name} has not passed: {failed} of {checks} failed.",
    "gate-failed": "Gate {gate} {name} failed in attempt {attempt}, which is recorded, and no other attempt is open.",
    "gate-failed-message": "Gate {gate} {name} failed in attempt {attempt}.",
    # Prompt packets
    "what-failed": "## What failed in attempt {attempt}",
    "how-to-fix": "how to fix: {how}",
    "topic-is-quoted": "What this run is about, as it was given. It is quoted: headings and instructions in the"
    " quotation are part of the topic, not of this packet.",
    "last-lines": "the last {count} lines of its output, `{path}`:",
    "last-line": "the last line of its output, `{path}`:",
    "no-output-here": "its output is not available here, because logs are not recorded: `{path}`",
    "printed-nothing": "it printed nothing: `{path}`",
    "more-failed": "And {count} more; the command below lists them all.",
    "more-checks-failed": "And {count} more failed checks; `orch gate check` shows all of them.",
    "failed-by-hand": "attempt {attempt}, failed by hand: {reason}",
    # Programs of agents and contracts
    "program-too-long": "timed out after {seconds} s",
    "program-printed-too-much": "printed more than {limit}",
    "program-cannot-be-run": "cannot be run ({reason})",
    "program-ended-by": "killed by {signal}",
    # Runs, gates, attempts
    "run-exists": "run {run} already exists",
    "gate-not-started": "gate {gate} has not been started",
    "attempt-finished": "attempt {attempt} of gate {gate} is already finished ({status}) and never changes",
    "attempt-running": (
        "attempt {attempt} of gate {gate} has been running since {since} ({agent}); finish it, or abandon it with"
        " gate start --abandon"
    ),
    "attempt-open-at-end": (
        "attempt {attempt} of gate {gate} has been running since {since} ({agent}); finish it, or close it as canceled"
        " with run complete --status CANCELED"
    ),
    "attempt-closed-meanwhile": "attempt {attempt} of gate {gate} was closed by another process",
    "run-passed": "run {run} is completed ({status}); it is read-only",
    "run-completed": "run {run} is completed ({status}); resume it to continue",
    "nothing-to-resume": "run {run} is completed ({status}); there is nothing to resume",
    "nothing-unfinished": "nothing to resume: all runs are completed",
    "not-passed": "run {run} cannot be PASSED while blocking gates have not passed: {gates}",
    "gates-required": "gate {gate} requires gates that have not passed: {gates}",
    "gates-stale": "gate {gate} requires gates that are stale: {gates}",
    "requires-stale": "requires {gate}, which is stale",
    "run-stale": (
        "run {run} cannot be PASSED while gates are stale: {gates}; pass them again, or complete it with --status"
        " FAILED or CANCELED"
    ),
    "gate-not-in-run": "not in this run: the workflow changed after the run started",
    "not-independent": (
        "gate {gate} is independent of {other}, but attempt {attempt} of gate {passed} is by {agent}; name another"
        " agent"
    ),
    "force": "; gate start --force REASON overrides this and records the reason",
    "workflow-unknown": "{fault}; what this gate requires cannot be checked without its workflow",
    "nothing-forced": "nothing to override",
    "invocation-not-recorded": "not recorded: the run was completed meanwhile",
    "attempt-resumed": "attempt {attempt} resumed, agent {agent}",
    # Records
    "other-run-id": "is {run!r}, but its directory is named {folder!r}",
    "no-timestamp": "invalid time {text!r}",
    "newer-version": "unsupported schema_version {version} (supported: {known}); upgrade orch",
    "other-progress": "is inconsistent with the gates: {passed} of {total} passed",
    "not-ended": "is {status}, but the run has not ended",
    "ended-while-open": "is {time}, but attempt {attempt} of gate {gate} is open",
    "gate-status": "is {status}, but the gate's last attempt is {last}",
    "attempt-number": "is {number}; attempts are numbered 1, 2, … in order",
    "open-before-another": "is RUNNING, but a later attempt exists",
    "attempt-not-started": "must not be NOT_STARTED in an attempt",
    "no-baseline": "is missing or null; without it a change of the contract cannot be detected",
    "attempt-file-missing": "is finished ({status}), but its file {path} is missing",
    "attempt-of-other-file": "is {attempt}, but the file is of attempt {number}",
    "open-in-file": "is RUNNING, but the file is of a finished attempt",
    "other-than-embedded": "differs from {place}: {path}",
    "planted-gate": "RUN.json has no gate {gate}",
    "planted-attempt": (
        "RUN.json has no finished attempt {attempt} of gate {gate}, and no interrupted command left this one"
    ),
    "other-than-open": "differs from the open attempt {attempt} in RUN.json",
    "taken-over": "recovered into RUN.json what an interrupted command had recorded: {attempts}",
    "could-not-be-written": "{path}: could not be written: {reason}",
    "half-written": (
        "{attempts} is recorded, but RUN.json is not ({reason}); the next command that writes will update it"
    ),
    "lock-held": "{holder} is still {what} after {seconds} s (--lock-timeout); nothing was recorded",
    "waiting": "waiting: {holder} is {what}; until {time} (--lock-timeout {seconds})",
    "is-symlink": "{path}: is a symlink, and symlinks are not followed here",
    "no-locks-here": "{path}: cannot be locked on this file system ({reason}); nothing was recorded",
    "not-in-place": "{path}: was moved or replaced by another process; the record was not written",
    "output-not-kept": "the output of a program was not kept: {reason}",
    "changed-meanwhile": "the record of run {run} has changed in the meantime; nothing was written",
    "nothing-to-repair": "the record of run {run} is consistent; nothing to repair",
    "rows-lost": "{rows} of {member}",
    "open-attempt-lost": "the open attempt of gate {gate}",
    "records-checked": "{records}: {result}",
    "lost-head": "{path}: {lost} cannot be read; nothing was written",
    "lost-gates": "{path}: its gates cannot be read, nor rebuilt from its workflow: {fault}",
    "lost-attempt": "{path}: is missing or cannot be read, and RUN.json does not contain it; nothing was written",
    "unknown-attempt": "{path}: cannot be read, and RUN.json does not contain it; nothing was written",
    "attempt-after-unfinished": (
        "{path}: RUN.json does not contain it, and attempt {attempt} is not finished; nothing was written"
    ),
    "two-attempts": (
        "{path}: contains two attempts, one of each branch: ours {ours}, theirs {theirs}; nothing was written"
    ),
    # Judging
    "nothing-recorded": "not recorded (depth",
    "unnameable": "its name has control characters or is not UTF-8",
    "no-verdict": "no verdict: {reason}; nothing was recorded",
    "process-ended": "the judging process {how}{where}",
    "process-broke": "the judging process failed{where}: {error}",
    "process-silent": "the judging process sent nothing for {seconds} s and was killed",
    "no-message": "the judging process sent an invalid message: {line!r}",
    "too-long": "{what} timed out after {limit} s (limits.check_s)",
    "no-report": "pytest ended without a JSON report",
    "pytest-exit-code": "pytest ended with exit code {code} instead of a verdict",
    "other-exit-code": "pytest ended with exit code {code}, the checks with {expected}",
    "evaluations": "gate {gate}: {count} evaluations for {checks} checks",
    "never-ran": "; never ran: {checks}",
    "other-outcome": "{check}: the check says {own}, pytest's report says {reported}",
    "other-count": ("pytest's report counts {collected} collected, {reported} reported; {checks} checks were compiled"),
    "run-again": "pytest-xdist was asked to run {check} again",
    "taken-away": "pytest-xdist removed checks from a worker",
    "stopped-watching": "Stopped watching; nothing was recorded",
    "worker-died": "worker {worker} died ({reason})",
    "other-collection": "the workers did not collect the same checks",
    "other-content": "{path} changed between checks: {one} for one, {other} for another",
    "other-version": "worker {worker} has {what} {version}, expected {here}",
    "other-directory": "does not share the directory {folder} ({reason})",
    "other-contract": "finds another {path} in {folder}: it does not share this directory",
    "workers-broke": "the workers{where} cannot run the checks ({reason})",
    "worker-without-orch": "has no usable orch ({reason})",
    "not-a-worker": "invalid --tx {spec!r} (known: {known})",
    "no-xdist": "workers need pytest-xdist",
    "interrupted": "interrupted; nothing was recorded",
    # `orch ci`
    "unknown-format": "unknown format {format!r}",
    "format-twice": "--format {format} is given twice",
    "output-without-format": "--output requires --format",
    "too-many-outputs": "--output names {count} files for {formats}",
    "output-empty": "--output: the name of the file is empty",
    "two-on-stdout": "{formats} cannot both be written to standard output; name a file with --output",
    "two-in-one-file": "{formats} cannot both be written to {path}",
    "report-not-written": "{path}: cannot be written ({reason})",
    "base-not-in-clone": "this clone lacks the base branch {branch!r} of the pull request ({variable})",
    "no-runs-to-check": "there are no runs",
    "change-touches-no-run": "the change touches no run",
    "compared-with": "compared with {base} ({commit})",
    "only-passed-checked": "{run} is {status}: {passed} of {gates} passed, and only these are checked",
    "record-not-read": "{run} has a record that cannot be read: its gates are not checked",
    "newer-run": "{runs} with a newer one of the same artifact path: not checked",
    # git
    "no-git-answer": "git did not answer: {reason}; the record names no commit",
    "git-not-found": "git is not on the PATH",
    "git-too-slow": "timed out after {seconds} s",
    "git-too-old": "this version does not support the repository, or its configuration is empty",
    "git-bare": "{folder} is a bare repository",
    "bare-without-root": "{folder} is a bare repository: it has no work tree",
    "git-unusable": "{path} is not a git directory, or cannot be read",
    "git-file-broken": "{path} names no git directory",
    "git-file-too-large": "{path} is larger than {limit}",
    "git-printed-too-much": "it printed more than {limit}",
    "git-file-leads-nowhere": "{path} names {folder}, which is not a git directory",
    "git-no-temporary-directory": "no directory for temporary files exists outside the repository",
    # The program itself
    "bug": "a bug: {error}. Nothing was recorded as a verdict",
    "cannot-be-loaded": "cannot be loaded: {error}",
    "broken-pipe": "a pipe to another process broke",
    # `pytest --gate`
    "partial": "partial: not a verdict of the gate",
    "did-not-run": "did not run",
    "deselected": "deselected",
    "not-selected": "not selected",
    "failed-checks": "failed checks",
    "session-broken": "an error ended the session",
    "no-own-outcome": "has no outcome of its own",
    "reported-as": "{own}, but reported as {reported}",
    "all-checks": "all {count} checks",
    "not-asked-for": "no pytest option on the command line asks for this, so the session does not count as a success",
    "not-compiled": "{gate}: its contract could not be compiled",
    "which-run": "no run given: name one with --run or ORCH_RUN",
    "which-gate-run": "no run given: --run is an option of this repository's own; name one with --gate-run or ORCH_RUN",
    "which-run-none": "no run given, and no runs yet",
    "no-check-at-paths": "no check of run {run} is at the given paths",
    # Agents and their commands
    "agent-living": (
        "an agent of run {run} still works, though the orch that started it was killed: process {processes}"
    ),
}
"""By name, each with a `{field}` for whatever it names."""


def message(name: str, /, **values: object) -> str:
    """The message with these values."""
    return MESSAGES[name].format(**values)


def meant(name: str) -> str:
    """The end of a message about something unknown, for which this was probably a slip."""
    return message("did-you-mean", name=name)


def pattern(name: str, /, **values: object) -> str:
    """A regex of the message, in which a field without a value may be anything."""
    parts, unknown = [], {*values}
    for text, field, _, conversion in Formatter().parse(MESSAGES[name]):
        parts.append(re.escape(text))
        if field in values:
            parts.append(re.escape(repr(values[field]) if conversion == "r" else str(values[field])))
            unknown.discard(field)
        elif field is not None:
            parts.append(".*?")
    assert not unknown, f"{name} has no field {unknown}"
    return "".join(parts)


def says(text: str, name: str, /, **values: object) -> bool:
    """Whether the message is in a text, such as what was printed; a field without a value may be anything."""
    return re.search(pattern(name, **values), text) is not None
