"""Raft, as Ongaro's dissertation has it: "Consensus: Bridging Theory and Practice", Stanford 2014."""
