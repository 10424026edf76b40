"""The data of the cities: diagrams, tables, forms, roles, rights, terms and stories. Nothing here is code."""
