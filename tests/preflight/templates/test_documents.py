import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from constructs_ecs.preflight.templates.documents import MAX_BYTES, MAX_DEPTH, InputError, load, parse

HAND_WRITTEN = """\
Shared: &shared
  - !Sub "${a}"
  - !GetAtt A.B.C
Resources:
  Role:
    Type: T
    Properties:
      Days: 2012-10-17
      Flags: [yes, "yes", 1, 0123, 1.5, ~, .inf]
      Again: *shared
      <<: {Merged: 1, Days: 2}
      If: !If [x, !Ref y, !Condition z]
"""


def test_json_and_yaml_give_the_same_data() -> None:
    data = {"a": [1, 1.5, True, None, "x"], "b": {"c": {}}}

    assert parse(json.dumps(data), "it.json").body == data
    assert parse(json.dumps(data), "it").body == data
    assert parse(yaml.safe_dump(data), "it.yaml").body == data
    assert parse("{a: [1, 1.5, true, null, x], b: {c: {}}}", "it.template").body == data


def test_short_tags_are_the_functions_that_they_stand_for() -> None:
    body = parse(HAND_WRITTEN, "it.yaml").body

    assert body["Shared"] == [{"Fn::Sub": "${a}"}, {"Fn::GetAtt": ["A", "B.C"]}]
    assert body["Resources"]["Role"]["Properties"]["If"] == {"Fn::If": ["x", {"Ref": "y"}, {"Condition": "z"}]}


def test_yaml_is_read_as_cloudformation_reads_it() -> None:
    properties = parse(HAND_WRITTEN, "it.yaml").body["Resources"]["Role"]["Properties"]

    assert properties["Days"] == "2012-10-17"
    assert properties["Flags"] == [True, "yes", 1, 83, 1.5, None, ".inf"]
    assert properties["Again"] == [{"Fn::Sub": "${a}"}, {"Fn::GetAtt": ["A", "B.C"]}]
    assert properties["Merged"] == 1
    assert "<<" not in properties


def test_keys_are_text_whatever_they_look_like() -> None:
    assert parse("{80: a, yes: b, 2020-01-01: c}", "it.yaml").body == {"80": "a", "yes": "b", "2020-01-01": "c"}


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("Shared",), 1),
        (("Shared", 1), 3),
        (("Resources", "Role"), 5),
        (("Resources", "Role", "Properties", "Flags", 2), 9),
        (("Resources", "Role", "Properties", "Nothing"), None),
    ],
)
def test_a_yaml_text_knows_its_lines(place: tuple[str | int, ...], line: int | None) -> None:
    assert parse(HAND_WRITTEN, "it.yaml").line_of(place) == line


@pytest.mark.parametrize(
    ("place", "line"),
    [(("a",), 2), (("a", 0), 2), (("a", 1), 3), (("a", 1, "b:{"), 4), (("c",), 6), (("d",), None), (("a", 9), None)],
)
def test_a_json_text_knows_its_lines(place: tuple[str | int, ...], line: int | None) -> None:
    text = '{\n"a": [1,\n {\n"b:{": 2}\n],\n"c": "x\\n\\"]"}'

    assert parse(text, "it.json").line_of(place) == line


def test_what_no_encoding_can_print_is_replaced() -> None:
    body = parse('{"a\\ud800": ["\\uD83D\\uDE00 \\udc00"]}', "it.json").body

    assert body == {"a\ufffd": ["\U0001f600 \ufffd"]}
    assert parse("a: \ud800", "it.yaml").body == {"a": "\ufffd"}


@pytest.mark.parametrize("name", ["it.json", "it.yaml"])
@pytest.mark.parametrize("written", ['{"a": 1e999}', '{"a": ' + "9" * 5_000 + "}"])
def test_a_number_beyond_all_bounds_stays_text(name: str, written: str) -> None:
    assert isinstance(parse(written, name).body["a"], str)


