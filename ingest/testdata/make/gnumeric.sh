#!/bin/sh
# Writes the files of ../gnumeric with Gnumeric 1.12.55: sh gnumeric.sh ../gnumeric
set -e
ssconvert ../openpyxl/plain.xlsx "$1/plain.xlsx"
ssconvert --export-type=Gnumeric_Excel:xlsx ../openpyxl/dates.xlsx "$1/dates-2006.xlsx"
ssconvert ../xlsxwriter/rich-and-formulas.xlsx "$1/rich-and-formulas.xlsx"
ssconvert --export-type=Gnumeric_Excel:excel_biff7 ../openpyxl/plain.xlsx "$1/biff7.xls"
ssconvert ../openpyxl/plain.xlsx "$1/plain.gnumeric"
