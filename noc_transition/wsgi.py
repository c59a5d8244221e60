"""The WSGI application: Django, behind a check of the headers that it reads before its middleware.

Django decodes a request by the charset of its Content-Type while it builds the request object. A
charset that is not a text encoding raises an error there, where no middleware can turn it into a
page with our security headers.
"""

import gc
import os
import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "noc_transition.settings")

# Also the extended form of RFC 2231: charset*0=..., boundary*=...
CHARSET = re.compile(r";\s*charset\b[^;]*", re.IGNORECASE)
EXTENDED = re.compile(r";\s*[\w-]+\*[^;]*", re.IGNORECASE)
# The host is a name, or an address of IPv6 in square brackets.
HOST_AND_PORT = re.compile(r"(?P<host>[^:\[\]]+|\[[^\[\]]*\])(:[0-9]*)?")


def only_utf8(application):
    """Ignore the charset that a request names: pages of the planner always send UTF-8."""

    def wrapped(environ, start_response):
        content_type = environ.get("CONTENT_TYPE")
        if content_type:
            environ["CONTENT_TYPE"] = EXTENDED.sub("", CHARSET.sub("", content_type))
        return application(environ, start_response)

    return wrapped


def one_address(application):
    """Take a request for the host of SITE_URL, with any port and spelling, as one for SITE_URL.

    One for another host is taken as one without a port. Only SITE_URL can have a port.

    Links in emails have the host and the port of the request. Anyone can have a password link sent
    to someone else, and must not choose where it leads.
    """
    site = urlsplit(settings.SITE_URL)

    def wrapped(environ, start_response):
        found = HOST_AND_PORT.fullmatch(environ.get("HTTP_HOST", ""))
        if found:  # Django refuses all others
            name = found["host"].removesuffix(".")
            environ["HTTP_HOST"] = site.netloc if name.lower() == site.hostname else name
        return application(environ, start_response)

    return wrapped


application = only_utf8(get_wsgi_application())

if settings.PRODUCTION:
    application = one_address(application)

if settings.METRICS_BIND:
    from operate.metrics import beside

    application = beside(application)

if settings.PRODUCTION:
    # Imported late: models can be imported only once the application is set up.
    from operate.set_up import announce_set_up

    announce_set_up()

# A page makes tens of thousands of objects, nearly all of which go without the garbage collector.
# Python starts it after every 700 by default. What was made at the start is not scanned again.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
