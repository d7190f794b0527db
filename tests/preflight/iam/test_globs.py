import re
import time

from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.preflight.iam.globs import glob_matches

TEXTS = st.text(alphabet="ab:/", max_size=8)
PATTERNS = st.text(alphabet="ab:/*?", max_size=8)


@given(TEXTS, PATTERNS)
def test_a_glob_matches_what_the_regular_expression_of_it_matches(value: str, pattern: str) -> None:
    translated = "".join({"*": ".*", "?": "."}.get(each, re.escape(each)) for each in pattern)

    assert glob_matches(value, pattern) == bool(re.fullmatch(translated, value, re.DOTALL))


def test_a_wildcard_takes_line_breaks_and_the_end_is_the_end() -> None:
    assert glob_matches("a\nb", "a*b")
    assert not glob_matches("ab\n", "ab")


def test_many_wildcards_take_no_longer_than_few() -> None:
    started = time.process_time()

    assert not glob_matches("a" * 5000, "a*" * 500 + "b*")
    assert time.process_time() - started < 1
