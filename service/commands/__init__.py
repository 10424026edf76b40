"""The subcommands of `wijkcyclus`, in the order in which help shows them."""

from service.commands import keeping, models, running, trail

COMMANDS = (*running.COMMANDS, *models.COMMANDS, *trail.COMMANDS, *keeping.COMMANDS)
