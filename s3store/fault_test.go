package s3store

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"orabak-tui/internal/s3fault"
)

// healing faults go away by themselves.
func healing() map[string]s3fault.Fault {
	return map[string]s3fault.Fault{
		"slow down":     s3fault.SlowDown(),
		"429":           s3fault.TooManyRequests(),
		"500":           s3fault.InternalError(),
		"502":           s3fault.Answer(502, "", ""),
		"reset":         s3fault.Reset(),
		"answer lost":   s3fault.LoseAnswer(),
		"stall":         s3fault.Stall(),
		"upload cut":    s3fault.CutUpload(30_000),
		"upload stalls": s3fault.StallUpload(30_000),
		"upload flips":  s3fault.FlipUpload(30_000),
	}
}

func TestSmallPieceSurvivesFaults(t *testing.T) {
	t.Parallel()
	want := randomBytes(3, 100_000)
	s, proxy, _ := faulty(t, func(o *Options) { o.StallTimeout = 300 * time.Millisecond })
	for name, fault := range healing() {
		proxy.Clear()
		proxy.FailNth(s3fault.PutObject, 1, fault)
		p := putBytes(t, s, testSet, strings.ReplaceAll(name, " ", "-"), want)
		path := filepath.Join(t.TempDir(), "x")
		if err := s.GetPiece(t.Context(), GetRequest{Piece: p, Path: path}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(proxy.Injected()) < 7 {
		t.Errorf("injected only %v", proxy.Injected())
	}
}

func TestMultipartSurvivesFaults(t *testing.T) {
	t.Parallel()
	want := randomBytes(4, 2*testPart+1000)
	s, proxy, _ := faulty(t, func(o *Options) { o.StallTimeout = time.Second })
	proxy.FailNth(s3fault.CreateMultipartUpload, 1, s3fault.InternalError())
	proxy.FailNth(s3fault.UploadPart, 1, s3fault.FlipUpload(s3fault.Anywhere))
	proxy.FailNth(s3fault.UploadPart, 2, s3fault.CutUpload(70_000))
	proxy.FailNth(s3fault.UploadPart, 3, s3fault.LoseAnswer())
	proxy.FailNth(s3fault.CompleteMultipartUpload, 1, s3fault.LoseAnswer())
	proxy.FailNth(s3fault.HeadObject, 2, s3fault.SlowDown())
	p := pieceOf(s, testSet, "piece", want)
	r, err := s.PutPiece(t.Context(), PutRequest{Path: writeFile(t, "piece", want), Key: p.Key})
	if err != nil {
		t.Fatal(err)
	}
	if r.CRC64NVME != p.CRC64NVME || r.Parts != 3 || r.Retries < 4 || r.ResentBytes < 30_000 {
		t.Errorf("%+v, want 3 parts and 4 retries", r)
	}
	if n, err := s.uploads(t.Context(), s.opt.Prefix); err != nil || len(n) != 0 {
		t.Errorf("uploads left: %v, %v", n, err)
	}
}

func TestDownloadSurvivesFaults(t *testing.T) {
	t.Parallel()
	want := randomBytes(5, 200_000)
	s, proxy, _ := faulty(t, func(o *Options) { o.StallTimeout = 300 * time.Millisecond })
	p := putBytes(t, s, testSet, "piece", want)
	for name, fault := range map[string]s3fault.Fault{
		"slow down": s3fault.SlowDown(), "500": s3fault.InternalError(), "reset": s3fault.Reset(), "stall": s3fault.Stall(),
		"cut": s3fault.CutDownload(50_000), "truncated": s3fault.TruncateDownload(50_000), "stalls": s3fault.StallDownload(50_000),
		"flipped": s3fault.FlipDownload(50_000), "shortened": s3fault.ShortenDownload(50_000), "drips": s3fault.DripDownload(2000),
	} {
		proxy.Clear()
		proxy.FailNth(s3fault.GetObject, 1, fault)
		path := filepath.Join(t.TempDir(), "x")
		if err := s.GetPiece(t.Context(), GetRequest{Piece: p, Path: path}); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, _ := os.ReadFile(path); !bytes.Equal(got, want) {
			t.Errorf("%s: came back different", name)
		}
	}
}

func TestCorruptObjectIsNamed(t *testing.T) {
	s, proxy, _ := faulty(t, nil)
	want := randomBytes(6, 50_000)
	p := putBytes(t, s, testSet, "piece", want)
	remove(t, s, p.Key)
	want[7] ^= 1
	place(t, s, p.Key, want)
	before := proxy.Count(s3fault.GetObject)
	var bad *CorruptError
	path := filepath.Join(t.TempDir(), "x")
	err := s.GetPiece(t.Context(), GetRequest{Piece: p, Path: path})
	if !errors.As(err, &bad) || bad.Key != p.Key || !errors.Is(err, ErrCorrupt) {
		t.Fatalf("%v, want a CorruptError with the key", err)
	}
	if n := proxy.Count(s3fault.GetObject) - before; n > getRounds {
		t.Errorf("fetched %d times", n)
	}
	if left, _ := filepath.Glob(path + "*"); len(left) != 0 {
		t.Errorf("left behind %v", left)
	}
	r, err := s.Verify(t.Context(), manifestOf(testSet, p), VerifyOptions{Deep: true})
	if err != nil || len(r.Corrupt) != 1 || r.Corrupt[0].Key != p.Key {
		t.Errorf("verify: %+v, %v", r, err)
	}
}

func TestCommitSurvivesFaults(t *testing.T) {
	t.Parallel()
	s, proxy, _ := faulty(t, func(o *Options) { o.StallTimeout = 300 * time.Millisecond })
	p := putBytes(t, s, testSet, "piece", []byte("x"))
	n := 0
	for name, fault := range healing() {
		n++
		set := strings.Replace(testSet, "7f3a", "7f3"+string(rune('0'+n%10)), 1)
		m := manifestOf(set, pieceOf(s, set, p.Name, []byte("x")))
		for i := range 400 { // longer than where the faults strike
			m.Warnings = append(m.Warnings, strings.Repeat("w", 90+i%3))
		}
		proxy.Clear()
		proxy.FailNth(s3fault.PutObject, 1, fault)
		proxy.FailNth(s3fault.GetObject, 1, s3fault.FlipDownload(3000))
		key, err := s.Commit(t.Context(), m)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, err := open(t, withoutCache(t, s)).Manifest(t.Context(), Set{ID: set, Key: key}); err != nil || got.ID != set {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An outage of minutes is waited for; one longer than the budget fails, and
// says how long it was tried.
func TestOutage(t *testing.T) {
	t.Parallel()
	s, proxy, clock := faulty(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	inner := s.opt.Sleep
	begin := clock.now()
	s.opt.Sleep = func(ctx context.Context, d time.Duration) error {
		if clock.now().Sub(begin) > 5*time.Minute {
			proxy.Up()
		}
		return inner(ctx, d)
	}
	proxy.Down()
	putBytes(t, s, testSet, "a", []byte("content"))
	if waited := clock.now().Sub(begin); waited < 5*time.Minute || waited > 7*time.Minute {
		t.Errorf("waited %s for an outage of 5 minutes", waited)
	}
	s.opt.Sleep = inner
	proxy.Down()
	_, err := s.PutPiece(ctx, PutRequest{Path: writeFile(t, "b", []byte("b")), Key: s.PieceKey(testSet, testStart, "b")})
	if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), "tries in 1") {
		t.Errorf("%v, want ErrUnreachable with the time it was tried", err)
	}
	for _, d := range clock.slept {
		if d > longWait {
			t.Errorf("slept %s at once", d)
		}
	}
}

// What cannot heal is not tried again, names bucket, key and remedy, and holds
// no secret.
func TestPermanentFailures(t *testing.T) {
	s, proxy, clock := faulty(t, nil)
	path := writeFile(t, "piece", []byte("content"))
	for name, c := range map[string]struct {
		fault  s3fault.Fault
		kind   error
		remedy string
		waits  int
	}{
		"denied":      {s3fault.AccessDenied(), ErrDenied, "policy", 0},
		"no bucket":   {s3fault.NoSuchBucket(), ErrNoBucket, "S3_BUCKET", 0},
		"quota 507":   {s3fault.QuotaExceeded(507), ErrQuota, "room", 0},
		"quota 403":   {s3fault.QuotaExceeded(403), ErrQuota, "room", 0},
		"expired":     {s3fault.ExpiredToken(400), ErrExpiredToken, "resume", fewTries - 1},
		"clock":       {s3fault.ClockSkew(time.Hour), ErrClockSkew, "clock", fewTries - 1},
		"region":      {s3fault.Answer(301, "PermanentRedirect", "elsewhere"), ErrRegion, "AWS_REGION", 0},
		"unknown key": {s3fault.Answer(403, "InvalidAccessKeyId", "no key "+testKey+" "+testSecret), ErrDenied, "AWS_ACCESS_KEY_ID", 0},
		"signature":   {s3fault.Answer(403, "SignatureDoesNotMatch", "\x1b[31mno"), ErrDenied, "AWS_SECRET_ACCESS_KEY", 0},
		"class":       {s3fault.Answer(400, "InvalidStorageClass", "no such class"), ErrInvalid, "storage class", 0},
	} {
		proxy.Clear()
		proxy.Add(s3fault.Rule{Op: s3fault.PutObject, Fault: c.fault})
		clock.slept = nil
		key := s.PieceKey(testSet, testStart, "piece")
		_, err := s.PutPiece(t.Context(), PutRequest{Path: path, Key: key})
		var e *Error
		if !errors.Is(err, c.kind) || !errors.As(err, &e) {
			t.Errorf("%s: %v, want %v", name, err, c.kind)
			continue
		}
		if e.Bucket != testBucket || e.Key != key || !strings.Contains(e.Remedy, c.remedy) {
			t.Errorf("%s: %#v: bucket, key or remedy is missing", name, e)
		}
		if len(clock.slept) != c.waits {
			t.Errorf("%s: waited %d times, want %d", name, len(clock.slept), c.waits)
		}
		if text := err.Error(); strings.Contains(text, testSecret) || strings.Contains(text, testKey) || strings.Contains(text, "\x1b") {
			t.Errorf("%s: %q holds what it must not", name, text)
		}
		for e := err; e != nil; e = errors.Unwrap(e) {
			if strings.Contains(strings.ToLower(typeName(e)), "smithy") || strings.Contains(typeName(e), "aws") {
				t.Errorf("%s: an SDK type leaks: %s", name, typeName(e))
			}
		}
	}
}

func TestUnreachableStores(t *testing.T) {
	closed, endpoint := s3fault.Start(t, "http://127.0.0.1:1", 1)
	closed.Down()
	tls := newTLSServer(t)
	for name, c := range map[string]struct {
		o    Options
		kind error
	}{
		"reset":       {Options{Endpoint: endpoint}, ErrUnreachable},
		"refused":     {Options{Endpoint: "http://127.0.0.1:1"}, ErrUnreachable},
		"name":        {Options{Endpoint: "https://nowhere.invalid"}, ErrResolve},
		"certificate": {Options{Endpoint: tls}, ErrTLS},
		"plain":       {Options{Endpoint: strings.Replace(endpoint, "http:", "https:", 1)}, ErrTLS},
		"no bucket":   {Options{Endpoint: simulator(t), Bucket: "other"}, ErrNoBucket},
		"bad secret":  {Options{Endpoint: simulator(t), SecretKey: "wrong-secret"}, ErrDenied},
	} {
		if name == "plain" {
			closed.Up()
		}
		clock := &fakeClock{}
		c.o.Now, c.o.Sleep = clock.now, clock.sleep
		_, err := open(t, c.o).Probe(t.Context())
		if !errors.Is(err, c.kind) {
			t.Errorf("%s: %v, want %v", name, err, c.kind)
			continue
		}
		if clock.ahead > time.Minute {
			t.Errorf("%s: found out after %s", name, clock.ahead)
		}
		if !strings.Contains(err.Error(), "s3://") || strings.Contains(err.Error(), testSecret) {
			t.Errorf("%s: %v", name, err)
		}
		closed.Down()
	}
}

func TestProbeTellsClockSkew(t *testing.T) {
	s, _, _ := faulty(t, nil)
	ahead := httpDate(t, s, 20*time.Minute+30*time.Second)
	_, err := ahead.Probe(t.Context())
	if !errors.Is(err, ErrClockSkew) || !strings.Contains(err.Error(), "20m") {
		t.Errorf("%v, want ErrClockSkew of 20 minutes", err)
	}
}

func TestThrottlingLowersConcurrency(t *testing.T) {
	s, proxy, _ := faulty(t, nil)
	proxy.Add(s3fault.Rule{Op: s3fault.PutObject, Times: 1, Fault: s3fault.SlowDown()})
	putBytes(t, s, testSet, "a", []byte("content"))
	if s.slots.bound != DefaultConcurrency/2 {
		t.Errorf("%d slots after SlowDown, want %d", s.slots.bound, DefaultConcurrency/2)
	}
	for range calmParts {
		s.slots.went()
	}
	if s.slots.bound != DefaultConcurrency/2+1 {
		t.Errorf("%d slots after a calm row of parts", s.slots.bound)
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	s, _, _ := faulty(t, nil)
	if d := s.backoff(1, verdict{after: 42 * time.Second}); d != 42*time.Second {
		t.Errorf("waits %s, the store asked for 42 s", d)
	}
	if c := causeOf(errors.New("plain")); !c.is(ErrUnreachable) {
		t.Errorf("%v", c)
	}
	if c := statusCause(http.StatusNotFound); !c.is(ErrNotFound) {
		t.Errorf("%v", c)
	}
}
