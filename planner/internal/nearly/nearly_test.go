package nearly

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"linkbatch/internal/edit"
)

// TestPairs takes values with their names after a blank.
func TestPairs(t *testing.T) {
	for name, test := range map[string]struct {
		values string
		want   []Pair
	}{
		"swapped":                      {"185433012,185433021", []Pair{{0, 1, Swapped, false}}},
		"swapped, other clients":       {"185433012 Anvil,185430312 Kettle", []Pair{{0, 1, Swapped, false}}},
		"one longer, the first":        {"1854333012,185433012", []Pair{{0, 1, Longer, false}}},
		"one longer, at the end":       {"185433012,1854330129", []Pair{{0, 1, Longer, false}}},
		"changed early":                {"185433012,185833012", []Pair{{0, 1, Changed, false}}},
		"changed early, other clients": {"185433012 Anvil,185833012 Kettle", nil},
		"changed late":                 {"185433012,185433013", nil},
		"changed late, one client":     {"185433012 Anvil,185433013 ANVIL Ltd", []Pair{{0, 1, Changed, true}}},
		"a client's pair in a series":  {"185433011 Kettle,185433012 Anvil,185433013 Anvil", []Pair{{1, 2, Changed, true}}},
		"a series":                     {"185433012,185433021,185433022", nil},
		"equal values":                 {"185433012,185433012,185433021,185433021", []Pair{{0, 2, Swapped, false}}},
		"short":                        {"10012,10021", nil},
		"blank":                        {",,185433012", nil},
		"two edits":                    {"185433012,185433120", nil},
	} {
		var values, names []string
		for v := range strings.SplitSeq(test.values, ",") {
			value, name, _ := strings.Cut(v, " ")
			values, names = append(values, value), append(names, name)
		}
		if diff := cmp.Diff(test.want, Pairs(values, names)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

// TestPairsAgainstAllPairs holds that among random values every pair that counts
// is found, and no other: the sorts and maps against all pairs.
func TestPairsAgainstAllPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for round := range 300 {
		var values, names []string
		for range 2 + r.IntN(6) {
			id := []byte("185433012")
			for range 1 + r.IntN(2) {
				switch i := r.IntN(len(id) - 1); r.IntN(3) {
				case 0:
					id[i], id[i+1] = id[i+1], id[i]
				case 1:
					id = slices.Delete(id, i, i+1)
				case 2:
					id[i] = byte('1' + r.IntN(9))
				}
			}
			values, names = append(values, string(id)), append(names, "Anvil")
		}
		near := map[string]map[string]bool{}
		for _, a := range values {
			near[a] = map[string]bool{}
			for _, b := range values {
				if edit.One(a, b) {
					near[a][b] = true
				}
			}
		}
		want := map[[2]string]bool{}
		for a := range near {
			for b := range near[a] {
				if len(near[a]) == 1 && len(near[b]) == 1 {
					want[[2]string{min(a, b), max(a, b)}] = true
				}
			}
		}
		got := map[[2]string]bool{}
		for _, p := range Pairs(values, names) {
			a, b := values[p.A], values[p.B]
			got[[2]string{min(a, b), max(a, b)}] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("round %d: %q: (-want +got)\n%s", round, values, diff)
		}
	}
}

func BenchmarkPairs(b *testing.B) {
	values, names := make([]string, 100_000), make([]string, 100_000)
	for i := range values {
		values[i], names[i] = strconv.Itoa(180000000+i), "Client "+strconv.Itoa(i)
	}
	for b.Loop() {
		Pairs(values, names)
	}
}
