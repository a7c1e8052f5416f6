package auth

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// refreshAndPrint is what another process does: it refreshes some times over
// the folder it is given, and prints each access token.
func refreshAndPrint() int {
	store, err := OpenStore(StoreOptions{Mode: ModeFile, Dir: os.Getenv("AUTH_TEST_FOLDER")})
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	s, err := New(Options{
		ClientID: "app-1", TokenURL: os.Getenv("AUTH_TEST_URL"), RefreshToken: os.Getenv("AUTH_TEST_TOKEN"), Backoff: time.Millisecond,
		Store: store, Profile: "agency", Env: "simulator", Now: time.Now,
	})
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	times, _ := strconv.Atoi(os.Getenv("AUTH_TEST_TIMES"))
	for range times {
		token, err := s.Token(context.Background())
		if err != nil {
			fmt.Println("error", err)
			return 1
		}
		fmt.Println(token)
		s.Expire(token)
	}
	return 0
}

// process is this test binary as another process over the folder.
func process(t *testing.T, p *idp, folder, token string, times int) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), "AUTH_TEST_FOLDER="+folder, "AUTH_TEST_URL="+p.provider().TokenURL,
		"AUTH_TEST_TOKEN="+token, "AUTH_TEST_TIMES="+strconv.Itoa(times))
	return cmd
}

// TestProcessesThatRefreshAtOnceLoseNothing runs real processes against
// rotation that kills a used token: one token used twice, or one successor
// lost, and the next refresh is refused.
func TestProcessesThatRefreshAtOnceLoseNothing(t *testing.T) {
	for name, fromEnv := range map[string]bool{"login": false, "environment": true} {
		t.Run(name, func(t *testing.T) {
			p, folder := newIDP(t), t.TempDir()
			store, key := fileStore(t, folder), Key{"agency", "simulator", p.provider().TokenURL}
			token, slot := "", key.slot("")
			if fromEnv {
				token = p.grant()
				slot = key.slot(hash(token))
			} else if err := store.Save(t.Context(), key, Record{RefreshToken: p.grant(), ClientID: "app-1", TokenURL: key.TokenURL, Obtained: time.Now()}); err != nil {
				t.Fatal(err)
			}
			const processes, times = 3, 20
			var (
				g    sync.WaitGroup
				mu   sync.Mutex
				seen []string
			)
			for range processes {
				g.Go(func() {
					out, err := process(t, p, folder, token, times).CombinedOutput()
					if err != nil {
						t.Errorf("%v: %s", err, out)
					}
					mu.Lock()
					defer mu.Unlock()
					seen = append(seen, strings.Fields(string(out))...)
				})
			}
			g.Wait()
			slices.Sort(seen)
			if n := len(slices.Compact(seen)); n != processes*times || p.reused != 0 {
				t.Errorf("%d access tokens, want %d; %d refreshes with a dead token", n, processes*times, p.reused)
			}
			r, err := store.load(slot)
			if err != nil || len(p.current) != 1 || !p.current[r.RefreshToken] {
				t.Errorf("the store does not have the good token: %v", err)
			}
		})
	}
}

// TestAProcessThatIsKilledLeavesAStoreThatWorks kills processes in the middle
// of refreshing: the locks come back, and the record is whole.
func TestAProcessThatIsKilledLeavesAStoreThatWorks(t *testing.T) {
	p, folder := newIDP(t), t.TempDir()
	store, key := fileStore(t, folder), Key{"agency", "simulator", p.provider().TokenURL}
	for round := range 5 {
		if err := store.Save(t.Context(), key, Record{RefreshToken: p.grant(), ClientID: "app-1", TokenURL: key.TokenURL, Obtained: time.Now()}); err != nil {
			t.Fatal(err)
		}
		cmd := process(t, p, folder, "", 1_000_000)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for range 3 + 2*round {
			if !lines.Scan() {
				t.Fatal("it ended by itself")
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait() // it was killed
		if r, err := store.Load(key); err != nil || !strings.HasPrefix(r.RefreshToken, "RT-secret-") {
			t.Fatalf("round %d: %v", round, err)
		}
	}
	if err := store.Save(t.Context(), key, Record{RefreshToken: p.grant(), ClientID: "app-1", TokenURL: key.TokenURL, Obtained: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if out, err := process(t, p, folder, "", 2).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
