package s3sim

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
)

const (
	testKey    = "demo-key"
	testSecret = "demo-secret"
	testBucket = "demo-bucket"
)

func testOptions() Options {
	return Options{AccessKey: testKey, Secret: testSecret, NoSync: true}
}

// start serves dir and returns the endpoint.
func start(t *testing.T, dir string, opt Options) string {
	t.Helper()
	s := New(dir, opt)
	endpoint, err := s.ListenLoopback(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return endpoint
}

// client is the real SDK with its defaults: checksums on, path style, one try.
func client(endpoint string, change ...func(*s3.Options)) *s3.Client {
	opt := s3.Options{
		BaseEndpoint:               aws.String(endpoint),
		Region:                     DefaultRegion,
		Credentials:                credentials.NewStaticCredentialsProvider(testKey, testSecret, ""),
		UsePathStyle:               true,
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenSupported,
		Retryer:                    aws.NopRetryer{},
	}
	for _, f := range change {
		f(&opt)
	}
	return s3.New(opt)
}

// newBucket returns a client of a fresh server with a bucket.
func newBucket(t *testing.T) *s3.Client {
	t.Helper()
	c := client(start(t, t.TempDir(), testOptions()))
	makeBucket(t, c)
	return c
}

func makeBucket(t *testing.T, c *s3.Client) {
	t.Helper()
	if _, err := c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String(testBucket)}); err != nil {
		t.Fatal(err)
	}
}

// newTLSBucket is newBucket over TLS, where the SDK sends checksums in trailers.
func newTLSBucket(t *testing.T) *s3.Client {
	t.Helper()
	ts := httptest.NewTLSServer(New(t.TempDir(), testOptions()))
	t.Cleanup(ts.Close)
	c := client(ts.URL, func(o *s3.Options) { o.HTTPClient = ts.Client() })
	makeBucket(t, c)
	return c
}

func random(seed uint64, n int) []byte {
	var key [32]byte
	key[0], key[1] = byte(seed), byte(seed>>8)
	b := make([]byte, n)
	_, _ = rand.NewChaCha8(key).Read(b)
	return b
}

func put(t *testing.T, c *s3.Client, key string, body []byte, change ...func(*s3.PutObjectInput)) (*s3.PutObjectOutput, error) {
	t.Helper()
	in := &s3.PutObjectInput{Bucket: aws.String(testBucket), Key: aws.String(key), Body: bytes.NewReader(body)}
	for _, f := range change {
		f(in)
	}
	return c.PutObject(t.Context(), in)
}

func mustPut(t *testing.T, c *s3.Client, key string, body []byte, change ...func(*s3.PutObjectInput)) {
	t.Helper()
	if _, err := put(t, c, key, body, change...); err != nil {
		t.Fatalf("put %q: %v", key, err)
	}
}

func get(t *testing.T, c *s3.Client, key string) []byte {
	t.Helper()
	out, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(testBucket), Key: aws.String(key)})
	if err != nil {
		t.Fatalf("get %q: %v", key, err)
	}
	defer out.Body.Close()
	body, err := io.ReadAll(out.Body)
	if err != nil {
		t.Fatalf("read %q: %v", key, err)
	}
	return body
}

// wantCode fails unless err is S3's error of that code.
func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code {
		t.Errorf("got error %v, want code %s", err, code)
	}
}

func exists(ctx context.Context, c *s3.Client, key string) bool {
	_, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: aws.String(testBucket), Key: aws.String(key)})
	return err == nil
}

func TestObjectComesBackAsItWasSent(t *testing.T) {
	for name, c := range map[string]*s3.Client{"http": newBucket(t), "tls": newTLSBucket(t)} {
		t.Run(name, func(t *testing.T) {
			body := random(1, 3<<20+17)
			mustPut(t, c, "a/b", body, func(in *s3.PutObjectInput) {
				in.Metadata = map[string]string{"set": "X 1"}
				in.ContentType = aws.String("application/x-rman")
				in.StorageClass = types.StorageClassStandardIa
			})
			if !bytes.Equal(get(t, c, "a/b"), body) {
				t.Error("the object differs from what was sent")
			}
			head, err := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String(testBucket), Key: aws.String("a/b"), ChecksumMode: types.ChecksumModeEnabled})
			if err != nil {
				t.Fatal(err)
			}
			if *head.ContentLength != int64(len(body)) || head.Metadata["set"] != "X 1" || *head.ContentType != "application/x-rman" ||
				head.StorageClass != types.StorageClassStandardIa || head.ChecksumCRC32 == nil || head.ContentEncoding != nil {
				t.Errorf("head: %+v", head)
			}
		})
	}
}

