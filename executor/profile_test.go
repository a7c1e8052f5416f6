package executor_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"linkbatch/executor"
	"linkbatch/planner"
)

// TestCredentialsOfAClientBlockTheirOwnStepsOnly refuses every call that names
// a client's account: with another main profile those steps are blocked after
// the first call and the agency's are sent; without one the run stops.
func TestCredentialsOfAClientBlockTheirOwnStepsOnly(t *testing.T) {
	steps := adds(1, 30)
	for i := range 30 {
		steps = append(steps, step(30+i, planner.OpAccept, "client", 101+i))
	}
	for _, test := range []struct {
		main   string
		code   int
		want   string
		stops  bool
		refuse int // calls that name a client's account
	}{
		{"agency", 105, "map[blocked:30 done:30]", false, 2}, // the token is renewed, and the call sent again
		{"agency", 108, "map[blocked:30 done:30]", false, 1},
		{"client", 108, "map[done:30 failed:10 held:20]", true, 1},
		{"", 108, "map[done:30 failed:10 held:20]", true, 1},
		{"agency", 116, "map[done:30 failed:10 held:20]", true, 1}, // the set-up is wrong, whoever calls
	} {
		refused := 0
		s := &service{answer: func(_ int, method string, _ []string) (int, string) {
			if method != http.MethodPut {
				return http.StatusOK, `{"OperationErrors":null,"PartialErrors":null}`
			}
			refused++
			return http.StatusBadRequest, fmt.Sprintf(`{"Type":"AdApiFaultDetail","TrackingId":"T","Errors":[{"Code":%d,"Message":"no"}]}`, test.code)
		}}
		e := s.executor(t, 1)
		e.Main = test.main
		count := map[executor.Outcome]int{}
		err := e.Run(t.Context(), steps, func(answers []executor.Answer) error {
			r := answers[0]
			count[r.Outcome]++
			if r.Outcome == executor.Blocked && !strings.HasPrefix(r.Reason, fmt.Sprintf(`profile "client": UpdateClientLinks: HTTP 400: %d: no`, test.code)) {
				t.Errorf("main %q, code %d: %+v", test.main, test.code, r)
			}
			return nil
		})
		if got := fmt.Sprint(count); got != test.want || (err != nil) != test.stops || refused != test.refuse {
			t.Errorf("main %q, code %d: %s, %v, %d calls refused; want %s, %d", test.main, test.code, got, err, refused, test.want, test.refuse)
		}
	}
}
