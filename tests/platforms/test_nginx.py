"""nginx from Debian's packages: sitemaps and feeds with real validators."""
