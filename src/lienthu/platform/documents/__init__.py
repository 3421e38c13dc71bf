"""Reports for people as one neutral value, and what makes a PDF and a workbook of it."""
