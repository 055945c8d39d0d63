package ui

import (
	"encoding/json"
	"os"
	"testing"

	tea "charm.land/bubbletea/v2"

	"orabak-tui/internal/run"
)

var keyOfBackspace = tea.KeyPressMsg{Code: tea.KeyBackspace}

// writeJournal writes events as the engine does; one without an end event is
// under way until the test ends.
func writeJournal(t testing.TB, logDir, id string, events []run.Event) *run.Journal {
	t.Helper()
	j, err := run.Create(logDir, id, run.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	for _, e := range events {
		j.Emit(e)
	}
	if events[len(events)-1].End != nil {
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return j
}

func quotedHost(t *testing.T) string {
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	b, _ := json.Marshal(host)
	return string(b)
}
