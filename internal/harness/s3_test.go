package harness

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"orabak-tui/backup"
	"orabak-tui/internal/demo/oradb"
	"orabak-tui/internal/s3fault"
	"orabak-tui/restore"
)

// storm is one way in which S3 fails, and the places where it is tried.
type storm struct {
	name  string
	fault s3fault.Fault
	where []s3fault.Rule // Fault left open
	// heals says that the store recovers from it by trying again; how often it
	// strikes is in the rule.
	heals bool
}

// The places of a backup and of a restore.
var (
	atUpload   = []s3fault.Rule{{Op: s3fault.PutObject, Path: "HARN_"}, {Op: s3fault.UploadPart}}
	atParts    = []s3fault.Rule{{Op: s3fault.CreateMultipartUpload}, {Op: s3fault.UploadPart}, {Op: s3fault.CompleteMultipartUpload}}
	atCommit   = []s3fault.Rule{{Op: s3fault.PutObject, Path: "/catalog/"}, {Op: s3fault.GetObject, Path: "/catalog/"}}
	atList     = []s3fault.Rule{{Op: s3fault.ListObjectsV2}}
	atHead     = []s3fault.Rule{{Op: s3fault.HeadObject}}
	atDownload = []s3fault.Rule{{Op: s3fault.GetObject, Path: "HARN_"}}
)

func places(lists ...[]s3fault.Rule) (all []s3fault.Rule) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// backupStorms are the faults of a backup.
func backupStorms() []storm {
	all := places(atUpload, atParts, atCommit, atList, atHead)
	sent := places(atUpload)
	return []storm{
		{"S3: 503 SlowDown", s3fault.SlowDown(), all, true},
		{"S3: 500 InternalError", s3fault.InternalError(), all, true},
		{"S3: 429 TooManyRequests", s3fault.TooManyRequests(), all, true},
		{"S3: connection reset", s3fault.Reset(), all, true},
		{"S3: connection reset in mid body", s3fault.CutUpload(s3fault.Anywhere), sent, true},
		{"S3: stall", s3fault.Stall(), all, true},
		{"S3: stall in mid body", s3fault.StallUpload(s3fault.Anywhere), sent, true},
		{"S3: slow drip", s3fault.DripUpload(400_000), sent, true},
		{"S3: flipped bytes on the way up", s3fault.FlipUpload(s3fault.Anywhere), sent, true},
		{"S3: answer lost after the store did it", s3fault.LoseAnswer(), all, true},
		{"S3: clock skew", s3fault.ClockSkew(time.Hour), all, false},
		{"S3: expired credentials", s3fault.ExpiredToken(400), all, false},
		{"S3: bucket gone", s3fault.NoSuchBucket(), all, false},
		{"S3: permission lost", s3fault.AccessDenied(), all, false},
		{"S3: quota full", s3fault.QuotaExceeded(507), sent, false},
	}
}

func restoreStorms() []storm {
	return []storm{
		{"S3: 503 SlowDown", s3fault.SlowDown(), places(atDownload, atList), true},
		{"S3: 500 InternalError", s3fault.InternalError(), places(atDownload, atList), true},
		{"S3: 429 TooManyRequests", s3fault.TooManyRequests(), places(atDownload, atList), true},
		{"S3: connection reset", s3fault.Reset(), places(atDownload, atList), true},
		{"S3: stall", s3fault.Stall(), places(atDownload, atList), true},
		{"S3: answer lost after the store did it", s3fault.LoseAnswer(), places(atDownload, atList), true},
		{"S3: clock skew", s3fault.ClockSkew(time.Hour), atDownload, false},
		{"S3: bucket gone", s3fault.NoSuchBucket(), atDownload, false},
		{"S3: connection reset in mid body", s3fault.CutDownload(s3fault.Anywhere), atDownload, true},
		{"S3: stall in mid body", s3fault.StallDownload(s3fault.Anywhere), atDownload, true},
		{"S3: slow drip", s3fault.DripDownload(400_000), atDownload, true},
		{"S3: truncated body", s3fault.TruncateDownload(s3fault.Anywhere), atDownload, true},
		{"S3: body shorter than announced", s3fault.ShortenDownload(s3fault.Anywhere), atDownload, true},
		{"S3: flipped bytes on the way down", s3fault.FlipDownload(s3fault.Anywhere), atDownload, true},
		{"S3: expired credentials", s3fault.ExpiredToken(400), atDownload, false},
		{"S3: permission lost", s3fault.AccessDenied(), atDownload, false},
	}
}

