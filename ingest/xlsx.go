package ingest

// openXLSX refuses a workbook.
func (r *Roster) openXLSX(Options) error {
	return r.in.fault("is a workbook, which is not read", "save it as CSV in UTF-8")
}
