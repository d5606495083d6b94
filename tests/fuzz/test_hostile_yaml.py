"""The tricks that are known of YAML, each by its name: refused with a sentence, and without filling the memory."""

from __future__ import annotations

import tracemalloc

import pytest

from mlmgmt_widgets.content import ContentError, validate
from mlmgmt_widgets.documents import SIZE_LIMIT, parse_document
from mlmgmt_widgets.timeline import Plan

HEAD = b"title: T\nstart: 2027-01-04\n"
TASK = b"tasks: [{id: a, weeks: 1}]\n"
MEMORY = 40 * SIZE_LIMIT  # what the largest file that is read may take


def refused(raw: bytes) -> tuple[str, str]:
    with pytest.raises(ContentError) as error:
        validate(parse_document("strange.yaml", raw), Plan)
    return str(error.value), "\n".join(map(str, error.value.faults))


def test_the_plan_that_these_tests_spoil_is_in_order() -> None:
    assert validate(parse_document("plan.yaml", HEAD + TASK), Plan).tasks[0].weeks == 1


LAUGHS = b"a0: &a0 [lol]\n" + b"".join(
    b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 10)
)
QUADRATIC = b"a: &a " + b"x" * 100_000 + b"\nb: [" + b"*a, " * 100_000 + b"]\n"


TRICKS = {
    "billion laughs": (HEAD + LAUGHS + TASK, "the anchor &a0"),
    "one long text many times": (HEAD + QUADRATIC + TASK, "the anchor &a"),
    "an anchor that holds itself": (HEAD + b"tasks: &t [*t]\n", "the alias *t"),
    "a mapping that is its own value": (b"&m {title: *m}\n", "the alias *m"),
    "a merge key": (HEAD + b"x: &x {id: a}\ntasks: [{<<: *x, weeks: 1}]\n", "the unknown key '<<'"),
    "merge keys in a circle": (HEAD + b"tasks: [&x {<<: *x}]\n", "the alias *x"),
    "an object of Python's": (b"!!python/object:os.system {title: T}\n", "the tag tag:yaml.org,2002:python/object"),
    "a call of Python's": (b"title: !!python/object/apply:os.system [id]\n", "the tag"),
    "a tag of one's own": (HEAD + b"tasks: !mine [{id: a, weeks: 1}]\n", "the tag !mine"),
    "a tag for bytes": (HEAD + TASK + b"deadline: !!binary aGk=\n", "the tag"),
    "a set": (HEAD + b"tasks: !!set {a, b}\n", "the tag"),
    "a mapping as a key": (HEAD + b"? {a: 1}\n: b\n", "a list or mapping as a key"),
    "a key twice": (HEAD + TASK + b"title: U\n", "'title' a second time"),
    "a key twice in another spelling": (HEAD + TASK + b'"title": U\n', "'title' a second time"),
    "two documents": (HEAD + TASK + b"---\n" + HEAD, "a second document"),
    "lists in lists without end": (HEAD + b"tasks: " + b"[" * 1_000_000, "levels of nesting"),
    "mappings in mappings without end": (HEAD + b"tasks: " + b"{a: " * 400_000, "levels of nesting"),
    "lists by dashes without end": (b"- " * 900_000 + b"a\n", "levels of nesting"),
    "more than is read": (b"# " + b"x" * SIZE_LIMIT + b"\n" + HEAD + TASK, "bytes"),
    "a NUL": (HEAD + b"tasks: [{id: a\x00, weeks: 1}]\n", "a character that YAML does not allow"),
    "an escaped NUL": (HEAD + b'tasks: [{id: "a\\0", weeks: 1}]\n', "kebab-case"),
    "half a pair of surrogates": (b"title: \xed\xa0\x80\n" + TASK, "the byte 0xed"),
    "half a pair, escaped": (b'title: "\\ud800"\n' + TASK, "broken YAML"),
    "no characters at all": (b"title: \xff\xfe\xff\n", "the byte 0xff"),
    "UTF-16": ((HEAD + TASK).decode().encode("utf-16"), "the byte 0xff"),
    "UTF-16 without a mark": ((HEAD + TASK).decode().encode("utf-16-le"), "a character that YAML does not allow"),
    "UTF-32": ((HEAD + TASK).decode().encode("utf-32"), "the byte 0xff"),
    "a whole number of thousands of digits": (HEAD + b"tasks: [{id: a, weeks: " + b"9" * 5000 + b"}]\n", "a number"),
    "the same with letters for digits": (
        HEAD + b"tasks: [{id: a, weeks: 0x" + b"f" * 9000 + b"}]\n",
        "a number beyond all bounds",
    ),
    "a million digits": (HEAD + b"tasks: [{id: a, weeks: " + b"9" * 1_000_000 + b"}]\n", "a number"),
    "a number beyond all bounds": (HEAD + b"tasks: [{id: a, weeks: 1e999}]\n", "found inf"),
    "infinity": (HEAD + b"tasks: [{id: a, weeks: .inf}]\n", "found inf"),
    "no number": (HEAD + b"tasks: [{id: a, weeks: .nan}]\n", "found nan"),
    "a day that there is not": (b"title: T\nstart: 2027-02-30\n" + TASK, "a day such as 2027-01-31"),
    "a year of five digits": (b"title: T\nstart: 12027-01-04\n" + TASK, "a day such as 2027-01-31"),
    "a year before all years": (b"title: T\nstart: 0000-01-01\n" + TASK, "a day such as 2027-01-31"),
    "digits of another script": ("title: T\nstart: ٢٠٢٧-٠١-٠٤\n".encode() + TASK, "a day such as 2027-01-31"),
    "a moment for a day": (b"title: T\nstart: 2027-01-04T00:00:00Z\n" + TASK, "a day such as 2027-01-31"),
    "a directive": (b"%YAML 9.9\n---\n" + HEAD + TASK, "broken YAML"),
    "a quote that nobody closes": (HEAD + b'tasks: "' + b"x" * 10_000, "broken YAML"),
    "many unknown keys": (HEAD + b"".join(b"k%d: 1\n" % n for n in range(2000)) + TASK, "unknown key"),
    "a million values": (HEAD + b"tasks: [" + b"1," * 990_000 + b"]\n", "more than 100000 values"),
    "a million mappings": (HEAD + b"tasks: [" + b"{}," * 600_000 + b"]\n", "more than 100000 values"),
    "a million aliases": (HEAD + b"tasks: [" + b"*a," * 600_000 + b"]\n", "more than 1000 faults"),
    "a key a million times": (HEAD + TASK + b"a: 1\n" * 390_000, "more than 1000 faults"),
    "a task that waits for itself": (HEAD + b"tasks: [{id: a, weeks: 1, after: [a]}]\n", "after"),
    "nothing": (b"", "an empty file"),
    "only a remark": (b"# nothing\n", "an empty file"),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_it_is_refused_with_a_sentence_and_little_memory(trick: str) -> None:
    tricky, sentence = TRICKS[trick]
    tracemalloc.start()
    try:
        told, faults = refused(tricky)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert told.startswith("strange.yaml")
    assert sentence in faults
    assert max(map(len, told.splitlines())) < 500
    assert peak < MEMORY
