package s3fault_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"orabak-tui/internal/demo/s3sim"
	"orabak-tui/internal/s3fault"
)

const bucket = "demo-bucket"

// fixture is a real client, a proxy, and a real server behind it.
type fixture struct {
	*s3fault.Proxy
	c        *s3.Client // through the proxy
	direct   *s3.Client // past it
	endpoint string     // the proxy's
}

func client(endpoint string) *s3.Client {
	return s3.New(s3.Options{
		BaseEndpoint: &endpoint, Region: s3sim.DefaultRegion, UsePathStyle: true,
		Credentials:                credentials.NewStaticCredentialsProvider("k", "s", ""),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
		Retryer:                    aws.NopRetryer{},
	})
}

func setup(t *testing.T, seed uint64) fixture {
	t.Helper()
	s := s3sim.New(t.TempDir(), s3sim.Options{AccessKey: "k", Secret: "s", NoSync: true})
	target, err := s.ListenLoopback(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	p, endpoint := s3fault.Start(t, target, seed)
	f := fixture{p, client(endpoint), client(target), endpoint}
	if _, err := f.c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String(bucket)}); err != nil {
		t.Fatal(err)
	}
	return f
}

func put(ctx context.Context, c *s3.Client, key string, body []byte) error {
	_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String(bucket), Key: &key, Body: bytes.NewReader(body)})
	return err
}

func get(ctx context.Context, c *s3.Client, key string) ([]byte, error) {
	out, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(bucket), Key: &key})
	if err != nil {
		return nil, err
	}
	defer out.Body.Close()
	return io.ReadAll(out.Body)
}

func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7 >> 3)
	}
	return b
}

