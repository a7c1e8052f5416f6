package simulator_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"linkbatch/internal/msads"
	"linkbatch/internal/simulator"
	"linkbatch/internal/simulator/simtest"
)

// signedIn returns an access token of the agency.
func signedIn(b *testing.B, s *simulator.Simulator) string {
	b.Helper()
	return caller{t: b, http: simtest.Serve(b, s), base: simtest.URL}.as(simulator.AgencyRefreshToken).token
}

// BenchmarkPage reads pages of 100 of an agency's 10,000 links; the JSON of a
// page is most of the time.
func BenchmarkPage(b *testing.B) {
	s := simtest.New(b, simtest.World(10000, msads.Active), simulator.Options{})
	token := signedIn(b, s)
	i := 0
	for b.Loop() {
		body := searchBody("", i%100, 100, predicate("DirectManagingCustomerId", "Equals", agencyID))
		if w := roundTrip(s, "POST", base+"/ClientLinks/Search", body, token); w.Code != 200 {
			b.Fatal(w.Code)
		}
		i++
	}
}

// BenchmarkAdd adds links in calls of ten to a world of 100,000 accounts,
// kept in memory and saved before each reply.
func BenchmarkAdd(b *testing.B) {
	for _, saved := range []bool{false, true} {
		b.Run(fmt.Sprintf("saved=%v", saved), func(b *testing.B) {
			opts := simulator.Options{Modes: []simulator.Mode{simulator.Lenient}}
			if saved {
				opts.State = filepath.Join(b.TempDir(), "state.json")
			}
			s := simtest.New(b, simtest.World(100000), opts)
			token := signedIn(b, s)
			i := 0
			for b.Loop() {
				body := `{"ClientLinks":[`
				for j := range 10 {
					if j > 0 {
						body += ","
					}
					body += newLink((i+j)%100000, "")
				}
				if w := roundTrip(s, "POST", base+"/ClientLinks", body+"]}", token); w.Code != 200 {
					b.Fatal(w.Code)
				}
				i += 10
			}
		})
	}
}

// BenchmarkLoad loads a world of 100,000 accounts and 10,000 links.
func BenchmarkLoad(b *testing.B) {
	w := simtest.World(100000)
	for i := range 10000 {
		w.Links = append(w.Links, simtest.Link(i*10, msads.Active))
	}
	world := w.JSON()
	for b.Loop() {
		if _, err := simulator.New(simulator.Options{World: world}); err != nil {
			b.Fatal(err)
		}
	}
}
