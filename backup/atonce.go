package backup

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// atOnce asks questions beside each other that do not need each other's
// answers. Each one to the database is a sqlplus that starts and connects, some
// tenths of a second that are spent waiting. The first error ends the others.
func atOnce(ctx context.Context, questions ...func(context.Context) error) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, ask := range questions {
		g.Go(func() error { return ask(ctx) })
	}
	return g.Wait()
}
