"""Import every subject's models, so that Django finds them.

Other code imports a model from its subject: `from assessments.plans.models import Plan`.
"""

from .annual_council import models as annual_council
from .appointments import models as appointments
from .comments import models as comments
from .data_protection import models as data_protection
from .development import models as development
from .election_night import models as election_night
from .for_you import models as for_you
from .notices import models as notices
from .parity import models as parity
from .plans import models as plans
from .portfolio import models as portfolio
from .presence import models as presence
from .register import models as register
from .restricted_notes import models as restricted_notes
from .reviews import models as reviews
from .rounds import models as rounds
from .seats import models as seats
from .timetable import models as timetable

__all__ = [
    "annual_council",
    "appointments",
    "comments",
    "data_protection",
    "development",
    "election_night",
    "for_you",
    "notices",
    "parity",
    "plans",
    "portfolio",
    "presence",
    "register",
    "restricted_notes",
    "reviews",
    "rounds",
    "seats",
    "timetable",
]
