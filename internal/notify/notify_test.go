package notify

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"orabak-tui/internal/config"
)

// heard records what a web address got.
type heard struct {
	mu    sync.Mutex
	paths []string
	docs  []Facts
}

func (h *heard) all() (paths []string, docs []Facts) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.paths), slices.Clone(h.docs)
}

// listen answers each request with the next status, the last one from then on.
func listen(t *testing.T, statuses ...int) (*heard, *httptest.Server) {
	t.Helper()
	h := &heard{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var f Facts
		if err := json.Unmarshal(body, &f); err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %q: %v", r.Method, body, err)
		}
		h.mu.Lock()
		status := statuses[min(len(h.paths), len(statuses)-1)]
		h.paths, h.docs = append(h.paths, r.URL.Path), append(h.docs, f)
		h.mu.Unlock()
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
	}))
	t.Cleanup(srv.Close)
	return h, srv
}

func sample() Facts {
	return Facts{Run: "r1", Kind: "full", DB: "ORCL", Host: "db1", Version: "1.0", StartedAt: time.Unix(1000, 0).UTC(),
		EndedAt: time.Unix(1090, 0).UTC(), Duration: 90, Outcome: "done", SetID: "s1", SetKind: "full", Bytes: 12, Pieces: 3,
		RecoverableTo: time.Unix(1080, 0).UTC()}
}

func failed() Facts {
	f := sample()
	f.Exit, f.Outcome, f.SetID, f.RecoverableTo = 1, "failed", "", time.Time{}
	f.Error, f.Code, f.Remedy = "it's $(touch x) `y` \"z\"\nORA-19502", "ORA-19502", "free room"
	return f
}

func tell(t *testing.T, n *Notifier, f Facts) error {
	t.Helper()
	start := f
	start.Exit, start.Outcome, start.Error = 0, "", ""
	n.Begin(context.Background(), start)
	return n.End(context.Background(), f)
}

func TestAWebhookGetsBothEventsInOrder(t *testing.T) {
	h, srv := listen(t, 200)
	must(t, tell(t, &Notifier{url: config.NewSecret(srv.URL + "/hook?token=t")}, failed()))
	paths, docs := h.all()
	if !slices.Equal(paths, []string{"/hook", "/hook"}) || docs[0].Event != "start" || docs[1].Event != "end" {
		t.Fatalf("got %v %+v", paths, docs)
	}
	want := failed()
	want.Event = "end"
	if docs[1] != want {
		t.Errorf("document\n got %+v\nwant %+v", docs[1], want)
	}
}

func TestPingAddresses(t *testing.T) {
	h, srv := listen(t, 200)
	n := func() *Notifier { return &Notifier{url: config.NewSecret(srv.URL + "/ping/uuid")} }
	warned := sample()
	warned.Exit = 3
	must(t, errors.Join(tell(t, n(), failed()), tell(t, n(), sample()), tell(t, n(), warned)))
	if paths, _ := h.all(); strings.Join(paths, " ") != "/ping/uuid/start /ping/uuid/fail /ping/uuid/start /ping/uuid /ping/uuid/start /ping/uuid" {
		t.Errorf("pings %v", paths)
	}
	for in, want := range map[string]string{
		"https://hc-ping.com/u": "https://hc-ping.com/u/start", "https://hc-ping.com/k/slug?create=1": "https://hc-ping.com/k/slug/start?create=1",
		"https://example.com/pings": "https://example.com/pings"} {
		if got, err := addressFor(in, Facts{Event: Begun}); got != want || err != nil {
			t.Errorf("%s: %s, %v", in, got, err)
		}
	}
}

func TestWhatMayPassIsTriedAgain(t *testing.T) {
	for _, c := range []struct {
		statuses []int
		asked    int
		err      string
	}{
		{[]int{503, 429, 204}, 3, ""},
		{[]int{500}, 3, "answered 500"},
		{[]int{404}, 1, "answered 404"},
		{[]int{302}, 1, "answered 302"},
	} {
		h, srv := listen(t, c.statuses...)
		err := ping(context.Background(), config.NewSecret(srv.URL+"/hook"), sample(), []byte("{}"))
		if paths, _ := h.all(); len(paths) != c.asked || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%v: asked %d times, error %v", c.statuses, len(paths), err)
		}
	}
}

