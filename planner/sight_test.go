package planner

import (
	"testing"

	"linkbatch/internal/msads"
)

// TestASightIsOneOfThree goes through what a search can show: a link, none, or
// a doubt, of which nothing is kept and nothing decided.
func TestASightIsOneOfThree(t *testing.T) {
	tests := []struct {
		name                string
		sight               Sight
		shown, absent, live bool
		text                string
	}{
		{"none", sightOf(nil), false, true, false, "no link"},
		{"a live link", sightOf(new(link(1001, msads.Active))), true, false, true, "Active"},
		{"a link that has ended", sightOf(new(link(1001, msads.LinkExpired))), true, false, false, "LinkExpired"},
		{"a link without a status", sightOf(new(link(1001, ""))), false, false, false, "the service lists a link to account 1001 without a status"},
		{"a search that was refused", Sight{Doubt: "2180"}, false, false, false, "2180"},
	}
	for _, tt := range tests {
		s := tt.sight
		if s.Shown() != tt.shown || s.Absent() != tt.absent || s.Live() != tt.live || s.String() != tt.text {
			t.Errorf("%s: shown %v, absent %v, live %v, %q", tt.name, s.Shown(), s.Absent(), s.Live(), s)
		}
		if seen := s.Seen(); seen.Found() != tt.shown || seen.Sight().Seen() != seen {
			t.Errorf("%s: keeps %+v", tt.name, seen)
		}
	}
}