func TestUnseekableBodyIsStoredWithoutFraming(t *testing.T) {
	c := newTLSBucket(t)
	body := random(2, 300_000)
	_, err := c.PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(testBucket), Key: aws.String("k"), Body: io.MultiReader(bytes.NewReader(body)),
		ContentLength: aws.Int64(int64(len(body))),
	})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(get(t, c, "k"), body) {
		t.Error("the object differs from what was sent")
	}
}

func TestRange(t *testing.T) {
	c := newBucket(t)
	body := random(3, 1000)
	mustPut(t, c, "k", body)
	for _, tt := range []struct {
		header       string
		from, to     int
		code, crange string
	}{
		{"bytes=0-9", 0, 10, "", "bytes 0-9/1000"},
		{"bytes=990-", 990, 1000, "", "bytes 990-999/1000"},
		{"bytes=990-5000", 990, 1000, "", "bytes 990-999/1000"},
		{"bytes=-10", 990, 1000, "", "bytes 990-999/1000"},
		{"bytes=-5000", 0, 1000, "", "bytes 0-999/1000"},
		{"bytes=1000-", 0, 0, "InvalidRange", ""},
		{"bytes=-0", 0, 0, "InvalidRange", ""},
		{"bytes=9-3", 0, 1000, "", ""},
		{"lines=1-2", 0, 1000, "", ""},
	} {
		out, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(testBucket), Key: aws.String("k"), Range: aws.String(tt.header)})
		if tt.code != "" {
			wantCode(t, err, tt.code)
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.header, err)
			continue
		}
		got, _ := io.ReadAll(out.Body)
		_ = out.Body.Close()
		if !bytes.Equal(got, body[tt.from:tt.to]) || aws.ToString(out.ContentRange) != tt.crange {
			t.Errorf("%s: %d bytes, %q", tt.header, len(got), aws.ToString(out.ContentRange))
		}
	}
}

func TestChecksumsAreVerifiedAndKept(t *testing.T) {
	c := newBucket(t)
	body := random(4, 100_000)
	for _, a := range algorithms {
		d := digests{}
		d.add(a)
		_, _ = d.Write(body)
		value := d.of(a).Value
		give := func(v string) func(*s3.PutObjectInput) {
			return func(in *s3.PutObjectInput) {
				x := xmlChecksums{}
				x.set(checksum{Algorithm: a, Value: v})
				in.ChecksumCRC32, in.ChecksumCRC32C, in.ChecksumCRC64NVME = ptr(x.ChecksumCRC32), ptr(x.ChecksumCRC32C), ptr(x.ChecksumCRC64NVME)
				in.ChecksumSHA1, in.ChecksumSHA256 = ptr(x.ChecksumSHA1), ptr(x.ChecksumSHA256)
			}
		}
		key := string(a)
		mustPut(t, c, key, body, give(value))
		head, err := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String(testBucket), Key: &key, ChecksumMode: types.ChecksumModeEnabled})
		if err != nil {
			t.Fatal(err)
		}
		got := xmlChecksums{
			aws.ToString(head.ChecksumCRC32), aws.ToString(head.ChecksumCRC32C), aws.ToString(head.ChecksumCRC64NVME),
			aws.ToString(head.ChecksumSHA1), aws.ToString(head.ChecksumSHA256),
		}
		if *got.field(a) != value || head.ChecksumType != types.ChecksumTypeFullObject {
			t.Errorf("%s: head says %+v %s", a, got, head.ChecksumType)
		}
		wrong := digests{}
		wrong.add(a)
		_, err = put(t, c, "wrong", body, give(wrong.of(a).Value))
		wantCode(t, err, "BadDigest")
		if exists(t.Context(), c, "wrong") {
			t.Errorf("%s: stored in spite of a wrong checksum", a)
		}
	}
}

