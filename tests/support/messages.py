"""The wording of every message that a test refers to, once: tests name a message, and give the values in it.

`tests/acceptance/messages` produces each of them; a new wording is a change of the code and of this table.
"""

import re
from string import Formatter

MESSAGES = {
    # Names and paths
    "not-a-gate-id": "{gate!r} is no gate id: a letter, then letters, digits, '.', '_' or '-', at most 64, never '..'",
    "not-a-slug": (
        "{slug!r} is no slug: words of a-z and 0-9 joined by single '-', at most 100 characters, such as the-word-robot"
    ),
    "not-a-run-id": "{run!r} is no run id, such as run_20261122T093000Z_the-word-robot_k3x9ab",
    "no-run-begins-so": "{run!r} is no run id, such as run_20261122T093000Z_the-word-robot_k3x9ab, and begins none",
    "several-runs-begin-so": "{begin!r} begins the ids of {count} runs: {runs}",
    "unknown-depth": "unknown depth {depth!r}",
    "unknown-status": "unknown status {status!r}",
    "unknown-run": "unknown run {run!r}",
    "run-without-record": "unknown run {run!r}: its directory has no record, only what git ignores",
    "unknown-gate": "unknown gate {gate!r} in run {run}",
    "unknown-workflow": "unknown workflow {workflow!r}",
    "unknown-shell": "unknown shell {shell!r}",
    "unknown-command": "no {what} {name!r}",
    "no-schema": "no schema of {kind!r}",
    "no-run-of-workflow": "no run of a workflow {workflow!r}",
    "not-a-time": (
        "{text!r} is no time: a date such as 2026-11-22, a time such as 2026-11-22T09:30 (UTC), or an age such as 90m,"
        " 12h, 3d, 2w"
    ),
    "did-you-mean": ", did you mean {name!r}?",
    "known": " (known: {names})",
    "empty-text": "{what} must not be empty",
    "names-not-counted": ", and {count} with control characters in the name, which do not count",
    "no-name-in-this-locale": "{path} can be no file's name in this locale, whose encoding is {encoding}",
    "control-character": "{what} {text!r} holds a control character",
    "text-not-utf-8": "{what} {text!r} is not UTF-8",
    "absolute-path": "{what} {path!r} is absolute; it is wanted relative to the root",
    "path-of-the-root": "{what} {path!r} names no place below the root",
    "path-leaves-root": "{what} {path!r} leaves the root",
    "symlink-leaves-root": "{what} {path!r} leaves the root through a symlink",
    "file-leaves-root": "{path}: leaves the root through a symlink",
    "record-leaves-root": "{path}: leaves the root through a symlink; no record is read or written there",
    "not-below-runs": "{path!r} is no path below orchestration/runs/",
    # The root
    "no-root": "no orchestration/gates/ or orchestration/workflows/ in {start} or any folder above it",
    "root-is-file": "{named_by} names {root}, which is no folder",
    "root-without-orchestration": (
        "{named_by} names {root}, which has no orchestration/gates/ or orchestration/workflows/"
    ),
    "roots-below": "; roots below: {roots}",
    "records-without-root": ", but records in {runs}",
    "nested-root": "root: {root}; another root is above it: {outer}",
    "root-above-tree": "root: {root}, which is above the git work tree {tree}",
    "other-work-tree": (
        "Gate {gate} {name} is open in {root}, and the agent works in another git work tree, {tree}, so the gate was"
        " not judged"
    ),
    "package-beside": "{folder} is a Python package; its modules were left as they are",
    "record-ignored": "git ignores the record ({rule}): no commit will have it",
    "nothing-to-lint": "no contract in {root}/orchestration/gates/contracts",
    "nothing-to-check": "there is no run, so nothing was checked",
    "root-is-missing": "{named_by} names {root}, which does not exist",
    "cwd-removed": "the current directory has been removed",
    # JSON files
    "missing": "{path}: is missing",
    "empty-file": "is empty; a JSON object is wanted",
    "not-json": "is not JSON: {reason}",
    "constant": "{constant} is not JSON",
    "number-too-large": "{number} is too large a number",
    "half-surrogate-pair": "holds half a surrogate pair, which is no text",
    "duplicate-key": "the key {key!r} stands twice, first on line {line}",
    "not-utf-8": "is not UTF-8",
    "nested-too-deeply": "is nested too deeply",
    "is-directory": "is a folder; a JSON file is wanted",
    "is-special": "is a special file; a JSON file is wanted",
    "larger-than": "is larger than {limit}",
    "conflict-markers": "holds git conflict markers",
    "cannot-be-read": "{path}: cannot be read: {reason}",
    "more-errors": "has more than {limit} errors",
    "unknown-key": "unknown key {key!r}",
    "missing-key": "the key {key!r} is missing",
    "unknown-value": "unknown value {value!r}",
    "wrong-type": "must be {kind}",
    "too-large": "must be at most {limit}",
    "too-small": "must be at least {limit}",
    "not-more": "must be more than {limit}",
    "one-of": "must be one of {values}",
    "empty-value": "must not be empty",
    "missing-member": "is missing",
    "no-match": "must match {regex}",
    "twice-in-list": "must not name anything twice",
    # Contracts and workflows
    "no-contract": "no contract for gate {gate!r}: {path} does not exist",
    "contract-is-dangling-link": "{path}: is a link to nothing",
    "other-than-file-name": "{name!r} disagrees with the file name, which says {stem!r}",
    "reserved-workflow": "{workflow!r} is another `orch run` command; no workflow can be called so",
    "not-a-workflow-name": (
        "{name!r} is not a workflow name: words of a-z and 0-9 joined by single '-', a letter first"
    ),
    "command-name": "{name!r} is a command of `orch run`, so no workflow can have this name",
    "workflow-exists": "{path} already exists",
    "no-gates-given": "which gates? Give --gate or --from-run",
    "gates-and-run": "--gate and --from-run exclude each other",
    "no-name-given": "the workflow's name is missing",
    "workflow-not-valid": "the workflow would not be valid: {error}",
    "no-checks": "compiles to no check at all at depth {depth}",
    "unknown-variable": "unknown variable {{{variable}}}",
    "no-value-for-depth": "has no value for depth {depth!r} and no 'default'",
    "contract-changed": (
        "{path} changed after attempt {attempt} of gate {gate} started; a person decides whether to accept that"
    ),
    "decision": "; a person decides whether to accept that",
    "left-out-of-baseline": "left out of the baseline: {outputs}",
    "hash-timeout": "not hashed within {seconds} s (limits.check_s)",
    "nothing-changed": "nothing changed in this attempt",
    "rules-changed": "{path} changed after the pipeline began; a person decides whether to accept that",
    "context-changed-meanwhile": "the record of run {run} changed after the pipeline began: {changes}",
    "stale-gate": "gate {gate} is stale: {path} {change} after attempt {attempt} passed",
    "recorded-elsewhere": (
        "attempt {attempt} of gate {gate} was recorded as PASS by another process; judged here: FAIL: {reason}"
    ),
    "recorded-otherwise": (
        "attempt {attempt} of gate {gate} was recorded by another process with other outputs than are there now"
    ),
    "passed-otherwise": (
        "attempt {attempt} of gate {gate} passed by another contract than the present one; judged here: FAIL: {reason}"
    ),
    "completed-elsewhere": "run {run} was completed as PASSED by another process, but gate {gate} is {status}",
    "contract-changed-after-run": "{path} changed after run {run} started; a person decides whether to accept that",
    "context-changed": "the record of run {run} changed after attempt {attempt} of gate {gate} started: {changes}",
    "changed-while-judged": "changed while gate {gate} was judged: {changes}; nothing was recorded",
    "no-default-artifact-path": "workflow {workflow!r} has no default artifact path; give --artifact-path",
    "contract-exists": "{path} exists already",
    "no-contract-by-name": "{path} is no contract by its name: one is called <gate>.contract.json",
    "no-contract-in-directory": "{path} holds no contract: no file in it is called <gate>.contract.json",
    "lint-path-missing": "{path} does not exist",
    "no-good-artifacts": "{path} holds no file: put good artifacts of {gate} there, as they would lie under a root",
    "not-writable": "{path}: cannot be written ({reason})",
    "bad-regex": "bad regex: {reason}",
    "regex-too-large": "it has {parts} parts, its repeats written out; at most 1000000 are allowed",
    "regex-too-long": "it has {characters} characters; at most 100000 are allowed",
    "regex-too-much-memory": "a regex that cannot be used: it takes too much memory to be compiled",
    "markdown-too-large": "{size} bytes of Markdown, more than the {limit} that are parsed (limits.markdown_bytes)",
    "too-much-memory": "{size} bytes, for which this takes more than 448 MiB of memory",
    "no-such-outputs": "names {outputs!r}, but required_outputs has no {group!r}",
    "outputs-twice": "names {outputs!r} a second time",
    "required-and-missing-ok": "names {outputs!r}, outputs that are required, and says missing_ok",
    "only-file-exists": "only file_exists may name {outputs!r}; a path is wanted",
    "gate-without-contract": "gate {gate!r} has no contract, so no run gets past it",
    "contract-without-workflow": "no workflow has gate {gate!r}, so no run is judged by this contract",
    "missing-rule-file": "the {what} {path} does not exist",
    "missing-prompt": "the prompt {path} does not exist, so `orch run {workflow}` stops at gate {gate}",
    "empty-prompt": "the prompt {path} is empty, so the packet has no instructions",
    "unusable-prompt": "the prompt {path} cannot be used: {reason}",
    "unknown-gate-in-workflow": "unknown gate {gate!r}",
    "own-gate": "names its own gate {gate!r}",
    "later-gate": "gate {gate!r} comes later in the list, so no run could go through it in its order",
    "same-agent": "gate {gate!r} has the same agent, {agent!r}; name another for one of them",
    "gate-twice": "gate {gate!r} stands twice",
    "contract-elsewhere": "{path!r} is not where the contract lies: {place}",
    "built-in-variable": "{variable!r} has a meaning already; no workflow can give it another",
    "no-skill": "the skill {path}: {reason}",
    "skill-is-directory": "is a folder; name its files under `inject`",
    "no-variable": "{name!r} is no variable and stands for itself",
    "demands-nothing": "it demands nothing but that something is there: {detail}",
    "in-a-run-of": " (in a run of workflow {workflow})",
    "lint-summary": "{contracts}: {faults} faults, {advice} advice",
    "contract-changed-note": "{path} changed after attempt {attempt} started; a person decides whether to accept that",
    "context-changed-note": "the record changed after attempt {attempt} started: {changes}; gate finish refuses that",
    "contract-changed-hook": "; {path} changed after the attempt started, and a person decides whether to accept that",
    "holds-now": "holds as it stands",
    "fails-good-artifacts": "does not hold for the good artifacts: {reason}",
    "would-run-program": "it would run a program",
    "mutated-gate": "{gate} with its good artifacts ({slug}, {path}, depth {depth})",
    "survived": "SURVIVED   {check}: nothing that was done to what it reads makes it fail",
    "survives-emptying": "{path}: every check of the gate passes where it {ways} [survives-emptying]",
    "needlessly-accepted": "needless   x-accepted-advice: {topic!r} is not given here",
    "work-can-be-emptied": "the work can be emptied, and the gate passes",
    "every-check-can-fail": "every check that was tried can fail",
    "not-every-check": "not every check holds, and can fail",
    "nothing-to-mutate": "no check of this gate can be tried on files alone",
    "no-good-artifact": "it could not be tried, for {path} is not among the good artifacts; put one there",
    "mutation-too-long": "took longer than {limit} s, its limit (limits.check_s)",
    "accepted-without-reason": "gives no reason",
    "advice-not-given": "advice {topic!r} is not given here",
    "not-topics": "must be {{topic: reason}}",
    "explained-gate": "Gate {gate} {name}: a failure {what} the run",
    "may-fail": " (it may fail)",
    "or-else": ", or else the first there of {paths}",
    "optional-outputs": "These may be there:",
    "one-output-of": "One of these files must be there:",
    "expected-outputs": "These files should be there, which is a warning only:",
    # Checks of installed packages
    "unknown-check-type": "unknown check type {type!r}: no package that is installed here brings it",
    "custom-type": "check type {type!r} of {package}: {fault}",
    "custom-type-replaces": (
        "check type {type!r} of {package}: orch's own is not replaced; the package must name it otherwise"
    ),
    "custom-type-twice": "check type {type!r} comes from {packages}: uninstall one of them",
    "custom-type-no-name": (
        "check type {type!r} of {package}: is no name; words of a-z and 0-9 joined by single '_' are"
    ),
    "custom-not-loaded": "cannot be loaded: {error}",
    "custom-no-check": "{value} is no gate_tests.own.OwnCheck (got {kind})",
    "custom-signature": "its function does not take a text and its keys: {error}",
    "custom-undeclared": "requires {key!r}, which is not among its keys",
    "custom-common-key": "{key!r} is no key of its own: every check has it",
    "custom-means-nothing": "says of itself what means nothing: {error}",
    "unknown-keyword": "unknown schema keyword {keyword!r}",
    "unknown-type": "unknown type {type!r}",
    "unknown-ref": "unknown $ref {ref!r}",
    "fragment-no-object": "a schema fragment must be an object (got {kind})",
    "keyword-cannot-be": "the schema keyword {keyword!r} cannot be {value!r}",
    "if-without-then": "the schema keyword 'if' wants a 'then'",
    "required-no-tuple": "its required keys must be a tuple of names",
    "not-one-line": "its {name} must be one line of text",
    "no-mapping": "its {name} must be a mapping (got {kind})",
    "gate-left-workflow": "{path} has no gate {gate!r} any more",
    "run-has-gate": "; run {run} has one",
    # Runs, gates, attempts
    "no-run-yet": "there is no run yet",
    "no-runs": "no runs yet",
    "no-such-run": "no run matches",
    "passed-over": "run {run} is {status} and was passed over",
    "paused": "paused at gate {gate} of run {run}, attempt {attempt}, until its work is done",
    "unchanged": "No output has changed since the packet was written; press Enter again to check.",
    "other-topic": ("{file} is not what run {run} was started with, which was {expected}; a run keeps its topic"),
    "no-program": "--agent-command: no program {program!r} {where}",
    "shell-operator": "--agent-command is run without a shell, so {operator!r} would be an argument",
    "shell-assignment": "--agent-command is run without a shell, so it cannot begin with {assignment!r}",
    "cannot-be-split": "--agent-command {text!r} cannot be split into arguments: {reason}",
    "names-no-program": "--agent-command is empty; name a program, such as 'claude -p'",
    "agent-cannot-be-run": "the agent could not be started ({reason}); attempt {attempt} of gate {gate} is open",
    "agent-at-work": ("another process has an agent at work in run {run}; wait for its end, or interrupt it"),
    "not-a-timeout": "--agent-timeout {seconds} is no number of seconds",
    "no-payload": "a stop hook is given a JSON object on standard input; found {found}",
    "other-event": "{agent} calls this hook at {event!r}; it is for {events}",
    "output-changed": "changed since it passed: {path}",
    "output-missing": "missing since it passed: {path}",
    "output-not-compared": "not compared since it passed: {path}",
    "artifacts-gone": "artifacts directory {path} is gone",
    "contract-changed-since": "changed since {event}: {path}",
    "doctor-summary": "{counts}",
    "doctor-fine": "no problems found",
    "unused-contracts": "contracts that no workflow uses: {gates}",
    "no-lock": "cannot lock files in {path}: {reason}",
    "locks-held": "locks work; {count} held now: {runs}",
    "no-lock-held": "locks work; none is held",
    "gate-has-not-passed": "Gate {gate} {name} has not passed: {failed} of {checks} checks fail.",
    "what-failed": "## What failed in attempt {attempt}",
    "how-to-mend": "how to mend it: {how}",
    "more-failed": "And {count} more; the command below tells them all.",
    "more-checks-failed": "And {count} more of its checks; `orch gate check` tells them all.",
    "not-judged-here": "attempt {attempt}, not judged here: {reason}",
    "program-too-long": "it took longer than {seconds} s, its limit, and was ended",
    "program-printed-too-much": "it printed more than {limit}",
    "program-cannot-be-run": "it cannot be run ({reason})",
    "program-ended-by": "it was ended by {signal}",
    "run-exists": "run {run} exists already",
    "gate-not-started": "gate {gate} has not been started",
    "attempt-finished": "attempt {attempt} of gate {gate} is finished already ({status}) and never changes",
    "attempt-running": (
        "attempt {attempt} of gate {gate} is running since {since} ({agent}); finish it, or close it as abandoned with"
        " gate start --abandon"
    ),
    "attempt-open-at-end": (
        "attempt {attempt} of gate {gate} is running since {since} ({agent}); finish it, or close it as canceled with"
        " run complete --status CANCELED"
    ),
    "attempt-closed-meanwhile": "attempt {attempt} of gate {gate} was closed by somebody else",
    "run-passed": "run {run} is completed ({status}); it can only be read",
    "run-completed": "run {run} is completed ({status}); it can only be read, or gone on with",
    "nothing-to-resume": "run {run} is completed ({status}); there is nothing left to do in it",
    "nothing-unfinished": "no run is unfinished; go on with a completed one by its id",
    "not-passed": "run {run} cannot be PASSED while blocking gates have not passed: {gates}",
    "gates-required": "gate {gate} requires gates that have not passed: {gates}",
    "gate-not-in-run": "not in this run: the workflow changed after the run started",
    "not-independent": (
        "gate {gate} is independent of {other}, and attempt {attempt} of gate {passed} is the work of {agent}; name"
        " another agent"
    ),
    "force": "; gate start --force REASON starts all the same and records the reason",
    "workflow-unknown": "{fault}; what this gate requires cannot be checked without its workflow",
    "nothing-forced": "nothing to override",
    "invocation-not-recorded": "not recorded: the run was completed meanwhile",
    "taken-up-again": "attempt {attempt}, taken up again, for {agent}",
    # Records
    "other-run-id": "is {run!r}, in the folder of {folder!r}",
    "no-timestamp": "is {text!r}, which is no time",
    "newer-version": "unsupported schema_version {version} (supported: {known}); upgrade orch",
    "other-progress": "says otherwise than the gates, of which {passed} of {total} have passed",
    "not-ended": "is {status}, though the run has not ended",
    "ended-while-open": "is {time}, though attempt {attempt} of gate {gate} is open",
    "gate-status": "is {status}, though the gate's last attempt says {last}",
    "attempt-number": "is {number}; attempts are numbered 1, 2, … in their order",
    "open-before-another": "is RUNNING, though a later attempt follows",
    "attempt-not-started": "is NOT_STARTED; an attempt has been started",
    "no-baseline": "is missing or null; without it nobody could tell that the contract was changed since",
    "attempt-file-missing": "is finished ({status}), but its file {path} is missing",
    "attempt-of-other-file": "is {attempt}, in the file of attempt {number}",
    "open-in-file": "is RUNNING, in the file of a finished attempt",
    "other-than-embedded": "differs from {place}: {path}",
    "planted-gate": "RUN.json knows no gate {gate}",
    "planted-attempt": ("RUN.json knows no finished attempt {attempt} of gate {gate}, nor does a crash leave this one"),
    "other-than-open": "differs from attempt {attempt} as RUN.json holds it open",
    "taken-over": "taken over into RUN.json what an interrupted command had recorded: {attempts}",
    "could-not-be-written": "{path}: could not be written: {reason}",
    "half-written": (
        "{attempts} is recorded, RUN.json is not ({reason}); it follows with the next command that writes"
    ),
    "lock-held": "{holder} still {what} after {seconds} s; nothing was recorded",
    "waiting": "waiting: {holder} {what}; until {time} (--lock-timeout {seconds})",
    "is-symlink": "{path}: is a symlink; nothing is read or written through it",
    "no-locks-here": "{path}: cannot be locked on this file system ({reason}); nothing was recorded",
    "not-in-place": "{path}: was moved or replaced by another process, and the record was not written",
    "output-not-kept": "the output of a program was not kept: {reason}",
    "changed-meanwhile": "the record of run {run} has changed meanwhile; nothing was written",
    "nothing-to-repair": "The record of run {run} is sound; there is nothing to repair",
    "rows-lost": "{rows} of {member}",
    "open-attempt-lost": "an attempt of gate {gate} that was open",
    "records-agree": "{sound} of {count} records agree with themselves and with the files of their attempts",
    "lost-head": "{path}: {lost} can no longer be read; nothing was written",
    "lost-gates": "{path}: its gates can no longer be read, nor be had from its workflow: {fault}",
    "lost-attempt": "{path}: is missing or cannot be read, and RUN.json does not hold it; nothing was written",
    "unknown-attempt": "{path}: cannot be read, and RUN.json does not know it; nothing was written",
    "attempt-after-unfinished": (
        "{path}: RUN.json does not know it, and attempt {attempt} is not finished; nothing was written"
    ),
    "two-attempts": (
        "{path}: holds two attempts, both branches finished it: ours {ours}, theirs {theirs}; nothing was written"
    ),
    # Judging
    "nothing-recorded": ", not recorded (depth",
    "unnameable": "its name holds control characters or is not UTF-8",
    "no-verdict": "no verdict: {reason}; nothing was recorded",
    "process-ended": "the judging process {how}{where}",
    "process-broke": "the judging process broke{where}: {error}",
    "process-silent": "the judging process said nothing for {seconds} s and was ended",
    "no-message": "the judging process said what is no testimony: {line!r}",
    "too-long": "{what} took longer than {limit} s, its limit (limits.check_s), and was ended",
    "no-report": "pytest ended without a JSON report",
    "pytest-exit-code": "pytest ended with exit code {code} instead of a verdict",
    "other-exit-code": "pytest ended with exit code {code}, the checks with {expected}",
    "evaluations": "gate {gate}: {count} evaluations for {checks} checks",
    "never-ran": "; never ran: {checks}",
    "other-outcome": "{check}: the check says {own}, pytest's report says {reported}",
    "other-count": ("pytest's report counts {collected} collected, {reported} reported; {checks} checks were compiled"),
    "run-again": "pytest-xdist was asked to run {check} again",
    "taken-away": "pytest-xdist has taken checks away from a worker",
    "stopped-watching": "Stopped watching; nothing was recorded",
    "worker-died": "worker {worker} died ({reason})",
    "other-collection": "the workers have not collected the same checks",
    "other-content": "{path} was not the same for every check: {one} for one, {other} for another",
    "other-version": "worker {worker} has {what} {version}, here it is {here}",
    "other-directory": "does not share the folder {folder} ({reason})",
    "other-contract": "finds another {path} in {folder}: it does not share this folder",
    "workers-broke": "the workers{where} cannot run the checks ({reason})",
    "worker-without-orch": "has no orch that could judge ({reason})",
    "not-a-worker": "--tx {spec!r} says nothing of a worker (known: {known})",
    "no-xdist": "workers need pytest-xdist",
    "interrupted": "interrupted; nothing was recorded",
    # git
    "no-git-answer": "git did not answer: {reason}; the record names no commit",
    "git-not-found": "there is no git on the PATH",
    "git-too-slow": "it takes longer than {seconds} seconds",
    "git-too-old": "this version does not support the repository, or its configuration is empty",
    "git-bare": "{folder} is a bare repository",
    "git-unusable": "{path} is no git directory, or may not be read",
    "git-file-broken": "{path} names no git directory",
    "git-file-too-large": "{path} is larger than {limit}",
    "git-printed-too-much": "it prints more than {limit}",
    "git-file-leads-nowhere": "{path} names {folder}, which is no git directory",
    "git-no-temporary-directory": "there is no directory outside the repository for temporary files",
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
    "no-own-outcome": "came to no outcome of its own",
    "reported-as": "{own}, but reported as {reported}",
    "all-checks": "all {count} checks",
    "not-asked-for": "no option of pytest that was typed asks for that, so this is no success; the verdict comes from",
    "not-compiled": "{gate}: no check could be compiled from its contract",
    "which-run": "which run? Say --run {run}, or --gate-run where --run is an option of yours, or set ORCH_RUN",
    "which-gate-run": ("which run? --run is an option of this repository's own: say --gate-run {run}, or set ORCH_RUN"),
    "which-run-none": "which run? There is none yet",
    "no-check-at-paths": "no check of run {run} lies at the typed paths; name a gate with --gate, or no path",
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
