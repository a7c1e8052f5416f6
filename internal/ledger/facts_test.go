package ledger

import "testing"

// TestFacts holds that what a run learned is there for the next one, for the
// same service and user.
func TestFacts(t *testing.T) {
	dir := t.TempDir()
	l := opened(t, dir)
	pace := Fact{"https://example.com", 4, "pace"}
	for _, value := range []string{"60", "120", ""} {
		if err := l.Put(pace, value); err != nil {
			t.Fatal(err)
		}
		if got, err := l.Get(pace); got != value || err != nil {
			t.Errorf("%q, %v; want %q", got, err, value)
		}
	}
	if err := l.Put(pace, "240"); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for f, want := range map[Fact]string{pace: "240", {"https://example.com", 5, "pace"}: "", {"https://example.com", 4, "other"}: "", {"simulator", 4, "pace"}: ""} {
		if got, err := l.Get(f); got != want || err != nil {
			t.Errorf("%v: %q, %v; want %q", f, got, err, want)
		}
	}
	if err := l.Put(pace, "1"); err == nil {
		t.Error("put into a ledger that is open for reading")
	}
}
