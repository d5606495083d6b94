"""A metric that is read from a JSON or a CSV: where it is found, what is missing and what is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.readiness.evidence_shapes import TODAY, judged, read, refused

from mlmgmt_widgets.readiness import Evidence, Item
from mlmgmt_widgets.readiness.evidence import UploadedFile, read_upload

RULE = {"metric": "auc", "at_least": 0.8}


def written(folder, content, name="m.json"):
    content = content if isinstance(content, str | bytes) else json.dumps(content)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def auc(folder, **values):
    return read(folder, {"metric": "auc", "file": "m.json", **values})


def in_csv(folder, text, **values):
    written(folder, text, "m.csv")
    return read(folder, {"metric": "auc", "file": "m.csv", **values})


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ({"auc": 0.83}, 0.83),
        ({"auc": 1}, 1.0),
        ({"test": {"roc": {"auc": 0.83}}}, 0.83),
        ([{"model": "a"}, {"auc": 0.83}], 0.83),
        ([{"name": "f1", "value": 0.5}, {"name": "auc", "value": 0.83}], 0.83),
        ({"metrics": [{"metric": "auc", "score": 0.83}]}, 0.83),
        ([{"key": "auc", "value": 0.83, "step": 7}], 0.83),
        ({"auc": {"value": 0.83, "stderr": 0.01}}, 0.83),
        ({"name": "auc", "value": 0.83}, 0.83),
        ({"auc": 0.83, "copy": {"auc": 0.83}}, 0.83),  # twice the same
        ({"baseline": {"auc": None}, "test": {"auc": 0.83}}, 0.83),
        (b"\xef\xbb\xbf" + b'{"auc": 0.83, "loss": NaN}', 0.83),  # a NaN elsewhere is no concern of this one
        ({"auc": -1e-9}, -1e-9),
    ],
)
def test_a_metric_is_found_wherever_its_name_stands(tmp_path, content, value):
    assert auc(written(tmp_path, content)).value == value


DEEP = {"test": {"auc": 0.83, "folds": [{"auc": 0.81}, {"auc": 0.85}]}, "a.b": {"auc": 0.7}, "train": {"auc": 0.99}}


@pytest.mark.parametrize(
    ("at", "value"),
    [
        ("test.auc", 0.83),
        ("test.folds[1].auc", 0.85),
        ("test.folds[1]", 0.85),  # where to look for the name
        ("train", 0.99),
        ("a.b.auc", 0.7),  # a key that has a dot itself
    ],
)
def test_at_says_where(tmp_path, at, value):
    assert auc(written(tmp_path, DEEP), at=at).value == value


@pytest.mark.parametrize(
    "at", ["test.f1", "test.folds[2].auc", "test.folds[99999999999].auc", "auc[0]", "[", ".", "a."]
)
def test_at_that_leads_nowhere(tmp_path, at):
    assert auc(written(tmp_path, DEEP), at=at).missing == f"there is nothing at {at} in m.json"


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        ({"acu": 0.83, "loss": 1}, "no metric 'auc' in m.json (nearest: acu)"),
        ([{"name": "aucs", "value": 1}], "no metric 'auc' in m.json (nearest: aucs)"),
        ({}, "no metric 'auc' in m.json"),
        (3, "no metric 'auc' in m.json"),
        ({"auc": "0.83"}, "auc in m.json is '0.83', which is no number"),
        ({"auc": True}, "auc in m.json is true, which is no number"),
        ({"auc": None}, "auc in m.json is nothing, which is no number"),
    ],
)
def test_what_is_missing_is_said_in_a_clause(tmp_path, content, missing):
    written(tmp_path, content)
    said = auc(tmp_path).missing
    assert said == missing
    finding = judged(tmp_path, {"metric": "auc", "file": "m.json"}, RULE)
    assert (finding.reason, finding.said) == ("missing", f"{said}")


def test_several_values_are_refused_with_their_places(tmp_path):
    field, found, expected = refused(written(tmp_path, DEEP), {"metric": "auc", "file": "m.json"})
    assert field == "items.rollback-plan.evidence[0].file"
    places = "0.83 at test.auc, 0.81 at test.folds[0].auc, 0.85 at test.folds[1].auc, 0.7 at a.b.auc, …"
    assert found == f"5 values of auc in m.json ({places})"
    assert expected == "'at', which says which"


@pytest.mark.parametrize(
    ("content", "found", "expected"),
    [
        ('{"auc": NaN}', "NaN as auc in m.json", "a finite number"),
        ('{"auc": -Infinity}', "infinity as auc in m.json", "a finite number"),
        ('{"auc": 1e999}', "infinity as auc in m.json", "a finite number"),
        ('{"auc": 1' + "0" * 400 + "}", "infinity as auc in m.json", "a finite number"),
        ('{"auc": 1' + "0" * 5000 + "}", "a number of thousands of digits in m.json", "JSON"),
        ('{"auc": 0.8', "broken JSON in m.json, line 1", "JSON"),
        ("", "broken JSON in m.json, line 1", "JSON"),
        ("[" * 100_000, "JSON that is nested too deep in m.json", "JSON"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "JSON that is nested too deep in m.json", "JSON"),
        (b'{\n"auc": "\xff"}', "the byte 0xff in m.json, line 2", "text in UTF-8"),
        ('{"auc": 1}'.encode("utf-16"), "the byte 0xff in m.json, line 1", "text in UTF-8"),
    ],
)
def test_what_is_no_metric_is_a_fault(tmp_path, content, found, expected):
    written(tmp_path, content)
    assert refused(tmp_path, {"metric": "auc", "file": "m.json"})[1:] == (found, expected)


def test_json_that_is_as_deep_as_the_parser_allows_is_searched(tmp_path):
    depth = 500
    assert auc(written(tmp_path, "[" * depth + '{"auc": 0.5}' + "]" * depth)).value == 0.5


TREES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=30,
)


def deepest(tree, value):
    """The tree with a metric hung into one of its leaves."""
    if isinstance(tree, dict):
        first = next(iter(tree), None)
        return {**tree, "auc": value} if first is None else {**tree, first: deepest(tree[first], value)}
    if isinstance(tree, list):
        return [*tree[:-1], deepest(tree[-1], value)] if tree else [{"auc": value}]
    return {"auc": value}


@given(TREES, st.floats(allow_nan=False, allow_infinity=False))
def test_a_metric_is_found_in_whatever_surrounds_it(tree, value):
    content = json.dumps(deepest(tree, value)).encode()
    item = Item(id="floor", stage="shadow", question="?")
    found = read_upload(item, Evidence(metric="auc", file="m.json"), UploadedFile("m.json", content, TODAY))
    assert found.value == value


# -- CSV -----------------------------------------------------------------------------------------------------------

SPLITS = "model,split,auc\nbase,train,0.99\nbase,test,0.83\nnew,test,0.85\n"


@pytest.mark.parametrize(
    ("text", "where", "value"),
    [
        ("auc\n0.83\n", None, 0.83),
        ("metric,value\nf1,0.5\nauc,0.83\n", None, 0.83),
        ("\ufeffname;score\r\nauc;0.83\r\n", None, 0.83),
        ("f1\tauc\n0.5\t .83 \n\n", None, 0.83),
        (SPLITS, {"split": "train"}, 0.99),
        (SPLITS, {"split": "test", "model": "new"}, 0.85),
        ("metric,split,value\nauc,train,0.9\nauc,test,0.83\nf1,test,0.1\n", {"split": "test"}, 0.83),
        ("auc\n0.83\n0.830\n", None, 0.83),  # twice the same
        ('note,auc\n"a, b\nc",8.3e-1\n', None, 0.83),
    ],
)
def test_a_metric_in_a_table(tmp_path, text, where, value):
    assert in_csv(tmp_path, text, **({"where": where} if where else {})).value == value


@pytest.mark.parametrize(
    ("text", "where", "missing"),
    [
        (SPLITS, None, "m.csv has 3 values of auc: choose a row with 'where' by model and split"),
        (SPLITS, {"split": "test"}, "m.csv has 2 values of auc: choose a row with 'where' by model"),
        (SPLITS, {"split": "val"}, "no metric 'auc' in m.csv where split is 'val'"),
        (SPLITS, {"spilt": "test"}, "no column 'spilt' in m.csv (nearest: split)"),
        ("metric,value\nacu,1\n", None, "no metric 'auc' in m.csv (nearest: acu)"),
        ("acu,f1\n1,2\n", None, "no column 'auc' in m.csv (nearest: acu)"),
        ("auc\n", None, "no metric 'auc' in m.csv"),
        ("auc;f1\n0,83;1\n", None, "auc in m.csv is '0,83', which is no number"),
        ("auc\n1_000\n", None, "auc in m.csv is '1_000', which is no number"),
        ("auc,split\n,test\n", None, "no metric 'auc' in m.csv"),
    ],
)
def test_what_is_missing_from_a_table(tmp_path, text, where, missing):
    assert in_csv(tmp_path, text, **({"where": where} if where else {})).missing == missing


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("auc\nnan\n", "NaN as auc in m.csv"),
        ("auc\n-inf\n", "infinity as auc in m.csv"),
        ("auc\n1e999\n", "infinity as auc in m.csv"),
        ("", "nothing in m.csv"),
        ("auc\n" + "9" * 200_000, "a broken CSV in m.csv (field larger than field limit (131072))"),
        (b"auc\n\xff\n", "the byte 0xff in m.csv, line 2"),
    ],
)
def test_what_is_no_table_is_a_fault(tmp_path, text, found):
    written(tmp_path, text, "m.csv")
    assert refused(tmp_path, {"metric": "auc", "file": "m.csv"})[1] == found


def test_the_choice_that_belongs_to_the_other_format_is_refused(tmp_path):
    evidence = {"metric": "auc", "file": "m.csv"}
    assert refused(tmp_path, {**evidence, "at": "test"})[2] == "'where', which chooses a row"
    assert refused(tmp_path, {**evidence, "file": "m.json", "where": {"a": "b"}})[2].startswith("'at'")


# -- the verdict ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "reason", "said"),
    [
        (0.83, None, "auc 0.83, needs at least 0.8"),
        (0.8, None, "auc 0.8, needs at least 0.8"),
        (0.79, "failed", "auc 0.79, needs at least 0.8"),
    ],
)
def test_the_value_that_was_read_decides(tmp_path, value, reason, said):
    finding = judged(written(tmp_path, {"auc": value}), {"metric": "auc", "file": "m.json"}, RULE)
    assert (finding.reason, finding.said) == (reason, said)
