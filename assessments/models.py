"""Import every subject's models, so that Django finds them.

Other code imports a model from its subject: `from assessments.plans.models import Plan`.
"""

from .advice import models as advice
from .annual_council import models as annual_council
from .appointments import models as appointments
from .budget import models as budget
from .comments import models as comments
from .comparisons import models as comparisons
from .data_protection import models as data_protection
from .development import models as development
from .election_night import models as election_night
from .exports import models as exports
from .for_you import models as for_you
from .links import models as links
from .notices import models as notices
from .packs import models as packs
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
from .vacancies import models as vacancies
from .ways_of_working import models as ways_of_working

__all__ = [
    "advice",
    "annual_council",
    "appointments",
    "budget",
    "comments",
    "comparisons",
    "data_protection",
    "development",
    "election_night",
    "exports",
    "for_you",
    "links",
    "notices",
    "packs",
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
    "vacancies",
    "ways_of_working",
]
