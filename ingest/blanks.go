package ingest

import "strconv"

// A file may have far more blank rows than others. Each row of a run has an entry
// in Skipped as long as the run has at most longestRun rows and Skipped at most
// mostSkipped entries; otherwise the run has one.
const (
	longestRun  = 1000
	mostSkipped = 100_000
)

// blankRun is the run of blank rows that was read last.
type blankRun struct {
	last, count int  // its last row, and how many rows it has
	one         bool // it has one entry in Skipped
}

// skipRow keeps a row that is not one of the roster's. Rows come in order.
func (r *Roster) skipRow(number int, reason string) {
	r.SkippedRows++
	if reason != blankRow || number != r.blanks.last+1 {
		r.endBlanks()
	}
	if reason != blankRow {
		r.Skipped = append(r.Skipped, Skipped{number, reason})
		return
	}
	run := &r.blanks
	run.last = number
	run.count++
	switch {
	case run.one:
	case run.count > 1 && (run.count > longestRun || len(r.Skipped) > mostSkipped):
		run.one = true
		r.Skipped = r.Skipped[:len(r.Skipped)-run.count+2] // only the first stays
	default:
		r.Skipped = append(r.Skipped, Skipped{number, blankRow})
	}
}

// endBlanks adds to a run that has one entry how many rows it stands for.
func (r *Roster) endBlanks() {
	if r.blanks.one {
		after := "row"
		if n := r.blanks.count - 1; n > 1 {
			after = inThousands(n) + " rows"
		}
		r.Skipped[len(r.Skipped)-1].Reason = blankRow + ", and the " + after + " after it"
	}
	r.blanks = blankRun{}
}

// inThousands is a number as people read it: 1,048,000.
func inThousands(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
