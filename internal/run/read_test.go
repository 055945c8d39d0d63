package run

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const goodLine = `{"v":1,"seq":1,"time":"2026-11-23T14:03:12.5Z","type":"line","line":{"text":"good"}}`

func replayText(t *testing.T, text string) ([]Event, Gaps) {
	t.Helper()
	path := filepath.Join(t.TempDir(), EventsFile)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var events []Event
	gaps, err := Replay(path, func(e Event) error { events = append(events, e); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return events, gaps
}

func TestReplayTrustsNothing(t *testing.T) {
	const end = `{"v":1,"seq":9,"time":"2026-11-23T14:03:12Z","type":"end","end":{"exit":0,"outcome":"done"}}`
	for name, c := range map[string]struct {
		text string
		want string // types of the events
		gaps Gaps
	}{
		"torn":            {goodLine + "\n" + goodLine[:40], "line", Gaps{Torn: true}},
		"only torn":       {goodLine[:10], "", Gaps{Torn: true}},
		"empty":           {"", "", Gaps{}},
		"blank lines":     {"\n\n" + goodLine + "\r\n", "line", Gaps{}},
		"garbage":         {"\x00\xff\n[]\n7\n{}\nnull\n" + goodLine + "\n", "line", Gaps{Garbage: 5}},
		"unknown type":    {`{"v":1,"type":"hologram","hologram":{}}` + "\n" + goodLine + "\n", "line", Gaps{Unknown: 1}},
		"unknown field":   {strings.Replace(goodLine, `"text"`, `"colour":3,"text"`, 1) + "\n", "line", Gaps{}},
		"no payload":      {`{"v":1,"type":"line"}` + "\n", "", Gaps{Garbage: 1}},
		"wrong payload":   {`{"v":1,"type":"end","line":{"text":"x"}}` + "\n", "", Gaps{Garbage: 1}},
		"wrong type":      {`{"v":1,"type":"line","line":{"text":7}}` + "\n", "", Gaps{Garbage: 1}},
		"huge number":     {`{"v":1,"seq":1e400,"type":"line","line":{"text":"x"}}` + "\n", "", Gaps{Garbage: 1}},
		"deep":            {strings.Repeat("[", 100000) + "\n" + goodLine + "\n", "line", Gaps{Garbage: 1}},
		"newer":           {strings.ReplaceAll(goodLine, `"v":1`, `"v":2`) + "\n" + strings.ReplaceAll(end, `"v":1`, `"v":3`) + "\n", "problem end", Gaps{Newer: 2}},
		"newer, changed":  {`{"v":2,"type":"line","line":[]}` + "\n" + goodLine + "\n", "problem line", Gaps{Newer: 1}},
		"nothing follows": {end + "\n" + goodLine + "\n" + end + "\n", "end", Gaps{}},
	} {
		events, gaps := replayText(t, c.text)
		var got []string
		for _, e := range events {
			got = append(got, string(e.Type))
		}
		if strings.Join(got, " ") != c.want || gaps != c.gaps {
			t.Errorf("%s: got %v %+v, want %s %+v", name, got, gaps, c.want, c.gaps)
		}
	}
}

func TestReplayMakesTextsSafeAndPayloadsSingle(t *testing.T) {
	events, _ := replayText(t, `{"v":1,"type":"line","line":{"text":"\u001b[2J\u202e\u009b"},"end":{"exit":0}}`+"\n"+
		"{\"v\":1,\"seq\":1,\"time\":\"2026-11-23T14:03:12Z\",\"type\":\"line\",\"line\":{\"text\":\"\x1b[2J\"}}\n"+
		"{\"v\":1,\"seq\":1,\"time\":\"2026-11-23T14:03:12Z\",\"type\":\"line\",\"line\":{\"text\":\"\u202e\x7f\"}}\n")
	if len(events) != 2 || events[0].End != nil || events[0].Line.Text != `\x1b[2J\u202e\x9b` || events[1].Line.Text != `\u202e\x7f` {
		t.Errorf("%s", dump(events[0]))
	}
}

// endless gives one line without an end, size bytes long, without holding it.
type endless struct{ left int }

var manyX = bytes.Repeat([]byte("x"), 256<<10)

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), e.left)], manyX)
	e.left -= n
	return n, nil
}

func TestGigabyteLine(t *testing.T) {
	var got []Event
	r := reader{fn: func(e Event) error { got = append(got, e); return nil }}
	var most int
	parts := io.MultiReader(strings.NewReader(goodLine+"\n"), watch(&endless{left: 1 << 30}, func() { most = max(most, cap(r.part)) }), strings.NewReader("\n"+goodLine+"\n"))
	if err := r.drain(parts); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || r.gaps.TooLong != 1 || most > 4*maxLine {
		t.Errorf("%d events, %+v, %d bytes held", len(got), r.gaps, most)
	}
}

type watched struct {
	io.Reader
	each func()
}

func watch(r io.Reader, each func()) io.Reader { return watched{r, each} }

func (w watched) Read(p []byte) (int, error) {
	w.each()
	return w.Reader.Read(p)
}

