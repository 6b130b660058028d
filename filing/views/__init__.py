"""Pages of 网上立案: pre-check, the applicant's draft, the clerk's desk."""
