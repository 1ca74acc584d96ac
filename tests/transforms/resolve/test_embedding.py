"""Word vectors: of known words, of words made of known ones, and of words that are nothing but letters."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.resolve.embedding import word_vectors

KNOWN, KIN, COMPOUND, LETTERS = "digitalisierung", "digitalisierungsch", "schulplattform", "xqzvwk"
WORDS = st.lists(st.sampled_from([KNOWN, KIN, COMPOUND, LETTERS]) | st.text(max_size=12), max_size=8)


@settings(deadline=None)
@given(WORDS)
def test_a_words_vector_is_the_same_in_any_company(found):
    vectors, zipf = word_vectors().lookup(found)
    assert vectors.shape == (len(found), word_vectors().dimensions) and zipf.shape == (len(found),)
    for word, vector, frequency in zip(found, vectors, zipf, strict=True):
        (alone,), (its,) = word_vectors().lookup([word])
        assert vector.tobytes() == alone.tobytes() and frequency == its
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)


def test_what_is_written_alike_is_near_and_what_is_not_is_far():
    likeness = lambda a, b: float(np.dot(*word_vectors().lookup([a, b])[0]))  # noqa: E731
    assert KNOWN in word_vectors() and not any(word in word_vectors() for word in (KIN, COMPOUND, LETTERS))
    assert likeness(KIN, KNOWN) > 0.5
    assert likeness(COMPOUND, "plattform") > 0.5
    assert likeness(LETTERS, "xqzvwt") > 0.5 > 0.3 > abs(likeness(LETTERS, KNOWN))
