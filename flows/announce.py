"""Tell people of a night that was refused or failed, through notification blocks of Prefect (webhook, e-mail, ...)."""

import logging
import os
from typing import Any

from prefect.blocks.abstract import NotificationBlock
from prefect.blocks.core import Block

from flows.environment import NOTIFY_VARIABLE


def announce(region: str, state: str, message: str) -> None:
    """Send a message through each block named in $PLACELINE_NOTIFY (``slug/name``, comma between).

    Addresses and keys are in the blocks, which Prefect keeps encrypted. One that cannot be reached changes nothing
    of what became of the night.
    """
    for name in filter(None, map(str.strip, os.environ.get(NOTIFY_VARIABLE, "").split(","))):
        try:
            _block(name).notify(message, subject=f"Placeline, {region}: {state}")
        except Exception as error:  # noqa: BLE001 - blocks raise what their services' clients do
            # Not its text: that may hold the address, and an address the key.
            logging.getLogger(__name__).warning("'%s' cannot be notified (%s).", name, type(error).__name__)


def _block(name: str) -> Any:
    # Declared as a coroutine, and called from a flow that is none it runs at once.
    block = Block.load(name)
    if not isinstance(block, NotificationBlock):
        raise TypeError(f"{type(block).__name__} sends no notifications")
    return block
