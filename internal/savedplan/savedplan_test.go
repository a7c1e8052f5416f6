package savedplan

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

func TestWhatIsReadIsWhatWasWritten(t *testing.T) {
	file := saved(planIn(t, statuses))
	text := written(t, file)
	got, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	// An update is written as far as it changes something, and without the former
	// terms of its link, which the search of the run that applies the plan finds.
	unsent := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Send" }, cmp.Comparer(func(a, b *msads.ClientLink) bool {
		if a == nil || b == nil {
			return a == b
		}
		return a.ClientEntityID == b.ClientEntityID && a.Status == b.Status && (a.Status != "" || cmp.Equal(*a, *b, cmpopts.IgnoreUnexported(*a)))
	}))
	if d := cmp.Diff(file, got, cmp.AllowUnexported(File{}), cmpopts.EquateEmpty(), cmpopts.IgnoreFields(ingest.Problem{}, "Place"),
		cmpopts.IgnoreFields(planner.Step{}, "Former"), unsent); d != "" {
		t.Errorf("read (+) is not what was written (-):\n%s", d)
	}
	if again := written(t, got); again != text {
		t.Errorf("writing what was read gives other bytes:\n%s", cmp.Diff(text, again))
	}
	ops := make(map[planner.Op]int)
	for i := range got.Plan.Steps {
		ops[got.Plan.Steps[i].Op]++
	}
	for _, op := range []planner.Op{planner.OpAdd, planner.OpUnlink, planner.OpCancel, planner.OpNone, planner.OpReject} {
		if ops[op] == 0 {
			t.Errorf("the plan has no %s: %v", op, ops)
		}
	}
	if row, err := first(got); err != nil || !slices.Equal(row.Cells, file.Plan.Steps[0].Row.Cells) || row.StartDate != file.Plan.Steps[0].Row.StartDate {
		t.Errorf("the first row: %+v, %v", row, err)
	}
}

func first(f *File) (ingest.Row, error) {
	for row, err := range f.Rows() {
		return row, err
	}
	return ingest.Row{}, errors.New("no rows")
}

func TestTheSchemaDescribesWhatIsWritten(t *testing.T) {
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("plan.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("plan.json")
	if err != nil {
		t.Fatal(err)
	}
	text := written(t, saved(planIn(t, statuses)))
	value := decoded(t, text)
	if err := compiled.Validate(value); err != nil {
		t.Errorf("%#v", err)
	}
	// and refuses what this program would
	for _, bad := range [][2]string{{`"kind": "linkbatch plan"`, `"kind": "plan"`}, {`"op":"unlink"`, `"op":"erase"`}, {`"seal"`, `"sael"`}, {`"side":"agency",`, ``}} {
		altered := strings.Replace(text, bad[0], bad[1], 1)
		if altered == text {
			t.Fatalf("the plan has no %s", bad[0])
		}
		if compiled.Validate(decoded(t, altered)) == nil {
			t.Errorf("the schema takes %s in place of %s", bad[1], bad[0])
		}
	}
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func TestTheDigestIsOfTheDecisionAndTheSealOfTheFile(t *testing.T) {
	a, b := saved(planIn(t, statuses)), saved(planIn(t, statuses))
	written(t, a)
	b.By, b.Made, b.Expires = Author{OSUser: "somebody"}, b.Made.Add(time.Hour), time.Time{}
	written(t, b)
	if a.Digest() != b.Digest() || a.Seal() == b.Seal() {
		t.Errorf("the same decision: digests %s and %s, seals %s and %s", a.Digest(), b.Digest(), a.Seal(), b.Seal())
	}
	held := planIn(t, statuses)
	held.Steps[0].Held = "a guard"
	now := slices.Clone(statuses)
	now[2] = msads.UnlinkFailed
	for name, c := range map[string]struct {
		endpoint string
		plan     *planner.Plan
		same     bool
	}{
		"as before":      {"simulator-1", planIn(t, statuses), true},
		"a step held":    {"simulator-1", held, true},
		"another server": {"simulator-2", planIn(t, statuses), false},
		"another status": {"simulator-1", planIn(t, now), false},
	} {
		digest, err := Digest(c.endpoint, a.Roster.Digest, c.plan)
		if err != nil || (digest == a.Digest()) != c.same {
			t.Errorf("%s: digest %s, %v; that of the file is %s", name, digest, err, a.Digest())
		}
	}
}

func TestAnAlteredPlanIsRefused(t *testing.T) {
	text := written(t, saved(planIn(t, statuses)))
	for _, c := range []struct{ old, new, says string }{
		{`"op":"cancel"`, `"op":"unlink"`, "the plan was altered since it was saved: row 6 (account 1000004)"},
		{`"ClientEntityId":"1000001"`, `"ClientEntityId":"1000009"`, "row 2 (account 1000001)"},
		{`"last_modified":"20`, `"last_modified":"19`, "row 3 (account 1000002)"},
		{`"expires": "2026-12-02`, `"expires": "2036-12-02`, "what comes before the steps"},
		{`"max-unlinks": "10"`, `"max-unlinks": "99"`, "what comes before the steps"},
		{`"endpoint": "simulator-1"`, `"endpoint": "simulator-2"`, "the list of steps"},
		{`"format_version": 1`, `"format_version": 2`, "the plan has the form 2, written by linkbatch v9; this one reads the form 1"},
		{`"format_version": 1,`, ``, "format_version is missing"},
		{`"live"`, `"alive"`, `unknown field "alive"`},
		{`"side":`, `"sides":`, `step 1: it does not have the form of a plan`},
		{`"row":2,`, `"row":"2",`, `step 1: json: cannot unmarshal`},
		{`"end_date":"2027-01-31"`, `"end_date":"soon"`, `step 1: it does not have the form of a plan`},
		{`"steps": [`, `"steps": [[`, "the plan is damaged: "},
	} {
		altered := strings.Replace(text, c.old, c.new, 1)
		if altered == text {
			t.Fatalf("the plan has no %s", c.old)
		}
		refused(t, c.new, altered, c.says)
	}
	lines := strings.SplitAfter(text, "\n")
	steps := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, `"steps"`) }) + 1
	refused(t, "a step is left out", strings.Join(slices.Delete(slices.Clone(lines), steps, steps+1), ""), "the list of steps")
	refused(t, "something follows", text+"{}", "something follows it")
}

