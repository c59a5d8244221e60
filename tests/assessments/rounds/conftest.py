import pytest

from assessments.rounds import results


@pytest.fixture(autouse=True)
def draw(monkeypatch):
    """Let the order of the rounds decide who is left out, so that every run shows the same.

    Returns the function with which that is really drawn.
    """
    drawn = results._lot
    monkeypatch.setattr(results, "_lot", lambda round_, component: "")
    return drawn
