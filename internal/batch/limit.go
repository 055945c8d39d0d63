package batch

import (
	"context"
	"fmt"
	"strings"

	"orabak-tui/backup"
	"orabak-tui/internal/config"
	"orabak-tui/internal/run"
)

// configured is the word that brings UPLOAD_LIMIT back.
const configured = "default"

// limit changes how fast a running backup may upload. The run looks once a
// second and says what it follows in its journal.
func (a *App) limit(context.Context) error {
	text, named := a.Options.Args[0], a.Options.Args[1:]
	rate, err := config.ParseBytes(strings.TrimSuffix(text, "/s"))
	if err != nil && text != configured {
		return usagef("--batch limit: %q is %v; 0 is no limit, %s the configured one", text, err, configured)
	}
	i, err := a.pick(named)
	if err != nil {
		return err
	}
	if err := limitable(i); err != nil {
		return err
	}
	said := map[string]any{"run": i.ID, "upload_limit": int64(rate)}
	if text == configured {
		said["upload_limit"] = configured
		err = backup.ResetLimit(i.Dir)
	} else {
		err = backup.SetLimit(i.Dir, rate)
	}
	if err != nil {
		return err
	}
	if a.Options.JSON {
		return a.printJSON(said)
	}
	fmt.Fprintf(a.Stdout, "%s was asked to upload with the limit %s (follow %s)\n", i.ID, limitText(text, rate), i.ID)
	return nil
}

// limitable refuses runs that will never look: those that are over, and
// restores, which upload nothing.
func limitable(i run.Info) error {
	switch {
	case i.Kind == "restore":
		return fmt.Errorf("run %s is a restore: the limit is for uploads", i.ID)
	case i.State != run.Running && i.State != run.Unknown:
		return fmt.Errorf("limit %s: %w", i.ID, run.ErrNotRunning)
	}
	return nil
}

func limitText(text string, rate config.Bytes) string {
	switch {
	case text == configured:
		return "that is configured"
	case rate == 0:
		return "none"
	}
	return rate.Rate()
}
