"""How channels are talked to: one folder a channel, named like its `channel_type`."""