func codeOf(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

func TestSignaturesStayValid(t *testing.T) {
	f := setup(t, 1)
	body := pattern(3 << 20)
	for _, key := range []string{"a/b c+d%ä", "x//y"} {
		if err := put(t.Context(), f.c, key, body); err != nil {
			t.Fatal(err)
		}
		got, err := get(t.Context(), f.c, key)
		if err != nil || !bytes.Equal(got, body) {
			t.Errorf("%s: %v, %d bytes", key, err, len(got))
		}
	}
	out, err := f.c.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String(bucket), Prefix: aws.String("a/")})
	if err != nil || len(out.Contents) != 1 {
		t.Errorf("list: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	f := setup(t, 1)
	for code, fault := range map[string]s3fault.Fault{
		"SlowDown": s3fault.SlowDown(), "InternalError": s3fault.InternalError(), "TooManyRequests": s3fault.TooManyRequests(),
		"ExpiredToken": s3fault.ExpiredToken(403), "AccessDenied": s3fault.AccessDenied(), "NoSuchBucket": s3fault.NoSuchBucket(),
		"QuotaExceeded": s3fault.QuotaExceeded(507), "RequestTimeTooSkewed": s3fault.ClockSkew(time.Hour),
	} {
		remove := f.Add(s3fault.Rule{Op: s3fault.PutObject, Fault: fault})
		if err := put(t.Context(), f.c, "k", pattern(3<<20)); codeOf(err) != code {
			t.Errorf("%s: %v", code, err)
		}
		if f.Injected()[fault.Name] != 1 {
			t.Errorf("%s was injected %d times", fault.Name, f.Injected()[fault.Name])
		}
		remove()
	}
	if _, err := get(t.Context(), f.direct, "k"); codeOf(err) != "NoSuchKey" {
		t.Errorf("a refused upload reached the store: %v", err)
	}
	// A client of its own: the other one may still believe the skewed clock.
	if err := put(t.Context(), client(f.endpoint), "k", nil); err != nil {
		t.Errorf("after the rules are gone: %v", err)
	}
}

func TestRulesChoose(t *testing.T) {
	f := setup(t, 1)
	f.Add(s3fault.Rule{Op: s3fault.PutObject, Path: "/chosen", Skip: 1, Times: 2, Fault: s3fault.SlowDown()})
	var failed []int
	for i := range 5 {
		if err := put(t.Context(), f.c, "other", nil); err != nil {
			t.Errorf("another key: %v", err)
		}
		if err := put(t.Context(), f.c, "chosen", nil); err != nil {
			failed = append(failed, i)
		}
	}
	if !slices.Equal(failed, []int{1, 2}) {
		t.Errorf("failed: %v", failed)
	}
	f.Clear()
	f.FailNth(s3fault.GetObject, 2, s3fault.InternalError())
	for i := range 3 {
		if _, err := get(t.Context(), f.c, "chosen"); (err != nil) != (i == 1) {
			t.Errorf("get %d: %v", i, err)
		}
	}
}

func TestCuts(t *testing.T) {
	f := setup(t, 1)
	body := pattern(1 << 20)
	if err := put(t.Context(), f.direct, "there", body); err != nil {
		t.Fatal(err)
	}
	for _, fault := range []s3fault.Fault{s3fault.Reset(), s3fault.CutUpload(300_000), s3fault.CutUpload(s3fault.Anywhere)} {
		f.FailNth(s3fault.PutObject, 1, fault)
		if err := put(t.Context(), f.c, "k", body); err == nil || codeOf(err) != "" {
			t.Errorf("%s: %v", fault.Name, err)
		}
	}
	if _, err := get(t.Context(), f.direct, "k"); codeOf(err) != "NoSuchKey" {
		t.Errorf("a cut upload is visible: %v", err)
	}
	f.FailNth(s3fault.GetObject, 1, s3fault.CutDownload(300_000))
	if got, err := get(t.Context(), f.c, "there"); !errors.Is(err, syscall.ECONNRESET) || len(got) > 300_000 {
		t.Errorf("cut download: %d bytes, %v", len(got), err)
	}
	f.FailNth(s3fault.GetObject, 1, s3fault.TruncateDownload(300_000))
	if got, err := get(t.Context(), f.c, "there"); !errors.Is(err, io.ErrUnexpectedEOF) || len(got) != 300_000 {
		t.Errorf("truncated download: %d bytes, %v", len(got), err)
	}
	f.FailNth(s3fault.GetObject, 1, s3fault.ShortenDownload(300_000))
	if got, err := get(t.Context(), f.c, "there"); err != nil || !bytes.Equal(got, body[:300_000]) {
		t.Errorf("shortened download: %d bytes, %v", len(got), err)
	}
}

func TestFlips(t *testing.T) {
	f := setup(t, 1)
	body := pattern(1 << 20)
	f.FailNth(s3fault.PutObject, 1, s3fault.FlipUpload(777_777))
	if err := put(t.Context(), f.c, "k", body); codeOf(err) != "XAmzContentSHA256Mismatch" {
		t.Errorf("a flipped upload: %v", err)
	}
	if err := put(t.Context(), f.c, "k", body); err != nil {
		t.Fatal(err)
	}
	f.FailNth(s3fault.GetObject, 1, s3fault.FlipDownload(777_777))
	f.FailNth(s3fault.GetObject, 2, s3fault.FlipDownload(s3fault.Anywhere))
	got, err := get(t.Context(), f.c, "k")
	if err != nil || differences(got, body) != 1 || got[777_777] != body[777_777]^1 {
		t.Errorf("a flipped download: %v, %d bytes differ", err, differences(got, body))
	}
	if got, err = get(t.Context(), f.c, "k"); err != nil || differences(got, body) != 1 {
		t.Errorf("flipped anywhere: %v, %d bytes differ", err, differences(got, body))
	}
}

func differences(a, b []byte) int {
	if len(a) != len(b) {
		return -1
	}
	n := 0
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

func TestLostAnswer(t *testing.T) {
	f := setup(t, 1)
	ctx := t.Context()
	up, err := f.c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: aws.String(bucket), Key: aws.String("k")})
	if err != nil {
		t.Fatal(err)
	}
	part, err := f.c.UploadPart(ctx, &s3.UploadPartInput{Bucket: aws.String(bucket), Key: aws.String("k"), UploadId: up.UploadId, PartNumber: aws.Int32(1), Body: bytes.NewReader([]byte("x"))})
	if err != nil {
		t.Fatal(err)
	}
	f.FailNth(s3fault.CompleteMultipartUpload, 1, s3fault.LoseAnswer())
	in := &s3.CompleteMultipartUploadInput{Bucket: aws.String(bucket), Key: aws.String("k"), UploadId: up.UploadId}
	in.MultipartUpload = &types.CompletedMultipartUpload{Parts: []types.CompletedPart{{PartNumber: aws.Int32(1), ETag: part.ETag}}}
	if _, err := f.c.CompleteMultipartUpload(ctx, in); err == nil || codeOf(err) != "" {
		t.Errorf("the answer was not lost: %v", err)
	}
	if got, err := get(ctx, f.direct, "k"); err != nil || string(got) != "x" {
		t.Errorf("the store did not do its work: %q %v", got, err)
	}
	want := map[s3fault.Operation]int{s3fault.CreateBucket: 1, s3fault.CreateMultipartUpload: 1, s3fault.UploadPart: 1, s3fault.CompleteMultipartUpload: 1}
	if !maps.Equal(f.Counts(), want) || f.Count(s3fault.UploadPart) != 1 {
		t.Errorf("counts %v", f.Counts())
	}
}

func TestStallsEndWithTheClientsPatience(t *testing.T) {
	f := setup(t, 1)
	if err := put(t.Context(), f.direct, "there", pattern(1<<20)); err != nil {
		t.Fatal(err)
	}
	for _, fault := range []s3fault.Fault{s3fault.Stall(), s3fault.StallDownload(1000)} {
		f.FailNth(s3fault.GetObject, 1, fault)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if _, err := get(ctx, f.c, "there"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", fault.Name, err)
		}
		cancel()
	}
	f.FailNth(s3fault.PutObject, 1, s3fault.StallUpload(1000))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := put(ctx, f.c, "k", pattern(8<<20)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("upload: %v", err)
	}
}