func TestReplayStopsAtAnErrorOfTheReader(t *testing.T) {
	path := filepath.Join(t.TempDir(), EventsFile)
	if err := os.WriteFile(path, []byte(goodLine+"\n"+goodLine+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	enough, calls := errors.New("enough"), 0
	_, err := Replay(path, func(Event) error { calls++; return enough })
	if !errors.Is(err, enough) || calls != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
	if _, err := Replay(path+"x", nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a journal that is not there: %v", err)
	}
}

// The fast decoder must never read other than encoding/json does.
func FuzzReplay(f *testing.F) {
	var n encoder
	for _, e := range samples() {
		e.V, e.Seq, e.Time = 1, 1, noon.UTC()
		line, err := n.encode(&e, false)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(bytes.Clone(line))
	}
	f.Add([]byte(goodLine + "\n" + goodLine[:30]))
	f.Add([]byte(`{"v":2,"type":"end","end":{"exit":1}}` + "\n"))
	f.Add([]byte(`{"v":1,"type":"mark","mark":{"name":"\u001b","data":{"a":"\u202e"}}}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := reader{fn: func(e Event) error {
			payload, known := onlyPayload(&e)
			if !payload || !known {
				t.Errorf("event without payload: %s", dump(e))
			}
			if e.Line != nil && CleanText(e.Line.Text) != e.Line.Text {
				t.Errorf("unsafe text: %q", e.Line.Text)
			}
			return nil
		}}
		if err := r.drain(bytes.NewReader(data)); err != nil {
			t.Fatal(err)
		}
		for line := range bytes.SplitSeq(data, []byte("\n")) {
			compareDecoders(t, line)
		}
	})
}

func compareDecoders(t *testing.T, line []byte) {
	fast, ok := decodeLine(line)
	if !ok {
		return
	}
	// A space in front is JSON all the same, but not the fast form.
	slow, v := decode(append([]byte(" "), line...))
	if v != lineEvent || dump(fast) != dump(slow) {
		t.Errorf("%q: fast %s, slow %s (%d)", line, dump(fast), dump(slow), v)
	}
}

func TestFastDecoderIsUsed(t *testing.T) {
	for _, e := range samples()[2:3] {
		e.V, e.Seq, e.Time = 1, 77, noon.UTC()
		var n encoder
		line, err := n.encode(&e, false)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := decodeLine(bytes.TrimSuffix(line, []byte("\n")))
		if !ok || dump(got) != dump(e) {
			t.Errorf("%s: %v %s", line, ok, dump(got))
		}
	}
}

func BenchmarkReplayLines(b *testing.B) {
	path := filepath.Join(b.TempDir(), EventsFile)
	line := strings.Replace(goodLine, "good", "input datafile file number=00004 name=/u01/app/oracle/oradata/ORCL/users01.dbf", 1) + "\n"
	const lines = 10000
	if err := os.WriteFile(path, bytes.Repeat([]byte(line), lines), 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		n := 0
		if _, err := Replay(path, func(Event) error { n++; return nil }); err != nil || n != lines {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/lines, "ns/line")
}

// followed is a follower whose ticker is injected.
type followed struct {
	tick   chan time.Time
	events chan Event
	ended  chan error
}

func startFollow(t *testing.T, ctx context.Context, dir string, fromStart bool) followed {
	f := followed{tick: make(chan time.Time), events: make(chan Event, 100), ended: make(chan error, 1)}
	go func() {
		f.ended <- follow(ctx, dir, fromStart, func(e Event) error { f.events <- e; return nil }, f.tick)
	}()
	return f
}

// look lets the follower look at the file, if it has not ended.
func (f followed) look() {
	select {
	case f.tick <- time.Time{}:
	case err := <-f.ended:
		f.ended <- err
	}
}

func TestFollowFromNow(t *testing.T) {
	j, _ := newJournal(t)
	j.Emit(Event{Type: TypeLine, Line: &Line{Text: "past"}})
	f := startFollow(t, testContext(t), j.Dir(), false)
	f.look()
	j.Emit(Event{Type: TypeLine, Line: &Line{Text: "now"}})
	j.Emit(Event{Type: TypeEnd, End: &End{Outcome: "done"}})
	f.look()
	if err := <-f.ended; err != nil {
		t.Fatal(err)
	}
	if e := <-f.events; e.Line == nil || e.Line.Text != "now" {
		t.Errorf("first event: %s", dump(e))
	}
	if e := <-f.events; e.End == nil {
		t.Errorf("second event: %s", dump(e))
	}
	// A run that has ended gives its end at once.
	f = startFollow(t, testContext(t), j.Dir(), false)
	if err := <-f.ended; err != nil || (<-f.events).End == nil || len(f.events) != 0 {
		t.Errorf("follow after the end: %v", err)
	}
}

func TestFollowWaitsForTheRestOfALine(t *testing.T) {
	j, _ := newJournal(t)
	f := startFollow(t, testContext(t), j.Dir(), true)
	write := func(s string) {
		if _, err := j.events.WriteString(s); err != nil {
			t.Fatal(err)
		}
		f.look()
	}
	write(goodLine[:20])
	write(goodLine[20:])
	write("\n")
	if e := <-f.events; e.Line == nil || e.Line.Text != "good" {
		t.Errorf("got %s", dump(e))
	}
}

func TestFollowWaitsForTheJournal(t *testing.T) {
	dir := t.TempDir()
	run := filepath.Join(dir, childID)
	if err := makeRunDir(run, Self(childID, noon)); err != nil {
		t.Fatal(err)
	}
	f := startFollow(t, testContext(t), run, false)
	f.look()
	j := mustCreate(dir, childID)
	j.Emit(Event{Type: TypeEnd, End: &End{Outcome: "done"}})
	f.look()
	if err := errors.Join(<-f.ended, j.Close()); err != nil || (<-f.events).Start == nil {
		t.Errorf("%v", err)
	}
}

func TestFollowEndsWithItsContext(t *testing.T) {
	j, _ := newJournal(t)
	ctx, cancel := context.WithCancel(testContext(t))
	f := startFollow(t, ctx, j.Dir(), true)
	cancel()
	if err := <-f.ended; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
	if err := Follow(testContext(t), j.Dir()+"x", true, nil); !errors.Is(err, ErrNoRun) {
		t.Errorf("no run: %v", err)
	}
}
