package auth

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func fileStore(t *testing.T, folder string) *Store {
	t.Helper()
	s, err := OpenStore(StoreOptions{Mode: ModeFile, Dir: folder})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func record(token string, at time.Time) Record {
	return Record{RefreshToken: token, ClientID: "app-1", Scope: ProductionScope, TokenURL: TokenURL, Obtained: at}
}

func TestASignInIsKeptInAPrivateFile(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "state", "tokens")
	s, key := fileStore(t, folder), Key{Profile: "agency/ö", Env: "production"}
	if _, err := s.Load(key); !errors.Is(err, ErrNotSignedIn) {
		t.Errorf("nothing is there: %v", err)
	}
	if _, err := os.Stat(folder); !isMissing(err) {
		t.Errorf("looking made the folder: %v", err)
	}
	want := record("RT-secret-1", clock())
	for range 2 {
		if err := s.Save(t.Context(), key, want); err != nil {
			t.Fatal(err)
		}
	}
	got, err := fileStore(t, folder).Load(Key{"agency/ö", "production", TokenURL})
	if err != nil || got.Obtained.Sub(want.Obtained) != 1 {
		t.Errorf("%v, %v", got, err)
	}
	if got.Obtained = want.Obtained; got != want {
		t.Errorf("%v with %q", got, got.RefreshToken)
	}
	if s.Where() != folder {
		t.Errorf("it is in %s", s.Where())
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 2 { // the record and its lock; nothing is left aside
		t.Errorf("%v, %v", entries, err)
	}
	if runtime.GOOS == "windows" {
		return // it has no modes
	}
	for path, mode := range map[string]os.FileMode{folder: 0o700, filepath.Join(folder, entries[0].Name()): 0o600, filepath.Join(folder, entries[1].Name()): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
	}
}

func TestAFolderThatIsOpenIsClosed(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // it has no modes
	}
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := fileStore(t, folder).Save(t.Context(), Key{Profile: "p"}, record("RT-1", clock())); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v", info.Mode())
	}
}

func TestKeysDoNotMix(t *testing.T) {
	s := fileStore(t, t.TempDir())
	keys := []Key{
		{"a", "production", ""}, {"a", "sandbox", ""}, {"A", "production", ""}, {"a", "production", "http://127.0.0.1:1/token"},
		{"a b", "production", ""}, {"a/b", "production", ""}, {"", "", ""}, {strings.Repeat("x", 300), "", ""}, {"../../x", "", ""},
	}
	for i, k := range keys {
		if err := s.Save(t.Context(), k, record(fmt.Sprint("RT-", i), clock())); err != nil {
			t.Fatal(err)
		}
	}
	for i, k := range keys {
		if r, err := s.Load(k); err != nil || r.RefreshToken != fmt.Sprint("RT-", i) {
			t.Errorf("%v: %q, %v", k, r.RefreshToken, err)
		}
	}
	if found, err := s.Delete(t.Context(), keys[0]); !found || err != nil {
		t.Errorf("%v, %v", found, err)
	}
	for i, k := range keys {
		if _, err := s.Load(k); errors.Is(err, ErrNotSignedIn) != (i == 0) {
			t.Errorf("%v: %v", k, err)
		}
	}
	if found, err := s.Delete(t.Context(), keys[0]); found || err != nil {
		t.Errorf("again: %v, %v", found, err)
	}
}

func TestLogoutForgetsSuccessorsToo(t *testing.T) {
	s, k := fileStore(t, t.TempDir()), Key{"a", "production", TokenURL}
	var slots []string
	for _, from := range []string{"", hash("one"), hash("two")} {
		slot := k.slot(from)
		slots = append(slots, slot)
		unlock, err := s.lock(t.Context(), slot)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.save(slot, record("RT", clock())); err != nil {
			t.Fatal(err)
		}
		unlock()
	}
	if found, err := s.Delete(t.Context(), k); !found || err != nil {
		t.Fatal(found, err)
	}
	for _, slot := range slots {
		if _, err := s.load(slot); !errors.Is(err, ErrNotSignedIn) {
			t.Errorf("%s: %v", slot, err)
		}
	}
}