func TestDripIsSlowAndWhole(t *testing.T) {
	f := setup(t, 1)
	body := pattern(20_000)
	f.FailNth(s3fault.PutObject, 1, s3fault.DripUpload(100_000))
	f.FailNth(s3fault.GetObject, 1, s3fault.DripDownload(100_000))
	begun := time.Now()
	if err := put(t.Context(), f.c, "k", body); err != nil {
		t.Fatal(err)
	}
	got, err := get(t.Context(), f.c, "k")
	if err != nil || !bytes.Equal(got, body) {
		t.Errorf("%v, %d bytes", err, len(got))
	}
	if took := time.Since(begun); took < 400*time.Millisecond {
		t.Errorf("40 kB at 100 kB/s took %v", took)
	}
}

func TestOutage(t *testing.T) {
	f := setup(t, 1)
	if err := put(t.Context(), f.c, "k", pattern(1<<20)); err != nil {
		t.Fatal(err)
	}
	f.Add(s3fault.Rule{Op: s3fault.GetObject, Times: 1, Fault: s3fault.DripDownload(1000)})
	out, err := f.c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String("k")})
	if err != nil {
		t.Fatal(err)
	}
	f.Down() // in the middle of a download
	if _, err := io.ReadAll(out.Body); err == nil {
		t.Error("the outage spared a request under way")
	}
	_ = out.Body.Close()
	if _, err := get(t.Context(), f.c, "k"); err == nil {
		t.Error("a request passed in the outage")
	}
	f.Up()
	if _, err := get(t.Context(), f.c, "k"); err != nil {
		t.Errorf("after the outage: %v", err)
	}
}

// The same seed fails the same requests whatever their order; another seed
// fails others.
func TestStormFollowsItsSeed(t *testing.T) {
	failed := func(seed uint64, backwards bool) []string {
		f := setup(t, seed)
		f.Storm(0.3, s3fault.SlowDown(), s3fault.Reset(), s3fault.LoseAnswer())
		var mu sync.Mutex
		var out []string
		var wg sync.WaitGroup
		for i := range 40 {
			if backwards {
				i = 39 - i
			}
			wg.Go(func() {
				for attempt := range 3 {
					err := put(t.Context(), f.c, fmt.Sprint("k", i), nil)
					mu.Lock()
					if err != nil {
						out = append(out, fmt.Sprintf("k%02d.%d %s", i, attempt, codeOf(err)))
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		slices.Sort(out)
		return out
	}
	first := failed(1, false)
	if again := failed(1, true); !slices.Equal(first, again) {
		t.Errorf("the same seed: %v and %v", first, again)
	}
	if other := failed(2, false); slices.Equal(first, other) {
		t.Error("another seed fails the same")
	}
	if len(first) < 15 || len(first) > 60 {
		t.Errorf("%d of 120 failed at a chance of 0.3", len(first))
	}
}

func TestTargetCanMove(t *testing.T) {
	f := setup(t, 1)
	other := setup(t, 1)
	if err := put(t.Context(), other.direct, "k", []byte("there")); err != nil {
		t.Fatal(err)
	}
	if err := f.SetTarget(*other.direct.Options().BaseEndpoint); err != nil {
		t.Fatal(err)
	}
	if got, err := get(t.Context(), f.c, "k"); err != nil || string(got) != "there" {
		t.Errorf("%q %v", got, err)
	}
}

func TestOperations(t *testing.T) {
	for request, want := range map[string]s3fault.Operation{
		"GET /": s3fault.ListBuckets, "PUT /b": s3fault.CreateBucket, "HEAD /b/": s3fault.HeadBucket,
		"GET /b?list-type=2&prefix=x": s3fault.ListObjectsV2, "GET /b?uploads": s3fault.ListMultipartUploads,
		"POST /b?delete": s3fault.DeleteObjects, "PUT /b/k": s3fault.PutObject, "GET /b/k/l": s3fault.GetObject,
		"PUT /b/k?partNumber=1&uploadId=u": s3fault.UploadPart, "POST /b/k?uploads": s3fault.CreateMultipartUpload,
		"POST /b/k?uploadId=u": s3fault.CompleteMultipartUpload, "DELETE /b/k?uploadId=u": s3fault.AbortMultipartUpload,
		"GET /b/k?uploadId=u": s3fault.ListParts, "GET /b/k?tagging": s3fault.Other, "PATCH /b/k": s3fault.Other,
	} {
		var method, url string
		_, _ = fmt.Sscan(request, &method, &url)
		r, err := http.NewRequest(method, "http://x"+url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := s3fault.OperationOf(r); got != want {
			t.Errorf("%s is %s, want %s", request, got, want)
		}
	}
}
