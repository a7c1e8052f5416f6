package main

import (
	"testing"

	"linkbatch/internal/doctor"
)

// TestWorstOfDoctor holds which exit code several failures have.
func TestWorstOfDoctor(t *testing.T) {
	for _, c := range []struct {
		causes []doctor.Cause
		want   int
	}{
		{nil, 0},
		{[]doctor.Cause{doctor.Unreachable}, 75},
		{[]doctor.Cause{doctor.Unreachable, doctor.Permission}, 4},
		{[]doctor.Cause{doctor.Permission, doctor.Unreachable, doctor.Setup}, 78},
	} {
		d := doctorCommand{codes: make(map[int]bool)}
		d.found(doctor.Finding{Result: doctor.OK})
		d.found(doctor.Finding{Result: doctor.Warning, Err: &doctor.Error{}})
		for _, cause := range c.causes {
			d.found(doctor.Finding{Result: doctor.Failed, Err: &doctor.Error{Cause: cause}})
		}
		got := 0
		if err := d.ending(); err != nil {
			got = diagnose(err).code
		}
		if got != c.want {
			t.Errorf("%v: %d, want %d", c.causes, got, c.want)
		}
	}
}
