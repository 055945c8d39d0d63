package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"orabak-tui/internal/config"
	"orabak-tui/internal/run"
)

// LimitFile is a file that anybody who may write the run's folder can put
// there while the run goes on: one size such as 50M, which is from then on the
// UPLOAD_LIMIT of this run in bytes per second; 0 lifts it. Removing the file
// brings the configured limit back.
const LimitFile = "upload_limit"

// SetLimit asks the run that owns a folder to upload no faster than that, in
// bytes per second; 0 is no limit. It does not wait until the run has seen it.
func SetLimit(runDir string, rate config.Bytes) error {
	return run.WriteFile(filepath.Join(runDir, LimitFile), fmt.Appendln(nil, int64(rate)))
}

// ResetLimit brings the configured limit back.
func ResetLimit(runDir string) error {
	if err := removeFile(filepath.Join(runDir, LimitFile)); err != nil {
		return fmt.Errorf("reset the upload limit: %w", err)
	}
	return nil
}

// limitPoll is how often the file is looked at.
const limitPoll = time.Second

// limited is what a store can do whose limit may change.
type limited interface {
	SetUploadLimit(bytesPerSecond int64)
}

// limits follows the file of one run.
type limits struct {
	path  string
	base  config.Bytes // as configured
	store limited
	now   config.Bytes
	bad   string // content that was complained about
	tell  func(text, remedy string)
}

// followLimit obeys the limit file until ctx ends. The function returned waits
// for that.
func (s *session) followLimit(ctx context.Context) (wait func()) {
	store, ok := s.d.Store.(limited)
	if !ok {
		return func() {}
	}
	base := s.d.Config.UploadLimit
	l := &limits{path: filepath.Join(s.d.RunDir, LimitFile), base: base, now: base, store: store, tell: s.tellNotice}
	ctx, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(limitPoll)
		defer tick.Stop()
		for {
			l.look()
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}()
	return func() {
		stop()
		<-done
		if l.now != base {
			store.SetUploadLimit(int64(base)) // the store may outlive the run
		}
	}
}

// tellNotice says something from beside the run's own goroutine; it is not
// kept for the manifest.
func (s *session) tellNotice(text, remedy string) {
	s.d.Sink.Emit(run.Event{Type: run.TypeProblem, Problem: &run.Problem{Severity: "notice", Text: run.Clean(text), Remedy: remedy}})
}

// look reads the file and passes on what has changed. A file that cannot be
// read, or holds no size, changes nothing and is told once.
func (l *limits) look() {
	text, err := readShort(l.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		l.set(l.base)
	case err != nil:
		l.complain(err.Error())
	case text == "": // somebody is writing it
	default:
		n, err := config.ParseBytes(strings.TrimSuffix(text, "/s"))
		if err != nil {
			l.complain(err.Error())
			return
		}
		l.set(n)
	}
}

func (l *limits) complain(text string) {
	if text != l.bad {
		l.bad = text
		l.tell("the file "+LimitFile+" is not followed: "+text, "write a size such as 50M into it, or 0 for no limit")
	}
}

func (l *limits) set(n config.Bytes) {
	l.bad = ""
	if n == l.now {
		return
	}
	l.now = n
	l.store.SetUploadLimit(int64(n))
	rate := n.Rate()
	if n == 0 {
		rate = "none"
	}
	l.tell("the upload limit is now "+rate, "")
}

// readShort reads the first line of a small regular file.
func readShort(path string) (string, error) {
	fi, err := os.Lstat(path)
	if err != nil {
		return "", err
	}
	if !fi.Mode().IsRegular() || fi.Size() > 64 {
		return "", errors.New("it is no small regular file")
	}
	b, err := os.ReadFile(path)
	line, _, _ := strings.Cut(string(b), "\n")
	return strings.TrimSpace(line), err
}
