"""What members say: reports, feedback, proposals and votes, and what becomes of them in public."""
