package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"orabak-tui/internal/config"
)

// execute runs the command with /bin/sh, which sees nothing of a run in its
// text: the facts are in the environment (ORABAK_EVENT, ORABAK_KIND …) and, as
// the document, on standard input. Its environment holds none of our secrets.
// What it prints is not kept: it may hold what a log must not.
func execute(ctx context.Context, command string, f Facts, doc []byte) error {
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", command) //nolint:gosec // the command is the configuration's
	cmd.Env = append(config.WithoutSecrets(os.Environ()), f.environ()...)
	cmd.Stdin = bytes.NewReader(doc)
	cmd.WaitDelay = 200 * time.Millisecond
	ownGroup(cmd)
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay) && ctx.Err() == nil: // it left something running
		return nil
	case ctx.Err() != nil:
		return errors.New("NOTIFY_COMMAND: not done in time, killed")
	case errors.As(err, &exit):
		return fmt.Errorf("NOTIFY_COMMAND: %s", exit.ProcessState)
	case errors.Is(err, os.ErrClosed), strings.Contains(err.Error(), "broken pipe"): // it did not read the document
		return nil
	default:
		return fmt.Errorf("NOTIFY_COMMAND: %w", err)
	}
}

// environ are the facts as variables. A NUL cannot be in one.
func (f Facts) environ() []string {
	vars := []struct{ name, value string }{
		{"EVENT", f.Event}, {"RUN", f.Run}, {"KIND", f.Kind}, {"DB", f.DB}, {"HOST", f.Host}, {"VERSION", f.Version},
		{"STARTED_AT", stamp(f.StartedAt)}, {"ENDED_AT", stamp(f.EndedAt)}, {"DURATION", strconv.FormatFloat(f.Duration, 'f', -1, 64)},
		{"OUTCOME", f.Outcome}, {"EXIT", strconv.Itoa(f.Exit)}, {"SET", f.SetID}, {"SET_KIND", f.SetKind},
		{"BYTES", strconv.FormatInt(f.Bytes, 10)}, {"PIECES", strconv.Itoa(f.Pieces)}, {"WARNINGS", strconv.Itoa(f.Warnings)},
		{"RECOVERABLE_TO", stamp(f.RecoverableTo)}, {"ERROR", f.Error}, {"CODE", f.Code}, {"REMEDY", f.Remedy},
	}
	out := make([]string, 0, len(vars))
	for _, v := range vars {
		out = append(out, "ORABAK_"+v.name+"="+strings.ReplaceAll(v.value, "\x00", ""))
	}
	return out
}

// stamp is a time in RFC 3339, empty for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
