"""The subcommands of `wijkcyclus`, in the order in which help shows them."""

from service.commands import asking, keeping, log, models, playing, privacy, rules, running, stories, trail, voting

COMMANDS = (
    *running.COMMANDS,
    *models.COMMANDS,
    *playing.COMMANDS,
    *stories.COMMANDS,
    *rules.COMMANDS,
    *trail.COMMANDS,
    *asking.COMMANDS,
    *log.COMMANDS,
    *voting.COMMANDS,
    *privacy.COMMANDS,
    *keeping.COMMANDS,
)
