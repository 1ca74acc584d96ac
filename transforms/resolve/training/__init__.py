"""How the checked-in model of resolve was made; needs the development packages and is never imported by a run."""
