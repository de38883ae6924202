"""Opening an episode for a page: nobody sees a child's support who may not open the child's record."""

from uuid import UUID

from portage.core.identity import viewer
from portage.core.routes import concerning
from portage.families.access import require_access
from portage.support.models import Episode
from portage.support.operations import episode_here


def opened(episode_id: UUID) -> Episode:
    """The episode behind an address, once this viewer may open the child's record; the trail names the child."""
    episode = episode_here(episode_id)
    require_access(episode.child_id, viewer())
    concerning("child", episode.child_id, episode=episode_id)
    return episode
