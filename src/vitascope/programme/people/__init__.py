"""How people come in: terms and cohorts, applications, invitations, guest passes, sign-in."""
