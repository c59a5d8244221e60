"""Path converters for routes. `AssessmentsConfig.ready` registers them."""

from django.urls import register_converter
from django.urls.converters import IntConverter


class IdConverter(IntConverter):
    """Match a primary key: up to 18 digits, which every database can hold."""

    regex = "[0-9]{1,18}"


def register() -> None:
    register_converter(IdConverter, "id")
