package batch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"orabak-tui/backup"
	"orabak-tui/internal/rman"
	"orabak-tui/internal/run"
)

// failure is an error as JSON: the same facts as the text.
type failure struct {
	Exit  int      `json:"exit"`
	Error string   `json:"error"`
	Code  string   `json:"code,omitempty"`
	Stack []string `json:"stack,omitempty"`
}

// Fail prints an error that no run's journal has told yet and returns its exit
// code.
func (a *App) Fail(err error) int { return a.failBy(err, nil) }

func (a *App) failBy(err error, sig os.Signal) int {
	if sig != nil && errors.Is(err, context.Canceled) {
		err = &run.SignalError{Signal: sig}
	}
	code := exitCode(err, 0, sig)
	if a.Options.JSON {
		_ = a.printJSON(failure{Exit: code, Error: run.Clean(err.Error()), Code: rootCode(err)})
		return code
	}
	fmt.Fprintln(a.Stderr, "orabak-tui:", run.Clean(err.Error()))
	return code
}

// rootCode is the ORA- or RMAN- code an error carries, if any.
func rootCode(err error) string {
	var re *rman.Error
	var ce *backup.CheckError
	switch {
	case errors.As(err, &re):
		return re.Root
	case errors.As(err, &ce):
		return ce.Finding.Code
	default:
		return ""
	}
}

// printJSON writes one document on one line.
func (a *App) printJSON(v any) error {
	enc := json.NewEncoder(a.Stdout)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