func TestAPlanThatIsCutOffIsRefused(t *testing.T) {
	text := strings.TrimSpace(written(t, saved(planIn(t, statuses))))
	for n := 0; n < len(text); n += 97 {
		refused(t, "cut off", text[:n], "the plan is damaged: ")
	}
}

func refused(t *testing.T, what, text, says string) {
	t.Helper()
	_, err := Read(strings.NewReader(text))
	e, ok := errors.AsType[*RefusedError](err)
	if !ok || !strings.Contains(e.Message, says) || e.Hint == "" {
		t.Errorf("%s: %v, want %q and what to do", what, err, says)
	}
}

func TestAPlanExpires(t *testing.T) {
	f := saved(&planner.Plan{})
	if err := f.Current(f.Expires.Add(-time.Second)); err != nil {
		t.Errorf("a second before its time is up: %v", err)
	}
	err := f.Current(f.Expires)
	if _, ok := errors.AsType[*RefusedError](err); !ok || !strings.Contains(err.Error(), "good until 2026-12-02 09:00 UTC, and it is 2026-12-02 09:00 UTC") {
		t.Errorf("when its time is up: %v", err)
	}
	f.Expires = time.Time{}
	if err := f.Current(f.Made.AddDate(50, 0, 0)); err != nil {
		t.Errorf("a plan without an end: %v", err)
	}
}

func TestAPlanIsKnownByItsContent(t *testing.T) {
	text := written(t, saved(&planner.Plan{}))
	for head, want := range map[string]bool{
		text[:200]: true, "\ufeff \r\n" + text[:200]: true, text[:30]: true,
		"account_id,action\n": false, `{"format_version": 1, "roster": {}}`: false, "": false, `linkbatch plan`: false,
	} {
		if got := Recognise([]byte(head)); got != want {
			t.Errorf("Recognise(%q) = %t", head, got)
		}
	}
}

// FuzzRead: whatever a file holds, reading it ends with a plan that can be written
// again as it was, or with a refusal.
func FuzzRead(f *testing.F) {
	text := written(f, saved(&planner.Plan{ManagingCustomerID: 1, Steps: []planner.Step{
		{Op: planner.OpNone, SameAs: -1, Row: ingest.Row{Number: 2, Cells: []string{"a"}}},
		{Index: 1, Op: planner.OpAdd, SameAs: 0, Send: &msads.ClientLink{ClientEntityID: 7}},
	}}))
	f.Add(text)
	f.Add(text[:len(text)/2])
	f.Add(strings.ReplaceAll(text, `"op":"none"`, `"op":"add"`))
	f.Add(`{"kind":"linkbatch plan","format_version":1,"steps":[]}`)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Read(strings.NewReader(text))
		if _, refused := errors.AsType[*RefusedError](err); err != nil {
			if !refused {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		seal := got.Seal()
		if written(t, got); got.Seal() != seal {
			t.Errorf("%q: written again, the seal is %s, and was %s", text, got.Seal(), seal)
		}
	})
}

// TestSkippedLinesAreKept: what the roster names in lines that are not rows is
// known to whoever applies the plan.
func TestSkippedLinesAreKept(t *testing.T) {
	want := []ingest.Protected{{Row: 3, AccountID: 1000008}, {Row: 4, AccountNumber: "X0000009"}, {Row: 5, Unreadable: true}}
	f := saved(planIn(t, statuses))
	f.Roster.Skipped = nil
	f.Roster.Skip(want)
	got, err := Read(strings.NewReader(written(t, f)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.Roster.Named()); diff != "" {
		t.Error(diff)
	}
}
