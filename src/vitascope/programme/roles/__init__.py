"""Roles: who may act for the programme, given by two people, and auditors with their lines below checkpoints."""
