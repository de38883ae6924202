"""Every table of the platform, so that one import fills the metadata."""

from portage.accounts import models as accounts
from portage.core import idempotency, outbox
from portage.directory import models as directory
from portage.editions import models as editions
from portage.families import models as families
from portage.lone_working import models as lone_working
from portage.messages import models as messages
from portage.moving_forwards import models as moving_forwards
from portage.notifications import models as notifications
from portage.offline import models as offline
from portage.panels import models as panels
from portage.partners import models as partners
from portage.plans import models as plans
from portage.previews import models as previews
from portage.profiles import models as profiles
from portage.referrals import models as referrals
from portage.reviews import models as reviews
from portage.setting_support import models as setting_support
from portage.stamps import models as stamps
from portage.starting_school import models as starting_school
from portage.support import models as support
from portage.tenants import models as tenants
from portage.visits import models as visits
from portage.volunteers import models as volunteers

__all__ = [
    "accounts",
    "directory",
    "editions",
    "families",
    "idempotency",
    "lone_working",
    "messages",
    "moving_forwards",
    "notifications",
    "offline",
    "outbox",
    "panels",
    "partners",
    "plans",
    "previews",
    "profiles",
    "referrals",
    "reviews",
    "setting_support",
    "stamps",
    "starting_school",
    "support",
    "tenants",
    "visits",
    "volunteers",
]