// The address holds a token: no error shows any of it.
func TestErrorsDoNotShowTheAddress(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	secure.Config.ErrorLog = nil
	_, refusing := listen(t, 403)
	for _, address := range []string{gone.URL + "/canary", secure.URL + "/canary", refusing.URL + "/canary?canary", "http://canary.invalid/", "http://[canary", "canary:"} {
		err := (&Notifier{url: config.NewSecret(address)}).End(context.Background(), sample())
		if err == nil || strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "127.0.0.1") || !strings.Contains(err.Error(), "NOTIFY_URL") {
			t.Errorf("%s: error %v", address, err)
		}
	}
}

func TestAnAddressThatHangsDoesNotHoldTheRunUp(t *testing.T) {
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer srv.Close()
	defer close(release)
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	begun := time.Now()
	err := ping(ctx, config.NewSecret(srv.URL), sample(), []byte("{}"))
	if err == nil || !strings.Contains(err.Error(), "no answer in time") || time.Since(begun) > 5*time.Second {
		t.Errorf("after %v: %v", time.Since(begun), err)
	}
	if attempts*oneAttempt+pause+2*pause > limit || limit > 10*time.Second {
		t.Error("the attempts do not fit into the limit")
	}
}

func TestACommandGetsTheFactsAsData(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	t.Setenv("OUT", out)
	f := failed()
	n := &Notifier{command: `printf '%s|%s|%s|%s\n' "$ORABAK_EVENT" "$ORABAK_EXIT" "$ORABAK_ERROR" "$ORABAK_REMEDY" >> "$OUT"; [ $ORABAK_EVENT = start ] || cat >> "$OUT"`}
	must(t, tell(t, n, f))
	data, err := os.ReadFile(out)
	must(t, err)
	doc, err := func() ([]byte, error) { f.Event = Ended; return f.document() }()
	must(t, err)
	if want := "start|0||free room\nend|1|" + f.Error + "|free room\n" + string(doc); string(data) != want {
		t.Errorf("the command saw\n%s\nwant\n%s", data, want)
	}
	if _, err := os.Stat("x"); err == nil {
		t.Error("the error's text was executed")
	}
}

func TestEveryFactIsInTheEnvironment(t *testing.T) {
	f := failed()
	f.SetID, f.RecoverableTo, f.Warnings, f.Event = "s1", f.EndedAt, 2, Ended
	env := f.environ()
	for _, v := range env {
		if name, value, ok := strings.Cut(v, "="); !ok || value == "" || !strings.HasPrefix(name, "ORABAK_") {
			t.Errorf("variable %q", v)
		}
	}
	if !slices.Contains(env, "ORABAK_RECOVERABLE_TO=1970-01-01T00:18:10Z") || !slices.Contains(env, "ORABAK_DURATION=90") {
		t.Errorf("variables %q", env)
	}
}

func TestACommandSeesNoSecrets(t *testing.T) {
	t.Setenv("AWS_SECRET_ACCESS_KEY", "canary")
	t.Setenv("RMAN_TARGET", "backup/canary@service")
	out := filepath.Join(t.TempDir(), "env")
	must(t, execute(t.Context(), "env > '"+out+"'", sample(), nil))
	if data, err := os.ReadFile(out); err != nil || strings.Contains(string(data), "canary") || !strings.Contains(string(data), "ORABAK_KIND=") {
		t.Errorf("the command saw %s, %v", data, err)
	}
}

func TestCommandsThatFail(t *testing.T) {
	for command, want := range map[string]string{
		"exit 7":                      "NOTIFY_COMMAND: exit status 7",
		"echo canary >&2; no-such-x1": "NOTIFY_COMMAND: exit status 127",
		"exec <&-; true":              "",
		"sleep 60 & true":             "",
	} {
		err := execute(context.Background(), command, sample(), []byte("{}"))
		if got := text(err); got != want {
			t.Errorf("%s: %q, want %q", command, got, want)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	if got := text(execute(ctx, "sleep 60", sample(), nil)); got != "NOTIFY_COMMAND: not done in time, killed" {
		t.Errorf("a command that hangs: %q", got)
	}
}

func TestACancelledRunIsToldToo(t *testing.T) {
	h, srv := listen(t, 200)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	n := &Notifier{url: config.NewSecret(srv.URL)}
	n.Begin(ctx, sample())
	must(t, n.End(ctx, failed()))
	if _, docs := h.all(); len(docs) != 2 {
		t.Errorf("told %d times", len(docs))
	}
}

func TestNothingConfiguredTellsNothing(t *testing.T) {
	must(t, tell(t, New(&config.Config{}), sample()))
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