BOMB = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"a{place + 1}: &a{place + 1} [{', '.join([f'*a{place}'] * 9)}]\n" for place in range(30)
)
CHAIN = "a0: &a0 [1]\n" + "".join(f"a{place + 1}: &a{place + 1} [*a{place}]\n" for place in range(2_000))
REFUSED = {
    "deep JSON": ('{"a":' * 200_000, "nests values more than 100 deep"),
    "rather deep JSON": ('{"a":' * 150 + "1" + "}" * 150, "nests values more than 100 deep"),
    "deep lists": ("a: " + "[" * 2_000_000, "line 1: values more than 100 deep"),
    "deep blocks": ("".join(" " * place + "a:\n" for place in range(1_000)), "line 101: values more than 100 deep"),
    "deep sequences": ("- " * 500_000, "line 1: values more than 100 deep"),
    "keys of keys": ("? " * 500_000, "line 1: a key that is no text"),
    "a list as a key": ("? [a]\n: b", "line 1: a key that is no text"),
    "aliases that explode": (BOMB, "by way of aliases"),
    "aliases that nest": (CHAIN, "by way of aliases"),
    "an alias of itself": ("a: &a [*a]", "line 1: alias 'a' of nothing"),
    "a merge of itself": ("a: &a\n  <<: *a", "line 2: alias 'a' of nothing"),
    "a merge of text": ("a:\n  <<: x", "line 2: a merge key of something that is no mapping"),
    "an alias of nothing": ("a: *b", "line 1: found undefined alias|line 1: alias 'b' of nothing"),
    "a key twice in YAML": ("a: 1\na: 2", "line 2: the key 'a' twice in one mapping"),
    "a key twice in JSON": ('{"a": 1, "a": 2}', "has the key 'a' twice in one object"),
    "two documents": ("a: 1\n---\nb: 2", "line 2: a second document"),
    "bytes": ("\x00\x01\x02", "control characters are not allowed"),
    "an open quote": ('a: "' + "\\" * 1_000_000, "line 1: "),
    "anchors": ("&" * 1_000_000, "line 1: "),
    "tags": ("a: " + "!a " * 500_000, "line 1: "),
    "more values than any": ("[" + "[]," * 1_500_000 + "]", "more than 1,000,000 values"),
}


@pytest.mark.parametrize(("written", "why"), REFUSED.values(), ids=REFUSED.keys())
def test_hostile_text_is_refused_soon_with_the_reason_on_one_line(written: str, why: str) -> None:
    started = time.process_time()
    with pytest.raises(InputError, match=why) as raised:
        parse(written, "hostile")

    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 400
    assert time.process_time() - started < 10


@pytest.mark.parametrize("written", ["", "text", "[1]", "{", '{"a": NaN}', "{'a': 1}", '{"a": 1} x', "a: 1"])
def test_a_json_file_is_read_as_json_alone(written: str) -> None:
    with pytest.raises(InputError, match=r"^it\.json: (cannot be read as JSON|is no JSON object)"):
        parse(written, "it.json")


def test_values_may_nest_as_deep_as_stated() -> None:
    deepest = '{"a":' * MAX_DEPTH + "1" + "}" * MAX_DEPTH

    assert parse(deepest, "it.json").body == parse(deepest, "it.yaml").body


def test_text_that_is_long_but_simple_is_read() -> None:
    written = "Long: " + "x" * (MAX_BYTES - 10)

    assert len(parse(written, "it.yaml").body["Long"]) == MAX_BYTES - 10


def test_a_file_larger_than_any_template_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    file.write_bytes(b'{"Resources": "' + b"x" * 50_000_000 + b'"}')
    started = time.process_time()

    with pytest.raises(InputError, match="has more than 5,000,000 bytes"):
        load(file)

    assert time.process_time() - started < 1


@pytest.mark.parametrize("data", [b"\xff\xfe\x00a", b"\x80abc", bytes(range(256))])
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "it.yaml"
    file.write_bytes(data)

    with pytest.raises(InputError, match=r"it\.yaml: is no UTF-8 text"):
        load(file)


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    file = tmp_path / "it.json"
    file.write_bytes(b"\xef\xbb\xbf" + b'{"a": 1}')

    assert load(file).body == {"a": 1}


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        load(tmp_path / "nothing.json")
    with pytest.raises(InputError, match="Is a directory"):
        load(tmp_path)


DATA = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
)


@given(data=st.dictionaries(st.text(), DATA))
def test_any_json_is_read_back_and_its_lines_are_found(data: dict[str, Any]) -> None:
    written = json.dumps(data, indent=1)
    document = parse(written, "it.json")

    assert json.dumps(document.body) == written if written == "{}" else document.body == _printable(data)
    for key in document.body:
        assert document.line_of((key,)) is not None


def _printable(value: object) -> object:
    """Numbers longer than any that a template has are read as text."""
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_printable(item) for item in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and len(str(value)) > 40 else value


PIECES = st.lists(
    st.one_of(
        st.text(max_size=5),
        st.sampled_from(
            [
                "a: ",
                "- ",
                "{",
                "}",
                "[",
                "]",
                "\n",
                "\n  ",
                "&a ",
                "*a",
                "!Ref ",
                "!!binary ",
                "<<: ",
                "? ",
                "'",
                '"',
                "|\n",
                "---\n",
                "\t",
                "%YAML 1.1\n",
                "1:2",
                "0x",
                "0b",
                "1_",
                "+.",
                "=",
                "~",
                ",",
            ]
        ),
    )
).map("".join)


@settings(max_examples=500, deadline=None)
@example("!")
@example("a: !!int x")
@example("a: 0b_")
@example("a: +.")
@example("!!float 1:")
@example("{" * 99)
@given(written=PIECES)
def test_any_text_gives_data_or_an_input_error(written: str) -> None:
    for name in ("it.json", "it.yaml"):
        try:
            document = parse(written, name)
        except InputError as error:
            assert error.path == name
            assert str(error).startswith(f"{name}: ")
            assert "\n" not in error.why
        else:
            document.line_of(("a",))
            json.dumps(document.body, allow_nan=False).encode()
