"""The lab: a loopback OCI registry with shaping, faults and synthetic images."""
