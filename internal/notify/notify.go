// Package notify tells the outside of a run: a web address (NOTIFY_URL), a
// command (NOTIFY_COMMAND) and a Prometheus text file (METRICS_FILE).
//
// It never decides anything: a notification that fails is an error in what
// Begin and End return, for a notice, and leaves the run and its exit code
// alone. End takes ten seconds at most, Begin none: what it starts runs beside
// the work. Notifications may be lost (an address that cannot be reached for
// ten seconds, a kill); the run's journal is the record, not they.
//
// The address may hold a token. Neither it nor what the other side answers is
// ever part of an error.
package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"orabak-tui/internal/config"
)

// The events that are told.
const (
	Begun = "start"
	Ended = "end"
)

// limit is how long one event may take, all attempts and the command together.
const limit = 10 * time.Second

// grace is how long End lets the notifications of the start, which may still
// be under way, finish.
const grace = time.Second

// Facts are what is told of a run. Fields that the event does not know yet are
// empty. None of them is a secret.
type Facts struct {
	Event   string `json:"event"` // start | end
	Run     string `json:"run"`
	Kind    string `json:"kind"` // full | incremental | archivelog | restore | resume
	DB      string `json:"db"`   // the instance's name, ORACLE_SID
	Host    string `json:"host"`
	Version string `json:"version"` // of this program

	StartedAt time.Time `json:"started_at"` // UTC
	EndedAt   time.Time `json:"ended_at,omitzero"`
	Duration  float64   `json:"duration"` // seconds

	Outcome       string    `json:"outcome,omitempty"` // done | warnings | failed | unreachable | interrupted | cancelled
	Exit          int       `json:"exit"`              // the process's exit code, 0 at the start
	SetID         string    `json:"set,omitempty"`
	SetKind       string    `json:"set_kind,omitempty"` // what a resume finished
	Bytes         int64     `json:"bytes"`
	Pieces        int       `json:"pieces"`
	Warnings      int       `json:"warnings"`
	RecoverableTo time.Time `json:"recoverable_to,omitzero"` // UTC
	Error         string    `json:"error,omitempty"`
	Code          string    `json:"code,omitempty"` // ORA- or RMAN- code
	Remedy        string    `json:"remedy,omitempty"`
}

// good tells whether what the run was for is done: the exit codes 0 and 3.
func (f Facts) good() bool { return f.Exit == 0 || f.Exit == 3 }

func (f Facts) document() ([]byte, error) { return json.Marshal(f) }

// Notifier tells of one run. Begin is called once, then End once, by one
// goroutine.
type Notifier struct {
	url     config.Secret
	command string
	metrics string

	stop  context.CancelFunc // ends the notifications of the start
	begun chan error         // their outcome; nil before Begin
}

// New takes the notifications that are configured; there may be none.
func New(c *config.Config) *Notifier {
	return &Notifier{url: c.NotifyURL, command: c.NotifyCommand, metrics: c.MetricsFile}
}

// Begin tells that a run starts, beside the run. The outcome is returned by
// End.
func (n *Notifier) Begin(ctx context.Context, f Facts) {
	f.Event = Begun
	ctx, n.stop = context.WithTimeout(context.WithoutCancel(ctx), limit)
	n.begun = make(chan error, 1)
	go func() { n.begun <- n.tell(ctx, f) }()
}

// End tells how a run ended and writes the metrics. The error joins what
// failed, at the start too. A cancelled ctx does not keep it from telling.
func (n *Notifier) End(ctx context.Context, f Facts) error {
	f.Event = Ended
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit-grace)
	defer cancel()
	first := n.afterBegin()
	var metrics error
	if n.metrics != "" {
		metrics = writeMetrics(n.metrics, f)
	}
	return errors.Join(first, n.tell(ctx, f), metrics)
}

// afterBegin waits for the notifications of the start, so that both arrive in
// order, but not for long.
func (n *Notifier) afterBegin() error {
	if n.begun == nil {
		return nil
	}
	defer n.stop()
	select {
	case err := <-n.begun:
		return err
	case <-time.After(grace):
		n.stop()
		return <-n.begun
	}
}

// tell sends one event to the address and the command, side by side.
func (n *Notifier) tell(ctx context.Context, f Facts) error {
	doc, err := f.document()
	if err != nil {
		return fmt.Errorf("notification: %w", err)
	}
	ran := make(chan error, 1)
	go func() {
		if n.command == "" {
			ran <- nil
			return
		}
		ran <- execute(ctx, n.command, f, doc)
	}()
	if !n.url.Empty() {
		err = ping(ctx, n.url, f, doc)
	}
	return errors.Join(err, <-ran)
}
