"""The embedded Hub: a loopback server that unmodified clients cannot tell from the real one."""
