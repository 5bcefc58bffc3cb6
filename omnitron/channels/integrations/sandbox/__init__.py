"""The sandbox: a channel whose marketplace is in this repository and misbehaves from a seed."""
