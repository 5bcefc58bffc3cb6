"""A marketplace that misbehaves from a seed.

It knows nothing of what pulls from it. `marketplace.Marketplace` is the shop, `truth.Truth` what is so in it
whatever it says, `faults.FaultPlan` how badly it behaves, `server.serve` its address. Its API: docs/sandbox.md.
"""