func TestARecordThatIsDamaged(t *testing.T) {
	s, k := fileStore(t, t.TempDir()), Key{Profile: "a"}
	k.TokenURL = TokenURL
	for content, want := range map[string]string{
		"": "damaged", "{": "damaged", `{"format":1}`: "damaged", `{"format":"RT-secret"}`: "damaged", `{"format":1,"refresh_token":12345678}`: "damaged",
		`{"format":9,"refresh_token":"RT-secret"}`: "newer linkbatch", strings.Repeat(" ", maxRecord+1): "damaged",
	} {
		if err := s.files.make(); err != nil {
			t.Fatal(err)
		}
		path := s.files.where(k.slot(""))
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := s.Load(k)
		if err == nil || errors.Is(err, ErrNotSignedIn) || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "RT-secret") || strings.Contains(err.Error(), "12345678") {
			t.Errorf("%.40q: %v", content, err)
		}
	}
	if err := s.Save(t.Context(), k, record("RT-2", clock())); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Load(k); err != nil || r.RefreshToken != "RT-2" {
		t.Errorf("a login mends it: %v", err)
	}
}

func TestARecordIsNeverShown(t *testing.T) {
	r := record("hush", clock())
	held := struct{ R Record }{r}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "r", r, "held", held)
	data, err := json.Marshal(held)
	if err == nil {
		t.Error("it can be written out")
	}
	for _, text := range []string{log.String(), string(data), fmt.Sprintf("%v %+v %#v %s %q %x", r, r, r, r, r, r), fmt.Sprintf("%v %+v %#v", &r, held, held)} {
		if strings.Contains(text, "hush") || strings.Contains(text, fmt.Sprintf("%x", "hush")) {
			t.Errorf("shown: %s", text)
		}
	}
}

func TestOpenStoreChecksItsOptions(t *testing.T) {
	for _, o := range []StoreOptions{{}, {Mode: "memory", Dir: "x"}, {Mode: ModeKeyring}} {
		if _, err := OpenStore(o); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
}

func TestAFolderThatCannotBeIsNotReady(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a-file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := fileStore(t, filepath.Join(file, "tokens")).Ready(t.Context(), Key{Profile: "a"}); err == nil {
		t.Error("a folder in a file is ready")
	}
	folder := filepath.Join(t.TempDir(), "tokens")
	s := fileStore(t, folder)
	if err := s.Ready(t.Context(), Key{Profile: "a"}); err != nil || filesIn(t, s) != 0 {
		t.Errorf("%v, %d files", err, filesIn(t, s))
	}
}

func TestALockIsWaitedFor(t *testing.T) {
	folder := t.TempDir()
	unlock, err := fileStore(t, folder).lock(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		time.Sleep(50 * time.Millisecond)
		unlock()
	}()
	again, err := fileStore(t, folder).lock(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	again()
}

// TestNoTokenIsLeftBeside: a process that was killed while it wrote leaves a copy
// of the token, which the next one to write removes, and so does logout.
func TestNoTokenIsLeftBeside(t *testing.T) {
	folder := t.TempDir()
	s, k := fileStore(t, folder), Key{"a", "production", TokenURL}
	left := filepath.Join(folder, "."+k.slot("")+".json.4711-0.tmp")
	for what, step := range map[string]func() error{
		"login":  func() error { return s.Save(t.Context(), k, record("RT-2", clock())) },
		"logout": func() error { _, err := s.Delete(t.Context(), k); return err },
	} {
		if err := os.WriteFile(left, []byte("RT-1"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := step(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(left); !isMissing(err) {
			t.Errorf("after %s it is still there: %v", what, err)
		}
	}
}