func ptr(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// The algorithms are those of the standards: the check value of each is known.
func TestChecksumVectors(t *testing.T) {
	for a, want := range map[algorithm]string{
		crc32IEEE: "cbf43926", crc32C: "e3069283", crc64NVME: "ae8b14860a799888",
		sha1Sum:   "f7c3bc1d808e04732adf679965ccc34ca7ae3441",
		sha256Sum: "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
	} {
		d := digests{}
		d.add(a)
		_, _ = d.Write([]byte("123456789"))
		if got := hexSum(d[a]); got != want {
			t.Errorf("%s of 123456789 is %s, want %s", a, got, want)
		}
	}
}

func TestContentMD5(t *testing.T) {
	c := newBucket(t)
	_, err := put(t, c, "k", []byte("hello"), func(in *s3.PutObjectInput) { in.ContentMD5 = aws.String("1B2M2Y8AsgTpgAmY7PhCfg==") })
	wantCode(t, err, "BadDigest")
	_, err = put(t, c, "k", []byte("hello"), func(in *s3.PutObjectInput) { in.ContentMD5 = aws.String("nonsense") })
	wantCode(t, err, "InvalidDigest")
	mustPut(t, c, "k", []byte("hello"), func(in *s3.PutObjectInput) { in.ContentMD5 = aws.String("XUFAKrxLKna5cZ2REBfFkg==") })
}

func TestConditions(t *testing.T) {
	c := newBucket(t)
	none := func(in *s3.PutObjectInput) { in.IfNoneMatch = aws.String("*") }
	mustPut(t, c, "k", []byte("one"), none)
	_, err := put(t, c, "k", []byte("two"), none)
	wantCode(t, err, "PreconditionFailed")
	if string(get(t, c, "k")) != "one" {
		t.Error("the object was replaced in spite of If-None-Match")
	}
	match := func(tag string) func(*s3.PutObjectInput) {
		return func(in *s3.PutObjectInput) { in.IfMatch = aws.String(tag) }
	}
	_, err = put(t, c, "k", []byte("two"), match(`"00"`))
	wantCode(t, err, "PreconditionFailed")
	mustPut(t, c, "k", []byte("two"), match(`"f97c5d29941bfb1b2fdab0874906ab82"`))
	_, err = c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(testBucket), Key: aws.String("k"), IfMatch: aws.String("x")})
	wantCode(t, err, "PreconditionFailed")
	_, err = c.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String(testBucket), Key: aws.String("k"), IfMatch: aws.String("x")})
	wantCode(t, err, "PreconditionFailed")
}

// The reason of a refusal reaches a client that is sending megabytes.
func TestLargeRefusedUploadsLearnWhy(t *testing.T) {
	c := newBucket(t)
	mustPut(t, c, "k", nil)
	for range 20 {
		_, err := put(t, c, "k", random(9, 3<<20), func(in *s3.PutObjectInput) { in.StorageClass = "COLDER" })
		wantCode(t, err, "InvalidStorageClass")
	}
}

func TestWhatIsNotDoneIsRefused(t *testing.T) {
	c := newBucket(t)
	for code, change := range map[string]func(*s3.PutObjectInput){
		"NotImplemented":      func(in *s3.PutObjectInput) { in.ServerSideEncryption = types.ServerSideEncryptionAes256 },
		"InvalidRequest":      func(in *s3.PutObjectInput) { in.ObjectLockMode = types.ObjectLockModeCompliance },
		"InvalidStorageClass": func(in *s3.PutObjectInput) { in.StorageClass = "COLDER" },
		"MetadataTooLarge": func(in *s3.PutObjectInput) {
			in.Metadata = map[string]string{"a": string(bytes.Repeat([]byte("x"), 3000))}
		},
	} {
		_, err := put(t, c, "k", []byte("x"), change)
		wantCode(t, err, code)
	}
	_, err := c.CopyObject(t.Context(), &s3.CopyObjectInput{Bucket: aws.String(testBucket), Key: aws.String("k"), CopySource: aws.String("a/b")})
	wantCode(t, err, "NotImplemented")
	_, err = c.GetObjectTagging(t.Context(), &s3.GetObjectTaggingInput{Bucket: aws.String(testBucket), Key: aws.String("k")})
	wantCode(t, err, "NotImplemented")
}
