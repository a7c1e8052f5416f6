package sheet

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The marks are found wherever the reads of a part end.
func TestMergesAreFoundAcrossReads(t *testing.T) {
	const atOnce = 1 << 16
	for pad := atOnce - 60; pad < atOnce+10; pad++ {
		part := strings.Repeat("x", pad) + `<x:mergeCell ref="A2:B5"/><mergeCell  ref = 'C7:C9' /><t>mergeCell ref="D1:D2"</t>` + strings.Repeat("y", atOnce)
		got := readMerges(strings.NewReader(part))
		want := []Merge{{2, 0, 5, 1}, {7, 2, 9, 2}}
		if diff := cmp.Diff(want, got.later, cmp.AllowUnexported(Merge{})); diff != "" {
			t.Fatalf("after %d bytes: %s", pad, diff)
		}
	}
}