// gust is one storm at one place, once or twice, or until somebody mends it.
type gust struct {
	storm
	at        s3fault.Rule
	permanent bool
}

func (g gust) String() string {
	return fmt.Sprintf("%s at %s %s, permanent: %v", g.name, g.at.Op, g.at.Path, g.permanent)
}

func gusts(storms []storm) (all []gust) {
	for _, s := range storms {
		for _, at := range s.where {
			all = append(all, gust{s, at, !s.heals})
			if s.heals && !strings.Contains(s.name, "stall") && !strings.Contains(s.name, "drip") {
				all = append(all, gust{s, at, true})
			}
		}
	}
	return all
}

// dealt deals the gusts to n hands: all in the long version, else so many by
// the dice, each storm at least once over the hands.
func (w *world) dealt(all []gust, hand, hands, atMost int) (mine []gust) {
	if !*long {
		w.dice.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	}
	for i, g := range all {
		if *long && i%hands == hand || !*long && len(mine) < atMost {
			mine = append(mine, g)
		}
	}
	return mine
}

// blow lets a gust blow; the function returned ends it.
func (w *world) blow(g gust) (calm func()) {
	r := g.at
	r.Fault = g.fault
	if !g.permanent {
		r.Times, r.Skip = 1+w.dice.IntN(2), w.dice.IntN(2)
	}
	w.tell("%v", g)
	return w.proxy.Add(r)
}

// TestS3FaultsInBackup: each fault ends in success or in a clear failure that
// leaves a state from which the next run, or a resume, completes.
func TestS3FaultsInBackup(t *testing.T) {
	const hands = 2
	for hand := range hands {
		t.Run(fmt.Sprint(hand), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 300+uint64(hand))
			w.batch("full")
			for n, g := range w.dealt(gusts(backupStorms()), hand, hands, 8) {
				w.work(6)
				w.backupIn(g, n)
			}
			w.sometimes(hand == 0, "S3: (all of these in a row)")
		})
	}
}

func (w *world) backupIn(g gust, n int) {
	w.t.Helper()
	kind := kinds[w.dice.IntN(3)]
	calm := w.blow(g)
	_, err := w.engine(kind).run(w.t.Context())
	calm()
	if err != nil && !g.permanent {
		w.t.Errorf("%v: %s did not survive it: %v\n%s", g, kind, err, w.lastRun())
	}
	if err != nil {
		w.clear(g, err)
		w.recover(kind, n)
	}
	w.check(g.name)
}

// clear: an error says what failed and what to do, and shows no secret.
func (w *world) clear(g gust, err error) {
	w.t.Helper()
	text := err.Error()
	if !strings.Contains(text, w.at.Bucket) || len(text) < 40 {
		w.t.Errorf("%v: the error does not say what failed: %v", g, err)
	}
	if strings.Contains(text, w.at.Secret) {
		w.t.Errorf("%v: the error shows the secret", g)
	}
	left, lerr := backup.Leftovers(w.path("staging"), 0)
	must(w.t, lerr)
	if errors.Is(err, backup.ErrResumable) != (len(left) > 0) {
		w.t.Errorf("%v: %d runs are left, but the error is %v", g, len(left), err)
	}
}

// TestS3FaultsInRestore: the same while pieces are downloaded.
func TestS3FaultsInRestore(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 310)
	w.batch("full")
	for _, g := range w.dealt(gusts(restoreStorms()), 0, 1, 3) {
		w.work(6)
		w.batch("archivelog", 0, 3)
		before, end := w.lose(oradb.LoseEverything)
		calm := w.blow(g)
		_, err := w.engine("restore").restore(t.Context(), restore.Request{Mode: restore.ModeIncremental, Confirm: sid})
		calm()
		if err != nil && !g.permanent {
			t.Errorf("%v: the restore did not survive it: %v\n%s", g, err, w.lastRun())
		}
		if err != nil {
			w.batch("restore --confirm "+sid, 0, 3)
		}
		w.proves(g.name, before, end)
		w.batch("full", 0, 3)
		w.check(g.name)
	}
}

func oneIf(b bool) int {
	if b {
		return 1
	}
	return 0
}

// eventually polls until ok, or fails.
func (w *world) eventually(what string, ok func() bool) {
	w.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline.C:
			w.t.Fatalf("waited in vain for %s", what)
		}
	}
}
