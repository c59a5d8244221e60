import pytest
from django.urls import reverse

from assessments.addresses import address


@pytest.mark.parametrize(
    ("name", "numbers"),
    [("plan", (7,)), ("plan_step", (7, 30)), ("item", (10**18 - 1, 1)), ("item_edit", (1, 1))],
)
def test_an_address_is_what_reverse_says(name, numbers):
    assert address(name, *numbers) == reverse(name, args=numbers)


@pytest.mark.parametrize("number", ["<script>", "1/../2", "", None])
def test_an_address_is_made_of_numbers_alone(number):
    with pytest.raises((ValueError, TypeError)):
        address("item", 1, number)
